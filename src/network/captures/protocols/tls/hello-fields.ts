/** Walks over the fields of a message: each read is checked against its end, and after a failed one all fail. */
export class HelloFields {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
  isDamaged = false;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get isOver(): boolean {
    return this.at >= this.end;
  }

  /** Goes over so many bytes and gives where they began; -1 when there are not so many. */
  skip(lengthBytes: number): number {
    if (this.isDamaged || lengthBytes > this.end - this.at) {
      this.isDamaged = true;
      return -1;
    }
    const start = this.at;
    this.at += lengthBytes;
    return start;
  }

  /** A number of one to three bytes; -1 when it is cut. */
  number(lengthBytes: 1 | 2 | 3): number {
    const start = this.skip(lengthBytes);
    if (start === -1) return -1;
    let value = 0;
    for (let index = 0; index < lengthBytes; index += 1)
      value = value * 256 + (this.bytes[start + index] as number);
    return value;
  }

  /** A vector with its length in front, as fields of its own; an empty, damaged one when it is cut. */
  vector(lengthBytes: 1 | 2 | 3): HelloFields {
    const length = this.number(lengthBytes);
    const start = length === -1 ? -1 : this.skip(length);
    const inner = new HelloFields(
      this.bytes,
      start === -1 ? this.end : start,
      start === -1 ? this.end : start + length,
    );
    inner.isDamaged = start === -1;
    return inner;
  }

  /** What is left, as numbers of two bytes, at most `most` of them. */
  numbers16(most: number): number[] {
    const values: number[] = [];
    while (this.at + 2 <= this.end && values.length < most) {
      values.push(((this.bytes[this.at] as number) << 8) | (this.bytes[this.at + 1] as number));
      this.at += 2;
    }
    return values;
  }
}
