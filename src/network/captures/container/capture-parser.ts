import { captureFormat, HEAD_BYTES } from './capture-formats.js';
import type { PacketSink } from './packet-sink.js';
import { ParseState, type UnitReader } from './parse-state.js';
import { PcapRecords } from './pcap-records.js';
import { PcapngBlocks } from './pcapng-blocks.js';

export type { CaptureProblem, PacketSink } from './packet-sink.js';
export { RawPacket } from './raw-packet.js';

/** Whether a file begins like a capture, by content only; also of formats that are named and not read. */
export function looksLikeCapture(head: Uint8Array): boolean {
  return captureFormat(head) !== null;
}

/**
 * Takes a capture file in pieces of any size and gives its packets. A packet that lies inside a piece is not copied; only
 * what a piece cuts is kept until the next one.
 *
 * @example
 * const parser = new CaptureParser({ packet: ({ frame, end, start }) => lengths.set(frame, end - start), problem });
 * for await (const chunk of file.stream()) parser.push(chunk);
 * parser.end();
 */
export class CaptureParser {
  readonly #state: ParseState;
  #reader: UnitReader | null = null;
  #container: 'pcap' | 'pcapng' | null = null;
  /** Nothing of the file can be read. */
  #isRefused = false;
  /** Bytes of the file given so far. */
  #given = 0;
  readonly #carry = new Carry();

  constructor(sink: PacketSink) {
    this.#state = new ParseState(sink);
  }

  /** Format of the file; null before it is known, or when it is none that is read. */
  get container(): 'pcap' | 'pcapng' | null {
    return this.#container;
  }

  /** LINKTYPE_ numbers that the file states so far. */
  get linkTypes(): ReadonlySet<number> {
    return this.#state.linkTypes;
  }

  /** Packets counted so far, those that could not be given included. */
  get packets(): number {
    return this.#state.frames;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.isBuffer(chunk)
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const base = this.#given;
    this.#given += bytes.length;
    const carry = this.#carry;
    let at = 0;
    while (!this.#isRefused && carry.length > 0 && at < bytes.length) {
      const missing = Math.max(this.#need - carry.length, 1);
      const stop = Math.min(at + missing, bytes.length);
      carry.append(bytes, at, stop);
      at = stop;
      if (carry.length < this.#need) return;
      this.#state.origin = base + at - carry.end;
      carry.dropTo(this.#read(carry.bytes, carry.start, carry.end));
    }
    if (this.#isRefused || at >= bytes.length) return;
    this.#state.origin = base;
    at = this.#read(bytes, at, bytes.length);
    if (at < bytes.length) carry.append(bytes, at, bytes.length);
  }

  /** No more pieces. `isBroken`: the file could not be read to its end, so a cut packet there is no defect of its own. */
  end(isBroken = false): void {
    const state = this.#state;
    const carry = this.#carry;
    state.isLast = true;
    state.origin = this.#given - carry.end;
    if (!this.#isRefused && (carry.length > 0 || this.#reader === null))
      carry.dropTo(this.#read(carry.bytes, carry.start, carry.end));
    state.origin = this.#given - carry.end;
    if (!this.#isRefused && !isBroken && (carry.length > 0 || this.#reader?.isInside()))
      this.#reader?.cut(carry.start, carry.end);
    state.end();
  }

  get #need(): number {
    return this.#reader?.need ?? HEAD_BYTES;
  }

  #read(bytes: Buffer, start: number, end: number): number {
    let at = start;
    for (;;) {
      if (this.#reader === null || this.#reader.isOver) {
        if (end - at < HEAD_BYTES && !this.#state.isLast) {
          if (this.#reader !== null) this.#reader = null;
          return at;
        }
        this.#reader = this.#choose(bytes, at, end);
        if (this.#reader === null) return end;
      }
      at = this.#reader.read(bytes, at, end);
      if (!this.#reader.isOver) return at;
    }
  }

  /** The reader of what begins at a place. */
  #choose(bytes: Buffer, at: number, end: number): UnitReader | null {
    const state = this.#state;
    const format = captureFormat(bytes.subarray(at, Math.min(end, at + HEAD_BYTES)));
    if (format === 'pcap' || format === 'pcapng') {
      if (this.#container !== null) state.report('capture-appended', 'note', at);
      this.#container ??= format;
      return format === 'pcap' ? new PcapRecords(state) : new PcapngBlocks(state);
    }
    this.#isRefused = true;
    if (format === null) state.report('not-a-capture', 'lost', at);
    else {
      state.sink.problem({
        code: 'format-not-read',
        effect: 'lost',
        locator: '',
        values: { format: format.unread },
      });
    }
    return null;
  }
}

/** The beginning of what a piece of the file cut off. */
class Carry {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  append(from: Buffer, start: number, end: number): void {
    const added = end - start;
    if (this.end + added > this.bytes.length) this.#makeRoom(added);
    from.copy(this.bytes, this.end, start, end);
    this.end += added;
  }

  /** What lies before a place was read. */
  dropTo(place: number): void {
    this.start = place;
    if (this.start < this.end) return;
    this.start = 0;
    this.end = 0;
  }

  /** Moves to the front only when at least as much was dropped as is kept: the work stays in proportion to the file. */
  #makeRoom(added: number): void {
    const { length } = this;
    if ((length + added) * 2 <= this.bytes.length) this.bytes.copyWithin(0, this.start, this.end);
    else {
      const larger = Buffer.allocUnsafeSlow(Math.max(65_536, (length + added) * 2));
      this.bytes.copy(larger, 0, this.start, this.end);
      this.bytes = larger;
    }
    this.start = 0;
    this.end = length;
  }
}
