/** Finds wanted values in one object of JSON, without making anything of the others. RFC 8259. */

const [QUOTE, BACKSLASH, COMMA, COLON, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [
  0x22, 0x5c, 0x2c, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d,
];
const [POINT, UNDERSCORE, DASH, SPACE, RETURN] = [0x2e, 0x5f, 0x2d, 0x20, 0x0d];
/** No log is nested so deep. */
const MAX_DEPTH = 32;
/** Longest path of keys that anyone asks for. */
const MAX_PATH_BYTES = 96;
/** Of FNV-1a (RFC 9923). */
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;
const [OBJECT, LIST] = [0, 1];

/**
 * Which value goes where: paths of keys (`request.headers.user-agent`, in small letters), for each slot in the order in
 * which they are preferred.
 */
export type WantedPaths = readonly (readonly [slot: number, ...paths: string[]])[];

/** Paths and their slots, found by hash and then compared: keys come from clients too, as names of headers. */
class PathTable {
  readonly #mask: number;
  /** Index of a path, plus one. */
  readonly #cells: Uint16Array;
  readonly #paths: Buffer[] = [];
  readonly slots: number[] = [];
  readonly ranks: number[] = [];

  constructor(wanted: WantedPaths) {
    const count = wanted.reduce((sum, [, ...paths]) => sum + paths.length, 0);
    let size = 16;
    while (size < count * 4) size *= 2;
    this.#mask = size - 1;
    this.#cells = new Uint16Array(size);
    for (const [slot, ...paths] of wanted) {
      for (const [rank, path] of paths.entries()) this.#add(Buffer.from(path), slot, rank);
    }
  }

  #add(path: Buffer, slot: number, rank: number): void {
    let hash = SEED;
    for (const byte of path) hash = Math.imul(hash ^ byte, PRIME);
    let cell = hash & this.#mask;
    while (this.#cells[cell] !== 0) cell = (cell + 1) & this.#mask;
    this.#paths.push(path);
    this.slots.push(slot);
    this.ranks.push(rank);
    this.#cells[cell] = this.#paths.length;
  }

  /** Index of the path, or -1. */
  find(hash: number, path: Uint8Array, length: number): number {
    for (let cell = hash & this.#mask; ; cell = (cell + 1) & this.#mask) {
      const index = (this.#cells[cell] as number) - 1;
      if (index === -1) return -1;
      const known = this.#paths[index] as Buffer;
      if (known.length !== length) continue;
      let at = 0;
      while (at < length && known[at] === path[at]) at += 1;
      if (at === length) return index;
    }
  }
}

/** Reads one object and keeps the places of the wanted values in it. */
export class JsonFields {
  /** Where the value of a slot begins and ends (strings without quotes); -1 without one. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 where a string holds escapes. */
  readonly escapes: Uint8Array;
  /** Some value that was kept holds escapes. */
  hasEscapes = false;
  readonly #ranks: Uint8Array;
  readonly #table: PathTable;
  /** `_`, `-` and spaces within a key are not compared: `remote_addr` is `remoteaddr`. */
  readonly #isLoose: boolean;
  readonly #envelopes: readonly Buffer[];

  readonly #path = new Uint8Array(MAX_PATH_BYTES);
  // By depth: what kind of thing it is, path of the thing (with its point), path with the last key. -1: nobody asks for it.
  readonly #kinds = new Uint8Array(MAX_DEPTH);
  readonly #lengths = new Int32Array(MAX_DEPTH);
  readonly #hashes = new Int32Array(MAX_DEPTH);
  #length = 0;
  #hash = SEED;

  constructor(wanted: WantedPaths, slots: number, isLoose: boolean, envelopes: readonly string[] = []) {
    this.#envelopes = envelopes.map((name) => Buffer.from(name));
    this.#table = new PathTable(wanted);
    this.#isLoose = isLoose;
    this.starts = new Int32Array(slots);
    this.ends = new Int32Array(slots);
    this.escapes = new Uint8Array(slots);
    this.#ranks = new Uint8Array(slots);
  }

  has(slot: number): boolean {
    return this.starts[slot] !== -1;
  }

  forget(): void {
    this.starts.fill(-1);
    this.#ranks.fill(255);
    this.hasEscapes = false;
  }

  /** Keeps a value, unless there is a preferred one (of a lower rank). */
  put(slot: number, rank: number, start: number, end: number, hasEscape: boolean): void {
    if (rank > (this.#ranks[slot] as number)) return;
    this.#ranks[slot] = rank;
    this.starts[slot] = start;
    this.ends[slot] = end;
    this.escapes[slot] = hasEscape ? 1 : 0;
    if (hasEscape) this.hasEscapes = true;
  }

  /**
   * Reads the object that begins here. Values without quotes that are none of JSON (`-`, nothing: servers that fill in a
   * template write them) are taken as they stand.
   * @returns the place behind it, or -1 when it is no object, does not end, or is nested too deep
   */
  read(bytes: Buffer, start: number, end: number): number {
    this.forget();
    if (start >= end || bytes[start] !== OPEN) return -1;
    let depth = 0;
    let isKey = true;
    this.#kinds[0] = OBJECT;
    this.#lengths[0] = 0;
    this.#hashes[0] = SEED;
    this.#length = -1;
    let at = start + 1;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        let hasEscape = false;
        let close = at + 1;
        for (; close < end; close += 1) {
          const inner = bytes[close] as number;
          if (inner === QUOTE) break;
          if (inner === BACKSLASH) {
            hasEscape = true;
            close += 1;
          }
        }
        if (close >= end) return -1;
        if (isKey) {
          this.#key(bytes, at + 1, close, hasEscape, depth);
          isKey = false;
        } else {
          this.#take(at + 1, close, hasEscape);
        }
        at = close + 1;
      } else if (byte === COMMA) {
        isKey = this.#kinds[depth] === OBJECT;
        at += 1;
      } else if (byte === COLON || byte <= SPACE) {
        at += 1;
      } else if (byte === OPEN || byte === OPEN_LIST) {
        depth += 1;
        if (depth === MAX_DEPTH) return -1;
        this.#enter(byte === OPEN ? OBJECT : LIST, depth);
        isKey = byte === OPEN;
        at += 1;
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        if (this.#kinds[depth] !== (byte === CLOSE ? OBJECT : LIST)) return -1;
        if (depth === 0) return at + 1;
        depth -= 1;
        isKey = false;
        // Back in a list: the next element has the path of the list.
        this.#length = this.#kinds[depth] === LIST ? (this.#lengths[depth] as number) : -1;
        this.#hash = this.#hashes[depth] as number;
        at += 1;
      } else {
        let stop = at + 1;
        while (stop < end && !isEndOfScalar(bytes[stop] as number)) stop += 1;
        if (isKey) return -1;
        this.#take(at, stop, false);
        at = stop;
      }
    }
    return -1;
  }

  #enter(kind: number, depth: number): void {
    this.#kinds[depth] = kind;
    if (kind === OBJECT && this.#length > 0) {
      if (this.#isEnvelope()) {
        this.#length = 0;
        this.#hash = SEED;
      } else if (this.#length === MAX_PATH_BYTES) {
        this.#length = -1;
      } else {
        this.#path[this.#length] = POINT;
        this.#length += 1;
        this.#hash = Math.imul(this.#hash ^ POINT, PRIME);
      }
    }
    this.#lengths[depth] = this.#length;
    this.#hashes[depth] = this.#hash;
  }

  #isEnvelope(): boolean {
    for (const name of this.#envelopes) {
      if (name.length !== this.#length) continue;
      let at = 0;
      while (at < name.length && name[at] === this.#path[at]) at += 1;
      if (at === name.length) return true;
    }
    return false;
  }

  /** The path of the value that follows. */
  #key(bytes: Buffer, start: number, end: number, hasEscape: boolean, depth: number): void {
    let length = this.#lengths[depth] as number;
    if (length === -1 || hasEscape || length + end - start > MAX_PATH_BYTES) {
      this.#length = -1;
      return;
    }
    let hash = this.#hashes[depth] as number;
    const path = this.#path;
    for (let at = start; at < end; at += 1) {
      let byte = bytes[at] as number;
      if (byte >= 0x41 && byte <= 0x5a) byte += 0x20;
      else if (this.#isLoose && at > start && (byte === UNDERSCORE || byte === DASH || byte === SPACE))
        continue;
      path[length] = byte;
      length += 1;
      hash = Math.imul(hash ^ byte, PRIME);
    }
    this.#length = length;
    this.#hash = hash;
  }

  /** Of several values for a slot the preferred one, of equal ones the last: what proxies add stands behind. */
  #take(start: number, end: number, hasEscape: boolean): void {
    if (this.#length <= 0) return;
    const index = this.#table.find(this.#hash, this.#path, this.#length);
    if (index === -1 || end === start) return;
    this.put(this.#table.slots[index] as number, this.#table.ranks[index] as number, start, end, hasEscape);
  }
}

function isEndOfScalar(byte: number): boolean {
  return (
    byte === COMMA ||
    byte === CLOSE ||
    byte === CLOSE_LIST ||
    byte === SPACE ||
    byte === RETURN ||
    byte === 0x09
  );
}
