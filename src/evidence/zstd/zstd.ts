import { BlockDecoder, MAX_BLOCK_BYTES, type Output, PADDING_BYTES } from './block.js';
import { ContentChecksum } from './content-checksum.js';
import { damaged, ZstdError } from './entropy.js';

/** Windows above this are refused: the decoder keeps half as much again. `zstd --long` without a number asks for it. */
export const MAX_WINDOW_BYTES = 128 * 1024 ** 2;
const FRAME_MAGIC = 0xfd2fb528;
/** 0x184D2A50 to 0x184D2A5F (RFC 8878 3.1.2). */
const SKIPPABLE_MAGIC = 0x184d2a5;
const [RAW, RUN, COMPRESSED] = [0, 1, 2];
const LEAST_GROWTH_BYTES = 1024 ** 2;

/**
 * Unpacks Zstandard (RFC 8878), frame after frame. An own decoder: that of the registry runs for minutes on twenty bytes
 * made for it, and Node's comes with version 22. Everything before damage is given out first.
 *
 * @param took told how many bytes of the input have been used, before each chunk that comes of them
 * @throws ZstdError; errors of the input pass through
 */
export async function* unpackZstd(
  input: AsyncIterable<Uint8Array>,
  took: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new ByteSource(input);
  try {
    yield* frames(source, took);
  } finally {
    await source.close();
  }
}

async function* frames(source: ByteSource, took: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const decoder = new FrameDecoder();
  for (let isFirst = true; ; isFirst = false) {
    const start = await source.peek(4);
    if (start.byteLength === 0 && !isFirst) return;
    if (start.byteLength < 4) damaged();
    const magic = uint(start, 0, 4);
    if (Math.floor(magic / 16) === SKIPPABLE_MAGIC) {
      const header = await source.exactly(8);
      await source.skip(uint(header, 4, 4));
    } else if (magic === FRAME_MAGIC) {
      yield* oneFrame(source, decoder, took);
    } else {
      // LZ4 uses the same frames to be skipped.
      throw new ZstdError(isFirst ? 'not-supported' : 'damaged');
    }
  }
}

async function* oneFrame(
  source: ByteSource,
  decoder: FrameDecoder,
  took: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const fixed = await source.peek(5);
  if (fixed.byteLength < 5) damaged();
  const header = frameHeader(await source.exactly(5 + headerRestBytes(fixed[4] as number)));
  decoder.begin(header);
  for (let isLast = false; !isLast; ) {
    const start = uint(await source.exactly(3), 0, 3);
    isLast = (start & 1) === 1;
    const kind = (start >> 1) & 3;
    const size = start >> 3;
    if (kind > COMPRESSED || size > header.blockBytes) damaged();
    const block = await source.padded(kind === RUN ? 1 : size);
    const unpacked = decoder.block(kind, block, size);
    took(source.usedBytes);
    if (unpacked.byteLength > 0) yield unpacked;
  }
  const checksum = header.hasChecksum ? uint(await source.exactly(4), 0, 4) : null;
  decoder.end(checksum);
}

interface FrameHeader {
  readonly windowBytes: number;
  readonly blockBytes: number;
  /** Length of the content; null when not said. */
  readonly contentBytes: number | null;
  readonly hasChecksum: boolean;
}

const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;

