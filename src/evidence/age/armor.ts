/** The text form of age files: PEM in one strict form (https://c2sp.org/age, "ASCII armor"). */
import { AgeError } from './age-error.js';
import { fromPaddedBase64, withPadding } from './base64.js';
import { ByteSource } from './byte-source.js';

export const ARMOR_BEGIN = '-----BEGIN AGE ENCRYPTED FILE-----';
const ARMOR_END = '-----END AGE ENCRYPTED FILE-----';
const LINE_BYTES = 48;
const LINE_CHARACTERS = 64;
/** White space around it that is put up with. */
const MAX_WHITE_SPACE = 1_024;
const LINES_TOGETHER = 1_024;

/** Whether something is meant as the text form, by its first bytes: what begins so, and not quite, is a damaged one. */
export function isArmored(head: Uint8Array): boolean {
  return Buffer.from(head).toString('latin1').trimStart().startsWith('-----');
}

/** Bytes of it that {@link isArmored} needs. */
export const ARMOR_HEAD_BYTES = MAX_WHITE_SPACE + ARMOR_BEGIN.length;

/** @throws AgeError armor-damaged; errors of the input pass through */
export async function* unarmor(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new ByteSource(input);
  try {
    const lines = new ArmorLines(source);
    await lines.begin();
    let parts: Buffer[] = [];
    for (;;) {
      const text = await lines.next();
      if (text === ARMOR_END) break;
      const bytes = text === '' ? null : fromPaddedBase64(text);
      if (!bytes) throw lines.damaged();
      parts.push(bytes);
      if (bytes.byteLength < LINE_BYTES) {
        if ((await lines.next()) !== ARMOR_END) throw lines.damaged();
        break;
      }
      if (parts.length < LINES_TOGETHER) continue;
      yield Buffer.concat(parts);
      parts = [];
    }
    await lines.end();
    if (parts.length > 0) yield Buffer.concat(parts);
  } finally {
    await source.close();
  }
}

class ArmorLines {
  readonly #source: ByteSource;
  #number = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  async begin(): Promise<void> {
    for (let whiteSpace = 0; ; ) {
      const text = await this.#line(MAX_WHITE_SPACE);
      if (text === ARMOR_BEGIN) return;
      whiteSpace += text.length + 1;
      if (text.trim() !== '' || whiteSpace > MAX_WHITE_SPACE || (await this.#source.isAtEnd()))
        throw this.damaged();
    }
  }

  next(): Promise<string> {
    return this.#line(LINE_CHARACTERS + 1);
  }

  /** Nothing but white space may follow. */
  async end(): Promise<void> {
    const rest = await this.#source.take(MAX_WHITE_SPACE);
    if (rest.toString('latin1').trim() !== '' || !(await this.#source.isAtEnd())) throw this.damaged();
  }

  damaged(): AgeError {
    return new AgeError('armor-damaged', `line ${this.#number}`);
  }

  async #line(maxBytes: number): Promise<string> {
    this.#number += 1;
    const line = await this.#source.lineOrRest(maxBytes);
    if (!line) throw this.damaged();
    // Lines may end as on Windows.
    return line.bytes.toString('latin1').replace(/\r$/, '');
  }
}

/** Writes the text form. */
export async function* armor(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new ByteSource(input);
  try {
    yield Buffer.from(`${ARMOR_BEGIN}\n`);
    while (!(await source.isAtEnd())) {
      const bytes = await source.take(LINE_BYTES * LINES_TOGETHER);
      yield Buffer.from(`${withPadding(bytes).replaceAll(/.{64}(?=.)/g, '$&\n')}\n`);
    }
    yield Buffer.from(`${ARMOR_END}\n`);
  } finally {
    await source.close();
  }
}
