import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../hits/client-address.js';
import { EVENT, Hit, METHOD } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { clf } from '../clf/clf.js';
import { nginxError } from './nginx-error.js';

const MIXED = new URL('../../../../../shared/data/floods/access-logs/hub-nginx-mixed.log', import.meta.url);

describe('nginx error log', () => {
  it('reads a limit that was reached', () => {
    expect(
      read(
        '2024/10/10 13:55:36 [error] 31#31: *46 limiting requests, excess: 5.020 by zone "one", client: 192.0.2.7, server: www.example.org, request: "POST /wp-login.php HTTP/1.1", host: "example.org:8080", referrer: "https://a.example/"',
      ),
    ).toEqual({
      verdict: LINE.event,
      event: EVENT.requestsLimited,
      time: '2024-10-10T13:55:36.000Z',
      client: '192.0.2.7',
      host: 'example.org',
      method: METHOD.post,
      target: '/wp-login.php',
      referer: 'https://a.example/',
    });
  });

  it.each([
    ['limiting connections by zone "addr"', EVENT.connectionsLimited],
    ['delaying request, excess: 0.1, by zone "one"', EVENT.requestsLimited],
    [
      'client timed out (110: Connection timed out) while reading client request headers',
      EVENT.clientTimedOut,
    ],
    [
      'upstream timed out (110: Connection timed out) while reading response header from upstream',
      EVENT.upstreamFailed,
    ],
    ['connect() failed (111: Connection refused) while connecting to upstream', EVENT.upstreamFailed],
    ['ModSecurity: Access denied with code 403 (phase 2).', EVENT.blocked],
    ['access forbidden by rule', EVENT.blocked],
    ['open() "/srv/limiting request/x" failed (2: No such file or directory)', EVENT.other],
  ])('tells what «%s» means', (message, event) => {
    expect(
      read(
        `2024/10/10 13:55:36 [error] 31#31: *46 ${message}, client: 2001:db8::7, server: _, request: "GET / HTTP/1.1"`,
      ),
    ).toMatchObject({ verdict: LINE.event, event, client: '2001:db8::7', host: '' });
  });

  it('reads lines without a client, and behind syslog', () => {
    expect(read('2024/10/10 13:55:36 [alert] 31#0: 1024 worker_connections are not enough')).toMatchObject({
      verdict: LINE.event,
      event: EVENT.exhausted,
      client: '',
    });
    expect(
      read('Oct 10 13:55:36 host nginx: 2024/10/10 13:55:36 [notice] 31#31: signal process started'),
    ).toMatchObject({ verdict: LINE.event, event: EVENT.other });
  });

  it('takes the zone of access lines in the same file', () => {
    const hit = new Hit();
    const access = Buffer.from('192.0.2.1 - - [10/Oct/2024:13:55:36 -0600] "GET / HTTP/1.1" 200 5');
    const error = Buffer.from('2024/10/10 13:55:36 [error] 31#31: *46 x, client: 192.0.2.7, server: a');
    const [first, second] = [clf.open(), nginxError.open()];
    expect(second.parse(error, 0, error.length, hit)).toBe(LINE.event);
    expect(hit.seconds).toBe(Date.UTC(2024, 9, 10, 13, 55, 36) / 1000);
    expect(first.parse(access, 0, access.length, hit)).toBe(LINE.hit);
    expect(second.parse(error, 0, error.length, hit)).toBe(LINE.event);
    expect(hit.seconds).toBe(Date.UTC(2024, 9, 10, 19, 55, 36) / 1000);
    expect(hit.zoneMinutes).toBe(-360);
  });

  it('is not told another client by a path in quotes', () => {
    expect(
      read(
        '2024/10/10 13:55:36 [error] 31#31: *46 "/srv/x, client: 203.0.113.9, server: y" is not found (2: No such file), client: 192.0.2.7, server: a.example, request: "GET /x, client: 203.0.113.9, server: y HTTP/1.1", host: "a.example"',
      ),
    ).toMatchObject({ client: '192.0.2.7', host: 'a.example', target: '/x, client: 203.0.113.9, server: y' });
  });

  it.each([
    '',
    '2024/10/10 13:55:36',
    '2024/10/10 13:55:36 [',
    '2024/13/10 13:55:36 [error] 31#31: x',
    '2024/10/10 13:55:36 [error] x',
    '192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5',
  ])('leaves to others what is not its own: %s', (line) => {
    expect(read(line).verdict).toBe(LINE.foreign);
  });

  it('gives a verdict on any bytes', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          '2024/10/10 13:55:36 [error] 1#1: ',
          ', client: ',
          '192.0.2.1',
          ', request: "',
          '"',
          ', host: ',
        )
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        expect([LINE.foreign, LINE.event]).toContain(read(Buffer.concat(parts)).verdict);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([', client: ', ', client: "', '"', ', a'])(
    'takes little time for a mebibyte of «%s»',
    (filling) => {
      const started = performance.now();
      read(`2024/10/10 13:55:36 [error] 31#31: *46 x${filling.repeat(1_048_576 / filling.length)}`);
      read(
        `2024/10/10 13:55:36 [error] 31#31: *46 x, client: a${filling.repeat(1_048_576 / filling.length)}`,
      );
      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );

  it.skipIf(!existsSync(MIXED))('reads the error among access lines (skipped without ../shared)', () => {
    const lines = readFileSync(MIXED, 'utf8').trimEnd().split('\n');
    expect(lines.slice(0, 8).map((line) => read(line).verdict)).toEqual(Array(8).fill(LINE.foreign));
    expect(read(lines[8] as string)).toEqual({
      verdict: LINE.event,
      event: EVENT.other,
      time: '2021-12-01T13:53:33.000Z',
      client: '172.17.0.1',
      host: 'localhost',
      method: METHOD.get,
      target: '/market/',
      referer: '',
    });
  });
});

function read(line: string | Buffer) {
  const bytes = Buffer.concat([Buffer.from('"? '), Buffer.from(line), Buffer.from('"], \n')]);
  const hit = new Hit();
  const verdict = nginxError.open().parse(bytes, 3, bytes.length - 5, hit);
  return {
    verdict,
    event: hit.event,
    time: hit.seconds === -1 ? '' : new Date(hit.seconds * 1000).toISOString(),
    client: hit.ipVersion === 0 ? hit.text(hit.clientStart, hit.clientEnd) : addressOf(hit),
    host: hit.text(hit.hostStart, hit.hostEnd),
    method: hit.method,
    target: hit.text(hit.targetStart, hit.targetEnd),
    referer: hit.text(hit.refererStart, hit.refererEnd),
  };
}
