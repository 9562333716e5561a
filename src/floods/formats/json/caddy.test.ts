import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LINE } from '../../hits/log-format.js';
import { readLine, readLines } from '../testing/read-lines.js';
import { caddy } from './caddy.js';

const SHARED = new URL('../../../../../shared/data/floods/access-logs/', import.meta.url);

const entry = (changes: object = {}, request: object = {}): string =>
  JSON.stringify({
    level: 'info',
    ts: 1693840791.7564995,
    logger: 'http.log.access.log0',
    msg: 'handled request',
    request: {
      remote_ip: '10.0.0.2',
      remote_port: '44790',
      client_ip: '192.0.2.7',
      proto: 'HTTP/2.0',
      method: 'GET',
      host: 'www.example.org:443',
      uri: '/a?b=c',
      headers: { 'User-Agent': ['Mozilla/5.0 "x"'], Referer: ['https://www.example.org/é'] },
      tls: { resumed: false, server_name: 'www.example.org' },
      ...request,
    },
    bytes_read: 0,
    user_id: '',
    duration: 0.0125,
    size: 18630,
    status: 200,
    resp_headers: { 'Content-Type': ['text/html; charset=utf-8'] },
    ...changes,
  });

describe('access logs of Caddy', () => {
  const format = caddy.open();

  it('reads a request', () => {
    expect(readLine(format, entry())).toMatchObject({
      verdict: LINE.hit,
      time: '2023-09-04T15:19:51.756Z',
      client: '192.0.2.7',
      host: 'www.example.org',
      user: '',
      method: 'GET',
      target: '/a?b=c',
      query: 'b=c',
      protocol: 20,
      malformed: false,
      status: 200,
      bytesOut: 18_630,
      durationMs: 12.5,
      referer: 'https://www.example.org/é',
      agent: 'Mozilla/5.0 "x"',
      type: 'text/html; charset=utf-8',
    });
  });

  it.each([
    ['2023-09-04T15:19:51.756Z', '2023-09-04T15:19:51.756Z'],
    ['2023-09-04T09:19:51.756-0600', '2023-09-04T15:19:51.756Z'],
    ['2023/09/04 15:19:51', '2023-09-04T15:19:51.000Z'],
    ['04/Sep/2023:09:19:51 -0600', '2023-09-04T15:19:51.000Z'],
    [1693840791756.4995, '2023-09-04T15:19:51.756Z'],
  ])('reads the time %s', (ts, time) => {
    expect(readLine(format, entry({ ts }))).toMatchObject({ verdict: LINE.hit, time });
  });

  it('reads times that are written with an exponent', () => {
    const line = entry().replace('1693840791.7564995', '1.6938407917564995e+09');
    expect(readLine(format, line)).toMatchObject({ time: '2023-09-04T15:19:51.756Z' });
  });

  it.each([
    ['1.5ms', 1.5],
    ['340µs', 0.34],
    ['1m2.5s', 62_500],
    ['soon', -1],
  ])('reads the duration %s', (duration, durationMs) => {
    expect(readLine(format, entry({ duration })).durationMs).toBeCloseTo(durationMs, 6);
  });

  it('reads what older versions wrote', () => {
    const line = entry({}, { remote_ip: undefined, client_ip: undefined, remote_addr: '[2001:db8::7]:4433' });
    expect(readLine(format, line)).toMatchObject({ verdict: LINE.hit, client: '2001:db8::7' });
  });

  it('keeps what X-Forwarded-For says beside the client, of several the last', () => {
    const line = entry({}, { headers: { 'X-Forwarded-For': ['203.0.113.1', '203.0.113.5, 10.0.0.9'] } });
    expect(readLine(format, line)).toMatchObject({ client: '192.0.2.7', forwarded: '203.0.113.5, 10.0.0.9' });
  });

  it('is not fooled by headers that are named like fields', () => {
    const line = entry(
      {},
      { headers: { status: ['503'], uri: ['/x'], 'x.request.uri': ['/y'], __proto__: ['z'], 'a"b': ['}'] } },
    );
    expect(readLine(format, line)).toMatchObject({ verdict: LINE.hit, status: 200, target: '/a?b=c' });
  });

  it.each(['http.handlers.reverse_proxy', 'http.log.error.log0', 'tls.obtain', 'admin'])(
    'passes over lines of the logger %s',
    (logger) => {
      expect(readLine(format, entry({ logger })).verdict).toBe(LINE.skipped);
    },
  );

  it.each([
    '',
    '{',
    '{}',
    '[]',
    'null',
    '{"ts":1}',
    '{"ts":1693840791,"request":{"method":"GET"',
    `${entry()}${entry()}`,
    entry({ ts: 'yesterday' }),
    '{"a":'.repeat(5_000),
    `{"a":${'['.repeat(100_000)}`,
  ])('leaves %j to others', (line) => {
    expect(readLine(format, line).verdict).toBe(LINE.foreign);
  });

  it('finds the object behind a prefix', () => {
    for (const prefix of ['Sep 15 16:13:46 web1 caddy[2869]: ', 'caddy-1  | ', '\ufeff', '@cee: ']) {
      expect(readLine(format, prefix + entry())).toMatchObject({ verdict: LINE.hit, client: '192.0.2.7' });
    }
  });
});

describe.skipIf(!existsSync(SHARED))('a published log of Caddy (skipped without ../shared)', () => {
  it('has ten requests and a line of another logger', () => {
    const lines = readLines(caddy.open(), readFileSync(new URL('hub-caddy.jsonl', SHARED)));
    expect(lines.map(({ verdict }) => verdict)).toEqual([...Array(10).fill(LINE.hit), LINE.skipped]);
    const hits = lines.slice(0, 10);
    expect(hits.map(({ client }) => client)).toEqual([
      ...Array(3).fill('127.0.0.1'),
      ...Array(4).fill('172.17.0.1'),
      ...Array(3).fill('127.0.0.1'),
    ]);
    expect(hits.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0, 0, 0, 401, 401, 200]);
    expect(hits[0]).toMatchObject({ time: '2023-09-04T15:19:51.756Z', forwarded: '127.0.0.1' });
    expect(hits[9]).toMatchObject({ user: 'Bob', bytesOut: 18_630, durationMs: 794.682124 });
  });
});
