import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../hits/client-address.js';
import { CACHE, Hit, METHOD } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { nginxProxyManager } from './nginx-proxy-manager.js';

const TIME = '[10/Oct/2024:13:55:36 -0600]';
const TAIL = '[Client 192.0.2.7] [Length 123] [Gzip 2.1]';

describe('Nginx Proxy Manager', () => {
  it('reads a line of a proxy host', () => {
    expect(
      read(
        `${TIME} HIT 502, 200 200 - GET https www.example.org "/a?b=c" ${TAIL} [Sent-to 10.0.0.1] "agent" "https://a.example/"`,
      ),
    ).toEqual({
      verdict: LINE.hit,
      time: '2024-10-10T19:55:36.000Z',
      client: '192.0.2.7',
      host: 'www.example.org',
      method: METHOD.get,
      target: '/a?b=c',
      query: 'b=c',
      malformed: false,
      status: 200,
      upstreamStatus: 502,
      cache: CACHE.hit,
      bytesOut: 123,
      agent: 'agent',
      referer: 'https://a.example/',
    });
  });

  it('reads a line without anything behind', () => {
    expect(read(`${TIME} - - 301 - GET http www.example.org "/" ${TAIL} [Sent-to -] "-" "-"`)).toMatchObject({
      verdict: LINE.hit,
      status: 301,
      upstreamStatus: 0,
      cache: CACHE.unknown,
      agent: '',
      referer: '',
    });
    expect(read(`${TIME} 404 - POST https www.example.org "/x \\x22y" ${TAIL} "agent" "-"`)).toMatchObject({
      verdict: LINE.hit,
      status: 404,
      method: METHOD.post,
      target: '/x \\x22y',
      agent: 'agent',
    });
  });

  it('keeps a request that is none', () => {
    expect(read(`${TIME} - - 400 - - http - "-" ${TAIL} [Sent-to -] "-" "-"`)).toMatchObject({
      verdict: LINE.hit,
      status: 400,
      malformed: true,
      method: METHOD.none,
      target: '',
      host: '',
      client: '192.0.2.7',
    });
  });

  it.each([
    '',
    '[',
    TIME,
    `${TIME} 200`,
    `${TIME} - 200 200 - GET https www.example.org "/"`,
    `${TIME} - 200 200 - GET https www.example.org "/" [Other 192.0.2.7]`,
    '192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5',
  ])('leaves to others what is not its own: %s', (line) => {
    expect(read(line).verdict).toBe(LINE.foreign);
  });

  it('gives a verdict on any bytes', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          `${TIME} `,
          '- ',
          '200 ',
          'GET ',
          'https ',
          'www.example.org ',
          '"',
          '/" ',
          '[Client ',
          '] ',
        )
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        expect([LINE.foreign, LINE.hit]).toContain(read(Buffer.concat(parts)).verdict);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['[', '- ', '"', '\\'])('takes little time for a mebibyte of «%s»', (filling) => {
    const body = filling.repeat(1_048_576 / filling.length);
    const started = performance.now();
    read(`${TIME} ${body}`);
    read(`${TIME} - - 200 - GET http a "/" [Client ${body}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

function read(line: string | Buffer) {
  const bytes = Buffer.concat([Buffer.from('"? '), Buffer.from(line), Buffer.from('"], \n')]);
  const hit = new Hit();
  const verdict = nginxProxyManager.open().parse(bytes, 3, bytes.length - 5, hit);
  return {
    verdict,
    time: hit.seconds === -1 ? '' : new Date(hit.seconds * 1000).toISOString(),
    client: hit.ipVersion === 0 ? hit.text(hit.clientStart, hit.clientEnd) : addressOf(hit),
    host: hit.text(hit.hostStart, hit.hostEnd),
    method: hit.method,
    target: hit.text(hit.targetStart, hit.targetEnd),
    query: hit.queryStart === -1 ? '' : hit.text(hit.queryStart, hit.targetEnd),
    malformed: hit.malformed,
    status: hit.status,
    upstreamStatus: hit.upstreamStatus,
    cache: hit.cache,
    bytesOut: hit.bytesOut,
    agent: hit.text(hit.agentStart, hit.agentEnd),
    referer: hit.text(hit.refererStart, hit.refererEnd),
  };
}
