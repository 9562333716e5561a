/**
 * Takes a stream of bytes apart at places of one's own choosing. Chunks are kept as they came, without a copy, until they are taken:
 * whoever gives them must not write into them again.
 */
export class ByteSource {
  readonly #input: AsyncIterator<Uint8Array>;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #isOver = false;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input[Symbol.asyncIterator]();
  }

  /** The next `length` bytes; fewer at the end. */
  async take(length: number): Promise<Buffer> {
    if (this.#left >= length) return this.#pass(length);
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0 && !(await this.isAtEnd()); ) {
      const part = this.#pass(Math.min(missing, this.#left));
      parts.push(part);
      missing -= part.byteLength;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  /** The next line without its "\n", of at most `maxBytes`; null when there is none so short, or no "\n" before the end. */
  async line(maxBytes: number): Promise<Buffer | null> {
    const line = await this.lineOrRest(maxBytes);
    return line?.isWhole ? line.bytes : null;
  }

  /** The same, for texts whose last line need not end; null when the line is longer. */
  async lineOrRest(maxBytes: number): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean } | null> {
    const parts: Buffer[] = [];
    for (let bytes = 0; !(await this.isAtEnd()); ) {
      const end = this.#chunk.indexOf(0x0a, this.#at);
      const length = (end < 0 ? this.#chunk.byteLength : end) - this.#at;
      bytes += length;
      if (bytes > maxBytes) return null;
      parts.push(this.#pass(length));
      if (end < 0) continue;
      this.#at += 1;
      return { bytes: Buffer.concat(parts), isWhole: true };
    }
    return { bytes: Buffer.concat(parts), isWhole: false };
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#left === 0 && !this.#isOver) {
      const { done, value } = await this.#input.next();
      if (done) {
        this.#isOver = true;
      } else {
        this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        this.#at = 0;
      }
    }
    return this.#left === 0;
  }

  /** What is left, as it comes. */
  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    while (!(await this.isAtEnd())) yield this.#pass(this.#left);
  }

  /** Tells the input that no more is wanted. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#input.return?.();
  }

  get #left(): number {
    return this.#chunk.byteLength - this.#at;
  }

  #pass(length: number): Buffer {
    const part = this.#chunk.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }
}
