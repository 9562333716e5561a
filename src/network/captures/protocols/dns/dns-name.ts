/** Names in messages (RFC 1035 3.1, 4.1.4), turned into text. */

/** Length of a name with its length bytes (RFC 1035 2.3.4). */
const MAX_NAME_BYTES = 255;
/** No honest name needs more pointers than it can have labels. */
const MAX_POINTERS = 127;
const POINTER = 0xc0;
const [DOT, BACKSLASH, ZERO] = [46, 92, 48];
/** A byte becomes at most four characters. */
const scratch = Buffer.alloc(MAX_NAME_BYTES * 4 + 8);

/**
 * Reads names of one message. One object is used again for every message: nothing of it is kept.
 *
 * Pointers may only point to what stands before the labels they end, so that no loop is possible, and of one name only
 * so many are followed.
 */
export class NameReader {
  /** Position after the name read last; -1 when it was damaged. */
  next = 0;
  /** Whether the name read last holds only letters, digits, hyphens, underscores and dots. */
  isHostLike = true;
  #from = -1;
  #text = '';

  /** Forgets the message before. */
  begin(): void {
    this.#from = -1;
  }

  /** A name as text without the final dot, "." for the root. Null: damaged. */
  read(bytes: Buffer, messageStart: number, at: number, end: number): string | null {
    // Most names of an answer are a pointer to the question; that name is text already.
    if (at + 1 < end && bytes[at] === POINTER && messageStart + (bytes[at + 1] as number) === this.#from) {
      this.next = at + 2;
      return this.#text;
    }
    const text = this.#walk(bytes, messageStart, at, end);
    if (text !== null && this.#from === -1) {
      this.#from = at;
      this.#text = text;
    }
    return text;
  }

  #walk(bytes: Buffer, messageStart: number, at: number, end: number): string | null {
    let position = at;
    let lowest = at;
    let length = 0;
    let nameBytes = 0;
    let pointers = 0;
    this.next = -1;
    this.isHostLike = true;
    for (;;) {
      if (position >= end) return null;
      const label = bytes[position] as number;
      if (label === 0) break;
      if (label >= POINTER) {
        if (position + 1 >= end) return null;
        const target = messageStart + (((label & 0x3f) << 8) | (bytes[position + 1] as number));
        if (this.next === -1) this.next = position + 2;
        pointers += 1;
        if (target >= lowest || pointers > MAX_POINTERS) return null;
        lowest = target;
        position = target;
        continue;
      }
      // 0x40 and 0x80: kinds of labels that are not used (RFC 6891 5).
      nameBytes += label + 1;
      if (label > 63 || position + 1 + label > end || nameBytes >= MAX_NAME_BYTES) return null;
      if (length > 0) scratch[length++] = DOT;
      for (let index = position + 1; index <= position + label; index += 1) {
        const byte = bytes[index] as number;
        if (byte > 32 && byte < 127 && byte !== DOT && byte !== BACKSLASH) {
          scratch[length++] = byte;
          if (this.isHostLike && !isHostByte(byte)) this.isHostLike = false;
          continue;
        }
        this.isHostLike = false;
        scratch[length++] = BACKSLASH;
        scratch[length++] = ZERO + Math.trunc(byte / 100);
        scratch[length++] = ZERO + (Math.trunc(byte / 10) % 10);
        scratch[length++] = ZERO + (byte % 10);
      }
      position += label + 1;
    }
    if (this.next === -1) this.next = position + 1;
    return length === 0 ? '.' : scratch.toString('latin1', 0, length);
  }
}

/** Position after a name without looking at it; -1 when it is damaged. */
export function skipName(bytes: Buffer, at: number, end: number): number {
  let position = at;
  while (position < end) {
    const label = bytes[position] as number;
    if (label === 0) return position + 1;
    if (label >= POINTER) return position + 2 <= end ? position + 2 : -1;
    if (label > 63) return -1;
    position += label + 1;
  }
  return -1;
}

function isHostByte(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 48 && byte <= 57) ||
    byte === 45 ||
    byte === 95
  );
}
