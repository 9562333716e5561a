import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksLikeHttpRequest, looksLikeHttpResponse } from './start-lines.js';

describe('what a request looks like', () => {
  it.each([
    'GET / HTTP/1.1\r\n',
    '\r\nPOST /a b HTTP/1.0\n',
    'REPORT-X /unusual HTTP/1.1\r\n',
    'GET /a/very/long/target/that/does/not/end/in/this/segment?x=',
    'CONNECT a.example:443 HTTP/1.1\r\n',
    'GET /old\r\n',
  ])('%j', (text) => {
    expect(asks(text)).toBe(true);
  });

  it.each([
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'OPTIONS sip:a@a.example SIP/2.0\r\n',
    'DESCRIBE rtsp://a.example/ RTSP/1.0\r\n',
    'GET',
    'GET \x01\x02',
    'GET /\x00\x01binary',
    'UNKNOWN /cut',
    'get / HTTP/1.1\r\n',
    'HTTP/1.1 200 OK\r\n',
    '',
  ])('%j is none', (text) => {
    expect(asks(text)).toBe(false);
  });

  it('an answer', () => {
    expect(answers('HTTP/1.1 200 OK\r\n')).toBe(true);
    expect(answers('\r\nHTTP/1.0 404')).toBe(true);
    expect(answers('HTTP/2 200 OK')).toBe(false);
    expect(answers('HTTP/1.1 OK 200')).toBe(false);
    expect(answers('HTTP/1.1')).toBe(false);
  });

  it('any bytes are looked at without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        looksLikeHttpRequest(Buffer.from(bytes), 0, bytes.length);
        expect(looksLikeHttpResponse(Buffer.from(bytes), 0, bytes.length)).toBe(false);
      }),
    );
  });
});

function asks(text: string): boolean {
  const bytes = Buffer.from(text, 'latin1');
  return looksLikeHttpRequest(bytes, 0, bytes.length);
}

function answers(text: string): boolean {
  const bytes = Buffer.from(text, 'latin1');
  return looksLikeHttpResponse(bytes, 0, bytes.length);
}
