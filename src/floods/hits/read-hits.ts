import type { EvidenceFile } from '../../core/contracts.js';
import { LOG_FORMATS } from '../formats/formats.js';
import { AsUtf8 } from './as-utf8.js';
import { Hit } from './hit.js';
import { LineSplitter } from './line-splitter.js';
import { type HitConsumer, LINE, type LogFormat, type LogFormatKind, PIECE_BYTES } from './log-format.js';
import { resolveClient } from './real-client.js';

/** Bytes between two steps: often enough for a progress line and for an abort. */
const BYTES_PER_STEP = 8 * 1_048_576;

/** What was read of a log. */
export interface ReadSummary {
  /** Lines that are not blank. */
  readonly lines: number;
  readonly hits: number;
  readonly events: number;
  /** Headers, comments, lines of other loggers. */
  readonly skipped: number;
  /** Lines of no known format, or without a time; the first of them, from 1. */
  readonly unparsed: number;
  readonly firstUnparsedLine: number;
  /** Lines longer than a mebibyte: their beginning was read. */
  readonly cut: number;
  /** Lines by format. */
  readonly formats: ReadonlyMap<string, number>;
}

/**
 * Reads lines of any mixture of formats: each is tried as what the last one was, then as everything else.
 */
export class LineReader {
  readonly #formats: LogFormat[];
  readonly #consumer: HitConsumer;
  readonly #hit = new Hit();
  readonly #counts: number[];
  /** Index of the format of the last line. */
  #current = 0;
  lines = 0;
  hits = 0;
  events = 0;
  skipped = 0;
  unparsed = 0;
  firstUnparsedLine = 0;

  constructor(kinds: readonly LogFormatKind[], consumer: HitConsumer) {
    this.#formats = kinds.map((kind) => kind.open());
    this.#counts = this.#formats.map(() => 0);
    this.#consumer = consumer;
  }

  /** One line. @returns one of {@link LINE} */
  line(bytes: Buffer, start: number, end: number, at: number): number {
    this.lines += 1;
    const hit = this.#hit;
    let verdict = this.#try(this.#current, bytes, start, end);
    if (verdict === LINE.foreign) {
      for (let index = 0; index < this.#formats.length; index += 1) {
        if (index === this.#current) continue;
        verdict = this.#try(index, bytes, start, end);
        if (verdict !== LINE.foreign) {
          this.#current = index;
          break;
        }
      }
    }
    if (verdict === LINE.skipped) {
      this.skipped += 1;
      return verdict;
    }
    if (verdict === LINE.foreign || hit.seconds < 0) {
      this.unparsed += 1;
      if (this.unparsed === 1) this.firstUnparsedLine = this.lines;
      return LINE.foreign;
    }
    this.#counts[this.#current] = (this.#counts[this.#current] as number) + 1;
    hit.lineStart = at;
    hit.lineLength = end - start;
    if (hit.forwardedStart !== -1) resolveClient(hit);
    if (verdict === LINE.hit) {
      this.hits += 1;
      this.#consumer.hit(hit);
    } else {
      this.events += 1;
      this.#consumer.event?.(hit);
    }
    return verdict;
  }

  #try(index: number, bytes: Buffer, start: number, end: number): number {
    return (this.#formats[index] as LogFormat).parse(bytes, start, end, this.#hit);
  }

  /** Lines by format, of those that have any. */
  formats(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const [index, { id }] of this.#formats.entries()) {
      const count = this.#counts[index] as number;
      if (count > 0) counts.set(id, (counts.get(id) ?? 0) + count);
    }
    return counts;
  }
}

export interface ReadHitsOptions {
  /** Formats to try, in this order. Default: all that are known. */
  readonly formats?: readonly LogFormatKind[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives every request of a log to a consumer. Yields the number of lines read so far every few megabytes; returns what
 * there was.
 *
 * @throws EvidenceError when the file cannot be read to its end; what was read before has been given
 */
export async function* readHits(
  file: EvidenceFile,
  consumer: HitConsumer,
  options: ReadHitsOptions = {},
): AsyncGenerator<number, ReadSummary> {
  const reader = new LineReader(options.formats ?? LOG_FORMATS, consumer);
  const text = new AsUtf8();
  const splitter = new LineSplitter((bytes, start, end, at) =>
    reader.line(bytes, start, end, text.placeOf(at)),
  );
  let sinceStep = 0;
  for await (const part of file.stream()) {
    const bytes = text.add(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      splitter.add(consumer.place?.(piece) ?? piece);
    }
    sinceStep += part.byteLength;
    if (sinceStep < BYTES_PER_STEP) continue;
    sinceStep = 0;
    options.signal?.throwIfAborted();
    yield reader.lines;
  }
  splitter.add(text.end());
  splitter.end();
  const { lines, hits, events, skipped, unparsed, firstUnparsedLine } = reader;
  return {
    lines,
    hits,
    events,
    skipped,
    unparsed,
    firstUnparsedLine,
    cut: splitter.cut,
    formats: reader.formats(),
  };
}