/** Bytes of a frame header behind the descriptor (RFC 8878 3.1.1.1.1). */
function headerRestBytes(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0;
  return (isSingle ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + contentSizeBytes(descriptor);
}

function contentSizeBytes(descriptor: number): number {
  const flag = descriptor >> 6;
  return flag === 0 ? ((descriptor & 0x20) !== 0 ? 1 : 0) : 1 << flag;
}

/** RFC 8878 3.1.1.1. */
function frameHeader(bytes: Uint8Array): FrameHeader {
  const descriptor = bytes[4] as number;
  if ((descriptor & 0x08) !== 0) damaged();
  const isSingle = (descriptor & 0x20) !== 0;
  let at = 5;
  let windowBytes = 0;
  if (!isSingle) {
    const window = bytes[at] as number;
    const base = 2 ** (10 + (window >> 3));
    windowBytes = base + (base / 8) * (window & 7);
    at += 1;
  }
  const idBytes = DICTIONARY_ID_BYTES[descriptor & 3] ?? 0;
  // Packed with a dictionary that is not here.
  if (uint(bytes, at, idBytes) !== 0) throw new ZstdError('not-supported');
  at += idBytes;
  const sizeBytes = contentSizeBytes(descriptor);
  const contentBytes = sizeBytes === 0 ? null : uint(bytes, at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  if (isSingle) windowBytes = contentBytes ?? 0;
  if (windowBytes > MAX_WINDOW_BYTES) throw new ZstdError('not-supported');
  return {
    windowBytes,
    blockBytes: Math.min(MAX_BLOCK_BYTES, windowBytes),
    contentBytes,
    hasChecksum: (descriptor & 0x04) !== 0,
  };
}

/** Content of frames, with as much of it kept as later blocks may copy from. */
class FrameDecoder {
  readonly #blocks = new BlockDecoder();
  readonly #checksum = new ContentChecksum();
  readonly #output: Output = { bytes: new Uint8Array(0), end: 0, reach: 0 };
  #header: FrameHeader | null = null;
  #bytes = 0;

  begin(header: FrameHeader): void {
    this.#header = header;
    this.#bytes = 0;
    this.#output.end = 0;
    this.#blocks.reset();
    this.#checksum.reset();
  }

  block(kind: number, { bytes, start, end }: PaddedBytes, size: number): Uint8Array {
    const header = this.#header as FrameHeader;
    const output = this.#output;
    this.#makeRoom(header);
    const before = output.end;
    if (kind === COMPRESSED) {
      output.reach = Math.min(this.#bytes, header.windowBytes);
      this.#blocks.decode(bytes, start, end, output, header.blockBytes);
    } else {
      if (kind === RAW) output.bytes.set(bytes.subarray(start, end), before);
      else output.bytes.fill(bytes[start] as number, before, before + size);
      output.end = before + size;
    }
    // A copy: the place is written to again.
    const unpacked = output.bytes.slice(before, output.end);
    this.#bytes += unpacked.byteLength;
    if (header.hasChecksum) this.#checksum.update(unpacked);
    return unpacked;
  }

  end(checksum: number | null): void {
    const contentBytes = this.#header?.contentBytes ?? null;
    if (contentBytes !== null && contentBytes !== this.#bytes) damaged();
    if (checksum !== null && checksum !== this.#checksum.digest()) damaged();
  }

  /**
   * Makes room for one block. The buffer grows with what has come, not with what the header promises, and moves its
   * content only after half a window of new content: blocks of one byte would otherwise cost a window each.
   */
  #makeRoom({ windowBytes, blockBytes }: FrameHeader): void {
    const output = this.#output;
    const { bytes, end } = output;
    if (end + blockBytes <= bytes.byteLength) return;
    const kept = Math.min(end, windowBytes);
    const most = windowBytes + Math.max(windowBytes / 2, LEAST_GROWTH_BYTES);
    if (bytes.byteLength < most) {
      const grown = Math.min(most, Math.max(2 * (kept + blockBytes), LEAST_GROWTH_BYTES));
      const larger = new Uint8Array(Math.max(grown, bytes.byteLength));
      larger.set(bytes.subarray(end - kept, end));
      output.bytes = larger;
    } else {
      bytes.copyWithin(0, end - kept, end);
    }
    output.end = kept;
  }
}

interface PaddedBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Bytes of a stream in the pieces that are asked for. */
class ByteSource {
  /** Bytes handed out or skipped. */
  usedBytes = 0;
  readonly #input: AsyncIterator<Uint8Array>;
  readonly #block = new Uint8Array(MAX_BLOCK_BYTES + 2 * PADDING_BYTES);
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input[Symbol.asyncIterator]();
  }

  /** The next bytes without using them; fewer at the end. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#chunk.byteLength - this.#at < count) {
      const next = await this.#input.next();
      if (next.done) break;
      this.#chunk = Buffer.concat([this.#chunk.subarray(this.#at), next.value]);
      this.#at = 0;
    }
    return this.#chunk.subarray(this.#at, this.#at + count);
  }

  async exactly(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    if (bytes.byteLength < count) damaged();
    this.#use(count);
    return bytes;
  }

  /** The same, for a block, with room around it that may be read. Valid until the next call. */
  async padded(count: number): Promise<PaddedBytes> {
    let filled = 0;
    while (filled < count) {
      if (this.#at === this.#chunk.byteLength) await this.#refill();
      const part = this.#chunk.subarray(this.#at, this.#at + count - filled);
      this.#block.set(part, PADDING_BYTES + filled);
      filled += part.byteLength;
      this.#use(part.byteLength);
    }
    const end = PADDING_BYTES + count;
    return { bytes: this.#block, start: PADDING_BYTES, end };
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      if (this.#at === this.#chunk.byteLength) await this.#refill();
      const part = Math.min(left, this.#chunk.byteLength - this.#at);
      this.#use(part);
      left -= part;
    }
  }

  async close(): Promise<void> {
    await this.#input.return?.();
  }

  /** Called when everything has been used. */
  async #refill(): Promise<void> {
    const next = await this.#input.next();
    if (next.done) damaged();
    this.#chunk = next.value;
    this.#at = 0;
  }

  #use(count: number): void {
    this.#at += count;
    this.usedBytes += count;
  }
}

function uint(bytes: Uint8Array, at: number, count: number): number {
  let number = 0;
  for (let index = count - 1; index >= 0; index -= 1) number = number * 256 + (bytes[at + index] as number);
  return number;
}
