/** The body of one message: counted, its beginning kept, and given on to whoever takes the file in it. */
import type { PacketMark } from '../../flows/consumer.js';

/** Takes a body from its first byte on. */
export interface BodyTaker {
  take(bytes: Buffer, start: number, end: number, mark: PacketMark): void;
  /** Bytes are missing. */
  gap(): void;
  finish(isWhole: boolean): void;
}

/** Decides by the first bytes of a body who takes it. `isAll`: no more of it comes. */
export type TakerChoice = (head: Buffer, isAll: boolean, firstMark: PacketMark) => BodyTaker | null;

/** Bytes by which it is decided who takes a body. */
const DECIDING_BYTES = 512;

export class MessageBody {
  readonly #startBytes: number;
  readonly #choose: TakerChoice;
  #start: Buffer | null = null;
  #have = 0;
  #size = 0;
  #hasGap = false;
  #isChosen = false;
  #taker: BodyTaker | null = null;
  #firstMark: PacketMark | null = null;

  /** `startBytes`: so many bytes of the beginning are kept. */
  constructor(startBytes: number, choose: TakerChoice) {
    this.#startBytes = startBytes;
    this.#choose = choose;
  }

  /** Bytes sent, also those that the capture lacks. */
  get sizeBytes(): number {
    return this.#size;
  }

  get hasGap(): boolean {
    return this.#hasGap;
  }

  /** Beginning as Latin-1; null when nothing of it was seen. */
  get start(): string | null {
    return this.#start === null ? null : this.#start.toString('latin1', 0, this.#have);
  }

  take(bytes: Buffer, start: number, end: number, mark: PacketMark): void {
    this.#size += end - start;
    if (this.#isChosen && (this.#have >= this.#startBytes || this.#hasGap)) {
      this.#taker?.take(bytes, start, end, mark);
      return;
    }
    if (!this.#hasGap) this.#keep(bytes, start, end, mark);
    if (this.#isChosen) {
      this.#taker?.take(bytes, start, end, mark);
      return;
    }
    if (this.#hasGap || this.#have < DECIDING_BYTES) return;
    // What was not kept of this segment follows what was.
    const kept = this.#have;
    const rest = end - (this.#size - kept);
    this.#decide(false);
    if (rest < end) this.#taker?.take(bytes, rest, end, mark);
  }

  gap(lengthBytes: number): void {
    if (!this.#isChosen) this.#decide(false);
    this.#size += lengthBytes;
    this.#hasGap = true;
    this.#taker?.gap();
  }

  finish(isWhole: boolean): void {
    if (!this.#isChosen) this.#decide(true);
    this.#taker?.finish(isWhole && !this.#hasGap);
    this.#taker = null;
  }

  #keep(bytes: Buffer, start: number, end: number, mark: PacketMark): void {
    const room = this.#startBytes - this.#have;
    if (room <= 0) return;
    if (this.#start === null) {
      this.#start = Buffer.allocUnsafe(this.#startBytes);
      this.#firstMark = mark;
    }
    const more = Math.min(room, end - start);
    bytes.copy(this.#start, this.#have, start, start + more);
    this.#have += more;
  }

  #decide(isAll: boolean): void {
    this.#isChosen = true;
    const mark = this.#firstMark;
    if (this.#start === null || mark === null) return;
    const head = this.#start.subarray(0, this.#have);
    this.#taker = this.#choose(head.subarray(0, DECIDING_BYTES), isAll, mark);
    this.#taker?.take(head, 0, head.length, mark);
  }
}
