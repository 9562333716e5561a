/** Longest line that is read whole: requests are refused by servers far below it. The rest of a longer one is skipped. */
export const MAX_LINE_BYTES = 1_048_576;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Cuts bytes into lines across the borders of chunks, without copying but for the line on the border. */
export class LineSplitter {
  readonly #line: (bytes: Buffer, start: number, end: number, at: number) => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #isSkipping = false;
  /** Bytes before the pending ones. */
  #offset = 0;
  cut = 0;

  /**
   * @param line gets every line without its end (`\n` or `\r\n`), and where in the file it begins
   * @param offset where in the file the first bytes stand
   */
  constructor(line: (bytes: Buffer, start: number, end: number, at: number) => void, offset = 0) {
    this.#line = line;
    this.#offset = offset;
  }

  /** Byte at which the line begins that has no end yet. */
  get lineStart(): number {
    return this.#offset;
  }

  add(chunk: Buffer): void {
    let start = 0;
    if (this.#pendingBytes > 0 || this.#isSkipping) {
      const feed = chunk.indexOf(LINE_FEED);
      if (feed === -1) {
        this.#keep(chunk);
        return;
      }
      if (this.#isSkipping) {
        this.#isSkipping = false;
        this.#offset += feed + 1;
      } else {
        const whole = Buffer.concat([...this.#pending, chunk.subarray(0, feed)]);
        const at = this.#offset;
        this.#forget(whole.length + 1);
        this.#give(whole, 0, whole.length, at);
      }
      start = feed + 1;
    }
    const base = this.#offset - start;
    for (let feed = chunk.indexOf(LINE_FEED, start); feed !== -1; feed = chunk.indexOf(LINE_FEED, start)) {
      this.#give(chunk, start, feed, base + start);
      start = feed + 1;
    }
    this.#offset = base + start;
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** The last line may lack its end. */
  end(): void {
    if (this.#pendingBytes === 0) return;
    const whole = Buffer.concat(this.#pending);
    const at = this.#offset;
    this.#forget(whole.length);
    this.#give(whole, 0, whole.length, at);
  }

  #keep(part: Buffer): void {
    if (this.#isSkipping) {
      this.#offset += part.length;
      return;
    }
    // A copy: the source may use its buffer again.
    this.#pending.push(Buffer.from(part));
    this.#pendingBytes += part.length;
    if (this.#pendingBytes <= MAX_LINE_BYTES) return;
    const whole = Buffer.concat(this.#pending);
    const at = this.#offset;
    this.cut += 1;
    this.#forget(whole.length);
    this.#isSkipping = true;
    this.#give(whole, 0, MAX_LINE_BYTES, at);
  }

  #forget(bytes: number): void {
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#offset += bytes;
  }

  #give(bytes: Buffer, start: number, end: number, at: number): void {
    let stop = end;
    if (stop > start && bytes[stop - 1] === CARRIAGE_RETURN) stop -= 1;
    if (stop > start) this.#line(bytes, start, stop, at);
  }
}
