import type { Frame } from '../frames/frame.js';

/** Segments remembered of one direction, as Zeek does (tcp_max_old_segments). */
export const SEGMENTS_OF_A_SIDE = 10;

const SLOT_BITS = 17;
const SLOTS = 2 ** SLOT_BITS;
const SLOT_MASK = SLOTS - 1;
const ARENA_BYTES = 64 * 1024 * 1024;
/** Room at first: a folder may hold thousands of small captures. It doubles until it is all there. */
const FIRST_SLOTS = 1_024;
const FIRST_ARENA_BYTES = 256 * 1024;

/** The last segments of one direction: numbers the store gave, oldest overwritten first. */
export class SegmentList {
  readonly ids: number[] = [];
  next = 0;

  add(id: number): void {
    if (this.ids.length < SEGMENTS_OF_A_SIDE) this.ids.push(id);
    else this.ids[this.next] = id;
    this.next = (this.next + 1) % SEGMENTS_OF_A_SIDE;
  }
}

/** Where a new segment contradicts an older one. */
export interface SegmentConflict {
  /** Number of the older segment. */
  readonly id: number;
  readonly overlapBytes: number;
  readonly differingBytes: number;
  /** First byte of the overlap in the older segment, and in the new one, counted from the start of their payloads. */
  readonly olderFrom: number;
  readonly newerFrom: number;
}

/**
 * The newest segments of all conversations of a capture, in a ring of fixed size: memory does not grow with the file. A
 * segment that was overwritten can no longer be compared; how often that was wanted is counted.
 */
export class SegmentStore {
  #sequence = new Uint32Array(FIRST_SLOTS);
  #length = new Int32Array(FIRST_SLOTS);
  #position = new Float64Array(FIRST_SLOTS);
  #frame = new Float64Array(FIRST_SLOTS);
  #micros = new Float64Array(FIRST_SLOTS);
  #ttl = new Uint8Array(FIRST_SLOTS);
  #ipId = new Int32Array(FIRST_SLOTS);
  #dontFragment = new Uint8Array(FIRST_SLOTS);
  #flags = new Uint16Array(FIRST_SLOTS);
  #window = new Uint16Array(FIRST_SLOTS);
  #acknowledgement = new Uint32Array(FIRST_SLOTS);
  #optionsBytes = new Uint8Array(FIRST_SLOTS);
  #wireLength = new Int32Array(FIRST_SLOTS);
  #arena = Buffer.allocUnsafe(FIRST_ARENA_BYTES);
  /** The piece of the file that was kept last, and where. */
  #piece: Buffer | null = null;
  #pieceAt = 0;
  #count = 0;
  /** Bytes ever written; the place in the arena is its remainder. */
  #written = 0;
  /** Comparisons that came too late. */
  missed = 0;

  /** Keeps a piece of the file from which the next frames come: copied once, it holds the payload of all of them. */
  piece(bytes: Buffer): void {
    if (bytes.length > ARENA_BYTES / 4) {
      this.#piece = null;
      return;
    }
    this.#piece = bytes;
    this.#pieceAt = this.#take(bytes, 0, bytes.length);
  }

