import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../hits/client-address.js';
import { CACHE, Hit, METHOD } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { clf } from './clf.js';

const SHARED = new URL('../../../../../shared/data/floods/access-logs/', import.meta.url);

describe('access logs of the common family', () => {
  it('reads a line of combined', () => {
    expect(
      read(
        '192.0.2.7 - alice [10/Oct/2024:13:55:36 -0700] "GET /a/b.html?x=1&y=2 HTTP/1.1" 200 2326 "https://www.example.org/" "Mozilla/5.0 (X11)"',
      ),
    ).toMatchObject({
      verdict: LINE.hit,
      time: '2024-10-10T20:55:36.000Z',
      zoneMinutes: -420,
      client: '192.0.2.7',
      user: 'alice',
      method: METHOD.get,
      target: '/a/b.html?x=1&y=2',
      query: 'x=1&y=2',
      protocol: 11,
      malformed: false,
      status: 200,
      bytesOut: 2326,
      referer: 'https://www.example.org/',
      agent: 'Mozilla/5.0 (X11)',
      host: '',
    });
  });

  it('reads a line of common, without size', () => {
    expect(read('2001:db8::7 - - [29/Feb/2024:00:00:00 +0530] "HEAD / HTTP/2.0" 304 -')).toMatchObject({
      verdict: LINE.hit,
      time: '2024-02-28T18:30:00.000Z',
      client: '2001:db8::7',
      ipVersion: 6,
      user: '',
      method: METHOD.head,
      protocol: 20,
      status: 304,
      bytesOut: -1,
      referer: '',
      agent: '',
    });
  });

  it.each([
    ['www.example.org 192.0.2.1 - -', 'www.example.org', '192.0.2.1', ''],
    ['www.example.org:443 192.0.2.1 - -', 'www.example.org', '192.0.2.1', ''],
    ['198.51.100.1:80 192.0.2.1 - -', '198.51.100.1', '192.0.2.1', ''],
    ['www.example.org:443 crawler.example.net - -', 'www.example.org', 'crawler.example.net', ''],
    ['www.example.org crawler.example.net - -', 'www.example.org', 'crawler.example.net', ''],
    ['crawler.example.net - -', '', 'crawler.example.net', ''],
    ['192.0.2.1 -', '', '192.0.2.1', ''],
    ['192.0.2.1 - María del Mar', '', '192.0.2.1', 'María del Mar'],
    ['192.0.2.1 - - www.example.org', 'www.example.org', '192.0.2.1', ''],
    ['192.0.2.1 - - -', '', '192.0.2.1', ''],
    ['"192.0.2.1" - -', '', '192.0.2.1', ''],
    ['::ffff:192.0.2.1 - -', '', '192.0.2.1', ''],
    ['web_1  | 192.0.2.1 - -', '', '192.0.2.1', ''],
    ['- - -', '', '', ''],
    ['- 192.0.2.1 - -', '', '192.0.2.1', ''],
    ['unix: - -', '', 'unix:', ''],
  ])('tells site, client and user of «%s»', (head, host, client, user) => {
    expect(read(`${head} [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "a"`)).toMatchObject({
      verdict: LINE.hit,
      host,
      client,
      user,
      status: 200,
      agent: 'a',
    });
  });

  it.each([
    ['203.0.113.5, 198.51.100.9 - -', '198.51.100.9', '203.0.113.5'],
    ['203.0.113.5,198.51.100.9 10.0.0.1 - -', '10.0.0.1', '203.0.113.5,198.51.100.9'],
    ['203.0.113.5 10.0.0.1 - -', '10.0.0.1', '203.0.113.5'],
  ])('keeps addresses of X-Forwarded-For before the client: «%s»', (head, client, forwarded) => {
    expect(read(`${head} [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5`)).toMatchObject({
      client,
      forwarded,
    });
  });

  it.each([
    'Sep 15 16:13:46 host nginx[2869]: ',
    'Sep  5 16:13:46 host nginx: ',
    '<190>Sep  5 16:13:46 nginx: ',
    '<134>1 2021-09-15T16:13:46.123Z host nginx 2869 - - ',
    '<134>1 2021-09-15T16:13:46Z host nginx - ID7 [meta@32473 a="] \\" [10/Oct/2001:00:00:00 +0000] b"][b c="d"] \ufeff',
    '2021-09-15T16:13:46.123456+00:00 host nginx[1]: ',
    '2021-09-15T16:13:46.123456789Z stdout F ',
    '\ufeff',
    '\0\0\0\0',
    '  ',
  ])('passes over the prefix «%s»', (prefix) => {
    expect(
      read(`${prefix}192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "a"\r`),
    ).toMatchObject({
      verdict: LINE.hit,
      client: '192.0.2.1',
      time: '2024-10-10T13:55:36.000Z',
      agent: 'a',
      user: '',
    });
  });

  it('takes off quotes around the line, doubled or not', () => {
    const line = '192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "a b"';
    const expected = {
      verdict: LINE.hit,
      client: '192.0.2.1',
      status: 200,
      bytesOut: 5,
      agent: 'a b',
      referer: '',
    };
    expect(read(`"${line}"`)).toMatchObject(expected);
    expect(read(`"${line.replaceAll('"', '""')}"`)).toMatchObject(expected);
    expect(read('"192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5"')).toMatchObject({
      bytesOut: 5,
    });
  });

  it.each([
    ['"-"', '', METHOD.none, 0],
    ['""', '', METHOD.none, 0],
    ['"\\x16\\x03\\x01\\x02"', '\\x16\\x03\\x01\\x02', METHOD.none, 0],
    ['"HELP"', 'HELP', METHOD.none, 0],
    ['"GET /a b?cmd=ls -al"', '/a b?cmd=ls -al', METHOD.get, 0],
    ['"GET /"', '/', METHOD.get, 0],
  ])('keeps a request that is none: %s', (request, target, method, protocol) => {
    expect(read(`192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] ${request} 400 157 "-" "-"`)).toMatchObject({
      verdict: LINE.hit,
      malformed: true,
      target,
      method,
      protocol,
      status: 400,
      bytesOut: 157,
    });
  });

  it('finds the end of a field in spite of quotes in it', () => {
    const head = '192.0.2.1 - - [10/Oct/2024:13:55:36 +0000]';
    expect(read(`${head} "GET /\\"a\\" HTTP/1.1" 200 5 "-" "b\\\\"`)).toMatchObject({
      target: '/\\"a\\"',
      agent: 'b\\\\',
    });
    expect(read(`${head} "GET /\\x22a HTTP/1.1" 200 5 "-" "b\\x22 c"`)).toMatchObject({
      target: '/\\x22a',
      agent: 'b\\x22 c',
    });
    // A log that escapes nothing.
    expect(read(`${head} "GET /?a="b c" d HTTP/1.1" 200 5 "-" "e\\"`)).toMatchObject({
      target: '/?a="b c" d',
      status: 200,
      agent: 'e\\',
    });
    expect(read(`${head} "GET / HTTP/1.1" "www.example.org" 200 5 "-" "e"`)).toMatchObject({
      target: '/',
      host: 'www.example.org',
      status: 200,
      bytesOut: 5,
      agent: 'e',
    });
  });

  it('is not told another date by the name of a user', () => {
    expect(
      read(
        '192.0.2.1 - x [01/Jan/2001:00:00:00 +0000] y [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 401 5 "-" "a"',
      ),
    ).toMatchObject({ time: '2024-10-10T13:55:36.000Z', user: 'x [01/Jan/2001:00:00:00 +0000] y' });
  });

  it.each([
    ['"203.0.113.5"', { forwarded: '203.0.113.5' }],
    ['"203.0.113.5, 10.0.0.2" 0.012', { forwarded: '203.0.113.5, 10.0.0.2', durationMs: 12 }],
    ['"\' or 1=1, 2001:db8::5"', { forwarded: "' or 1=1, 2001:db8::5" }],
    ['"10.0.0.2:8080"', { forwarded: '' }],
    [
      '"-" "www.example.org" 1.500 1.499 10.0.0.2:80',
      { host: 'www.example.org', durationMs: 1500, forwarded: '' },
    ],
    [
      'rt=0.250 uct="0.001" urt="0.249" us="502" cs=MISS xff="203.0.113.5" host="www.example.org"',
      {
        durationMs: 250,
        upstreamStatus: 502,
        cache: CACHE.miss,
        forwarded: '203.0.113.5',
        host: 'www.example.org',
      },
    ],
    ['42 "router@docker" "http://10.0.0.2:80" 5ms', { durationMs: 5, host: '' }],
    ['HIT TLSv1.3 TLS_AES_256_GCM_SHA384', { cache: CACHE.hit, host: '', tls: 'TLS_AES_256_GCM_SHA384' }],
    ['1234 5678', { durationMs: -1 }],
    ['"un"closed', { agent: 'b', status: 200 }],
  ])('takes from fields behind the agent what is beyond doubt: %s', (extras, expected) => {
    expect(
      read(`192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "b" ${extras}`),
    ).toMatchObject({ agent: 'b', bytesOut: 5, ...expected });
  });

  it('reads lines whose fields are ordered otherwise', () => {
    const date = '[10/Oct/2024:13:55:36 +0000]';
    expect(read(`192.0.2.1 - - ${date} www.example.org "GET / HTTP/1.1" 200 5 "-" "a"`)).toMatchObject({
      host: 'www.example.org',
      status: 200,
      agent: 'a',
    });
    expect(read(`192.0.2.1 - - ${date} "GET / HTTP/1.1" 200 5 0.012 "https://a.example/" "a"`)).toMatchObject(
      {
        durationMs: 12,
        referer: 'https://a.example/',
        agent: 'a',
      },
    );
    expect(read(`192.0.2.1 - - ${date} "GET / HTTP/1.1" - 157 "-" "a"`)).toMatchObject({
      status: 0,
      bytesOut: 157,
      agent: 'a',
    });
    expect(read(`192.0.2.1 - - ${date} "GET / HTTP/1.1" 200 5 "only/1.0"`)).toMatchObject({
      referer: '',
      agent: 'only/1.0',
    });
    expect(read(`192.0.2.1 - - ${date} "GET / HTTP/1.1" 200 5 "https://a.example/"`)).toMatchObject({
      referer: 'https://a.example/',
      agent: '',
    });
    expect(
      read(`192.0.2.1 - - ${date} "GET https://www.example.org:8443/a?b HTTP/1.1" 200 5 "-" "a"`),
    ).toMatchObject({
      host: 'www.example.org',
      target: '/a?b',
      query: 'b',
    });
  });

  it('keeps what there is of a line that was cut', () => {
    const line = '192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET /a HTTP/1.1" 200 5 "-" "agent';
    expect(read(line)).toMatchObject({ verdict: LINE.hit, agent: 'agent', status: 200 });
    expect(read(line.slice(0, 54))).toMatchObject({
      verdict: LINE.hit,
      client: '192.0.2.1',
      malformed: true,
      status: 0,
    });
  });

  it.each([
    '',
    '-',
    'hello',
    '[10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5',
    '192.0.2.1 - - [31/Feb/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5',
    '192.0.2.1 - - [10/Okt/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5',
    '192.0.2.1 - - [10/Oct/2024:24:55:36 +0000] "GET / HTTP/1.1" 200 5',
    '{"request":"GET /[10/Oct/2024:13:55:36 +0000] \\"x"}',
    // HAProxy, S3, nginx proxy manager and error logs are others' formats.
    '192.0.2.1:33317 [14/Jan/2015:12:48:57.127] fe be/srv 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET / HTTP/1.1"',
    'owner bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 requester 3E57 REST.GET.VERSIONING - "GET / HTTP/1.1" 200 - 113 - 7 - "-" "S3" -',
    '[25/Nov/2021:13:53:33 +0000] - 200 200 - GET https www.example.org "/" [Client 192.0.2.1] [Length 3] [Gzip -] "a" "-"',
    '2021/12/01 13:53:33 [error] 31#31: *46 x, client: 192.0.2.1, request: "GET /[10/Oct/2024:13:55:36 +0000] " HTTP/1.1"',
  ])('leaves to others what is not its own: %s', (line) => {
    expect(read(line).verdict).toBe(LINE.foreign);
  });

  it('gives a verdict on any bytes, and places inside the line', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          '192.0.2.1 - - ',
          '[10/Oct/2024:13:55:36 +0000]',
          ' "',
          '" ',
          '"GET / HTTP/1.1"',
          ' 200 ',
          '\\',
          '[',
          '2001:db8::1 ',
          ', ',
          'www.example.org:80 ',
          'rt=0.1 ',
          'Sep 15 16:13:46 h n: ',
          '<1>1 ',
        )
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 16 }), (parts) => {
        const line = Buffer.concat(parts);
        const hit = new Hit();
        const verdict = clf.open().parse(line, 0, line.length, hit);
        expect([LINE.foreign, LINE.hit]).toContain(verdict);
        if (verdict !== LINE.hit) return;
        expect(hit.seconds).toBeGreaterThan(0);
        for (const [start, end] of [
          [hit.clientStart, hit.clientEnd],
          [hit.userStart, hit.userEnd],
          [hit.hostStart, hit.hostEnd],
          [hit.forwardedStart, hit.forwardedEnd],
          [hit.targetStart, hit.targetEnd],
          [hit.refererStart, hit.refererEnd],
          [hit.agentStart, hit.agentEnd],
          [hit.tlsStart, hit.tlsEnd],
        ] as const) {
          expect(start).toBeGreaterThanOrEqual(-1);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(hit.bytes.length);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('reads back every field that was written', () => {
    const word = fc.stringMatching(/^[a-z0-9/._~%=&+-]{1,30}$/).filter((text) => text !== '-');
    fc.assert(
      fc.property(
        fc.ipV4(),
        word,
        fc.string({ maxLength: 40 }),
        fc.string({ maxLength: 40 }),
        fc.integer({ min: 100, max: 999 }),
        fc.integer({ min: 0, max: 1e12 }),
        fc.date({ min: new Date('1995-01-01'), max: new Date('2150-01-01'), noInvalidDate: true }),
        (client, target, referer, agent, status, size, date) => {
          const seconds = Math.floor(date.getTime() / 1000);
          const line = `${client} - - [${clfDate(seconds)}] "GET /${target} HTTP/1.1" ${status} ${size} "${escaped(referer)}" "${escaped(agent)}"`;
          expect(read(line)).toMatchObject({
            verdict: LINE.hit,
            seconds,
            client: client,
            target: `/${target}`,
            status,
            bytesOut: size,
            referer: referer === '-' ? '' : escaped(referer),
            agent: agent === '-' ? '' : escaped(agent),
          });
        },
      ),
    );
  });

  it.each([
    ['a backslash and a quote', '\\" '],
    ['quotes', '" "'],
    ['brackets', '[10/Oct/2024:13:55:36 +0000] '],
    ['equals signs', 'a="'],
    ['commas', '192.0.2.1, '],
    ['nothing', 'x'],
  ])('takes little time for a line of a mebibyte of %s', (_, filling) => {
    const body = filling.repeat(Math.ceil(1_048_576 / filling.length));
    const head = '192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" ';
    const started = performance.now();
    for (const line of [body, head + body, `"${body}`, `192.0.2.1 - ${body}`, head.slice(0, 45) + body])
      read(line);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe.skipIf(!existsSync(SHARED))('published access logs (skipped without ../shared)', () => {
  it('reads a login attack behind a syslog prefix', () => {
    const hits = readFile('hub-wordpress-login-bf.syslog-nginx.log');
    expect(hits).toHaveLength(9);
    for (const hit of hits) {
      expect(hit).toMatchObject({
        verdict: LINE.hit,
        client: '81.150.104.130',
        time: '2021-09-15T16:13:46.000Z',
        method: METHOD.post,
        target: '/wp-login.php',
        status: 200,
        bytesOut: 5364,
        protocol: 11,
        host: '',
      });
    }
  });

  it('reads a scan in common format', () => {
    const hits = readFile('hub-http-probing.apache-common.log');
    expect(hits).toHaveLength(77);
    expect(tally(hits.map((hit) => hit.client))).toEqual({ '172.17.0.1': 77 });
    expect(tally(hits.map((hit) => hit.time))).toEqual({ '2021-09-29T12:37:05.000Z': 77 });
    expect(tally(hits.map((hit) => hit.status))).toEqual({ 404: 75, 400: 2 });
    expect(tally(hits.map((hit) => hit.method))).toEqual({ [METHOD.get]: 77 });
    expect(sum(hits.map((hit) => hit.bytesOut))).toBe(15_152);
    expect(hits.every((hit) => hit.agent === '' && hit.referer === '')).toBe(true);
    const bad = hits.filter((hit) => hit.status === 400);
    expect(bad.map((hit) => [hit.malformed, hit.protocol])).toEqual([
      [true, 0],
      [true, 0],
    ]);
    expect(bad[0]?.target).toContain('cmd=ls -al&ABSOLUTE_PATH_STUDIP=');
    expect(bad[0]?.target.endsWith('rfiinc.txt??')).toBe(true);
  });

  it('reads access lines of several shapes', () => {
    const all = readFile('hub-nginx-mixed.log');
    expect(all).toHaveLength(9);
    const hits = all.filter((hit) => hit.verdict === LINE.hit);
    expect(hits.map((hit) => hit.status)).toEqual([404, 500, 500, 500, 500, 301, 200, 200]);
    expect(hits.map((hit) => hit.client)).toEqual(Array(8).fill('192.168.1.1'));
    expect(hits.slice(3, 6).map((hit) => hit.host)).toEqual([
      'www.crowdsec.net',
      'www.crowdsec11.net',
      'www.crowdsec11.net',
    ]);
    expect(hits[6]).toMatchObject({ user: 'user123' });
    expect(hits[7]).toMatchObject({ user: '', target: '/api/test', status: 200, bytesOut: 100 });
  });

  it('keeps requests that are no HTTP', () => {
    const hits = readFile('hub-nginx-malformed.log');
    expect(hits).toHaveLength(12);
    for (const hit of hits) {
      expect(hit).toMatchObject({
        verdict: LINE.hit,
        client: '1.2.3.4',
        status: 400,
        bytesOut: 157,
        malformed: true,
        protocol: 0,
        zoneMinutes: -420,
        agent: '',
      });
    }
    expect(tally(hits.map((hit) => hit.time))).toEqual({
      '2023-07-29T17:26:06.000Z': 6,
      '2023-07-29T17:26:07.000Z': 6,
    });
    expect(hits[7]?.target.startsWith('\\x16\\x03\\x01')).toBe(true);
  });

  it('reads a benign log without a line left over', () => {
    const hits = readFile('elastic-apache-first-5000.log');
    expect(hits).toHaveLength(5000);
    expect(hits.every((hit) => hit.verdict === LINE.hit)).toBe(true);
    expect(new Set(hits.map((hit) => hit.client)).size).toBe(965);
    expect(tally(hits.map((hit) => hit.status))).toEqual({
      200: 4450,
      206: 21,
      301: 113,
      304: 305,
      403: 1,
      404: 108,
      500: 2,
    });
    expect(tally(hits.map((hit) => hit.method))).toEqual({ [METHOD.get]: 4980, [METHOD.head]: 20 });
    expect(tally(hits.map((hit) => hit.protocol))).toEqual({ 11: 4567, 10: 433 });
    expect(sum(hits.map((hit) => Math.max(0, hit.bytesOut)))).toBe(1_312_869_333);
    expect(new Set(hits.map((hit) => hit.agent)).size).toBe(355);
    const times = hits.map((hit) => hit.time).sort();
    expect([times[0], times.at(-1)]).toEqual(['2015-05-17T10:05:00.000Z', '2015-05-19T03:05:59.000Z']);
    expect(new Set(hits.map((hit) => hit.time.slice(0, 16))).size).toBe(42);
    expect(stepsBack(hits.map((hit) => hit.seconds))).toBe(2451);
  });

  it('reads a scan whose lines are quoted', () => {
    const hits = readFile('acunetix-scan.quoted.txt');
    expect(hits).toHaveLength(6539);
    expect(hits.every((hit) => hit.verdict === LINE.hit)).toBe(true);
    expect(tally(hits.map((hit) => hit.client))).toEqual({ '192.168.4.25': 6539 });
    expect(tally(hits.map((hit) => hit.method))).toEqual({ [METHOD.post]: 5499, [METHOD.get]: 1040 });
    expect(tally(hits.map((hit) => hit.status))).toEqual({
      200: 2036,
      301: 18,
      302: 99,
      303: 3407,
      400: 12,
      403: 3,
      404: 258,
      500: 706,
    });
    // 335 as written: two are asked for with the host before the path, and one of these is the same without.
    expect(new Set(hits.map((hit) => hit.path)).size).toBe(334);
    expect(new Set(hits.map((hit) => hit.agent)).size).toBe(3);
    expect(sum(hits.map((hit) => Math.max(0, hit.bytesOut)))).toBe(8_336_352);
    const times = hits.map((hit) => hit.time).sort();
    expect([times[0], times.at(-1)]).toEqual(['2016-12-22T13:11:41.000Z', '2016-12-22T13:40:23.000Z']);
    expect(new Set(hits.map((hit) => hit.time.slice(0, 16))).size).toBe(24);
    expect(stepsBack(hits.map((hit) => hit.seconds))).toBe(3250);
  });
});

const parser = clf.open();

function read(line: string | Buffer) {
  // Other bytes around it, which must not be read.
  const bytes = Buffer.concat([Buffer.from('"? '), Buffer.from(line), Buffer.from('" 7 ?]"\n')]);
  const hit = new Hit();
  const verdict = parser.parse(bytes, 3, bytes.length - 8, hit);
  return shown(verdict, hit);
}

function shown(verdict: number, hit: Hit) {
  return {
    verdict,
    seconds: hit.seconds,
    time: hit.seconds === -1 ? '' : new Date(hit.seconds * 1000 + hit.milliseconds).toISOString(),
    zoneMinutes: hit.zoneMinutes,
    ipVersion: hit.ipVersion,
    client: hit.ipVersion === 0 ? hit.text(hit.clientStart, hit.clientEnd) : addressOf(hit),
    user: hit.text(hit.userStart, hit.userEnd),
    host: hit.text(hit.hostStart, hit.hostEnd),
    forwarded: hit.text(hit.forwardedStart, hit.forwardedEnd),
    method: hit.method,
    target: hit.text(hit.targetStart, hit.targetEnd),
    path: hit.text(hit.targetStart, hit.pathEnd),
    query: hit.queryStart === -1 ? '' : hit.text(hit.queryStart, hit.targetEnd),
    protocol: hit.protocol,
    malformed: hit.malformed,
    status: hit.status,
    bytesOut: hit.bytesOut,
    durationMs: hit.durationMs,
    referer: hit.text(hit.refererStart, hit.refererEnd),
    agent: hit.text(hit.agentStart, hit.agentEnd),
    cache: hit.cache,
    upstreamStatus: hit.upstreamStatus,
    tls: hit.text(hit.tlsStart, hit.tlsEnd),
  };
}

function readFile(name: string) {
  const bytes = readFileSync(new URL(name, SHARED));
  const hits: ReturnType<typeof shown>[] = [];
  const hit = new Hit();
  let start = 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(10, start);
    const end = feed === -1 ? bytes.length : feed;
    if (end > start) hits.push(shown(parser.parse(bytes, start, end, hit), hit));
    start = end + 1;
  }
  return hits;
}

function tally(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function stepsBack(values: readonly number[]): number {
  return values.filter((value, index) => index > 0 && value < (values[index - 1] as number)).length;
}

function clfDate(seconds: number): string {
  const text = new Date(seconds * 1000).toUTCString();
  return `${text.slice(5, 7)}/${text.slice(8, 11)}/${text.slice(12, 16)}:${text.slice(17, 25)} +0000`;
}

/** As Apache writes it. */
function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&');
}
