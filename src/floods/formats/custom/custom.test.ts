import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../hits/client-address.js';
import { CACHE, Hit, METHOD } from '../../hits/hit.js';
import { LINE, type LogFormatKind } from '../../hits/log-format.js';
import { compileLogFormat } from './custom.js';
import { LogFormatError } from './log-format-error.js';

const COMBINED_LINE =
  '192.0.2.7 - alice [10/Oct/2024:13:55:36 -0600] "GET /a?b=c HTTP/1.1" 200 2326 "https://a.example/" "agent (x)"';
const COMBINED_HIT = {
  verdict: LINE.hit,
  time: '2024-10-10T19:55:36.000Z',
  zoneMinutes: -360,
  client: '192.0.2.7',
  method: METHOD.get,
  target: '/a?b=c',
  query: 'b=c',
  protocol: 11,
  malformed: false,
  status: 200,
  bytesOut: 2326,
  referer: 'https://a.example/',
  agent: 'agent (x)',
};

describe('logs in a form that was described', () => {
  it.each([
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
    `log_format main '$remote_addr - $remote_user [$time_local] "$request" '\n  '$status $body_bytes_sent "$http_referer" '\n  '"$http_user_agent"';`,
    `log_format  main  escape=default "\${remote_addr} - $remote_user [$time_local] \\"$request\\" $status $body_bytes_sent \\"$http_referer\\" \\"$http_user_agent\\"";`,
    '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
    'LogFormat "%a %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined',
    '%h %l %u [%{%d/%b/%Y:%H:%M:%S %z}t] "%m %U%q %H" %s %B "%!200,304{Referer}i" "%{user-agent}i"',
    '%h %^[%d:%t %^] "%r" %s %b "%R" "%u"',
    '--log-format=\'%h %^ %e [%d:%t %^] "%m %U%q %H" %s %b "%R" "%u"\' --date-format=%d/%b/%Y --time-format=%T',
    'time-format %H:%M:%S\ndate-format %d/%b/%Y\nlog-format %h %^[%d:%t %^] "%r" %s %b "%R" "%u"\n',
    'COMBINED',
    'combined',
  ])('reads combined from %s', (description) => {
    expect(read(compiled(description), COMBINED_LINE)).toMatchObject(COMBINED_HIT);
    expect(read(compiled(description), `Oct 10 13:55:36 host nginx: ${COMBINED_LINE}\r`)).toMatchObject(
      COMBINED_HIT,
    );
  });

  it('reads every kind of field of nginx', () => {
    const format = compiled(
      '$time_iso8601|$remote_addr:$remote_port|$http_x_forwarded_for|$remote_user|$request_method $scheme://$host$request_uri $server_protocol|$status|$bytes_sent|$request_time|$upstream_cache_status|$upstream_status|$sent_http_content_type|$ssl_cipher|$geoip_country_code|$unheard_of|$http_user_agent',
    );
    expect(
      read(
        format,
        '2024-10-10T13:55:36-06:00|2001:db8::7:5000|203.0.113.5, 198.51.100.2|bob|POST https://www.example.org/x?y HTTP/2.0|503|12|1.250|MISS|502, 504|text/html|TLS_AES_128_GCM_SHA256|MX|zzz|agent|with|bars',
      ),
    ).toMatchObject({
      verdict: LINE.hit,
      time: '2024-10-10T19:55:36.000Z',
      client: '2001:db8::7',
      forwarded: '203.0.113.5, 198.51.100.2',
      user: 'bob',
      method: METHOD.post,
      host: 'www.example.org',
      target: '/x?y',
      protocol: 20,
      status: 503,
      bytesOut: 12,
      durationMs: 1250,
      cache: CACHE.miss,
      upstreamStatus: 502,
      type: 'text/html',
      tls: 'TLS_AES_128_GCM_SHA256',
      country: 'MX',
      agent: 'agent|with|bars',
    });
  });

  it('reads JSON that nginx escapes', () => {
    const format = compiled(
      `log_format json escape=json '{"time":$msec,"ip":"$remote_addr","request":"$request","status":$status,"agent":"$http_user_agent","referer":"$http_referer"}';`,
    );
    expect(
      read(
        format,
        '{"time":1728590136.250,"ip":"192.0.2.7","request":"GET /\\"a\\\\b\\u0000 HTTP/1.1","status":404,"agent":"x\\"y\\t\\u00e9","referer":""}',
      ),
    ).toMatchObject({
      verdict: LINE.hit,
      time: '2024-10-10T19:55:36.250Z',
      client: '192.0.2.7',
      target: '/"a\\b\0',
      status: 404,
      agent: 'x"y\té',
      referer: '',
    });
    expect(
      read(
        format,
        '{"time":1728590136.250,"ip":"192.0.2.7","request":"","status":400,"agent":"","referer":""}',
      ),
    ).toMatchObject({ verdict: LINE.hit, malformed: true, target: '', status: 400 });
  });

  it('reads a last field with quotes in it where nothing is escaped', () => {
    const format = compiled(
      `log_format raw escape=none '$remote_addr [$msec] "$request" $status "$http_user_agent"';`,
    );
    expect(read(format, '192.0.2.7 [1728590136.250] "GET / HTTP/1.1" 200 "a "b" c\\"')).toMatchObject({
      verdict: LINE.hit,
      status: 200,
      agent: 'a "b" c\\',
    });
  });

  it('reads other forms of dates, in pieces too', () => {
    const expected = { verdict: LINE.hit, time: '2024-10-10T19:55:36.000Z', client: '192.0.2.7' };
    for (const [description, line] of [
      ['%{sec}t %h', '1728590136 192.0.2.7'],
      ['%{%Y-%m-%dT%H:%M:%S%z}t %h', '2024-10-10T13:55:36-0600 192.0.2.7'],
      ['%{begin:%s}t %h', '1728590136 192.0.2.7'],
      ['--log-format="%d %t %h" --date-format=%F --time-format=%T', '2024-10-10 19:55:36 192.0.2.7'],
      [
        '--log-format="%t %d %h" --date-format=%m/%d/%y --time-format="%I:%M:%S%p"',
        '07:55:36PM 10/10/24 192.0.2.7',
      ],
      ['--log-format="%x.%^ %h" --date-format=%s --time-format=%s', '1728590136.250 192.0.2.7'],
      [
        '--log-format="%h [%d:%t %^]" --date-format=%Y-%m-%d --time-format=%T',
        '192.0.2.7 [2024-10-10:13:55:36 -0600]',
      ],
    ] as const) {
      expect([description, read(compiled(description), line)]).toMatchObject([description, expected]);
    }
  });

  it('puts together a path and a query that stand apart', () => {
    const format = compiled('%{sec}t %h %m %U %q %>s');
    expect(read(format, '1728590136 192.0.2.7 GET /a ?b=c 200')).toMatchObject({
      target: '/a?b=c',
      query: 'b=c',
    });
    expect(read(format, '1728590136 192.0.2.7 GET /a - 200')).toMatchObject({
      target: '/a',
      query: '',
      status: 200,
    });
    expect(
      read(compiled('$msec $remote_addr "$uri$is_args$args"'), '1728590136.1 192.0.2.7 "/a?b"'),
    ).toMatchObject({
      target: '/a?b',
      query: 'b',
    });
  });

  it('takes as client the nearest of a list when there is nothing else', () => {
    const format = compiled('$http_x_forwarded_for [$time_local] "$request"');
    expect(
      read(format, '203.0.113.5, 198.51.100.2 [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1"'),
    ).toMatchObject({
      client: '198.51.100.2',
      forwarded: '203.0.113.5',
    });
    expect(read(format, '203.0.113.5 [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1"')).toMatchObject({
      client: '203.0.113.5',
      forwarded: '',
    });
  });

  it('reads usage logs of Google Cloud Storage by their name', () => {
    expect(
      read(
        compiled('CLOUDSTORAGE'),
        '"1728590136250000","192.0.2.7","1","","GET","/b/o","200","0","12","3000","b","https://a.example/","agent"',
      ),
    ).toMatchObject({
      verdict: LINE.hit,
      time: '2024-10-10T19:55:36.250Z',
      client: '192.0.2.7',
      target: '/b/o',
      status: 200,
      bytesOut: 12,
      durationMs: 3,
      agent: 'agent',
    });
  });

  it('keeps what there is of a line that was cut, and leaves other lines', () => {
    const format = compiled('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"');
    expect(read(format, COMBINED_LINE.slice(0, 60))).toMatchObject({
      verdict: LINE.hit,
      client: '192.0.2.7',
    });
    for (const line of [
      '',
      'x',
      '192.0.2.7 - - x',
      '192.0.2.7 - - [31/Feb/2024:13:55:36 -0600] "GET / HTTP/1.1" 200 5',
    ]) {
      expect(read(format, line).verdict).toBe(LINE.foreign);
    }
  });

  it.each([
    ['', 'empty', 0, ''],
    ['  \n ', 'empty', 0, ''],
    [' NOSUCH', 'unknown-name', 1, 'NOSUCH'],
    ['log_format main', 'empty', 15, ''],
    ["log_format main '$remote_addr", 'unclosed', 16, "'$remote_addr"],
    ['$remote_addr ${time_local "', 'unclosed', 13, '${time_local'],
    ['$remote_addr $ [$time_local]', 'unknown-field', 13, '$ '],
    ['$remote_addr "$request"', 'time-missing', 0, ''],
    ['[$time_local] "$request"', 'client-missing', 0, ''],
    ["log_format m '$remote_addr '\n'$status$request [$time_local]';", 'fields-touch', 30, '$status$request'],
    ['%h %t %J', 'unknown-field', 6, '%J'],
    ['%h %{Referer', 'unclosed', 3, '%{Referer'],
    ['%h [%{%Q}t]', 'bad-date-format', 4, '%{%Q}t'],
    ['%h [%d:%t %^] %Z', 'unknown-field', 14, '%Z'],
    ['--log-format="%h %x" --date-format=%Q --time-format=%T', 'bad-date-format', 17, '%Q'],
    ['--log-format="%h', 'unclosed', 13, '"%h'],
    ['{ "ts": "%x.%^", "request": { "remote_ip": "%h" } }', 'json-template', 0, '{ "ts": "%x.%^", "re'],
    [`$remote_addr ${'x'.repeat(20_000)}`, 'too-long', 16_384, ''],
  ])('says what is wrong with «%.60s»', (description, code, at, part) => {
    const error = compileLogFormat(description);
    expect(error).toBeInstanceOf(LogFormatError);
    expect(error).toMatchObject({ code, at, part });
  });

  it('compiles or refuses any description, and reads any line with it', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        '$remote_addr',
        '$time_local',
        '$msec',
        ' ',
        '"',
        '$request',
        '%h',
        '%t',
        '%{X}i',
        '%d',
        '%^',
        '%~',
      ),
      fc.constantFrom(
        'log_format m ',
        "'",
        '\\',
        '%r',
        '$args',
        '$uri',
        '%q',
        '%U',
        ':',
        '[',
        ']',
        '%{%d}t',
        '$host',
      ),
    );
    const bit = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        '192.0.2.7',
        '10/Oct/2024:13:55:36 +0000',
        '1728590136.250',
        ' ',
        '"',
        '\\',
        '/a?b',
        ':',
        '[',
        ']',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), fc.array(bit, { maxLength: 10 }), (pieces, bits) => {
        const format = compileLogFormat(pieces.join(''));
        if (format instanceof LogFormatError) {
          expect(format.at).toBeGreaterThanOrEqual(0);
          return;
        }
        expect([LINE.foreign, LINE.hit, LINE.event, LINE.skipped]).toContain(
          read(format, bits.join('')).verdict,
        );
      }),
      { numRuns: 3000 },
    );
  });

  it.each(['\\"', '" "', ', ', ':', '%', '\\u0041'])(
    'takes little time for a mebibyte of «%s»',
    (filling) => {
      const body = filling.repeat(Math.ceil(1_048_576 / filling.length));
      const started = performance.now();
      for (const description of [
        '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
        `log_format json escape=json '{"time":$msec,"ip":"$remote_addr","agent":"$http_user_agent"}';`,
        '%{sec}t %h:%^ %U %q',
      ]) {
        const format = compileLogFormat(description);
        if (format instanceof LogFormatError) continue;
        read(format, body);
        read(format, COMBINED_LINE.slice(0, 50) + body);
        read(format, `{"time":1728590136.250,"ip":"192.0.2.7","agent":"${body}"}`);
        read(format, `1728590136 192.0.2.7:${body}`);
      }
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );
});

