import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../hits/client-address.js';
import { EVENT, Hit } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { clf } from '../clf/clf.js';
import { decodeJsonString, jsonStringEnd } from '../json-string.js';
import { nginxError } from '../nginx-error/nginx-error.js';
import { wrapped } from './wrapped.js';

const ACCESS = '192.0.2.7 - - [10/Oct/2024:13:55:36 -0600] "GET /\\x22é HTTP/1.1" 200 5 "-" "agent"';
const ERROR =
  '2024/10/10 13:55:36 [error] 1#1: *2 limiting requests, excess: 1 by zone "z", client: 192.0.2.7';

describe('lines of a server inside JSON', () => {
  it.each([
    (line: string) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2024-10-10T19:55:37.1Z' }),
    (line: string) => JSON.stringify({ _PID: '1', MESSAGE: line, __REALTIME_TIMESTAMP: '1728590136250000' }),
  ])('reads access and error lines of one envelope', (envelope) => {
    const format = wrapped([clf, nginxError]).open();
    const hit = new Hit();
    const parse = (line: string): number => {
      const bytes = Buffer.from(line);
      return format.parse(bytes, 0, bytes.length, hit);
    };
    expect(parse(envelope(ACCESS))).toBe(LINE.hit);
    expect([
      addressOf(hit),
      hit.text(hit.targetStart, hit.targetEnd),
      hit.text(hit.agentStart, hit.agentEnd),
    ]).toEqual(['192.0.2.7', '/\\x22é', 'agent']);
    expect(hit.seconds).toBe(Date.UTC(2024, 9, 10, 19, 55, 36) / 1000);
    expect(parse(envelope(ERROR))).toBe(LINE.event);
    expect([hit.event, addressOf(hit)]).toEqual([EVENT.requestsLimited, '192.0.2.7']);
    expect(parse(envelope(ACCESS))).toBe(LINE.hit);
    expect(parse(envelope('something else'))).toBe(LINE.foreign);
    expect(parse(envelope(''))).toBe(LINE.skipped);
  });

  it('leaves other JSON and other lines', () => {
    const format = wrapped([clf]).open();
    for (const line of ['', '{', '{"a":"b"}', ACCESS, '{"log":5}']) {
      const bytes = Buffer.from(line);
      expect(format.parse(bytes, 0, bytes.length, new Hit())).toBe(LINE.foreign);
    }
  });

  it('takes off every escape that JSON.stringify puts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = Buffer.from(JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, escapedCharacter));
        const end = jsonStringEnd(bytes, 1, bytes.length);
        expect(end).toBe(bytes.length - 1);
        const into = Buffer.alloc(bytes.length);
        const length = decodeJsonString(bytes, 1, end, into, 0);
        expect(into.toString('utf8', 0, length)).toBe(text);
      }),
    );
  });

  it('gives a verdict on any bytes', () => {
    const format = wrapped([clf, nginxError]).open();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const line = Buffer.concat([Buffer.from('{"log":"'), bytes]);
        expect([LINE.foreign, LINE.hit, LINE.event, LINE.skipped]).toContain(
          format.parse(line, 0, line.length, new Hit()),
        );
        const into = Buffer.alloc(bytes.length);
        expect(decodeJsonString(bytes, 0, bytes.length, into, 0)).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

function escapedCharacter(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
