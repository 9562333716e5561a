/**
 * One block of bzip2. The format has no specification of its author; it is described in J. Tsai, "BZIP2: Format
 * Specification" (2016), and by what bzip2 1.0.8 writes. Every number is checked, none believed.
 */

/** Content that breaks the rules of the format. */
export class Bzip2Error extends Error {
  override readonly name = 'Bzip2Error';

  constructor(readonly code: 'damaged' | 'not-supported') {
    super(code);
  }
}

/** @throws Bzip2Error */
export function damaged(): never {
  throw new Bzip2Error('damaged');
}

/** Content of the largest block before its runs are written out: nine times this (level 9). */
export const LEVEL_BYTES = 100_000;
/** Symbols that share one table of codes. */
const GROUP_SYMBOLS = 50;
const MOST_TABLES = 6;
const MOST_CODE_BITS = 20;
/** Codes up to this length are looked up in one step. */
const LOOKUP_BITS = 10;
/** 256 bytes, less the first of them, two kinds of runs, the end. */
const MOST_SYMBOLS = 258;
const [RUN_A, RUN_B] = [0, 1];
/** After so many equal bytes the next says how many more there are. */
const RUN_BYTES = 4;

/** Bits of a stream, most significant first. */
export class BitReader {
  bytes: Uint8Array = new Uint8Array(0);
  /** In bits. */
  at = 0;
  end = 0;

  /** @throws Bzip2Error at the end */
  bits(count: number): number {
    const { bytes, at } = this;
    if (at + count > this.end) damaged();
    let value = 0;
    let left = count;
    let bit = at;
    while (left > 0) {
      const inByte = 8 - (bit & 7);
      const taken = Math.min(left, inByte);
      const part = ((bytes[bit >> 3] as number) >> (inByte - taken)) & ((1 << taken) - 1);
      // Not shifted: 32 bits would become negative.
      value = value * 2 ** taken + part;
      bit += taken;
      left -= taken;
    }
    this.at = bit;
    return value;
  }

  /** The next bits without using them; zeros behind the end. At most 20. */
  peek(count: number): number {
    const { bytes, at } = this;
    const first = at >> 3;
    const four =
      (((bytes[first] ?? 0) << 24) |
        ((bytes[first + 1] ?? 0) << 16) |
        ((bytes[first + 2] ?? 0) << 8) |
        (bytes[first + 3] ?? 0)) >>>
      0;
    return ((four << (at & 7)) >>> 0) >>> (32 - count);
  }
}

/** Codes of one table: shorter ones by looking up, the longest by comparing with where each length ends. */
class CodeTable {
  /** `symbol << 5 | bits`; 0 where the code is longer, or is none. */
  readonly lookup = new Uint16Array(1 << LOOKUP_BITS);
  /** First code of each length, how many there are, and where their symbols begin. */
  readonly #first = new Int32Array(MOST_CODE_BITS + 1);
  readonly #count = new Int32Array(MOST_CODE_BITS + 1);
  readonly #start = new Int32Array(MOST_CODE_BITS + 1);
  readonly #symbols = new Uint16Array(MOST_SYMBOLS);

  fill(lengths: Uint8Array, size: number): void {
    this.lookup.fill(0);
    let code = 0;
    let filled = 0;
    for (let bits = 1; bits <= MOST_CODE_BITS; bits += 1) {
      this.#first[bits] = code;
      this.#start[bits] = filled;
      for (let symbol = 0; symbol < size; symbol += 1) {
        if (lengths[symbol] !== bits) continue;
        // More codes than there is room for.
        if (code >= 1 << bits) damaged();
        this.#symbols[filled] = symbol;
        if (bits <= LOOKUP_BITS) {
          const from = code << (LOOKUP_BITS - bits);
          this.lookup.fill((symbol << 5) | bits, from, from + (1 << (LOOKUP_BITS - bits)));
        }
        filled += 1;
        code += 1;
      }
      this.#count[bits] = filled - (this.#start[bits] as number);
      code <<= 1;
    }
  }

