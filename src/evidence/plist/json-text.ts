import { PlistUid, type PlistValue } from './value.js';

const CUT = '…';

/**
 * A value as JSON text of at most `maxCharacters`, for showing a setting to a person or keeping it in a record.
 * Work is bounded by the length asked for, also for values whose written-out form is endless; a text that was cut
 * ends in "…" and is no longer valid JSON. Dates are written in ISO 8601, bytes in base64, UIDs as `{"CF$UID":3}`.
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
  #text = '';

  constructor(readonly maxCharacters: number) {}

  finish(): string {
    if (this.#text.length <= this.maxCharacters) return this.#text;
    return this.#text.slice(0, Math.max(0, this.maxCharacters - CUT.length)) + CUT;
  }

  write(value: PlistValue, depth: number): void {
    if (this.#isFull()) return;
    // Deeper than any value that was read within the limits.
    if (depth > 2_000) this.#text += `"${CUT}"`;
    else if (value === null || typeof value === 'boolean') this.#text += String(value);
    else if (typeof value === 'number' || typeof value === 'bigint')
      this.#text += typeof value === 'number' && !Number.isFinite(value) ? `"${value}"` : String(value);
    else if (typeof value === 'string') this.#string(value);
    else if (value instanceof Date)
      this.#text += Number.isNaN(value.getTime()) ? 'null' : `"${value.toISOString()}"`;
    else if (value instanceof Uint8Array)
      this.#string(Buffer.from(value.subarray(0, this.maxCharacters)).toString('base64'));
    else if (value instanceof PlistUid) this.#text += `{"CF$UID":${value.value}}`;
    else this.#container(value, depth);
  }

  #container(value: readonly PlistValue[] | { readonly [key: string]: PlistValue }, depth: number): void {
    const isArray = Array.isArray(value);
    this.#text += isArray ? '[' : '{';
    let isFirst = true;
    const entries: Iterable<readonly [string | number, PlistValue]> = isArray
      ? value.entries()
      : Object.entries(value);
    for (const [key, item] of entries) {
      if (this.#isFull()) return;
      if (!isFirst) this.#text += ',';
      isFirst = false;
      if (typeof key === 'string') {
        this.#string(key);
        this.#text += ':';
      }
      this.write(item, depth + 1);
    }
    this.#text += isArray ? ']' : '}';
  }

  #string(value: string): void {
    // One character more than fits, so that a text that was cut here is seen to be cut.
    this.#text += JSON.stringify(value.slice(0, this.maxCharacters + 1));
  }

  #isFull(): boolean {
    return this.#text.length > this.maxCharacters;
  }
}