function compiled(description: string): LogFormatKind {
  const format = compileLogFormat(description);
  if (format instanceof LogFormatError) throw format;
  return format;
}

function read(format: LogFormatKind, line: string) {
  const bytes = Buffer.concat([Buffer.from('"? '), Buffer.from(line), Buffer.from('"], \n')]);
  const hit = new Hit();
  const verdict = format.open().parse(bytes, 3, bytes.length - 5, hit);
  return {
    verdict,
    time: hit.seconds === -1 ? '' : new Date(hit.seconds * 1000 + hit.milliseconds).toISOString(),
    zoneMinutes: hit.zoneMinutes,
    client: hit.ipVersion === 0 ? hit.text(hit.clientStart, hit.clientEnd) : addressOf(hit),
    forwarded: hit.text(hit.forwardedStart, hit.forwardedEnd),
    user: hit.text(hit.userStart, hit.userEnd),
    host: hit.text(hit.hostStart, hit.hostEnd),
    method: hit.method,
    target: hit.text(hit.targetStart, hit.targetEnd),
    query: hit.queryStart === -1 ? '' : hit.text(hit.queryStart, hit.targetEnd),
    protocol: hit.protocol,
    malformed: hit.malformed,
    status: hit.status,
    bytesOut: hit.bytesOut,
    durationMs: hit.durationMs,
    cache: hit.cache,
    upstreamStatus: hit.upstreamStatus,
    type: hit.text(hit.typeStart, hit.typeEnd),
    tls: hit.text(hit.tlsStart, hit.tlsEnd),
    country: hit.country === 0 ? '' : String.fromCharCode(hit.country >> 8, hit.country & 255),
    referer: hit.text(hit.refererStart, hit.refererEnd),
    agent: hit.text(hit.agentStart, hit.agentEnd),
  };
}
