import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_WRITERS, type LineFormat } from '../../../../fixtures/floods/log-lines.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import { CACHE, EVENT } from '../../hits/hit.js';
import { LINE, type LogFormatKind } from '../../hits/log-format.js';
import { readLine, readLines } from '../testing/read-lines.js';
import { anyCsv, anyJson } from './any-json.js';
import { caddy } from './caddy.js';
import { cloudflareEvents, cloudflareEventsCsv, cloudflareLogpush } from './cloudflare.js';
import { banjaxBans, deflectJson } from './deflect.js';
import { traefikJson } from './traefik.js';

const KINDS: readonly LogFormatKind[] = [
  caddy,
  traefikJson,
  cloudflareLogpush,
  cloudflareEvents,
  deflectJson,
  banjaxBans,
  anyJson,
];
const read = (kind: LogFormatKind, value: unknown) => readLine(kind.open(), JSON.stringify(value));

describe('formats in JSON', () => {
  it.each<[LineFormat, LogFormatKind]>([
    ['caddy', caddy],
    ['traefik-json', traefikJson],
    ['cloudflare-logpush', cloudflareLogpush],
    ['cloudflare-logpush-nanos', cloudflareLogpush],
    ['deflect-json', deflectJson],
    ['nginx-json', anyJson],
  ])('%s: every request of a site is read back, and no other format takes it', (name, kind) => {
    const format = kind.open();
    const before = KINDS.slice(0, KINDS.indexOf(kind)).map((other) => other.open());
    for (const request of siteTraffic({ seed: 7, from: 1_757_000_000, days: 0.01, hitsPerDay: 20_000 })) {
      const line = LINE_WRITERS[name].line(request);
      for (const other of before) expect(readLine(other, line).verdict).toBe(LINE.foreign);
      const { second, client, method, target, status, bytes, referer, agent } = request;
      expect(readLine(format, line)).toMatchObject({
        verdict: LINE.hit,
        client,
        method,
        target,
        status,
        bytesOut: bytes,
        referer,
        agent,
        malformed: method === '',
      });
      expect(Math.floor(Date.parse(readLine(format, line).time) / 1_000)).toBe(second);
    }
  });

  it('reads Traefik behind another proxy: ClientHost is what that proxy says', () => {
    const line = {
      ClientAddr: '10.0.0.2:41000',
      ClientHost: '192.0.2.7, 198.51.100.4',
      DownstreamStatus: 502,
      OriginStatus: 0,
      Duration: 1_500_000,
      RequestMethod: 'POST',
      RequestPath: '/a?b',
      RequestHost: 'www.example.org',
      RequestProtocol: 'HTTP/3.0',
      StartUTC: '2025-09-04T15:33:20.123456789Z',
      level: 'info',
      msg: '',
    };
    expect(read(traefikJson, line)).toMatchObject({
      verdict: LINE.hit,
      time: '2025-09-04T15:33:20.123Z',
      client: '10.0.0.2',
      forwarded: '192.0.2.7, 198.51.100.4',
      status: 502,
      durationMs: 1.5,
      protocol: 30,
      query: 'b',
    });
    const { ClientAddr: _, ...rest } = line;
    expect(read(traefikJson, rest)).toMatchObject({ client: '198.51.100.4' });
  });

  it('reads what Cloudflare knows of a client', () => {
    const line = {
      ClientIP: '2001:db8::7',
      ClientASN: 64_496,
      ClientCountry: 'mx',
      ClientRequestHost: 'www.example.org',
      ClientRequestMethod: 'GET',
      ClientRequestURI: '/?s=x',
      ClientRequestProtocol: 'HTTP/2',
      ClientRequestReferer: '',
      ClientRequestUserAgent: 'A\\B',
      CacheCacheStatus: 'dynamic',
      EdgeStartTimestamp: '@',
      EdgeResponseStatus: 403,
      EdgeResponseBytes: 10,
      JA4: 't13d1516h2_8daaf6152771_b186095e22b6',
      SecurityAction: 'block',
    };
    const text = JSON.stringify(line);
    for (const [written, time] of [
      ['1757000000', '2025-09-04T15:33:20.000Z'],
      ['1757000000123456789', '2025-09-04T15:33:20.123Z'],
      ['"2025-09-04T15:33:20Z"', '2025-09-04T15:33:20.000Z'],
    ] as const) {
      expect(readLine(cloudflareLogpush.open(), text.replace('"@"', written))).toMatchObject({
        verdict: LINE.hit,
        time,
        client: '2001:db8::7',
        asn: 64_496,
        country: 'MX',
        cache: CACHE.uncacheable,
        tls: 't13d1516h2_8daaf6152771_b186095e22b6',
        agent: 'A\\B',
        referer: '',
        protocol: 20,
      });
    }
  });

  it.each([
    ['block', EVENT.blocked],
    ['managed_challenge', EVENT.challenged],
    ['jschallenge', EVENT.challenged],
    ['managed_challenge_interactive_solved', EVENT.other],
    ['log', EVENT.other],
    ['skip', EVENT.other],
  ])('reads events of Cloudflare: %s', (action, event) => {
    const expected = {
      verdict: LINE.event,
      event,
      client: '192.0.2.7',
      target: '/?s=1',
      agent: 'a',
      country: 'MX',
    };
    expect(
      read(cloudflareEvents, {
        action,
        clientAsn: '64496',
        clientCountryName: 'MX',
        clientIP: '192.0.2.7',
        clientRequestHTTPHost: 'www.example.org',
        clientRequestHTTPMethodName: 'GET',
        clientRequestHTTPProtocol: 'HTTP/1.1',
        clientRequestPath: '/',
        clientRequestQuery: '?s=1',
        datetime: '2025-09-04T15:33:20Z',
        userAgent: 'a',
      }),
    ).toMatchObject({ ...expected, asn: 64_496 });
    expect(
      read(cloudflareEvents, {
        Action: action,
        ClientCountry: 'mx',
        ClientIP: '192.0.2.7',
        ClientRequestPath: '/',
        ClientRequestQuery: '?s=1',
        ClientRequestUserAgent: 'a',
        Datetime: 1_757_000_000,
      }),
    ).toMatchObject(expected);
  });

  it('reads lines of Deflect that Logstash handed on', () => {
    expect(
      read(deflectJson, {
        '@timestamp': '2025-09-04T15:33:20.000Z',
        client_ip: '192.0.2.7',
        client_request_method: 'GET',
        client_request_host: 'www.example.org',
        client_url: '/buscar',
        querystring: '?q=\u00e1"',
        http_response_code: 429,
        geoip: { country_name: 'Mexico', country_code2: 'MX', location: { lat: 1, lon: 2 } },
        banjax_decision: 'ExpiringChallenge',
      }),
    ).toMatchObject({
      verdict: LINE.hit,
      target: '/buscar?q=á"',
      query: 'q=á"',
      status: 429,
      country: 'MX',
      host: 'www.example.org',
    });
  });

  it.each([
    ['challenge', EVENT.challenged],
    ['nginx_block', EVENT.blocked],
    ['iptables_block', EVENT.blocked],
    ['banned', EVENT.blocked],
    ['allow', EVENT.other],
  ])('reads what Banjax did: %s', (action, event) => {
    expect(
      read(banjaxBans, {
        path: '/a',
        timestring: '2025-09-04T15:33:20',
        trigger: 'failed challenge ip',
        client_ua: 'a',
        client_ip: '192.0.2.7',
        rule_type: 'failed_challenge',
        client_request_method: 'GET',
        client_request_host: 'www.example.org',
        action,
        number_of_fails: 11,
      }),
    ).toMatchObject({ verdict: LINE.event, event, client: '192.0.2.7', time: '2025-09-04T15:33:20.000Z' });
  });

  it('reads the Elastic Common Schema, nested or flat', () => {
    const expected = {
      verdict: LINE.hit,
      time: '2025-09-04T15:33:20.000Z',
      client: '192.0.2.7',
      method: 'GET',
      target: '/a?b=c',
      protocol: 11,
      status: 404,
      bytesOut: 5,
      referer: 'https://www.example.org/',
      agent: 'a b',
      durationMs: 2,
      asn: 64_496,
      country: 'MX',
    };
    const flat = {
      '@timestamp': '2025-09-04T15:33:20.000Z',
      'agent.type': 'filebeat',
      'source.ip': '192.0.2.7',
      'source.as.number': 64_496,
      'source.geo.country_iso_code': 'MX',
      'url.original': '/a?b=c',
      'http.request.method': 'GET',
      'http.request.referrer': 'https://www.example.org/',
      'http.response.status_code': 404,
      'http.response.body.bytes': 5,
      'http.version': '1.1',
      'user_agent.original': 'a b',
      'event.duration': 2_000_000,
    };
    expect(read(anyJson, flat)).toMatchObject(expected);
    const nested = {
      '@timestamp': '2025-09-04T15:33:20.000Z',
      agent: { type: 'filebeat', version: '8.0.0' },
      source: { ip: '192.0.2.7', as: { number: 64_496 }, geo: { country_iso_code: 'MX' } },
      url: { path: '/a', query: 'b=c' },
      http: {
        version: '1.1',
        request: { method: 'GET', referrer: 'https://www.example.org/' },
        response: { status_code: 404, body: { bytes: 5 } },
      },
      user_agent: { original: 'a b', name: 'Other' },
      event: { duration: 2_000_000 },
    };
    expect(read(anyJson, nested)).toMatchObject(expected);
    expect(read(anyJson, { _index: 'web', _id: '1', _source: nested })).toMatchObject(expected);
    expect(read(anyJson, { _index: 'web', _source: flat, sort: [1] })).toMatchObject(expected);
  });

  it.each<[string, object, object]>([
    [
      'old names of Logstash',
      {
        timestamp: '04/Sep/2025:09:33:20 -0600',
        clientip: '192.0.2.7',
        verb: 'GET',
        request: '/a?b',
        httpversion: '1.0',
        response: '200',
        bytes: '12',
        referrer: '"-"',
        agent: '"x y"',
      },
      { target: '/a?b', query: 'b', protocol: 10, bytesOut: 12, referer: '', agent: 'x y' },
    ],
    [
      'nginx with a request line',
      {
        time_local: '04/Sep/2025:09:33:20 -0600',
        remote_addr: '10.0.0.2',
        http_x_forwarded_for: '192.0.2.7',
        request: 'GET /a?b HTTP/2.0',
        status: '200',
        http_user_agent: '',
        upstream_status: '502, 200',
        upstream_cache_status: 'HIT',
        request_time: '0.250',
      },
      {
        client: '10.0.0.2',
        forwarded: '192.0.2.7',
        target: '/a?b',
        protocol: 20,
        upstreamStatus: 502,
        cache: CACHE.hit,
        durationMs: 250,
      },
    ],
    [
      'names of IIS',
      {
        date: '2025-09-04',
        time: '15:33:20',
        'c-ip': '192.0.2.7',
        'cs-method': 'GET',
        'cs-uri-stem': '/a',
        'cs-uri-query': 'b',
        'sc-status': 200,
        'sc-bytes': 12,
        'time-taken': 31,
        'cs(User-Agent)': 'x',
        'cs-host': 'www.example.org',
      },
      { target: '/a?b', bytesOut: 12, durationMs: 31, agent: 'x', host: 'www.example.org' },
    ],
    [
      'a balancer of Google',
      {
        timestamp: '2025-09-04T15:33:20.5Z',
        httpRequest: {
          requestMethod: 'GET',
          requestUrl: 'https://www.example.org/a?b',
          status: 200,
          responseSize: '12',
          userAgent: 'x',
          remoteIp: '192.0.2.7',
          latency: '0.031s',
        },
      },
      { target: '/a?b', host: 'www.example.org', bytesOut: 12, durationMs: 31, agent: 'x' },
    ],
  ])('guesses %s', (_, line, expected) => {
    expect(read(anyJson, line)).toMatchObject({
      verdict: LINE.hit,
      time: expect.stringMatching(/^2025-09-04T15:33:20/),
      status: 200,
      malformed: false,
      ...expected,
    });
  });

  it('reads a request that is none', () => {
    expect(
      read(anyJson, {
        msec: '1757000000.1',
        remote_addr: '192.0.2.7',
        request: '\u0016\u0003',
        status: '400',
      }),
    ).toMatchObject({ verdict: LINE.hit, malformed: true, status: 400 });
  });

  it('reads templates that are filled in without quotes', () => {
    const line =
      '{"msec":1757000000.123,"remote_addr":"192.0.2.7","request":"GET / HTTP/1.1","status":200,"request_time":-,"upstream_status": ,"bytes_sent":7}';
    expect(readLine(anyJson.open(), line)).toMatchObject({
      verdict: LINE.hit,
      time: '2025-09-04T15:33:20.123Z',
      bytesOut: 7,
      durationMs: -1,
      upstreamStatus: 0,
    });
  });

  it('reads events of Cloudflare as a table, whatever the order of its columns', () => {
    const expected = {
      verdict: LINE.event,
      event: EVENT.blocked,
      client: '192.0.2.7',
      time: '2025-09-04T15:33:20.000Z',
    };
    expect(
      readLines(
        cloudflareEventsCsv.open(),
        [
          '\ufeff"Ray ID","Action taken","Date","IP address","Country","User agent","Path","Query string","Host"\r',
          '"8f","block","2025-09-04T15:33:20Z","192.0.2.7","MX","a ""b"", c","/","?s=x","www.example.org"\r',
          'not a line of it',
        ].join('\n'),
      ),
    ).toMatchObject([
      { verdict: LINE.skipped },
      { ...expected, agent: 'a "b", c', target: '/?s=x', country: 'MX', host: 'www.example.org' },
      { verdict: LINE.foreign },
    ]);
    expect(
      readLines(
        cloudflareEventsCsv.open(),
        'Action;ClientIP;Datetime;ClientRequestPath\nblock;192.0.2.7;1757000000;/a',
      )[1],
    ).toMatchObject({ ...expected, target: '/a' });
  });

  it('reads tables with names that many use', () => {
    const [head, line, damaged] = readLines(
      anyCsv.open(),
      [
        '"@timestamp",source.ip,http.request.method,url.original,http.response.status_code,user_agent.original',
        '2025-09-04T15:33:20.000Z,192.0.2.7,GET,"/a?b=c,d",200,"x, y',
        '"Sep 4, 2025 @ 15:33:20.000",192.0.2.7,GET,/,200,x',
      ].join('\n'),
    );
    expect(head?.verdict).toBe(LINE.skipped);
    expect(line).toMatchObject({
      verdict: LINE.hit,
      client: '192.0.2.7',
      query: 'b=c,d',
      status: 200,
      agent: 'x, y',
    });
    expect(damaged?.verdict).toBe(LINE.foreign);
    for (const text of ['a,b,c,d', 'name,ip,time', 'time,ip,path,user-agent', '"', 'x'.repeat(100)]) {
      for (const kind of [anyCsv, cloudflareEventsCsv]) {
        if (text.startsWith('time')) continue;
        expect(readLine(kind.open(), text).verdict).toBe(LINE.foreign);
      }
    }
  });

  it('never fails on a table, and takes time by the length of the line only', () => {
    const verdicts: readonly number[] = Object.values(LINE);
    const cell = fc.constantFrom(
      'time',
      'ip',
      'method',
      'path',
      'status',
      'action',
      '"',
      '""',
      ',',
      '192.0.2.1',
      '1757000000',
      '/',
      'x',
    );
    const line = fc.array(cell, { maxLength: 16 }).map((cells) => cells.join(','));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        for (const kind of [anyCsv, cloudflareEventsCsv]) {
          const format = kind.open();
          readLine(format, 'time,ip,method,path,status,action');
          for (const text of lines) if (!verdicts.includes(readLine(format, text).verdict)) return false;
        }
        return true;
      }),
      { numRuns: 500 },
    );
    const started = performance.now();
    const format = anyCsv.open();
    readLine(format, 'time,ip,method,path,status,action');
    for (const text of ['"'.repeat(1e6), ',"'.repeat(5e5), '","'.repeat(3e5), ','.repeat(1e6)])
      readLine(format, text);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('leaves other objects to others', () => {
    for (const value of [{ a: 1 }, { level: 'x' }, { ip: '192.0.2.1', time: 1_757_000_000 }, [], 'x', null]) {
      for (const kind of KINDS) expect(read(kind, value).verdict).toBe(LINE.foreign);
    }
    expect(read(anyJson, { level: 'info', ts: 1_757_000_000.1, msg: 'started' }).verdict).toBe(LINE.skipped);
  });

  it('never fails, whatever the bytes', () => {
    const formats = KINDS.map((kind) => kind.open());
    const verdicts: readonly number[] = Object.values(LINE);
    const lines = ['caddy', 'traefik-json', 'cloudflare-logpush', 'deflect-json', 'nginx-json'] as const;
    const [request] = siteTraffic({ seed: 1, from: 1_757_000_000, days: 0.01, hitsPerDay: 20_000 });
    if (!request) throw new Error('no request');
    const whole = lines.map((name) => Buffer.from(LINE_WRITERS[name].line(request)));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([Buffer.from('{"'), bytes])),
          fc.json().map((text) => Buffer.from(text)),
          fc
            .tuple(
              fc.constantFrom(...whole),
              fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 8 }),
            )
            .map(([line, changes]) => {
              const copy = Buffer.from(line);
              for (const [at, byte] of changes) copy[at % copy.length] = byte;
              return copy;
            }),
          fc.tuple(fc.constantFrom(...whole), fc.nat(2_000)).map(([line, end]) => line.subarray(0, end)),
        ),
        (line) => formats.every((format) => verdicts.includes(readLine(format, line).verdict)),
      ),
      { numRuns: 1_000 },
    );
  });

  it('takes time by the length of the line only', () => {
    const hostile = [
      `{"request":"${'\\"'.repeat(500_000)}`,
      `{${'"a":{'.repeat(200_000)}`,
      `{"request":{${'"uri":"x",'.repeat(100_000)}`,
      `{${'"remote_addr":"1,",'.repeat(50_000)}"a":1}`,
      '{'.repeat(1_000_000),
      '"'.repeat(1_000_000),
      `{"time":"${'1'.repeat(1_000_000)}","request":"${' '.repeat(10)}","remote_addr":"${','.repeat(100_000)}","status":1}`,
    ];
    const started = performance.now();
    for (const line of hostile) for (const kind of KINDS) readLine(kind.open(), line);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
