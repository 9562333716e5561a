/** What the values of a line are called, in each of the many ways, found without making text of them. */

/** What a value is. */
export const FIELD = {
  /** Times, the best first: each is tried where the one before is absent or cannot be read. */
  time: 0,
  time2: 1,
  time3: 2,
  /** A day, where the time of day is a value of its own. */
  date: 3,
  client: 4,
  forwarded: 5,
  host: 6,
  user: 7,
  /** The request line; in some logs only the path. */
  request: 8,
  method: 9,
  /** Path and query, or a whole address. */
  target: 10,
  path: 11,
  query: 12,
  protocol: 13,
  status: 14,
  bytesOut: 15,
  /** Durations by their unit; the last one with its unit, or to be guessed. */
  seconds: 16,
  milliseconds: 17,
  microseconds: 18,
  nanoseconds: 19,
  duration: 20,
  referer: 21,
  agent: 22,
  cache: 23,
  upstreamStatus: 24,
  contentType: 25,
  tls: 26,
  asn: 27,
  country: 28,
  /** Who wrote the line, and what it says; of use where one file has several loggers. */
  logger: 29,
  level: 30,
  message: 31,
  /** What a guard did, and the rule that made it. */
  action: 32,
  rule: 33,
  /** Only other formats have it. */
  foreign: 34,
} as const;
export const FIELD_COUNT = 35;
export type Field = (typeof FIELD)[keyof typeof FIELD];

/**
 * Names by field, the best first. Small letters; a dot is a step into an object, or a dot in a name (Elasticsearch writes
 * both). A space stands for nothing, `_` and `-`: `'remote addr'` is `remoteaddr`, `remote_addr` and `remote-addr`.
 */
export type FieldNames = Readonly<Partial<Record<keyof typeof FIELD, readonly string[]>>>;

/** Longest path of names that is looked up. */
export const MAX_PATH_BYTES = 96;
/** FNV-1a: Fowler, Noll, Vo. */
export const HASH_START = 0x811c9dc5 | 0;
const HASH_FACTOR = 0x01000193;
export const DOT = 0x2e;

export function hashStep(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, HASH_FACTOR);
}

/** Finds names by their bytes. Built once for each format; nobody who writes a log can make it larger or slower. */
export class NameTable {
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #hashes: number[] = [];
  readonly #texts: Buffer[] = [];
  readonly #fields: number[] = [];
  readonly #ranks: number[] = [];
  readonly #isObject: boolean[] = [];
  readonly #isEnvelope: boolean[] = [];

  /** @param envelopes objects whose names count as if they stood outside: `{"_source":{…}}` */
  constructor(names: FieldNames, envelopes: readonly string[] = []) {
    const entries = new Map<
      string,
      { field: number; rank: number; isObject: boolean; isEnvelope: boolean }
    >();
    const entry = (name: string) => {
      let found = entries.get(name);
      if (found === undefined) {
        found = { field: -1, rank: 0, isObject: false, isEnvelope: false };
        entries.set(name, found);
      }
      return found;
    };
    for (const [field, list] of Object.entries(names)) {
      for (const [rank, name] of list.flatMap(spellings).entries()) {
        const leaf = entry(name);
        if (leaf.field !== -1) continue;
        leaf.field = FIELD[field as keyof typeof FIELD];
        leaf.rank = Math.min(rank, 254);
        for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
          entry(name.slice(0, dot)).isObject = true;
        }
      }
    }
    for (const name of envelopes) entry(name).isEnvelope = true;
    let size = 64;
    while (size < entries.size * 4) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size).fill(-1);
    for (const [name, { field, rank, isObject, isEnvelope }] of entries) {
      const text = Buffer.from(name);
      let hash = HASH_START;
      for (const byte of text) hash = hashStep(hash, byte);
      let slot = hash & this.#mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = this.#texts.length;
      this.#hashes.push(hash);
      this.#texts.push(text);
      this.#fields.push(field);
      this.#ranks.push(rank);
      this.#isObject.push(isObject);
      this.#isEnvelope.push(isEnvelope);
    }
  }

  /** The entry of a name, or -1. */
  find(path: Uint8Array, length: number, hash: number): number {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot] as number;
      if (entry === -1) return -1;
      if (this.#hashes[entry] !== hash) continue;
      const text = this.#texts[entry] as Buffer;
      if (text.length !== length) continue;
      let at = 0;
      while (at < length && text[at] === path[at]) at += 1;
      if (at === length) return entry;
    }
  }

  /** One of {@link FIELD}, or -1 when the entry is only an object. */
  fieldOf(entry: number): number {
    return this.#fields[entry] as number;
  }

  rankOf(entry: number): number {
    return this.#ranks[entry] as number;
  }

  /** Whether names are known inside of it. */
  isObject(entry: number): boolean {
    return this.#isObject[entry] as boolean;
  }

  isEnvelope(entry: number): boolean {
    return this.#isEnvelope[entry] as boolean;
  }
}

function spellings(name: string): string[] {
  if (!name.includes(' ')) return [name];
  return ['_', '-', ''].map((between) => name.replaceAll(' ', between));
}
