import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_WRITERS } from '../../../../fixtures/floods/log-lines.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import { LINE } from '../../hits/log-format.js';
import { clf } from '../clf/clf.js';
import { readLine, readLines } from '../testing/read-lines.js';
import { awsAlb, awsElb, awsS3 } from './aws.js';

const SHARED = new URL('../../../../../shared/data/floods/access-logs/', import.meta.url);
const KINDS = [awsAlb, awsElb, awsS3];

const S3 =
  '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be sitio-fotos [06/Feb/2025:00:00:38 +0000] 192.0.2.3 - 3E57427F3EXAMPLE WEBSITE.GET.OBJECT fotos/a%2520b.jpg "GET /fotos/a%20b.jpg?x=1 HTTP/1.1" 200 - 2662992 3462992 70 10 "https://www.example.org/" "Mozilla/5.0 (X11; x"y Linux)" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader fotos.example.org TLSV1.2 arn:aws:s3:us-west-1:123456789012:accesspoint/example Yes';

describe('logs of AWS', () => {
  it.each([
    ['aws-alb', awsAlb],
    ['aws-alb-33', awsAlb],
    ['aws-elb', awsElb],
  ] as const)('%s: every request of a site is read back', (name, kind) => {
    const format = kind.open();
    const others = [clf, ...KINDS].filter((other) => other !== kind).map((other) => other.open());
    for (const request of siteTraffic({ seed: 7, from: 1_757_000_000, days: 0.01, hitsPerDay: 20_000 })) {
      const line = LINE_WRITERS[name].line(request);
      for (const other of others) expect(readLine(other, line).verdict).toBe(LINE.foreign);
      const { second, ms, client, method, target, status, bytes, agent, host, durationMs } = request;
      expect(readLine(format, line)).toMatchObject({
        verdict: LINE.hit,
        time: new Date(second * 1_000 + ms).toISOString(),
        client,
        host,
        method,
        ...(method === '' ? {} : { target }),
        malformed: method === '',
        status,
        bytesOut: bytes,
        agent,
        tls: 'ECDHE-RSA-AES128-GCM-SHA256',
      });
      expect(Math.abs(readLine(format, line).durationMs - durationMs)).toBeLessThan(1.5);
    }
  });

  it('keeps a request that no server was asked for', () => {
    const line =
      'http 2025-09-04T15:33:20.186641Z app/sitio/50dc6c495c0c9188 [2001:db8::7]:2817 - -1 -1 -1 400 - 0 272 "- http://sitio-1.us-east-1.example:80- -" "-" - - - "-" "-" "-" - 2025-09-04T15:33:20.186641Z "-" "-" "-" "-" "-" "-" "-"';
    expect(readLine(awsAlb.open(), line)).toMatchObject({
      verdict: LINE.hit,
      client: '2001:db8::7',
      malformed: true,
      method: '',
      status: 400,
      upstreamStatus: 0,
      durationMs: -1,
      agent: '',
      tls: '',
    });
  });

  it('reads a line of S3', () => {
    expect(readLine(awsS3.open(), S3)).toMatchObject({
      verdict: LINE.hit,
      time: '2025-02-06T00:00:38.000Z',
      client: '192.0.2.3',
      host: 'fotos.example.org',
      user: '',
      method: 'GET',
      target: '/fotos/a%20b.jpg?x=1',
      query: 'x=1',
      status: 200,
      bytesOut: 2_662_992,
      durationMs: 70,
      referer: 'https://www.example.org/',
    });
    expect(readLine(clf.open(), S3).verdict).toBe(LINE.foreign);
  });

  it.each([
    '',
    'http',
    'http 2025-09-04T15:33:20Z',
    '2025-09-04T15:33:20Z a b c',
    S3.slice(0, 150),
    'a b [c] d',
  ])('leaves %j to others', (line) => {
    for (const kind of KINDS) expect(readLine(kind.open(), line).verdict).toBe(LINE.foreign);
  });

  it('never fails, whatever the bytes, and takes time by the length of the line only', () => {
    const formats = KINDS.map((kind) => kind.open());
    const verdicts: readonly number[] = Object.values(LINE);
    const [request] = siteTraffic({ seed: 1, from: 1_757_000_000, days: 0.01, hitsPerDay: 20_000 });
    if (!request) throw new Error('no request');
    const whole = [S3, LINE_WRITERS['aws-alb'].line(request), LINE_WRITERS['aws-elb'].line(request)];
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 8 }),
        fc.nat(600),
        (line, changes, end) => {
          const copy = Buffer.from(line);
          for (const [at, byte] of changes) copy[at % copy.length] = byte;
          return formats.every(
            (format) =>
              verdicts.includes(readLine(format, copy).verdict) &&
              verdicts.includes(readLine(format, copy.subarray(0, end)).verdict),
          );
        },
      ),
      { numRuns: 500 },
    );
    const started = performance.now();
    for (const line of whole) {
      const at = line.indexOf('"GET');
      for (const format of formats) {
        readLine(format, line.slice(0, at) + '"'.repeat(1_000_000));
        readLine(format, line.slice(0, at) + ' "a\\"'.repeat(200_000));
        readLine(format, line.slice(0, at) + ' ['.repeat(500_000));
      }
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe.skipIf(!existsSync(SHARED))('a published log of a balancer (skipped without ../shared)', () => {
  it('has fourteen requests of two lengths', () => {
    const hits = readLines(awsAlb.open(), readFileSync(new URL('hub-aws-alb.log', SHARED)));
    expect(hits).toHaveLength(14);
    expect(hits.every(({ verdict }) => verdict === LINE.hit)).toBe(true);
    expect(hits.map(({ status }) => status)).toEqual([
      200, 200, 200, 404, 404, 404, 404, 200, 200, 200, 404, 404, 404, 404,
    ]);
    expect(hits[0]).toMatchObject({
      client: '192.168.1.10',
      time: '2023-04-26T12:22:55.463Z',
      durationMs: 1,
    });
    expect(hits[7]?.client).toBe('192.168.131.39');
    expect(hits[9]?.client).toBe('192.168.1.252');
    for (const index of [3, 4, 5, 6, 10, 11, 12, 13]) {
      expect(hits[index]).toMatchObject({ durationMs: -1, upstreamStatus: 0 });
    }
    for (const index of [4, 11]) expect(hits[index]?.agent).toContain('jndi');
  });
});
