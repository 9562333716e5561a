import { BitReader, BlockChecksum, BlockDecoder, Bzip2Error, damaged } from './block.js';

/** `BZh` and a level, in front of each stream. */
const HEADER_BYTES = 4;
/** Digits of pi before a block, of its square root at the end of a stream. */
const [BLOCK_HIGH, BLOCK_LOW] = [0x314159, 0x265359];
const [END_HIGH, END_LOW] = [0x177245, 0x385090];
const MARK_BITS = 48;
const CHECKSUM_BITS = 32;
/**
 * More than any block takes that an honest program writes: 900,000 symbols of at most 20 bits, 32,767 selectors of at most six,
 * six tables. Blocks do not say how long they are: so much is read ahead, and nothing is asked for while one is decoded.
 */
const BLOCK_BYTES = 2_300_000;
const PIECE_BYTES = 64 * 1024;

/**
 * Unpacks bzip2, stream after stream, as parallel programs write them. An own decoder: Node has none. Everything before
 * damage is given out first, block by block.
 *
 * @param took told how many bytes of the input have been used, before each chunk that comes of them
 * @throws Bzip2Error; errors of the input pass through
 */
export async function* unpackBzip2(
  input: AsyncIterable<Uint8Array>,
  took: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new BitSource(input);
  try {
    const decoder = new BlockDecoder();
    for (let isFirst = true; ; isFirst = false) {
      const left = await source.fill();
      if (left === 0 && !isFirst) return;
      const level = streamLevel(source.bits, isFirst);
      yield* oneStream(source, decoder, level, took);
    }
  } finally {
    await source.close();
  }
}

function streamLevel(bits: BitReader, isFirst: boolean): number {
  if (bits.end - bits.at < HEADER_BYTES * 8) damaged();
  const magic = bits.bits(24);
  const level = bits.bits(8) - 0x30;
  // `BZ0` was bzip's, which used arithmetic coding.
  if (magic !== 0x425a68 || level < 1 || level > 9)
    throw new Bzip2Error(isFirst ? 'not-supported' : 'damaged');
  return level;
}

async function* oneStream(
  source: BitSource,
  decoder: BlockDecoder,
  level: number,
  took: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const { bits } = source;
  const checksum = new BlockChecksum();
  let all = 0;
  for (;;) {
    await source.fill();
    if (bits.end - bits.at < MARK_BITS + CHECKSUM_BITS) damaged();
    const [high, low] = [bits.bits(24), bits.bits(24)];
    const stated = bits.bits(CHECKSUM_BITS);
    if (high === END_HIGH && low === END_LOW) {
      if (stated !== all) damaged();
      source.toWholeByte();
      return;
    }
    if (high !== BLOCK_HIGH || low !== BLOCK_LOW) damaged();
    decoder.read(bits, level);
    took(source.usedBytes);
    checksum.reset();
    yield* decoder.content(checksum, PIECE_BYTES);
    if (checksum.digest() !== stated) damaged();
    all = (((all << 1) | (all >>> 31)) ^ stated) >>> 0;
  }
}

/** Bits of a stream of bytes, always with a whole block of them at hand. */
class BitSource {
  readonly bits = new BitReader();
  readonly #input: AsyncIterator<Uint8Array>;
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;
  /** Bytes that have been dropped. */
  #dropped = 0;
  #isAtEnd = false;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input[Symbol.asyncIterator]();
  }

  get usedBytes(): number {
    return this.#dropped + Math.ceil(this.bits.at / 8);
  }

  /** Makes a block's bytes available, or all that is left. @returns how many there are */
  async fill(): Promise<number> {
    const { bits } = this;
    let at = bits.at >> 3;
    while (!this.#isAtEnd && this.#length - at < BLOCK_BYTES) {
      const { done, value } = await this.#input.next();
      if (done) {
        this.#isAtEnd = true;
      } else {
        if (this.#length + value.byteLength > this.#bytes.byteLength) {
          this.#makeRoom(at, value.byteLength);
          at = 0;
        }
        this.#bytes.set(value, this.#length);
        this.#length += value.byteLength;
      }
    }
    bits.bytes = this.#bytes;
    bits.end = this.#length * 8;
    return this.#length - at;
  }

  toWholeByte(): void {
    this.bits.at = Math.ceil(this.bits.at / 8) * 8;
  }

  async close(): Promise<void> {
    await this.#input.return?.();
  }

  /** Drops what has been used. The buffer doubles, so that short pieces do not move it each time. */
  #makeRoom(at: number, moreBytes: number): void {
    const kept = this.#length - at;
    const needed = kept + moreBytes;
    const isSmall = needed > this.#bytes.byteLength / 2;
    const target = isSmall ? new Uint8Array(2 * needed) : this.#bytes;
    if (isSmall) target.set(this.#bytes.subarray(at, this.#length));
    else target.copyWithin(0, at, this.#length);
    this.#bytes = target;
    this.#length = kept;
    this.#dropped += at;
    this.bits.at -= at * 8;
  }
}
