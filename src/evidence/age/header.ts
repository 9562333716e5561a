/** Header of age files (https://c2sp.org/age): for whom a file is sealed, and a code over all of it under the key of the file. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { AgeError } from './age-error.js';
import { fromBase64, toBase64 } from './base64.js';
import type { ByteSource } from './byte-source.js';

const VERSION_LINE = 'age-encryption.org/v1';
const ANY_VERSION = /^age-encryption\.org\/v\d+$/;
const STANZA_MARK = '-> ';
const MAC_MARK = '---';
const MAC_BYTES = 32;
const LINE_CHARACTERS = 64;
/** Printable ASCII without the space. */
const ARGUMENT = /^[\x21-\x7e]+$/;
/** A file for a thousand recipients has a tenth of it. */
const MAX_HEADER_BYTES = 1024 * 1024;
const MAC_KEY_INFO = 'header';

/** One recipient of a file: kind and arguments, and the key of the file, wrapped. */
export interface Stanza {
  readonly args: readonly string[];
  readonly body: Buffer;
}

export interface AgeHeader {
  readonly stanzas: readonly Stanza[];
  readonly mac: Buffer;
  /** What the code is over. */
  readonly authenticated: Buffer;
  /** Bytes of the whole header. */
  readonly sizeBytes: number;
}

/** @throws AgeError not-age, newer-version, header-damaged */
export async function readHeader(source: ByteSource): Promise<AgeHeader> {
  const lines = new HeaderLines(source);
  const version = await lines.first();
  if (version !== VERSION_LINE) {
    throw new AgeError(ANY_VERSION.test(version) ? 'newer-version' : 'not-age', 'line 1');
  }
  const stanzas: Stanza[] = [];
  for (;;) {
    const line = await lines.next();
    if (line.startsWith(STANZA_MARK)) {
      const args = line.slice(STANZA_MARK.length).split(' ');
      if (!args.every((arg) => ARGUMENT.test(arg))) throw lines.damaged();
      stanzas.push({ args, body: await readBody(lines) });
      continue;
    }
    const mac = line.startsWith(`${MAC_MARK} `) ? fromBase64(line.slice(MAC_MARK.length + 1)) : null;
    if (mac?.byteLength !== MAC_BYTES) throw lines.damaged();
    const text = lines.text();
    const authenticated = Buffer.from(text.slice(0, text.length - line.length - 1) + MAC_MARK, 'latin1');
    return { stanzas, mac, authenticated, sizeBytes: text.length };
  }
}

async function readBody(lines: HeaderLines): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (;;) {
    const line = await lines.next();
    const bytes = line.length > LINE_CHARACTERS ? null : fromBase64(line);
    if (!bytes) throw lines.damaged();
    parts.push(bytes);
    if (line.length < LINE_CHARACTERS) return Buffer.concat(parts);
  }
}

class HeaderLines {
  readonly #source: ByteSource;
  readonly #lines: string[] = [];
  #bytes = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Longer than any version: what is no such file need not be read far. */
  async first(): Promise<string> {
    const line = await this.#source.line(80);
    if (!line) throw new AgeError('not-age', 'line 1');
    return this.#add(line);
  }

  async next(): Promise<string> {
    const line = await this.#source.line(MAX_HEADER_BYTES - this.#bytes);
    if (!line) throw new AgeError('header-damaged', `line ${this.#lines.length + 1}`);
    return this.#add(line);
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  damaged(): AgeError {
    return new AgeError('header-damaged', `line ${this.#lines.length}`);
  }

  #add(line: Buffer): string {
    const text = line.toString('latin1');
    this.#lines.push(text);
    this.#bytes += line.byteLength + 1;
    return text;
  }
}

/** The header as bytes, with its code under the key of the file. */
export function writeHeader(stanzas: readonly Stanza[], fileKey: Uint8Array): Buffer {
  const lines = stanzas.map(({ args, body }) => `${STANZA_MARK}${args.join(' ')}\n${bodyLines(body)}`);
  const authenticated = Buffer.from(`${VERSION_LINE}\n${lines.join('')}${MAC_MARK}`, 'latin1');
  const mac = toBase64(macOf(authenticated, fileKey));
  return Buffer.concat([authenticated, Buffer.from(` ${mac}\n`)]);
}

/** The last line is shorter than the others, and empty where they hold everything. */
function bodyLines(body: Buffer): string {
  const text = toBase64(body);
  const lines: string[] = [];
  for (let at = 0; at <= text.length; at += LINE_CHARACTERS) lines.push(text.slice(at, at + LINE_CHARACTERS));
  return `${lines.join('\n')}\n`;
}

/** Whether the header is as it was written by who had the key of the file. */
export function isAuthentic(header: AgeHeader, fileKey: Uint8Array): boolean {
  return timingSafeEqual(header.mac, macOf(header.authenticated, fileKey));
}

function macOf(authenticated: Buffer, fileKey: Uint8Array): Buffer {
  const key = Buffer.from(hkdfSync('sha256', fileKey, new Uint8Array(), MAC_KEY_INFO, MAC_BYTES));
  const mac = createHmac('sha256', key).update(authenticated).digest();
  key.fill(0);
  return mac;
}
