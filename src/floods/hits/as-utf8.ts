import { TextDecoder } from 'node:util';

const NOTHING = Buffer.alloc(0);

/**
 * Logs as Windows saves them (“Unicode” of Notepad, `>` of Windows PowerShell): UTF-16, told by its mark, becomes UTF-8. All
 * other bytes go through as they are. Half a character at the border of two chunks waits for the rest of it.
 */
export class AsUtf8 {
  #decoder: TextDecoder | null = null;
  #isBegun = false;
  /** A first byte that came alone. */
  #held = NOTHING;

  add(chunk: Buffer): Buffer {
    let bytes = chunk;
    if (!this.#isBegun) {
      if (this.#held.length > 0) bytes = Buffer.concat([this.#held, chunk]);
      if (bytes.length < 2) {
        this.#held = Buffer.from(bytes);
        return NOTHING;
      }
      this.#isBegun = true;
      this.#held = NOTHING;
      const name = encodingOf(bytes);
      if (name !== null) this.#decoder = new TextDecoder(name);
    }
    return this.#decoder === null ? bytes : Buffer.from(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What is left at the end. */
  end(): Buffer {
    return this.#decoder === null ? this.#held : Buffer.from(this.#decoder.decode());
  }

  /** Where in the file a byte of the text stands: exact for text in ASCII, as logs are. */
  placeOf(at: number): number {
    return this.#decoder === null ? at : 2 + 2 * at;
  }
}

/** Whether a file begins as UTF-16: with its mark, or with letters that have an empty byte each. */
export function isUtf16(bytes: Buffer): boolean {
  return (
    encodingOf(bytes) !== null || (bytes.length >= 4 && bytes[0] !== 0 && bytes[1] === 0 && bytes[3] === 0)
  );
}

function encodingOf(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}
