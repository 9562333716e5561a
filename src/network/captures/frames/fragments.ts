/**
 * Puts fragmented IP packets together, in bounded memory. Fragments that overlap with other bytes are a way to show
 * different content to different readers: such packets are refused (RFC 5722, RFC 8200 4.5).
 */

/** Room in front of the data for the IP header of the first fragment: 60 bytes are the most that IPv4 has. */
export const HEADER_ROOM = 60;
/** Longest packet of IP without jumbo options, without its header. */
const LARGEST_DATA = 65_535;
/** RFC 8200 4.5 waits so long. */
const PATIENCE_MICROS = 60e6;
const MAX_PACKETS = 4_096;
const MAX_BYTES = 16 * 1024 * 1024;
const SMALLEST_BUFFER = 2_048;

/** A packet being put together. */
export class FragmentedPacket {
  /** Header at `HEADER_ROOM - headerBytes`, data from `HEADER_ROOM` on. */
  bytes: Buffer = Buffer.alloc(0);
  headerBytes = 0;
  /** Protocol (IPv4) or next header (IPv6) by its first fragment. */
  protocol = 0;
  /** Length of the data; -1 before the last fragment came. */
  length = -1;
  /** Whether its fragments contradict each other. Kept, so that the rest of them is known. */
  isRefused = false;
  readonly micros: number;
  /** What is there, in order, adjacent ranges joined. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(micros: number) {
    this.micros = micros;
  }

  get isWhole(): boolean {
    return this.#starts.length === 1 && this.#starts[0] === 0 && this.#ends[0] === this.length;
  }

  /** Takes `length` bytes for a place; false when they contradict what is there. */
  put(offset: number, from: Buffer, at: number, length: number, isLast: boolean): boolean {
    const end = offset + length;
    if (this.length >= 0 && (end > this.length || (isLast && end !== this.length))) return false;
    const count = this.#starts.length;
    if (isLast && count > 0 && (this.#ends[count - 1] as number) > end) return false;
    // Ranges before `index` begin no later than this one.
    let index = count;
    while (index > 0 && (this.#starts[index - 1] as number) > offset) index -= 1;
    if (index > 0 && (this.#ends[index - 1] as number) >= end) {
      const there = HEADER_ROOM + offset;
      // The same bytes once more, as a capture of several interfaces holds them.
      if (from.compare(this.bytes, there, there + length, at, at + length) !== 0) return false;
      if (isLast) this.length = end;
      return true;
    }
    if (index > 0 && (this.#ends[index - 1] as number) > offset) return false;
    if (index < count && (this.#starts[index] as number) < end) return false;
    if (isLast) this.length = end;
    this.#insert(index, offset, end);
    this.#makeRoom(HEADER_ROOM + end);
    from.copy(this.bytes, HEADER_ROOM + offset, at, at + length);
    return true;
  }

  putHeader(from: Buffer, at: number, headerBytes: number, protocol: number): void {
    this.headerBytes = headerBytes;
    this.protocol = protocol;
    from.copy(this.bytes, HEADER_ROOM - headerBytes, at, at + headerBytes);
  }

  refuse(): void {
    this.isRefused = true;
    this.bytes = Buffer.alloc(0);
    this.#starts.length = 0;
    this.#ends.length = 0;
  }

  #insert(index: number, start: number, end: number): void {
    const joinsBefore = index > 0 && this.#ends[index - 1] === start;
    const joinsAfter = index < this.#starts.length && this.#starts[index] === end;
    if (joinsBefore && joinsAfter) {
      this.#ends[index - 1] = this.#ends[index] as number;
      this.#starts.splice(index, 1);
      this.#ends.splice(index, 1);
    } else if (joinsBefore) this.#ends[index - 1] = end;
    else if (joinsAfter) this.#starts[index] = start;
    else {
      this.#starts.splice(index, 0, start);
      this.#ends.splice(index, 0, end);
    }
  }

  #makeRoom(size: number): void {
    if (size <= this.bytes.length) return;
    let capacity = Math.max(SMALLEST_BUFFER, this.bytes.length);
    while (capacity < size) capacity *= 2;
    const larger = Buffer.allocUnsafeSlow(capacity);
    this.bytes.copy(larger);
    this.bytes = larger;
  }
}

/** All packets of a capture that wait for fragments. */
export class FragmentStore {
  /** In the order of their first fragment. */
  readonly #packets = new Map<string, FragmentedPacket>();
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
    this.#expire(micros);
    let packet = this.#packets.get(key);
    if (packet === undefined) {
      packet = new FragmentedPacket(micros);
      this.#packets.set(key, packet);
      if (this.#packets.size > MAX_PACKETS) this.#dropOldest();
    }
    if (packet.isRefused) return null;
    const before = packet.bytes.length;
    const fits = offset + length <= LARGEST_DATA && packet.put(offset, bytes, at, length, isLast);
    if (!fits) {
      this.overlapping += 1;
      packet.refuse();
    } else if (offset === 0) packet.putHeader(bytes, headerAt, headerBytes, protocol);
    this.#bytes += packet.bytes.length - before;
    if (fits && packet.isWhole) {
      this.#packets.delete(key);
      this.#bytes -= packet.bytes.length;
      return packet;
    }
    while (this.#bytes > MAX_BYTES) this.#dropOldest();
    return null;
  }

  /** No more packets. */
  end(): void {
    while (this.#packets.size > 0) this.#dropOldest();
  }

  #expire(micros: number): void {
    for (const packet of this.#packets.values()) {
      if (!(micros - packet.micros > PATIENCE_MICROS)) return;
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    for (const [key, packet] of this.#packets) {
      this.#packets.delete(key);
      this.#bytes -= packet.bytes.length;
      if (!packet.isRefused) this.incomplete += 1;
      return;
    }
  }
}
