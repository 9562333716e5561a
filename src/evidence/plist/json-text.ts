import { fromDate } from '../../core/time.js';
import { type PlistDictionary, PlistUid, type PlistValue } from './value.js';

const CUT = '…';
// Deeper than any value that was read within the limits, and far from the end of the stack.
const MAX_DEPTH = 2_000;

/**
 * A value as JSON text of at most `maxCharacters`, for keeping a setting in a record. Dates stand in the stored time
 * form, bytes as hex, UIDs as `{"uid":3}`, whole numbers beyond a double's precision as digits.
 *
 * Values may share parts, and a file of 200 bytes can spell out to 2^50 elements; writing therefore stops, at any
 * depth, as soon as the text is long enough. A text that was cut ends in "…" and is no longer valid JSON.
 *
 * @example
 * jsonText({ Languages: ['es-MX'] }, 4000); // '{"Languages":["es-MX"]}'
 */
export function jsonText(value: PlistValue, maxCharacters: number): string {
  const writer = new JsonWriter(maxCharacters);
  writer.write(value, 0);
  return writer.finish();
}

class JsonWriter {
  readonly #maxCharacters: number;
  #text = '';

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  finish(): string {
    if (!this.#isFull()) return this.#text;
    return `${this.#text.slice(0, Math.max(0, this.#maxCharacters - CUT.length))}${CUT}`.slice(
      0,
      this.#maxCharacters,
    );
  }

  write(value: PlistValue, depth: number): void {
    if (this.#isFull()) return;
    if (depth > MAX_DEPTH) this.#string(CUT);
    else if (typeof value === 'string') this.#string(value);
    else if (value instanceof Date) this.#text += JSON.stringify(fromDate(value));
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (value instanceof PlistUid) this.#text += `{"uid":${value.value}}`;
    else if (Array.isArray(value)) this.#list(value, depth);
    else if (typeof value === 'object' && value !== null) this.#dictionary(value as PlistDictionary, depth);
    else if (typeof value === 'bigint') this.#text += String(value);
    // JSON has no word for an infinite or undefined number: null, as JSON.stringify writes.
    else this.#text += JSON.stringify(value);
  }

  #list(items: readonly PlistValue[], depth: number): void {
    this.#text += '[';
    for (const [index, item] of items.entries()) {
      if (this.#isFull()) return;
      if (index > 0) this.#text += ',';
      this.write(item, depth + 1);
    }
    this.#text += ']';
  }

  #dictionary(dictionary: PlistDictionary, depth: number): void {
    this.#text += '{';
    let isFirst = true;
    for (const [key, item] of Object.entries(dictionary)) {
      if (this.#isFull()) return;
      if (!isFirst) this.#text += ',';
      isFirst = false;
      this.#string(key);
      this.#text += ':';
      this.write(item, depth + 1);
    }
    this.#text += '}';
  }

  // One character (or byte) more than fits, so that a text that was cut here is seen to be cut.
  #string(value: string): void {
    this.#text += JSON.stringify(value.slice(0, this.#maxCharacters + 1));
  }

  #bytes(bytes: Uint8Array): void {
    this.#text += `"${Buffer.from(bytes.subarray(0, this.#maxCharacters + 1)).toString('hex')}"`;
  }

  #isFull(): boolean {
    return this.#text.length > this.#maxCharacters;
  }
}
