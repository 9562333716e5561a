import type { PacketMark } from '../../flows/consumer.js';
import type { MemoryBudget } from '../memory-budget.js';
import { looksLikeDns } from './dns-message.js';

/** Takes a whole message. */
type MessageTaker = (bytes: Buffer, start: number, end: number, mark: PacketMark) => void;

const LENGTH_BYTES = 2;
const HEADER_BYTES = 12;
const FIRST_BYTES = 256;
/** Segments looked at for the beginning of a message after some bytes were lost, before this direction is given up. */
const MAX_TRIES = 64;

/** Messages of one direction of TCP, each after its length (RFC 1035 4.2.2), put together over segments. */
export class DnsStream {
  readonly #budget: MemoryBudget;
  /** A message that has begun, with its length; null when none has. It grows with what comes, not with what is announced. */
  #begun: Buffer | null = null;
  #have = 0;
  /** Length of the whole, with its length bytes; 0 as long as that is not known. */
  #whole = 0;
  #mark: PacketMark | null = null;
  /** Bytes of a message that is not whole: passed over. */
  #skip = 0;
  /** The place of the next message is not known. */
  #isLost = false;
  #tries = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** False: this direction holds nothing that can be read. */
  data(bytes: Buffer, start: number, end: number, mark: PacketMark, take: MessageTaker): boolean {
    let at = start;
    if (this.#isLost && !this.#isFoundAgain(bytes, at, end)) return this.#tries < MAX_TRIES;
    while (at < end) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, end - at);
        this.#skip -= passed;
        at += passed;
      } else if (this.#begun !== null || end - at < LENGTH_BYTES) {
        at = this.#fill(bytes, at, end, mark, take);
      } else {
        const stop = at + LENGTH_BYTES + bytes.readUInt16BE(at);
        if (stop > end) at = this.#fill(bytes, at, end, mark, take);
        else {
          take(bytes, at + LENGTH_BYTES, stop, mark);
          at = stop;
        }
      }
    }
    return true;
  }

  /** So many bytes are missing. */
  gap(lengthBytes: number): void {
    if (this.#isLost) return;
    if (this.#skip >= lengthBytes) {
      this.#skip -= lengthBytes;
      return;
    }
    const missing = this.#whole - this.#have;
    this.#forget();
    if (missing >= lengthBytes && this.#skip === 0) this.#skip = missing - lengthBytes;
    else {
      this.#skip = 0;
      this.#isLost = true;
      this.#tries = 0;
    }
  }

  /** After a gap a segment mostly begins with a message. */
  #isFoundAgain(bytes: Buffer, start: number, end: number): boolean {
    this.#tries += 1;
    if (end - start < LENGTH_BYTES + HEADER_BYTES) return false;
    const stop = start + LENGTH_BYTES + bytes.readUInt16BE(start);
    if (stop > end || !looksLikeDns(bytes, start + LENGTH_BYTES, stop)) return false;
    this.#isLost = false;
    return true;
  }

  #fill(bytes: Buffer, from: number, end: number, mark: PacketMark, take: MessageTaker): number {
    let at = from;
    if (this.#begun === null) {
      if (!this.#budget.take(FIRST_BYTES)) return this.#lose(end);
      this.#begun = Buffer.allocUnsafe(FIRST_BYTES);
      this.#mark = mark;
    }
    while (this.#have < LENGTH_BYTES && at < end) this.#begun[this.#have++] = bytes[at++] as number;
    if (this.#have < LENGTH_BYTES) return at;
    if (this.#whole === 0) this.#whole = LENGTH_BYTES + this.#begun.readUInt16BE(0);
    const more = Math.min(this.#whole - this.#have, end - at);
    if (this.#have + more > this.#begun.length) {
      const size = Math.min(this.#whole, Math.max(2 * this.#begun.length, this.#have + more));
      if (!this.#budget.take(size - this.#begun.length)) return this.#lose(end);
      const grown = Buffer.allocUnsafe(size);
      this.#begun.copy(grown, 0, 0, this.#have);
      this.#begun = grown;
    }
    const begun = this.#begun;
    bytes.copy(begun, this.#have, at, at + more);
    this.#have += more;
    at += more;
    if (this.#have < this.#whole) return at;
    const stop = this.#whole;
    const begunMark = this.#mark ?? mark;
    this.#forget();
    take(begun, LENGTH_BYTES, stop, begunMark);
    return at;
  }

  /** No more comes. */
  end(): void {
    this.#forget();
  }

  /** There is no room for a message: the place of the next one is looked for. */
  #lose(end: number): number {
    this.#forget();
    this.#isLost = true;
    this.#tries = 0;
    return end;
  }

  #forget(): void {
    if (this.#begun !== null) this.#budget.give(this.#begun.length);
    this.#begun = null;
    this.#mark = null;
    this.#have = 0;
    this.#whole = 0;
  }
}
