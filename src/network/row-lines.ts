/**
 * The tight loop over scans of the whole internet and over logs: files of tens of gigabytes, ten million rows and more.
 * What counts is what happens once per row, so there is no asynchronous step per row, and a line is decoded from the
 * chunk it lies in without being copied before.
 */
import { Buffer } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import type { EvidenceFile } from '../core/contracts.js';

/** Longer lines are not held: no row of a scan or a log is, and a hostile file may have no line end at all. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** Chunks between turns for others: signals and progress must come through, also when chunks come without waiting. */
const CHUNKS_PER_TURN = 16;
const [LINE_FEED, CARRIAGE_RETURN] = [10, 13];

export interface RowLinesOptions {
  readonly signal?: AbortSignal | undefined;
  /** How bytes become characters: `latin1` keeps each byte as a character, for banners that are no text. */
  readonly encoding: 'utf8' | 'latin1';
  readonly maxLineBytes?: number;
  /** Every line that is not empty. `isLast` is set for one that the end of the file ends. */
  readonly onLine: (text: string, number: number, isLast: boolean) => void;
  /** A line that is longer than is held. */
  readonly onTooLong: (number: number) => void;
}

/**
 * Gives every line of a file to a function. Yields after each chunk, so that what the function collected can leave.
 * UTF-16 by its byte order mark, which PowerShell writes when a scanner's output is redirected; lines end with `\n` or
 * `\r\n`.
 */
export async function* rowLines(file: EvidenceFile, options: RowLinesOptions): AsyncGenerator<void> {
  const splitter = new LineSplitter(options);
  let chunks = 0;
  for await (const chunk of utf8Chunks(file.stream())) {
    options.signal?.throwIfAborted();
    splitter.add(chunk);
    yield;
    chunks += 1;
    if (chunks % CHUNKS_PER_TURN === 0) await nextTurn();
  }
  splitter.end();
  yield;
}

/** Text of the beginning of a file, as {@link rowLines} decodes it. A damaged byte is a damaged byte, not another format. */
export function textOfHead(head: Uint8Array): string {
  const [a, b, c] = head;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(head);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(head);
  const start = a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('utf8', start);
}

async function* utf8Chunks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | null = null;
  let isFirst = true;
  for await (const part of stream) {
    let chunk = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    if (isFirst && chunk.length > 0) {
      isFirst = false;
      const [a, b, c] = chunk;
      if (a === 0xff && b === 0xfe) decoder = new TextDecoder('utf-16le');
      else if (a === 0xfe && b === 0xff) decoder = new TextDecoder('utf-16be');
      else if (a === 0xef && b === 0xbb && c === 0xbf) chunk = chunk.subarray(3);
    }
    yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk;
  }
  const rest = decoder?.decode();
  if (rest) yield Buffer.from(rest);
}

/** Cuts bytes into lines across the borders of chunks. Holds the beginning of one line at most. */
class LineSplitter {
  readonly #options: RowLinesOptions;
  readonly #maxBytes: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** The line is too long; what comes up to its end is dropped. */
  #skipping = false;
  #number = 0;

  constructor(options: RowLinesOptions) {
    this.#options = options;
    this.#maxBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  }

  add(chunk: Buffer): void {
    let start = 0;
    let end = chunk.indexOf(LINE_FEED);
    if (end !== -1 && (this.#skipping || this.#pendingBytes > 0)) {
      this.#endPending(chunk.subarray(0, end), false);
      start = end + 1;
      end = chunk.indexOf(LINE_FEED, start);
    }
    while (end !== -1) {
      this.#line(chunk, start, end, false);
      start = end + 1;
      end = chunk.indexOf(LINE_FEED, start);
    }
    if (start < chunk.length && !this.#skipping) this.#hold(chunk, start);
  }

  end(): void {
    if (this.#pendingBytes > 0) this.#endPending(Buffer.alloc(0), true);
  }

  #endPending(rest: Buffer, isLast: boolean): void {
    if (this.#skipping) {
      this.#skipping = false;
      return;
    }
    const whole = Buffer.concat([...this.#pending, rest]);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#line(whole, 0, whole.length, isLast);
  }

  #line(bytes: Buffer, start: number, feed: number, isLast: boolean): void {
    this.#number += 1;
    const end = feed > start && bytes[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
    if (end === start) return;
    if (end - start > this.#maxBytes) this.#options.onTooLong(this.#number);
    else this.#options.onLine(bytes.toString(this.#options.encoding, start, end), this.#number, isLast);
  }

  #hold(chunk: Buffer, start: number): void {
    this.#pendingBytes += chunk.length - start;
    if (this.#pendingBytes > this.#maxBytes) {
      this.#number += 1;
      this.#options.onTooLong(this.#number);
      this.#pending = [];
      this.#pendingBytes = 0;
      this.#skipping = true;
    } else {
      // A copy: the source may use its buffer again.
      this.#pending.push(Buffer.from(chunk.subarray(start)));
    }
  }
}
