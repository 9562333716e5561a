/** Files in the parts of a form that is sent (RFC 7578). */
import type { PacketMark } from '../../flows/consumer.js';
import type { MemoryBudget } from '../memory-budget.js';
import { dispositionName, parameterOf } from './file-name.js';
import { FileTaker, type TakenFile } from './file-taker.js';
import type { BodyTaker } from './message-body.js';
import { headerValue, parseHead } from './message-head.js';

/** Files told of one form. */
const MAX_FILES = 64;
const MAX_PART_HEAD = 8192;
/** What may be kept between two segments, and the buffers of it that are not yet collected. */
const HELD_BYTES = 2 * MAX_PART_HEAD;
/** RFC 2046 5.1.1. */
const MAX_BOUNDARY = 70;
const NOTHING = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');

/** The boundary that a Content-Type of a form states; null when it is no form. */
export function boundaryOf(contentType: string | null): string | null {
  if (contentType === null || !contentType.trimStart().toLowerCase().startsWith('multipart/')) return null;
  const boundary = parameterOf(contentType, 'boundary');
  return boundary !== null && boundary !== '' && boundary.length <= MAX_BOUNDARY ? boundary : null;
}

/** Reads a form as it comes: what lies before a boundary, then per part a head and content. */
export class MultipartTaker implements BodyTaker {
  readonly #boundary: Buffer;
  readonly #budget: MemoryBudget;
  readonly #tell: (file: TakenFile) => void;
  /** Bytes that may be the beginning of a boundary, or of a head that is not whole. */
  #kept: Buffer;
  #isInHead = false;
  #isOver: boolean;
  #file: FileTaker | null = null;
  #files = 0;

  constructor(boundary: string, budget: MemoryBudget, tell: (file: TakenFile) => void) {
    this.#boundary = Buffer.from(`\r\n--${boundary}`, 'latin1');
    // The first boundary has no line before it.
    this.#kept = Buffer.from('\r\n');
    this.#budget = budget;
    this.#tell = tell;
    this.#isOver = !budget.take(HELD_BYTES);
  }

  take(bytes: Buffer, start: number, end: number, mark: PacketMark): void {
    if (this.#isOver) return;
    let rest: Buffer = Buffer.concat([this.#kept, bytes.subarray(start, end)]);
    this.#kept = rest;
    while (!this.#isOver) {
      const next = this.#isInHead ? this.#head(rest, mark) : this.#content(rest);
      if (next === null) break;
      rest = next;
    }
  }

  gap(): void {
    // The boundaries after it cannot be told from content before it: the file that has begun is cut, the others are lost.
    this.#file?.gap();
    this.#file?.finish(false);
    this.#file = null;
    this.#close();
  }

  finish(): void {
    // A file without the boundary after it is not whole.
    if (this.#file !== null && this.#kept.length > 0) this.#file.take(this.#kept, 0, this.#kept.length);
    this.#file?.finish(false);
    this.#file = null;
    this.#close();
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#kept = NOTHING;
    this.#budget.give(HELD_BYTES);
  }

  /** Content up to the boundary; null: more is needed. */
  #content(rest: Buffer): Buffer | null {
    const at = rest.indexOf(this.#boundary);
    const stop = at === -1 ? Math.max(0, rest.length - this.#boundary.length + 1) : at;
    if (stop > 0) this.#file?.take(rest, 0, stop);
    if (at === -1) {
      this.#kept = Buffer.from(rest.subarray(stop));
      return null;
    }
    this.#file?.finish(true);
    this.#file = null;
    this.#isInHead = true;
    const next = rest.subarray(at + this.#boundary.length);
    this.#kept = next;
    return next;
  }

  /** Head of a part; null: more is needed. */
  #head(rest: Buffer, mark: PacketMark): Buffer | null {
    if (rest.length >= 2 && rest[0] === 45 && rest[1] === 45) {
      this.#close();
      return null;
    }
    const at = rest.subarray(0, MAX_PART_HEAD).indexOf(HEAD_END);
    if (at === -1) {
      this.#kept = Buffer.from(rest);
      if (rest.length >= MAX_PART_HEAD) this.#close();
      return null;
    }
    const { headers } = parseHead(rest.toString('latin1', 0, at));
    const disposition = headerValue(headers, 'content-disposition');
    const name = disposition === null ? null : dispositionName(disposition);
    if (name !== null && this.#files < MAX_FILES) {
      this.#files += 1;
      const mediaType = headerValue(headers, 'content-type');
      this.#file = new FileTaker(
        { name, mediaType, coding: null, isAllOfIt: true, minBytes: 1 },
        mark,
        this.#budget,
        this.#tell,
      );
    }
    this.#isInHead = false;
    const next = rest.subarray(at + HEAD_END.length);
    this.#kept = next;
    return next;
  }
}
