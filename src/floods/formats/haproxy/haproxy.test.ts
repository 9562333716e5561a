import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_WRITERS } from '../../../../fixtures/floods/log-lines.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import { Hit } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { clf } from '../clf/clf.js';
import { noteZone } from '../log-zone.js';
import { readLine, shown } from '../testing/read-lines.js';
import { haproxy } from './haproxy.js';

const requests = [...siteTraffic({ seed: 7, from: 1_757_000_000, days: 0.01, hitsPerDay: 20_000 })];
const LOCAL =
  '192.0.2.7:33317 [06/Feb/2025:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0';

describe('logs of HAProxy', () => {
  it('every request of a site is read back', () => {
    const format = haproxy.open();
    for (const request of requests) {
      const { second, ms, client, method, target, status, bytes, durationMs } = request;
      const line = LINE_WRITERS.haproxy.line(request);
      expect(readLine(clf.open(), line).verdict).toBe(LINE.foreign);
      expect(readLine(format, line)).toMatchObject({
        verdict: LINE.hit,
        // Local time of Mexico City, of which the line says nothing.
        time: new Date((second - 6 * 3_600) * 1_000 + ms).toISOString(),
        client,
        status,
        bytesOut: bytes,
        ...(status === 408 || method === ''
          ? { malformed: true }
          : { method, target, durationMs: durationMs + 1 }),
      });
    }
  });

  it('takes the zone from a prefix that has one, or from other lines of the file', () => {
    const format = haproxy.open();
    const line = `${LOCAL} "GET /a HTTP/1.1"`;
    for (const prefix of [
      '2025-02-06T18:14:14.700123+00:00 lb1 haproxy[1188]: ',
      '<134>1 2025-02-06T12:14:14.7-06:00 lb1 haproxy 1188 - - ',
    ]) {
      expect(readLine(format, prefix + line)).toMatchObject({
        time: '2025-02-06T18:14:14.655Z',
        zoneMinutes: -360,
      });
    }
    const hit = new Hit();
    noteZone(hit, 120);
    const bytes = Buffer.from(line);
    const verdict = format.parse(bytes, 0, bytes.length, hit);
    expect(shown(verdict, hit)).toMatchObject({ time: '2025-02-06T10:14:14.655Z', zoneMinutes: 120 });
  });

  it('tells captured headers by their form', () => {
    expect(
      readLine(
        haproxy.open(),
        `${LOCAL} {www.example.org|Mozilla/5.0 (X11; {x}y)|203.0.113.5, 10.0.0.9|https://www.example.org/|text/html|} {text/html|5} "GET https://www.example.org/a?b HTTP/2.0"`,
      ),
    ).toMatchObject({
      host: 'www.example.org',
      agent: 'Mozilla/5.0 (X11; {x}y)',
      forwarded: '203.0.113.5, 10.0.0.9',
      referer: 'https://www.example.org/',
      target: '/a?b',
      protocol: 20,
    });
  });

  it('reads what TLS adds, lines that were cut and answers that were not waited for', () => {
    const format = haproxy.open();
    expect(
      readLine(format, `${LOCAL} "GET / HTTP/1.1" 0/0/0/0/0 www.example.org/TLSv1.3/TLS_AES_256_GCM_SHA384`),
    ).toMatchObject({ host: 'www.example.org', tls: 'TLS_AES_256_GCM_SHA384', target: '/' });
    expect(readLine(format, `${LOCAL} "GET /aaaa`)).toMatchObject({
      verdict: LINE.hit,
      target: '/aaaa',
      malformed: true,
    });
    expect(
      readLine(format, `${LOCAL.replace('/109 200 2750', '/+109 200 +2750')} "GET / HTTP/1.1"`),
    ).toMatchObject({ durationMs: 109, bytesOut: 2_750 });
    expect(
      readLine(
        format,
        '[2001:db8::7]:33317 [06/Feb/2025:12:14:14.655] in in/<NOSRV> 5001/-1/-1/-1/5001 408 212 - - cR-- 1/1/0/0/0 0/0 "<BADREQ>"',
      ),
    ).toMatchObject({ client: '2001:db8::7', status: 408, durationMs: 5_001, malformed: true });
    expect(readLine(format, `${LOCAL.replace(' 200 ', ' -1 ')} "GET / HTTP/1.1"`)).toMatchObject({
      status: 0,
    });
  });

  it.each([
    'Feb  6 12:12:09 lb1 haproxy[14385]: Proxy http-in started.',
    'Feb  6 12:12:09 lb1 haproxy[14385]: Server sitio/web1 is DOWN, reason: Layer4 timeout',
    'Feb  6 12:12:56 lb1 haproxy[14387]: 10.0.1.2:33313 [06/Feb/2025:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0',
    'Feb  6 12:14:14 lb1 haproxy[14389]: 192.0.2.7:33313 [06/Feb/2025:12:14:14.655] in/1: SSL handshake failure',
  ])('passes over «%s»', (line) => {
    expect(readLine(haproxy.open(), line).verdict).toBe(LINE.skipped);
  });

  it.each([
    '',
    'Feb  6 12:12:09 lb1 haproxy[14385]: what is this',
    '192.0.2.7:1 [06/Feb/2025:12:14:14.655]',
    LOCAL.slice(0, 70),
    'a [b] c',
  ])('leaves «%s» to others', (line) => {
    expect(readLine(haproxy.open(), line).verdict).toBe(LINE.foreign);
  });

  it('never fails, whatever the bytes, and takes time by the length of the line only', () => {
    const format = haproxy.open();
    const verdicts: readonly number[] = Object.values(LINE);
    const line = Buffer.from(`${LOCAL} {a|b} {c} "GET / HTTP/1.1"`);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
        fc.nat(200),
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
    for (const text of [
      '{'.repeat(1e6),
      '} '.repeat(5e5),
      '{|'.repeat(5e5),
      '"a'.repeat(5e5),
      ' {} {'.repeat(2e5),
      '/'.repeat(1e6),
    ]) {
      readLine(format, `${LOCAL} ${text}`);
      readLine(format, `${LOCAL} {a} ${text}`);
      readLine(format, text);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
