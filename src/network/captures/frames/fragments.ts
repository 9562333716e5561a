/**
 * Puts fragmented IP packets together, in bounded memory. Fragments that overlap with other bytes are a way to show
 * different content to different readers: such packets are refused (RFC 5722, RFC 8200 4.5).
 */

/** Longest packet of IP without jumbo options, without its header. */
const LARGEST_DATA = 65_535;
/** RFC 8200 4.5 waits so long. */
const PATIENCE_MICROS = 60e6;
const MAX_PACKETS = 4_096;
const MAX_BYTES = 16 * 1024 * 1024;
/** What a fragment takes beside its data, so that many small ones count for what they are. */
const PIECE_BYTES = 256;

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** A packet being put together. */
export class FragmentedPacket {
  /** Protocol (IPv4) or next header (IPv6) by its first fragment. */
  protocol = 0;
  /** Length of the data; -1 before the last fragment came. */
  length = -1;
  /** Whether its fragments contradict each other. Kept, so that the rest of them is known. */
  isRefused = false;
  /** Memory it takes. */
  heldBytes = PIECE_BYTES;
  /** Neighbours in the order of their first fragments. */
  older: FragmentedPacket | null = null;
  newer: FragmentedPacket | null = null;
  readonly key: string;
  readonly micros: number;
  #header: Uint8Array = new Uint8Array(0);
  /** In the order of their places; no two overlap. */
  readonly #pieces: Piece[] = [];
  #covered = 0;

  constructor(key: string, micros: number) {
    this.key = key;
    this.micros = micros;
  }

  get isWhole(): boolean {
    return this.#covered === this.length;
  }

  get headerBytes(): number {
    return this.#header.length;
  }

  /** Takes `length` bytes for a place; false when they contradict what is there. */
  put(offset: number, from: Buffer, at: number, length: number, isLast: boolean): boolean {
    const end = offset + length;
    const pieces = this.#pieces;
    if (this.length >= 0 && (end > this.length || (isLast && end !== this.length))) return false;
    const furthest = pieces.at(-1);
    if (isLast && furthest !== undefined && furthest.end > end) return false;
    const index = this.#indexOf(offset);
    const before = pieces[index - 1];
    if (before !== undefined && before.end > offset) {
      // The same bytes once more, as a capture of several interfaces holds them.
      const there = offset - before.start;
      return before.end >= end && from.compare(before.bytes, there, there + length, at, at + length) === 0;
    }
    const next = pieces[index];
    if (next !== undefined && next.start < end) return false;
    if (isLast) this.length = end;
    pieces.splice(index, 0, { start: offset, end, bytes: new Uint8Array(from.subarray(at, at + length)) });
    this.#covered += length;
    this.heldBytes += length + PIECE_BYTES;
    return true;
  }

  putHeader(from: Buffer, at: number, headerBytes: number, protocol: number): void {
    this.protocol = protocol;
    this.#header = new Uint8Array(from.subarray(at, at + headerBytes));
  }

  refuse(): void {
    this.isRefused = true;
    this.heldBytes = PIECE_BYTES;
    this.#pieces.length = 0;
  }

  /** The whole packet: its first header, then all data. */
  join(): Buffer {
    const { headerBytes } = this;
    const whole = Buffer.allocUnsafe(headerBytes + this.length);
    whole.set(this.#header, 0);
    for (const { start, bytes } of this.#pieces) whole.set(bytes, headerBytes + start);
    return whole;
  }

  /** How many pieces begin at a place or before it. */
  #indexOf(offset: number): number {
    const pieces = this.#pieces;
    let low = 0;
    let high = pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pieces[middle] as Piece).start <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** All packets of a capture that wait for fragments. */
export class FragmentStore {
  readonly #packets = new Map<string, FragmentedPacket>();
  // A chain of its own: looking for the oldest entry of a map passes by all that were taken out.
  #oldest: FragmentedPacket | null = null;
  #newest: FragmentedPacket | null = null;
  #bytes = 0;
  /** Packets given up because fragments were missing, or there was no more room for them. */
  incomplete = 0;
  /** Packets refused because their fragments overlap. */
  overlapping = 0;

  /**
   * Takes a fragment whole: `length` bytes at `at` that belong at `offset`, with the IP header at `headerAt`. Returns the
   * packet when it was the last that was missing.
   */
  add(
    key: string,
    micros: number,
    offset: number,
    isLast: boolean,
    bytes: Buffer,
    headerAt: number,
    headerBytes: number,
    protocol: number,
    at: number,
    length: number,
  ): FragmentedPacket | null {
    while (this.#oldest !== null && micros - this.#oldest.micros > PATIENCE_MICROS) this.#dropOldest();
    const packet = this.#packets.get(key) ?? this.#begin(key, micros);
    if (packet.isRefused) return null;
    const before = packet.heldBytes;
    const fits = offset + length <= LARGEST_DATA && packet.put(offset, bytes, at, length, isLast);
    if (!fits) {
      this.overlapping += 1;
      packet.refuse();
    } else if (offset === 0) packet.putHeader(bytes, headerAt, headerBytes, protocol);
    this.#bytes += packet.heldBytes - before;
    if (fits && packet.isWhole) {
      this.#remove(packet);
      return packet;
    }
    while (this.#bytes > MAX_BYTES) this.#dropOldest();
    return null;
  }

  /** No more packets. */
  end(): void {
    while (this.#oldest !== null) this.#dropOldest();
  }

  #begin(key: string, micros: number): FragmentedPacket {
    if (this.#packets.size >= MAX_PACKETS) this.#dropOldest();
    const packet = new FragmentedPacket(key, micros);
    packet.older = this.#newest;
    if (this.#newest === null) this.#oldest = packet;
    else this.#newest.newer = packet;
    this.#newest = packet;
    this.#packets.set(key, packet);
    this.#bytes += packet.heldBytes;
    return packet;
  }

  #dropOldest(): void {
    const packet = this.#oldest;
    if (packet === null) return;
    if (!packet.isRefused) this.incomplete += 1;
    this.#remove(packet);
  }

  #remove(packet: FragmentedPacket): void {
    const { older, newer } = packet;
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
    this.#packets.delete(packet.key);
    this.#bytes -= packet.heldBytes;
  }
}
