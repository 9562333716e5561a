import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_WRITERS } from '../../../../fixtures/floods/log-lines.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import { LINE } from '../../hits/log-format.js';
import { squid } from '../squid/squid.js';
import { readLine } from '../testing/read-lines.js';
import { banjaxLine } from './banjax-line.js';

const requests = [...siteTraffic({ seed: 7, from: 1_757_000_000, days: 0.01, hitsPerDay: 20_000 })];
const BEFORE = '1757000000.123 192.0.2.7 GET www.example.org GET';

describe('lines that Banjax follows', () => {
  it('every request of a site is read back', () => {
    const format = banjaxLine.open();
    for (const request of requests) {
      const { second, ms, client, method, target, status, agent, host } = request;
      if (method === '') continue;
      const line = LINE_WRITERS['banjax-line'].line(request);
      expect(readLine(squid.open(), line).verdict).toBe(LINE.foreign);
      expect(readLine(format, line)).toMatchObject({
        verdict: LINE.hit,
        time: new Date(second * 1_000 + ms).toISOString(),
        client,
        host,
        method,
        target: target.split('?')[0],
        status,
        agent,
        bytesOut: -1,
        malformed: false,
      });
    }
  });

  it.each([
    ['/a b HTTP/1.1 x | y | 200', { target: '/a b', agent: 'x | y', status: 200, malformed: false }],
    ['/ HTTP/2.0 - | 200', { target: '/', agent: '', protocol: 20 }],
    ['/ HTTP/1.1 Mozilla/5.0 (X11)', { target: '/', agent: 'Mozilla/5.0 (X11)', status: 0 }],
    ['/ nothing | 400', { target: '/ nothing', malformed: true, status: 400 }],
  ])('reads «%s»', (rest, expected) => {
    expect(readLine(banjaxLine.open(), `${BEFORE} ${rest}`)).toMatchObject({
      verdict: LINE.hit,
      ...expected,
    });
  });

  it.each([
    '',
    BEFORE,
    `${BEFORE.replace('192.0.2.7', 'x')} / HTTP/1.1 a | 200`,
    `${BEFORE.replace(/GET$/, 'PUT')} / HTTP/1.1 a | 200`,
  ])('leaves «%s» to others', (line) => {
    expect(readLine(banjaxLine.open(), line).verdict).toBe(LINE.foreign);
  });

  it('never fails, whatever the bytes, and takes time by the length of the line only', () => {
    const format = banjaxLine.open();
    const verdicts: readonly number[] = Object.values(LINE);
    const line = `${BEFORE} / HTTP/1.1 Mozilla | 200`;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 8 }),
        fc.nat(100),
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
    for (const text of [' '.repeat(1e6), ' HTTP'.repeat(2e5), '|'.repeat(1e6)])
      readLine(format, `${BEFORE} ${text}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
