import { fromDate } from '../../../../core/time.js';
import { type PlistDictionary, PlistUid, type PlistValue } from '../../../../evidence/plist/plist.js';

/**
 * A property-list value as JSON text, cut at `maxCharacters`. Dates stand in the stored time form, bytes as hex,
 * whole numbers beyond a double's precision as digits.
 *
 * Values may share parts, and a file of 200 bytes can spell out to 2^50 elements; writing therefore stops, at any
 * depth, as soon as the text is long enough.
 */
export function valueJson(value: PlistValue, maxCharacters: number): string {
  const writer = new JsonWriter(maxCharacters);
  writer.value(value);
  return writer.text.slice(0, maxCharacters);
}

class JsonWriter {
  text = '';
  readonly #maxCharacters: number;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  get #full(): boolean {
    return this.text.length >= this.#maxCharacters;
  }

  value(value: PlistValue): void {
    if (this.#full) return;
    if (Array.isArray(value)) this.#list(value);
    else if (typeof value === 'string') this.#string(value);
    else if (value instanceof Date) this.text += JSON.stringify(fromDate(value));
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (value instanceof PlistUid) this.text += `{"uid":${value.value}}`;
    else if (typeof value === 'object' && value !== null) this.#dictionary(value as PlistDictionary);
    else if (typeof value === 'bigint') this.text += String(value);
    // JSON has no word for an infinite or undefined number: null, as JSON.stringify writes.
    else this.text += JSON.stringify(value);
  }

  #list(items: readonly PlistValue[]): void {
    this.text += '[';
    for (const [index, item] of items.entries()) {
      if (this.#full) return;
      if (index > 0) this.text += ',';
      this.value(item);
    }
    this.text += ']';
  }

  #dictionary(dictionary: PlistDictionary): void {
    this.text += '{';
    let isFirst = true;
    for (const [key, item] of Object.entries(dictionary)) {
      if (this.#full) return;
      if (!isFirst) this.text += ',';
      isFirst = false;
      this.#string(key);
      this.text += ':';
      this.value(item);
    }
    this.text += '}';
  }

  #string(text: string): void {
    this.text += JSON.stringify(text.slice(0, this.#maxCharacters));
  }

  #bytes(bytes: Uint8Array): void {
    this.text += `"${Buffer.from(bytes.subarray(0, this.#maxCharacters)).toString('hex')}"`;
  }
}