  /** Keeps a segment whose payload begins at `sequence`. Returns its number. */
  remember(frame: Frame, sequence: number): number {
    const id = this.#count;
    if (id >= this.#sequence.length && id < SLOTS) this.#growSlots();
    const slot = id & SLOT_MASK;
    this.#count += 1;
    const length = frame.payloadEnd - frame.payloadStart;
    this.#position[slot] =
      frame.bytes === this.#piece
        ? this.#pieceAt + frame.payloadStart
        : this.#take(frame.bytes, frame.payloadStart, frame.payloadEnd);
    this.#sequence[slot] = sequence;
    this.#length[slot] = length;
    this.#frame[slot] = frame.frame;
    this.#micros[slot] = frame.micros;
    this.#ttl[slot] = frame.ttl;
    this.#ipId[slot] = frame.ipId;
    this.#dontFragment[slot] = frame.dontFragment ? 1 : 0;
    this.#flags[slot] = frame.tcpFlags;
    this.#window[slot] = frame.window;
    this.#acknowledgement[slot] = frame.acknowledgement;
    this.#optionsBytes[slot] = frame.optionsEnd - frame.optionsAt;
    this.#wireLength[slot] = frame.payloadLength;
    return id;
  }

  /** The first of the remembered segments whose bytes differ from those of a new one at the same place; else null. */
  conflict(list: SegmentList, frame: Frame, sequence: number): SegmentConflict | null {
    const newLength = frame.payloadEnd - frame.payloadStart;
    const { ids } = list;
    const oldest = ids.length < SEGMENTS_OF_A_SIDE ? 0 : list.next;
    for (let step = 0; step < ids.length; step += 1) {
      const id = ids[(oldest + step) % ids.length] as number;
      const slot = id & SLOT_MASK;
      if (!this.#isKept(id)) {
        this.missed += 1;
        continue;
      }
      // Distances modulo 2^32 (RFC 9293 3.4): positive when the new segment begins after the older one.
      const offset = (sequence - (this.#sequence[slot] as number)) | 0;
      const olderLength = this.#length[slot] as number;
      const olderFrom = offset > 0 ? offset : 0;
      const newerFrom = offset > 0 ? 0 : -offset;
      const overlapBytes = Math.min(olderLength - olderFrom, newLength - newerFrom);
      if (overlapBytes <= 0) continue;
      const differingBytes = this.#differing(slot, olderFrom, frame, newerFrom, overlapBytes);
      if (differingBytes > 0) return { id, overlapBytes, differingBytes, olderFrom, newerFrom };
    }
    return null;
  }

  /** Puts the headers of a kept segment into a frame, whose bytes become its payload. */
  recall(id: number, into: Frame): void {
    const slot = id & SLOT_MASK;
    const place = (this.#position[slot] as number) % ARENA_BYTES;
    into.bytes = this.#arena;
    into.payloadStart = place;
    into.payloadEnd = place + (this.#length[slot] as number);
    into.payloadLength = this.#wireLength[slot] as number;
    into.frame = this.#frame[slot] as number;
    into.micros = this.#micros[slot] as number;
    into.ttl = this.#ttl[slot] as number;
    into.ipId = this.#ipId[slot] as number;
    into.dontFragment = this.#dontFragment[slot] === 1;
    into.protocol = 6;
    into.tcpFlags = this.#flags[slot] as number;
    into.sequence = this.#sequence[slot] as number;
    into.acknowledgement = this.#acknowledgement[slot] as number;
    into.window = this.#window[slot] as number;
    into.optionsAt = 0;
    into.optionsEnd = this.#optionsBytes[slot] as number;
  }

  /** Copies bytes into the arena, in one stretch. Returns where they begin, counted over all that was ever written. */
  #take(bytes: Buffer, start: number, end: number): number {
    const length = end - start;
    let place = this.#written % ARENA_BYTES;
    if (place + length > ARENA_BYTES) {
      this.#written += ARENA_BYTES - place;
      place = 0;
    }
    if (place + length > this.#arena.length) this.#growArena(place + length);
    bytes.copy(this.#arena, place, start, end);
    const position = this.#written;
    this.#written += length;
    return position;
  }

  // As long as it grows nothing was overwritten, and all keeps its place.
  #growSlots(): void {
    const slots = this.#sequence.length * 2;
    this.#sequence = larger(this.#sequence, new Uint32Array(slots));
    this.#length = larger(this.#length, new Int32Array(slots));
    this.#position = larger(this.#position, new Float64Array(slots));
    this.#frame = larger(this.#frame, new Float64Array(slots));
    this.#micros = larger(this.#micros, new Float64Array(slots));
    this.#ttl = larger(this.#ttl, new Uint8Array(slots));
    this.#ipId = larger(this.#ipId, new Int32Array(slots));
    this.#dontFragment = larger(this.#dontFragment, new Uint8Array(slots));
    this.#flags = larger(this.#flags, new Uint16Array(slots));
    this.#window = larger(this.#window, new Uint16Array(slots));
    this.#acknowledgement = larger(this.#acknowledgement, new Uint32Array(slots));
    this.#optionsBytes = larger(this.#optionsBytes, new Uint8Array(slots));
    this.#wireLength = larger(this.#wireLength, new Int32Array(slots));
  }

  #growArena(needed: number): void {
    let size = this.#arena.length;
    while (size < needed) size *= 2;
    const arena = Buffer.allocUnsafe(Math.min(size, ARENA_BYTES));
    this.#arena.copy(arena);
    this.#arena = arena;
  }

  #isKept(id: number): boolean {
    return (
      this.#count - id <= SLOTS && this.#written - (this.#position[id & SLOT_MASK] as number) <= ARENA_BYTES
    );
  }

  #differing(slot: number, olderFrom: number, frame: Frame, newerFrom: number, length: number): number {
    const older = ((this.#position[slot] as number) % ARENA_BYTES) + olderFrom;
    const newer = frame.payloadStart + newerFrom;
    if (this.#arena.compare(frame.bytes, newer, newer + length, older, older + length) === 0) return 0;
    let count = 0;
    for (let index = 0; index < length; index += 1)
      if (this.#arena[older + index] !== frame.bytes[newer + index]) count += 1;
    return count;
  }
}

function larger<Column extends { set(from: Column): void }>(column: Column, into: Column): Column {
  into.set(column);
  return into;
}