  /** A code longer than what is looked up, as `symbol << 5 | bits`. */
  long(next: number): number {
    for (let bits = LOOKUP_BITS + 1; bits <= MOST_CODE_BITS; bits += 1) {
      const place = (next >>> (MOST_CODE_BITS - bits)) - (this.#first[bits] as number);
      if (place >= 0 && place < (this.#count[bits] as number)) {
        return ((this.#symbols[(this.#start[bits] as number) + place] as number) << 5) | bits;
      }
    }
    return damaged();
  }
}

/** Decodes blocks one after the other, in the same memory. */
export class BlockDecoder {
  readonly #tables = Array.from({ length: MOST_TABLES }, () => new CodeTable());
  readonly #lengths = new Uint8Array(MOST_SYMBOLS);
  readonly #selectors = new Uint8Array(1 << 15);
  readonly #recent = new Uint8Array(256);
  readonly #counts = new Uint32Array(256);
  #next = new Uint32Array(0);
  #size = 0;
  #place = 0;

  /**
   * Takes a block, behind its mark and checksum, as far as to the order of its bytes.
   *
   * @throws Bzip2Error
   */
  read(bits: BitReader, level: number): void {
    const mostBytes = level * LEVEL_BYTES;
    // Blocks of bzip2 0.9.0 and before, from 1998, could be shuffled.
    if (bits.bits(1) === 1) throw new Bzip2Error('not-supported');
    this.#place = bits.bits(24);
    const inUse = this.#readInUse(bits);
    const tables = bits.bits(3);
    if (tables < 2 || tables > MOST_TABLES) damaged();
    const selectors = this.#readSelectors(bits, tables);
    for (let table = 0; table < tables; table += 1) this.#readTable(bits, table, inUse + 2);
    if (this.#next.length < mostBytes) this.#next = new Uint32Array(mostBytes);
    this.#size = this.#readSymbols(bits, selectors, inUse + 1, mostBytes);
    if (this.#place >= this.#size) damaged();
    this.#order();
  }

  /** Which bytes occur, and how many; `#recent` holds them in their order. */
  #readInUse(bits: BitReader): number {
    const ranges = bits.bits(16);
    let inUse = 0;
    for (let range = 0; range < 16; range += 1) {
      if ((ranges & (0x8000 >> range)) === 0) continue;
      const used = bits.bits(16);
      for (let low = 0; low < 16; low += 1) {
        if ((used & (0x8000 >> low)) === 0) continue;
        this.#recent[inUse] = range * 16 + low;
        inUse += 1;
      }
    }
    if (inUse === 0) damaged();
    return inUse;
  }

  #readSelectors(bits: BitReader, tables: number): number {
    const count = bits.bits(15);
    if (count === 0) damaged();
    const order = [0, 1, 2, 3, 4, 5];
    for (let index = 0; index < count; index += 1) {
      let place = 0;
      while (bits.bits(1) === 1) {
        place += 1;
        if (place >= tables) damaged();
      }
      const [table] = order.splice(place, 1) as [number];
      order.unshift(table);
      this.#selectors[index] = table;
    }
    return count;
  }

  #readTable(bits: BitReader, table: number, symbols: number): void {
    let length = bits.bits(5);
    for (let symbol = 0; symbol < symbols; symbol += 1) {
      for (;;) {
        if (length < 1 || length > MOST_CODE_BITS) damaged();
        if (bits.bits(1) === 0) break;
        length += bits.bits(1) === 0 ? 1 : -1;
      }
      this.#lengths[symbol] = length;
    }
    (this.#tables[table] as CodeTable).fill(this.#lengths, symbols);
  }

  /** Huffman codes, runs of the most recent byte, and bytes by how recent they are. @returns how many bytes there are */
  #readSymbols(bits: BitReader, selectors: number, end: number, mostBytes: number): number {
    const [next, recent, counts] = [this.#next, this.#recent, this.#counts];
    counts.fill(0);
    let size = 0;
    let run = 0;
    let runPlace = 1;
    for (let group = 0; group < selectors; group += 1) {
      const table = this.#tables[this.#selectors[group] as number] as CodeTable;
      const { lookup } = table;
      for (let left = GROUP_SYMBOLS; left > 0; left -= 1) {
        const found = lookup[bits.peek(LOOKUP_BITS)] as number;
        const code = found === 0 ? table.long(bits.peek(MOST_CODE_BITS)) : found;
        bits.at += code & 31;
        const symbol = code >> 5;
        if (symbol <= RUN_B) {
          // Numbers in two digits without a zero: the first counts 1 for each place, the second 2.
          run += symbol === RUN_A ? runPlace : 2 * runPlace;
          runPlace *= 2;
          if (run > mostBytes - size) damaged();
          continue;
        }
        if (bits.at > bits.end) damaged();
        if (run > 0) {
          const byte = recent[0] as number;
          next.fill(byte, size, size + run);
          counts[byte] = (counts[byte] as number) + run;
          size += run;
          run = 0;
        }
        runPlace = 1;
        if (symbol === end) return size;
        if (size >= mostBytes) damaged();
        const place = symbol - 1;
        const byte = recent[place] as number;
        // Nearly always a few: a loop is quicker than a call.
        for (let to = place; to > 0; to -= 1) recent[to] = recent[to - 1] as number;
        recent[0] = byte;
        next[size] = byte;
        counts[byte] = (counts[byte] as number) + 1;
        size += 1;
      }
    }
    // The end never came.
    return damaged();
  }

  /** Above each byte, the place of the one that follows it in the content (Burrows and Wheeler 1994). */
  #order(): void {
    const [next, counts] = [this.#next, this.#counts];
    let start = 0;
    for (let byte = 0; byte < 256; byte += 1) {
      const count = counts[byte] as number;
      counts[byte] = start;
      start += count;
    }
    for (let index = 0; index < this.#size; index += 1) {
      const byte = (next[index] as number) & 0xff;
      const place = counts[byte] as number;
      counts[byte] = place + 1;
      next[place] = ((next[place] as number) & 0xff) | (index << 8);
    }
    this.#place = (next[this.#place] as number) >>> 8;
  }

  /** Content of the block that was read, in pieces. `checksum` sees all of it. */
  *content(checksum: BlockChecksum, pieceBytes: number): Generator<Uint8Array, void, undefined> {
    const next = this.#next;
    let place = this.#place;
    let piece = new Uint8Array(pieceBytes);
    let filled = 0;
    let last = -1;
    let same = 0;
    for (let left = this.#size; left > 0; left -= 1) {
      const entry = next[place] as number;
      place = entry >>> 8;
      const byte = entry & 0xff;
      let times = 1;
      if (same === RUN_BYTES) {
        times = byte;
        same = 0;
      } else {
        same = byte === last ? same + 1 : 1;
        last = byte;
      }
      // At most 255 are added: the piece has room for them.
      for (; times > 0; times -= 1) {
        piece[filled] = last;
        filled += 1;
      }
      if (filled > pieceBytes - 256) {
        checksum.update(piece, filled);
        yield piece.subarray(0, filled);
        piece = new Uint8Array(pieceBytes);
        filled = 0;
      }
    }
    if (filled === 0) return;
    checksum.update(piece, filled);
    yield piece.subarray(0, filled);
  }
}

// The polynomial of CRC-32 with the most significant bit first, unlike that of zlib.
const CRC_POLYNOMIAL = 0x04c11db7;
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ CRC_POLYNOMIAL : crc << 1;
  return crc;
});

/** Checksum of one block's content. */
export class BlockChecksum {
  #crc = -1;

  reset(): void {
    this.#crc = -1;
  }

  update(bytes: Uint8Array, length: number): void {
    let crc = this.#crc;
    for (let at = 0; at < length; at += 1) {
      crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ (bytes[at] as number)] as number);
    }
    this.#crc = crc;
  }

  digest(): number {
    return ~this.#crc >>> 0;
  }
}
