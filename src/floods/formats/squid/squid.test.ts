import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_WRITERS } from '../../../../fixtures/floods/log-lines.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import { CACHE } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { readLine } from '../testing/read-lines.js';
import { squid } from './squid.js';

const requests = [...siteTraffic({ seed: 7, from: 1_757_000_000, days: 0.01, hitsPerDay: 20_000 })];

describe('logs of Squid', () => {
  it('every request of a site is read back', () => {
    const format = squid.open();
    for (const request of requests) {
      const { second, ms, client, method, target, status, bytes, durationMs, host } = request;
      if (target.includes(' ')) continue;
      expect(readLine(format, LINE_WRITERS.squid.line(request))).toMatchObject({
        verdict: LINE.hit,
        time: new Date(second * 1_000 + ms).toISOString(),
        client,
        status,
        bytesOut: bytes,
        durationMs,
        method,
        ...(method === '' ? {} : { target, host }),
        malformed: method === '',
      });
    }
  });

  it.each([
    ['TCP_MEM_HIT/200 10 GET', { cache: CACHE.hit, status: 200 }],
    ['TCP_REFRESH_UNMODIFIED/304 10 GET', { cache: CACHE.hit, status: 304 }],
    ['TCP_MISS_ABORTED/000 10 GET', { cache: CACHE.miss, status: 0 }],
    ['NONE/400 10 NONE', { cache: CACHE.unknown, malformed: true, method: '' }],
  ])('reads %s', (middle, expected) => {
    const line = `1757000000.123    -12 192.0.2.7 ${middle} http://www.example.org/a?b alice HIER_NONE/- text/html`;
    expect(readLine(squid.open(), line)).toMatchObject({
      verdict: LINE.hit,
      client: '192.0.2.7',
      host: 'www.example.org',
      target: '/a?b',
      user: 'alice',
      type: 'text/html',
      durationMs: -1,
      ...expected,
    });
  });

  it('reads a tunnel, and requests that are none', () => {
    expect(
      readLine(
        squid.open(),
        '1757000000.123  12345 192.0.2.7 TCP_TUNNEL/200 3910 CONNECT www.example.org:443 - HIER_DIRECT/203.0.113.1 -',
      ),
    ).toMatchObject({ verdict: LINE.hit, method: 'CONNECT', host: 'www.example.org', target: '', type: '' });
    expect(
      readLine(
        squid.open(),
        '1757000000.123 0 192.0.2.7 NONE/400 3910 GET error:invalid-request - HIER_NONE/- text/html',
      ),
    ).toMatchObject({ malformed: true, status: 400 });
  });

  it.each([
    '',
    '1757000000.123',
    '1757000000.123 192.0.2.7 GET a.example GET / HTTP/1.1 x | 200',
    'x'.repeat(100),
  ])('leaves «%s» to others', (line) => {
    expect(readLine(squid.open(), line).verdict).toBe(LINE.foreign);
  });

  it('never fails, whatever the bytes, and takes time by the length of the line only', () => {
    const format = squid.open();
    const verdicts: readonly number[] = Object.values(LINE);
    const line =
      '1757000000.123    12 192.0.2.7 TCP_MISS/200 10 GET http://www.example.org/ - HIER_NONE/- text/html';
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 8 }),
        fc.nat(120),
        (changes, end) => {
          const copy = Buffer.from(line);
          for (const [at, byte] of changes) copy[at % copy.length] = byte;
          return [copy, copy.subarray(0, end)].every((bytes) =>
            verdicts.includes(readLine(format, bytes).verdict),
          );
        },
      ),
      { numRuns: 500 },
    );
    const started = performance.now();
    for (const text of [' '.repeat(1e6), '/'.repeat(1e6), ' /'.repeat(5e5), 'HI'.repeat(5e5)]) {
      readLine(format, line + text);
      readLine(format, line.slice(0, 20) + text);
      readLine(format, line.slice(0, 32) + text);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
