/**
 * Lines of a server inside JSON: Docker's json-file driver (`{"log":"line\\n","stream":"stdout","time":"…"}`) and
 * journald's export (`journalctl -o json`, in which the line is `MESSAGE`), and what collectors of logs hand on unread.
 */
import type { Hit } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { decodeJsonString, jsonStringEnd } from '../json-string.js';
import { find, startsWith } from '../scan.js';

const LINE_FEED = 0x0a;
const DOCKER = '{"log":"';
const KEYS: readonly string[] = [
  '"MESSAGE":"',
  '"MESSAGE" : "',
  // Filebeat and Logstash, Loki, containers through Fluent Bit, Google Cloud.
  '"message":"',
  '"message": "',
  '"line":"',
  '"log":"',
  '"textPayload":"',
];

class WrappedFormat implements LogFormat {
  readonly id = 'wrapped';
  readonly #formats: readonly LogFormat[];
  #current = 0;
  #line = Buffer.alloc(4096);

  constructor(kinds: readonly LogFormatKind[]) {
    this.#formats = kinds.map((kind) => kind.open());
  }

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const from = messageStart(bytes, start, end);
    if (from === -1) return LINE.foreign;
    const found = jsonStringEnd(bytes, from, end);
    const to = found === -1 ? end : found;
    if (this.#line.length < to - from) this.#line = Buffer.alloc(2 * (to - from));
    const line = this.#line;
    let length = decodeJsonString(bytes, from, to, line, 0);
    while (length > 0 && line[length - 1] === LINE_FEED) length -= 1;
    if (length === 0) return LINE.skipped;
    const verdict = this.#parse(this.#current, length, hit);
    if (verdict !== LINE.foreign) return verdict;
    for (let index = 0; index < this.#formats.length; index += 1) {
      if (index === this.#current) continue;
      const other = this.#parse(index, length, hit);
      if (other === LINE.foreign) continue;
      this.#current = index;
      return other;
    }
    return LINE.foreign;
  }

  #parse(index: number, length: number, hit: Hit): number {
    return (this.#formats[index] as LogFormat).parse(this.#line, 0, length, hit);
  }
}

/** A format for lines of these formats, each in an envelope of JSON. */
export function wrapped(kinds: readonly LogFormatKind[]): LogFormatKind {
  return { id: 'wrapped', open: () => new WrappedFormat(kinds) };
}

/** Behind the quote that opens the line; -1 when there is none. */
function messageStart(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== 0x7b) return -1;
  if (startsWith(bytes, start, end, DOCKER)) return start + DOCKER.length;
  for (const key of KEYS) {
    const at = find(bytes, start, end, key);
    if (at !== -1) return at + key.length;
  }
  return -1;
}
