import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_WRITERS } from '../../../../fixtures/floods/log-lines.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import { CACHE } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { readLine, readLines } from '../testing/read-lines.js';
import { cloudfront, w3c } from './w3c.js';

const KINDS = [w3c, cloudfront];
const requests = [...siteTraffic({ seed: 7, from: 1_757_000_000, days: 0.01, hitsPerDay: 20_000 })];

describe('W3C logs', () => {
  it.each([
    ['w3c', w3c, cloudfront],
    ['cloudfront', cloudfront, w3c],
  ] as const)('%s: every request of a site is read back', (name, kind, otherKind) => {
    const { head, line } = LINE_WRITERS[name];
    for (const headless of [true, false]) {
      const format = kind.open();
      const other = otherKind.open();
      // IIS counts bytes only where its owner asked it to: such a file needs its head.
      if (headless && name === 'w3c') continue;
      if (!headless) {
        for (const text of head) expect(readLine(format, text).verdict).toBe(LINE.skipped);
        expect(readLine(other, head.at(-1) ?? '').verdict).toBe(LINE.foreign);
      }
      for (const request of requests) {
        const text = line(request);
        expect(readLine(other, text).verdict).toBe(LINE.foreign);
        const { second, client, method, target, status, bytes, referer, agent, durationMs } = request;
        const read = readLine(format, text);
        expect(read).toMatchObject({
          verdict: LINE.hit,
          time: new Date(second * 1_000).toISOString(),
          client,
          method,
          malformed: method === '',
          status,
          bytesOut: bytes,
          referer,
          agent,
        });
        if (method !== '') expect(read.target).toBe(target.replaceAll('"', '\\x22'));
        expect(read.durationMs).toBeCloseTo(durationMs, 3);
      }
    }
  });

  it('obeys every head it meets', () => {
    const hits = readLines(
      w3c.open(),
      [
        '#Software: Microsoft Internet Information Services 8.5',
        '#Fields: date time c-ip cs-method cs-uri-stem sc-status',
        '2025-09-04 15:33:20 192.0.2.7 GET /a 200',
        '#Fields: time date sc-status cs-uri-query cs-uri-stem c-ip cs-method cs(User-Agent) cs-host X-Forwarded-For cs-version sc-bytes',
        '15:33:20 2025-09-04 404 s=x+y / 2001:db8::7 POST a+(b;++http://c) www.example.org:443 192.0.2.9,+10.0.0.1 HTTP/2.0 12\r',
        '15:33:20 2025-09-04 200 - / - GET - - - - -',
        '15:33:21 2025-09-04 200 "a b" / 192.0.2.8 GET "x y" - - - 5',
      ].join('\n'),
    );
    expect(hits.map(({ verdict }) => verdict)).toEqual([3, 3, 1, 3, 1, 0, 1]);
    expect(hits[2]).toMatchObject({ client: '192.0.2.7', target: '/a', query: '', status: 200, agent: '' });
    expect(hits[4]).toMatchObject({
      time: '2025-09-04T15:33:20.000Z',
      client: '2001:db8::7',
      method: 'POST',
      target: '/?s=x+y',
      query: 's=x+y',
      agent: 'a (b; +http://c)',
      host: 'www.example.org',
      forwarded: '192.0.2.9,+10.0.0.1',
      protocol: 20,
      status: 404,
      bytesOut: 12,
    });
    expect(hits[6]).toMatchObject({ query: 'a b', agent: 'x y', bytesOut: 5 });
  });

  it('reads lines of IIS and CloudFront of which the head is gone', () => {
    expect(
      readLine(
        w3c.open(),
        '2025-09-04 15:33:20 10.0.0.1 GET /a b=c 443 - 192.0.2.7 Mozilla/5.0+(X11) https://www.example.org/ 200 0 0 31',
      ),
    ).toMatchObject({
      verdict: LINE.hit,
      client: '192.0.2.7',
      target: '/a?b=c',
      agent: 'Mozilla/5.0 (X11)',
      referer: 'https://www.example.org/',
      durationMs: 31,
      bytesOut: -1,
    });
  });

  it('undoes what CloudFront escaped, once or twice', () => {
    const hits = readLines(
      cloudfront.open(),
      [
        '#Version: 1.0',
        '#Fields: date time c-ip cs-method cs-uri-stem sc-status cs(User-Agent) cs-uri-query x-edge-result-type c-country',
        '2025-09-04\t15:33:20\t192.0.2.7\tGET\t/a%2520b\t200\tMozilla/5.0%2520(X11)\tq=%2541\tRefreshHit\tmx',
        '2025-09-04\t15:33:20\t192.0.2.7\tGET\t/\t000\tMozilla/5.0%20(X11)%22\t-\tLimitExceeded\t-',
      ].join('\n'),
    );
    expect(hits[2]).toMatchObject({
      target: '/a b?q=%2541',
      agent: 'Mozilla/5.0 (X11)',
      cache: CACHE.hit,
      country: 'MX',
    });
    expect(hits[3]).toMatchObject({ status: 0, agent: 'Mozilla/5.0 (X11)"', cache: CACHE.unknown });
  });

  it.each([
    '',
    '#',
    '# a comment',
    '#Fields:',
    '#Fields: date time action protocol src-ip dst-ip',
    '2025-09-04 15:33:20 something happened',
    '2025-09-04 15:33:20 INFO a.b.C - - - - - - - - - - -',
    '2025-09-04',
  ])('leaves %j to others', (line) => {
    for (const kind of KINDS) expect(readLine(kind.open(), line).verdict).toBe(LINE.foreign);
  });

  it('never fails, whatever the bytes, and takes time by the length of the line only', () => {
    const verdicts: readonly number[] = Object.values(LINE);
    const [request] = requests;
    if (!request) throw new Error('no request');
    const piece = fc.oneof(
      fc.constantFrom(
        'date',
        'time',
        'c-ip',
        'cs-method',
        'cs-uri-stem',
        'cs(User-Agent)',
        '__proto__',
        'sc-status',
      ),
      fc.constantFrom(
        '"',
        '-',
        '%',
        '%2',
        '%41',
        '+',
        '++',
        '192.0.2.1',
        '2025-09-04',
        '15:33:20',
        'GET',
        '200',
      ),
      fc.string({ maxLength: 8 }),
    );
    const text = fc.array(piece, { maxLength: 20 });
    fc.assert(
      fc.property(
        text,
        fc.array(text, { maxLength: 4 }),
        fc.constantFrom(' ', '\t'),
        (names, lines, between) => {
          for (const kind of KINDS) {
            const format = kind.open();
            const all = [`#Fields: ${names.join(' ')}`, ...lines.map((words) => words.join(between))];
            for (const line of all) if (!verdicts.includes(readLine(format, line).verdict)) return false;
          }
          return true;
        },
      ),
      { numRuns: 1_000 },
    );
    const started = performance.now();
    for (const [index, kind] of KINDS.entries()) {
      const format = kind.open();
      const { head } = index === 0 ? LINE_WRITERS.w3c : LINE_WRITERS.cloudfront;
      readLine(format, head.at(-1) ?? '');
      for (const text of [
        ' "'.repeat(500_000),
        '" '.repeat(500_000),
        '\t%'.repeat(500_000),
        `#Fields: ${'a '.repeat(500_000)}`,
        '%2'.repeat(500_000),
      ])
        readLine(format, `2025-09-04 15:33:20 ${text}`);
      readLine(format, `#Fields: ${'date '.repeat(3_000)}`);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
