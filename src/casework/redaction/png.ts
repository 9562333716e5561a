/**
 * Pictures in PNG (ISO/IEC 15948) with rectangles painted over. The copy is made of pixels alone: what else the file held (texts, camera data,
 * thumbnails, what follows its end) is not in it.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { RedactionError } from './redaction-error.js';

/** Pixels from the top left corner. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** A screen of 8K has 33 million. */
const MAX_PIXELS = 100_000_000;
const MAX_SIDE = 100_000;
/** Samples of a pixel by colour type: grey, RGB, palette, grey with alpha, RGB with alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** What pixels are shown with, and nothing else. */
const KEPT = new Set(['PLTE', 'tRNS']);
const [GREY_ALPHA, RGB_ALPHA, PALETTE] = [4, 6, 3];

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

export interface PaintedPng {
  readonly bytes: Buffer;
  /** Types of chunks that were left out. */
  readonly removed: readonly string[];
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
}

/**
 * @throws RedactionError damaged; too-large; kind-not-supported for interlaced pictures and other depths than 8 bits; bad-request for a rectangle
 * that is not in the picture
 */
export function paintPng(bytes: Uint8Array, rectangles: readonly Rectangle[]): PaintedPng {
  const chunks = chunksOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const header = headerOf(chunks[0]);
  for (const rectangle of rectangles) check(rectangle, header);
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const palette = chunks.find(({ type }) => type === 'PLTE')?.data ?? null;
  if (header.colour === PALETTE && palette === null) throw new RedactionError('damaged', 'PLTE');
  const rowBytes = header.width * (SAMPLES[header.colour] ?? 1);
  const pixels = pixelsOf(packed, header, rowBytes);
  for (const rectangle of rectangles) paint(pixels, header, rectangle, darkest(palette));
  const kept = chunks.filter(({ type }) => KEPT.has(type));
  const removed = chunks.map(({ type }) => type).filter((type) => !KEPT.has(type) && !STRUCTURE.has(type));
  return {
    bytes: Buffer.concat([
      SIGNATURE,
      chunk('IHDR', chunks[0]?.data ?? Buffer.alloc(0)),
      ...kept.map(({ type, data }) => chunk(type, data)),
      chunk('IDAT', deflateSync(unfiltered(pixels, header.height, rowBytes))),
      chunk('IEND', Buffer.alloc(0)),
    ]),
    removed: [...new Set(removed)],
  };
}

const STRUCTURE = new Set(['IHDR', 'IDAT', 'IEND']);

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function chunksOf(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  let at = SIGNATURE.length;
  for (;;) {
    if (at + 12 > bytes.length) throw new RedactionError('damaged', `byte ${at}`);
    const length = bytes.readUInt32BE(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw new RedactionError('damaged', `byte ${at}`);
    const type = bytes.subarray(at + 4, at + 8).toString('latin1');
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end))
      throw new RedactionError('damaged', type);
    chunks.push({ type, data: bytes.subarray(at + 8, end) });
    if (type === 'IEND') return chunks;
    at = end + 4;
  }
}

function headerOf(first: Chunk | undefined): Header {
  if (first?.type !== 'IHDR' || first.data.length !== 13) throw new RedactionError('damaged', 'IHDR');
  const { data } = first;
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  const [depth, colour, compression, filter, interlace] = data.subarray(8) as unknown as number[];
  if (width === 0 || height === 0 || compression !== 0 || filter !== 0)
    throw new RedactionError('damaged', 'IHDR');
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS)
    throw new RedactionError('too-large', `${width} × ${height}`);
  if (depth !== 8 || interlace !== 0 || SAMPLES[colour ?? -1] === undefined)
    throw new RedactionError('kind-not-supported', 'png');
  return { width, height, depth, colour: colour ?? 0 };
}

function check({ left, top, width, height }: Rectangle, header: Header): void {
  const isWhole = [left, top, width, height].every((value) => Number.isSafeInteger(value) && value >= 0);
  const isInside = left + width <= header.width && top + height <= header.height;
  if (!isWhole || width === 0 || height === 0 || !isInside)
    throw new RedactionError('bad-request', [left, top, width, height].join(','));
}

/** Rows of samples, without their filters. */
function pixelsOf(packed: Buffer, { height, colour }: Header, rowBytes: number): Buffer {
  const size = (rowBytes + 1) * height;
  let raw: Buffer;
  try {
    raw = inflateSync(packed, { maxOutputLength: size });
  } catch (error) {
    throw new RedactionError('damaged', 'IDAT', { cause: error });
  }
  if (raw.length !== size) throw new RedactionError('damaged', 'IDAT');
  const step = SAMPLES[colour] ?? 1;
  const pixels = Buffer.alloc(rowBytes * height);
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (rowBytes + 1)] ?? 0;
    if (filter > 4) throw new RedactionError('damaged', `row ${row}`);
    const from = row * (rowBytes + 1) + 1;
    const to = row * rowBytes;
    for (let x = 0; x < rowBytes; x += 1) {
      const left = x >= step ? (pixels[to + x - step] as number) : 0;
      const above = row > 0 ? (pixels[to + x - rowBytes] as number) : 0;
      const corner = x >= step && row > 0 ? (pixels[to + x - rowBytes - step] as number) : 0;
      pixels[to + x] = ((raw[from + x] as number) + predicted(filter, left, above, corner)) & 255;
    }
  }
  return pixels;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  if (filter !== 4) return 0;
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** The entry of a palette that is nearest to black. */
function darkest(palette: Buffer | null): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let entry = 0; palette && entry * 3 + 2 < palette.length; entry += 1) {
    const sum = palette.subarray(entry * 3, entry * 3 + 3).reduce((total, value) => total + value, 0);
    if (sum < least) [best, least] = [entry, sum];
  }
  return best;
}

function paint(pixels: Buffer, { width, colour }: Header, rectangle: Rectangle, dark: number): void {
  const samples = SAMPLES[colour] ?? 1;
  const opaque = colour === GREY_ALPHA || colour === RGB_ALPHA;
  for (let y = rectangle.top; y < rectangle.top + rectangle.height; y += 1) {
    const from = (y * width + rectangle.left) * samples;
    const to = from + rectangle.width * samples;
    pixels.fill(colour === PALETTE ? dark : 0, from, to);
    if (opaque) for (let at = from + samples - 1; at < to; at += samples) pixels[at] = 255;
  }
}

/** Rows with filter 0 before each. */
function unfiltered(pixels: Buffer, height: number, rowBytes: number): Buffer {
  const rows = Buffer.alloc((rowBytes + 1) * height);
  for (let row = 0; row < height; row += 1)
    pixels.copy(rows, row * (rowBytes + 1) + 1, row * rowBytes, (row + 1) * rowBytes);
  return rows;
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(data.length + 12);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, data.length + 8)), data.length + 8);
  return whole;
}
