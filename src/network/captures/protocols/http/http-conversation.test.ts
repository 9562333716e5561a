import { createHash } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { httpRequest, httpResponse } from '../../../../../fixtures/captures/conversation.js';
import type { FileDownload } from '../../../../records/kinds/file-download.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { Consumer, FlowContext } from '../../flows/consumer.js';
import { MemoryBudget } from '../memory-budget.js';
import { markOf, RecordedFlow } from '../testing/recorded-flow.js';
import { HttpConversation } from './http-conversation.js';

const GET = httpRequest({ target: '/a?b=c', headers: [['User-Agent', 'Test/1']] }, 'news.example');
const PROGRAM = programOfWindows(3000);

describe('a request and its answer', () => {
  it('become one record with all that was sent', () => {
    const talk = begin();
    talk.flow.synAckFacts = markOf(2).facts();
    talk.client(
      'POST /form?x=1 HTTP/1.1\r\nHost: News.example:8080\r\nUser-Agent: Test/1\r\nReferer: http://a.example/\r\n' +
        'X-Folded: one\r\n two\r\nContent-Length: 3\r\n\r\na=b',
    );
    talk.server(
      'HTTP/1.1 302 Found\r\nLocation: /b\r\ncontent-TYPE: text/plain\r\nContent-Length: 5\r\n\r\nhello',
    );
    const [http] = talk.over();

    expect(http).toEqual({
      kind: 'http',
      at: '2026-01-02T03:04:05.001000Z',
      source: { evidence: 'e1', path: 'a.pcap', locator: 'frame 1' },
      ...talk.flow.ends,
      version: 'HTTP/1.1',
      method: 'POST',
      host: 'News.example',
      target: '/form?x=1',
      url: 'http://News.example:8080/form?x=1',
      requestHeaders: [
        ['Host', 'News.example:8080'],
        ['User-Agent', 'Test/1'],
        ['Referer', 'http://a.example/'],
        ['X-Folded', 'one two'],
        ['Content-Length', '3'],
      ],
      userAgent: 'Test/1',
      referrer: 'http://a.example/',
      requestBodyBytes: 3,
      requestBodyStart: 'a=b',
      status: 302,
      reason: 'Found',
      responseHeaders: [
        ['Location', '/b'],
        ['content-TYPE', 'text/plain'],
        ['Content-Length', '5'],
      ],
      location: '/b',
      contentType: 'text/plain',
      responseBodyBytes: 5,
      responseBodyStart: 'hello',
      responseAt: '2026-01-02T03:04:05.002000Z',
      requestPacket: markOf(1).facts(),
      responsePacket: markOf(2).facts(),
      synAckPacket: markOf(2).facts(),
      handshakeMicroseconds: 12_000,
    });
    expect(talk.flow.applicationName).toBe('http');
    expect(talk.flow.names).toEqual(['News.example']);
  });

  it('are told as soon as the answer is whole', () => {
    const talk = begin();
    talk.client(GET);
    talk.server(httpResponse({ body: 'hello' }).subarray(0, -1));
    expect(talk.flow.records).toEqual([]);
    talk.server('o');

    expect(talk.flow.records).toHaveLength(1);
  });

  it.each([
    ['GET http://b.example:81/x HTTP/1.1\r\nHost: a.example\r\n\r\n', 'b.example', 'http://b.example:81/x'],
    ['GET /x HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n\r\n', '2001:db8::1', 'http://[2001:db8::1]:81/x'],
    ['GET /x HTTP/1.0\r\n\r\n', null, 'http://192.0.2.80/x'],
    ['OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n', 'a.example', 'http://a.example'],
    ['GET /x\r\n', null, 'http://192.0.2.80/x'],
  ])('names host and address of %j', (request, host, url) => {
    const talk = begin();
    talk.client(request);

    expect(talk.over()).toMatchObject([{ host, url }]);
  });

  it('names the port of the connection when the request does not', () => {
    const talk = begin({ serverPort: 8080 });
    talk.client(GET);

    expect(talk.over()).toMatchObject([{ url: 'http://news.example:8080/a?b=c', host: 'news.example' }]);
  });

  it('match in order when several requests are sent at once', () => {
    const talk = begin();
    talk.client(Buffer.concat([GET, httpRequest({ target: '/2' }, 'b.example')]));
    talk.server(
      Buffer.concat([
        httpResponse({ status: 200, body: 'one' }),
        httpResponse({ status: 404, reason: 'No' }),
      ]),
    );

    expect(talk.over().map(({ target, status }) => `${target} ${status}`)).toEqual(['/a?b=c 200', '/2 404']);
  });

  it('end where the kind of answer says so', () => {
    const talk = begin();
    talk.client(`HEAD / HTTP/1.1\r\n\r\n${'GET / HTTP/1.1\r\n\r\n'.repeat(3)}`);
    talk.server(
      'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n' +
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\nuntil close',
    );
    talk.conversation.end(false);

    expect(talk.over().map(({ status, responseBodyBytes }) => [status, responseBodyBytes])).toEqual([
      [200, 0],
      [304, 0],
      [204, 0],
      [200, 11],
    ]);
  });

  it('are read with bare line feeds, as answers of injecting boxes have them', () => {
    const talk = begin();
    talk.client(GET);
    talk.server('HTTP/1.1 307 Temporary Redirect\nLocation: http://b.example/x\nConnection: close\n\n');
    talk.conversation.end(false);

    expect(talk.over()).toMatchObject([
      {
        status: 307,
        location: 'http://b.example/x',
        responseHeaders: [
          ['Location', 'http://b.example/x'],
          ['Connection', 'close'],
        ],
        responseBodyBytes: 0,
        responseBodyStart: null,
      },
    ]);
  });

  it('undo chunks with extensions and trailers', () => {
    const talk = begin();
    talk.client(Buffer.concat([GET, GET]));
    talk.server(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 2\r\n\r\n' +
        '5;name="x"\r\nhello\r\n06 \r\n world\r\n0\r\nX-Trailer: 1\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n',
    );

    expect(talk.over()).toMatchObject([
      { status: 200, responseBodyBytes: 11, responseBodyStart: 'hello world' },
      { status: 404 },
    ]);
  });

  it('keep limits: 64 headers, 4,096 characters of a value, 2,048 and 512 bytes of bodies', () => {
    const talk = begin();
    const many = Array.from(
      { length: 100 },
      (_, index) => `X-${index}: ${'v'.repeat(index === 0 ? 9000 : 1)}\r\n`,
    );
    talk.client(`POST / HTTP/1.1\r\n${many.join('')}Content-Length: 5000\r\n\r\n${'b'.repeat(5000)}`);
    talk.server(httpResponse({ body: 'c'.repeat(5000) }));
    const [http] = talk.over();

    expect(http?.requestHeaders).toHaveLength(64);
    expect(http?.requestHeaders[0]?.[1]).toHaveLength(4096);
    expect(http).toMatchObject({ requestBodyBytes: 5000, responseBodyBytes: 5000 });
    expect(http?.requestBodyStart).toBe('b'.repeat(2048));
    expect(http?.responseBodyStart).toBe('c'.repeat(512));
  });

  it('cut a head that does not end', () => {
    const talk = begin();
    talk.client(`GET /x HTTP/1.1\r\n${'X-Long: yes\r\n'.repeat(9000)}`);
    expect(talk.budget.taken).toBeLessThan(65_536);

    expect(talk.over()).toMatchObject([{ target: '/x', status: null }]);
  });
});

describe('a connection of which a part is missing', () => {
  it('gives answers whose requests were not captured', () => {
    const talk = begin();
    talk.server(httpResponse({ status: 404, reason: 'Not Found', body: 'no' }));

    expect(talk.over()).toMatchObject([
      { method: null, url: null, version: null, requestPacket: null, status: 404, responseBodyBytes: 2 },
    ]);
  });

  it('gives requests whose answers were not', () => {
    const talk = begin();
    talk.client(GET);
    talk.client(GET);

    expect(talk.over()).toMatchObject([
      { method: 'GET', status: null, responsePacket: null, responseBodyBytes: null },
      { method: 'GET', status: null },
    ]);
  });

  it('goes on after a gap inside a body, which is not whole then', () => {
    const talk = begin();
    talk.client(Buffer.concat([GET, GET]));
    const answer = httpResponse({ body: PROGRAM });
    talk.server(answer.subarray(0, 1000));
    talk.conversation.gap(false, 500, markOf(3));
    talk.server(answer.subarray(1500));
    talk.server(httpResponse({ status: 404 }));
    const https = talk.over();

    expect(https).toMatchObject([{ status: 200, responseBodyBytes: 3000 }, { status: 404 }]);
    expect(talk.files).toMatchObject([{ fileType: 'pe', isWhole: false }]);
    expect(talk.files[0]?.sha256).toBeUndefined();
  });

  it('goes on at the next answer after a gap that hides where it begins', () => {
    const talk = begin();
    talk.client(GET);
    talk.server(httpResponse({ body: 'x'.repeat(100) }).subarray(0, 60));
    talk.conversation.gap(false, 5000, markOf(3));
    talk.client(httpRequest({ target: '/late' }, 'news.example'));
    talk.server(Buffer.concat([Buffer.from('rest of a body'), httpResponse({ status: 404 })]));

    expect(talk.over().map(({ target, status }) => [target, status])).toEqual([
      ['/a?b=c', 200],
      ['/late', 404],
    ]);
  });

  it('tells what is there of a head that is cut', () => {
    const talk = begin();
    talk.client('GET /x HTTP/1.1\r\nHost: a.example\r\nUser-Ag');
    talk.conversation.gap(true, 100, markOf(2));
    talk.server(httpResponse({ status: 200, body: 'hello' }));

    expect(talk.over()).toMatchObject([
      { target: '/x', host: 'a.example', requestHeaders: [['Host', 'a.example']], status: 200 },
    ]);
  });

  it('puts an answer to the request that was late, not to one that was sent after it', () => {
    const talk = begin();
    talk.frame = 5;
    talk.server(httpResponse({ status: 201 }));
    talk.conversation.data(true, GET, 0, GET.length, markOf(4));
    talk.conversation.data(true, GET, 0, GET.length, markOf(7));

    expect(talk.over().map(({ status, requestPacket }) => [status, requestPacket?.frame])).toEqual([
      [201, 4],
      [null, 7],
    ]);
  });

  it('takes an answer without a head for a body', () => {
    const talk = begin();
    talk.client(GET);
    talk.server('BANG! BANG!');
    talk.conversation.end(false);

    expect(talk.over()).toMatchObject([
      { method: 'GET', status: null, responseBodyStart: 'BANG! BANG!', responsePacket: { frame: 2 } },
    ]);
  });

  it('passes over what is none between requests and answers', () => {
    const talk = begin();
    talk.client(Buffer.concat([GET, Buffer.from('T / HTTP\n\n'), GET]));
    talk.server(Buffer.concat([httpResponse({}), Buffer.from('too much'), httpResponse({ status: 404 })]));

    expect(talk.over().map(({ status }) => status)).toEqual([200, 404]);
  });
});

describe('a connection that turns to something else', () => {
  it('gives what follows CONNECT to another decoder', () => {
    const inside = new Remembering();
    const talk = begin({}, () => inside);
    talk.client('CONNECT b.example:443 HTTP/1.1\r\nHost: b.example:443\r\n\r\nearly');
    talk.server('HTTP/1.1 200 Connection established\r\n\r\nserver');
    talk.client('client');
    talk.conversation.end(true);
    const https = talk.over();

    expect(https).toMatchObject([
      { method: 'CONNECT', host: 'b.example', target: 'b.example:443', url: null, status: 200 },
    ]);
    expect(inside.said).toEqual(['> early', '< server', '> client', 'end true', 'end null']);
    expect(talk.budget.taken).toBe(0);
  });

  it('reads on when the proxy refuses', () => {
    const inside = new Remembering();
    const talk = begin({}, () => inside);
    talk.client('CONNECT b.example:443 HTTP/1.1\r\n\r\n');
    talk.server('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno');
    talk.client('CONNECT b.example:443 HTTP/1.1\r\nProxy-Authorization: Basic x\r\n\r\n');
    talk.server('HTTP/1.1 200 OK\r\n\r\n');
    talk.client('hello');

    expect(talk.over().map(({ status }) => status)).toEqual([407, 200]);
    expect(inside.said).toEqual(['> hello', 'end null']);
  });

  it('gives it also when the answer was not captured', () => {
    const inside = new Remembering();
    const talk = begin({}, () => inside);
    talk.client('CONNECT b.example:443 HTTP/1.1\r\n\r\n');
    talk.client('hello');
    talk.over();

    expect(inside.said).toEqual(['> hello', 'end null']);
  });

  it('wants no more after a change of the protocol', () => {
    const talk = begin();
    talk.client('GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    talk.server('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
    const frame = Buffer.from('\x81\x05hello');

    expect(talk.conversation.data(true, frame, 0, frame.length, markOf(3))).toBe(false);
    expect(talk.conversation.data(false, frame, 0, frame.length, markOf(4))).toBe(false);
    expect(talk.over()).toMatchObject([{ status: 101 }]);
  });
});

describe('a file that travels', () => {
  it('is told with its hashes', () => {
    const talk = begin();
    talk.client(httpRequest({ target: '/files/tool%20one.exe?x=1' }, 'news.example'));
    talk.server(httpResponse({ headers: [['Content-Type', 'image/png']], body: PROGRAM }));
    talk.over();

    expect(talk.files).toEqual([
      {
        kind: 'file-download',
        at: '2026-01-02T03:04:05.002000Z',
        source: { evidence: 'e1', path: 'a.pcap', locator: 'frame 2' },
        ...talk.flow.ends,
        protocol: 'http',
        direction: 'download',
        url: 'http://news.example/files/tool%20one.exe?x=1',
        name: 'tool one.exe',
        mediaType: 'image/png',
        fileType: 'pe',
        sizeBytes: 3000,
        isWhole: true,
        sha256: digest('sha256', PROGRAM),
        sha1: digest('sha1', PROGRAM),
        md5: digest('md5', PROGRAM),
      },
    ]);
    expect(talk.budget.taken).toBe(0);
  });

  it('of some size is hashed like a small one', () => {
    const large = programOfWindows(100_001);
    const talk = begin();
    talk.client(GET);
    talk.server(httpResponse({ body: large }));
    talk.over();

    expect(talk.files).toMatchObject([{ sizeBytes: 100_001, sha256: digest('sha256', large) }]);
  });

  it.each([
    ['gzip', gzipSync(PROGRAM)],
    ['deflate', deflateSync(PROGRAM)],
    ['deflate', deflateRawSync(PROGRAM)],
    ['br', brotliCompressSync(PROGRAM)],
  ])('is unpacked from %s', (coding, body) => {
    const talk = begin();
    talk.client(GET);
    talk.server(httpResponse({ headers: [['Content-Encoding', coding]], body }));
    const [http] = talk.over();

    expect(talk.files).toMatchObject([
      { fileType: 'pe', sizeBytes: 3000, isWhole: true, sha256: digest('sha256', PROGRAM) },
    ]);
    expect(http?.responseBodyBytes).toBe(body.length);
    expect(http?.responseBodyStart).toBe(body.subarray(0, 512).toString('latin1'));
    expect(talk.budget.taken).toBe(0);
  });

  it('stays without a hash when unpacking it would fill the memory', () => {
    const bomb = gzipSync(Buffer.concat([PROGRAM, Buffer.alloc(20_000_000)]));
    const talk = begin();
    talk.client(httpRequest({ target: '/a.exe' }, 'news.example'));
    talk.server(httpResponse({ headers: [['Content-Encoding', 'gzip']], body: bomb }));
    talk.over();

    expect(talk.files).toMatchObject([{ sizeBytes: bomb.length, isWhole: true }]);
    expect(talk.files[0]?.sha256).toBeUndefined();
  });

  it('is named by Content-Disposition, and told when it is said to be one', () => {
    const talk = begin();
    talk.client(GET);
    talk.server(
      httpResponse({
        headers: [['Content-Disposition', "attachment; filename=x; filename*=UTF-8''informe%20a%C3%B1o.dat"]],
        body: 'some text',
      }),
    );
    talk.over();

    expect(talk.files).toMatchObject([{ name: 'informe año.dat', fileType: 'text' }]);
  });

  it('is none when it is a page, a picture, or an error in place of a file', () => {
    const talk = begin();
    talk.client(Buffer.concat([GET, GET, httpRequest({ target: '/a.apk' }, 'news.example')]));
    talk.server(httpResponse({ body: '<!doctype html><p>hello' }));
    talk.server(httpResponse({ body: Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1') }));
    talk.server(httpResponse({ status: 404, body: '<html>not here' }));
    talk.over();

    expect(talk.files).toEqual([]);
  });

  it('is not whole when it is a part, when the capture ends, or when the server closes too early', () => {
    for (const [head, size] of [
      ['206 Partial Content\r\nContent-Range: bytes 0-2999/9000\r\nContent-Length: 3000', 3000],
      ['200 OK\r\nContent-Length: 4000', 3000],
      ['200 OK', 3000],
    ] as const) {
      const talk = begin();
      talk.client(GET);
      talk.server(Buffer.concat([Buffer.from(`HTTP/1.1 ${head}\r\n\r\n`), PROGRAM.subarray(0, size)]));
      talk.over();

      expect(talk.files).toMatchObject([{ isWhole: false, sizeBytes: 3000 }]);
      expect(talk.files[0]?.sha256).toBeUndefined();
    }
  });

  it('is whole when the server closes and no length was said', () => {
    const talk = begin();
    talk.client(GET);
    talk.server(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), PROGRAM]));
    talk.conversation.end(false);
    talk.over();

    expect(talk.files).toMatchObject([{ isWhole: true, sha256: digest('sha256', PROGRAM) }]);
  });

  it('is told when it is sent in a form', () => {
    const picture = Buffer.from('\x89PNG\r\n\x1a\nsome\r\n--other', 'latin1');
    const body = Buffer.concat([
      Buffer.from('--bound\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue\r\n--bound\r\n'),
      Buffer.from(
        'Content-Disposition: form-data; name="f"; filename="p.png"\r\nContent-Type: image/png\r\n\r\n',
      ),
      picture,
      Buffer.from('\r\n--bound\r\nContent-Disposition: form-data; name="g"; filename="b.txt"\r\n\r\nhello'),
      Buffer.from('\r\n--bound--\r\n'),
    ]);
    const talk = begin();
    talk.client(
      httpRequest(
        { method: 'POST', headers: [['Content-Type', 'multipart/form-data; boundary="bound"']], body },
        'news.example',
      ),
    );
    talk.over();

    expect(talk.files).toMatchObject([
      {
        direction: 'upload',
        name: 'p.png',
        fileType: 'image',
        sha256: digest('sha256', picture),
        isWhole: true,
      },
      { direction: 'upload', name: 'b.txt', fileType: 'text', sizeBytes: 5 },
    ]);
  });

  it('is told when much is sent at once', () => {
    const body = Buffer.alloc(120_000, 'x');
    const talk = begin();
    talk.client(httpRequest({ method: 'PUT', target: '/up/all.bin', body }, 'news.example'));
    talk.client(
      httpRequest({ method: 'POST', target: '/up/less.bin', body: body.subarray(0, 90_000) }, 'news.example'),
    );
    talk.over();

    expect(talk.files).toMatchObject([
      { direction: 'upload', name: 'all.bin', sizeBytes: 120_000, sha256: digest('sha256', body) },
    ]);
  });
});

describe('however the bytes are cut', () => {
  const clientBytes = Buffer.concat([
    GET,
    httpRequest({ method: 'POST', target: '/p', body: 'a=b' }, 'news.example'),
    Buffer.from('junk\r\n'),
    httpRequest({ target: '/q.zip' }, 'news.example'),
  ]);
  const serverBytes = Buffer.concat([
    httpResponse({ headers: [['Content-Encoding', 'gzip']], body: gzipSync(PROGRAM) }),
    Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\n'),
    Buffer.from('surplus'),
    Buffer.from('HTTP/1.1 200 OK\nContent-Type: application/zip\n\nPK\x03\x04 and more'),
  ]);

  const said = (
    clientCuts: readonly number[],
    serverCuts: readonly number[],
    client: Buffer,
    server: Buffer,
  ) => {
    const flow = new RecordedFlow();
    const budget = new MemoryBudget(10_000_000);
    const conversation = new HttpConversation(flow, budget);
    for (const [fromClient, bytes, cuts] of [
      [true, client, clientCuts],
      [false, server, serverCuts],
    ] as const) {
      let at = 0;
      for (const length of [...cuts, bytes.length]) {
        const end = Math.min(bytes.length, at + length);
        if (end > at && !conversation.data(fromClient, bytes, at, end, markOf(1))) break;
        at = end;
      }
    }
    conversation.end(false);
    conversation.end(null);
    expect(budget.taken).toBe(0);
    return flow.records;
  };
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 });

  it('the same is told', () => {
    const whole = said([], [], clientBytes, serverBytes);
    expect(whole.map(({ kind }) => kind)).toEqual(['file-download', 'http', 'http', 'file-download', 'http']);
    fc.assert(
      fc.property(cuts, cuts, (a, b) => {
        expect(said(a, b, clientBytes, serverBytes)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('the same is told of any bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'GET / HTTP/1.1\r\n',
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.1 100 Continue\r\n\r\n',
        'HTTP/1.1 101 Switching\r\n\r\n',
        'CONNECT a.example:443 HTTP/1.1\r\n\r\n',
        'POST /x HTTP/1.1\n',
        'Content-Length: 7\r\n',
        'Content-Length: 99999999999999999999\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Content-Type: multipart/form-data; boundary=b\r\n',
        'Content-Encoding: gzip\r\n',
        'Content-Disposition: attachment; filename="a\r\n',
        '--b\r\nContent-Disposition: form-data; filename=a\r\n\r\n',
        '\r\n--b--\r\n',
        'ffffffffff\r\n',
        '5\r\nhello\r\n',
        '0\r\n\r\n',
        '\r\n',
        '\n\n',
        ' folded\r\n',
        'HTTP/1.',
        'MZ',
      ),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.nat(40).map((times) => 'PK\x03\x04'.repeat(times * 8)),
    );
    const stream = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
    fc.assert(
      fc.property(stream, stream, cuts, cuts, (client, server, a, b) => {
        expect(said(a, b, client, server)).toEqual(said([], [], client, server));
      }),
      { numRuns: 400 },
    );
  });

  it('gaps and ends at any place do no harm', () => {
    const step = fc.oneof(
      fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 400 })),
      fc.tuple(fc.boolean(), fc.integer({ min: -3000, max: 0 })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 0, max: 5000 }), (steps, room) => {
        const flow = new RecordedFlow();
        const budget = new MemoryBudget(room);
        const conversation = new HttpConversation(flow, budget, () => new Remembering());
        const at = [0, 0];
        steps.forEach(([fromClient, length], index) => {
          const side = fromClient ? 0 : 1;
          const bytes = fromClient ? clientBytes : serverBytes;
          const start = Math.min(bytes.length, at[side] as number);
          const end = Math.min(bytes.length, start + Math.abs(length));
          at[side] = end;
          if (length <= 0) conversation.gap(fromClient, -length, markOf(index));
          else if (end > start) conversation.data(fromClient, bytes, start, end, markOf(index));
          else conversation.end(fromClient);
        });
        conversation.end(null);
        expect(budget.taken).toBe(0);
        expect(flow.records.length).toBeLessThan(20);
      }),
      { numRuns: 300 },
    );
  });
});

it('holds a bounded number of requests that wait', () => {
  const talk = begin();
  for (let index = 0; index < 1000; index += 1) talk.client(GET);
  expect(talk.flow.records.length).toBe(1000 - 256);
  talk.over();

  expect(talk.flow.records).toHaveLength(1000);
  expect(talk.budget.taken).toBe(0);
});

it('gives no answer to a request that it was not for', () => {
  const talk = begin();
  for (let index = 0; index < 300; index += 1)
    talk.client(httpRequest({ target: `/${index}` }, 'news.example'));
  for (let index = 0; index < 300; index += 1)
    talk.server(httpResponse({ headers: [['X-Number', String(index)]] }));
  for (const { target, responseHeaders } of talk.over()) {
    const number = responseHeaders.find(([name]) => name === 'X-Number')?.[1];
    if (target !== null && number !== undefined) expect(target).toBe(`/${number}`);
  }
  expect(talk.flow.of<Http>('http').filter(({ target, status }) => target && status)).toHaveLength(256);
});

it('tells the file of a form also when the conversation is ended to make room', () => {
  const flow = new RecordedFlow();
  const open: HttpConversation[] = [];
  const budget = new MemoryBudget(60_000, () => {
    const oldest = open.shift();
    oldest?.end(null);
    return oldest !== undefined;
  });
  const form = Buffer.from(
    'POST / HTTP/1.1\r\nHost: news.example\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 9999\r\n\r\n' +
      '--B\r\nContent-Disposition: form-data; name=a; filename=a.exe\r\n\r\nMZ',
  );
  for (let index = 1; index <= 200; index += 1) {
    const conversation = new HttpConversation(flow, budget);
    conversation.data(true, form, 0, form.length, markOf(index));
    open.push(conversation);
  }
  while (open.length > 0) open.shift()?.end(null);
  expect(flow.of('file-download')).toHaveLength(200);
  expect(budget.taken).toBe(0);
});

it('tells in words what waits for an answer', () => {
  const talk = begin();
  expect(talk.conversation.request()).toBeNull();
  talk.client(GET);
  expect(talk.conversation.request()).toBe('GET http://news.example/a?b=c');
  talk.server(httpResponse({}));
  expect(talk.conversation.request()).toBe('GET http://news.example/a?b=c');
});

class Remembering implements Consumer {
  readonly said: string[] = [];

  data(fromClient: boolean, bytes: Buffer, start: number, end: number): boolean {
    this.said.push(`${fromClient ? '>' : '<'} ${bytes.toString('latin1', start, end)}`);
    return true;
  }

  gap(): boolean {
    return true;
  }

  end(fromClient: boolean | null): void {
    this.said.push(`end ${fromClient}`);
  }
}

function begin(ends: Partial<RecordedFlow['ends']> = {}, tunnel?: (flow: FlowContext) => Consumer | null) {
  const usual = new RecordedFlow().ends;
  const flow = new RecordedFlow({ ...usual, ...ends });
  const budget = new MemoryBudget(10_000_000);
  const conversation = new HttpConversation(flow, budget, tunnel);
  const talk = {
    flow,
    budget,
    conversation,
    frame: 0,
    client: (data: string | Buffer) => give(true, data),
    server: (data: string | Buffer) => give(false, data),
    over: () => {
      conversation.end(null);
      return flow.of<Http>('http');
    },
    get files() {
      return flow.of<FileDownload>('file-download');
    },
  };
  const give = (fromClient: boolean, data: string | Buffer) => {
    talk.frame += 1;
    // Inside larger bytes, as the packets of a file are.
    const bytes = Buffer.concat([
      Buffer.from('before\r\n\r\n'),
      typeof data === 'string' ? Buffer.from(data, 'latin1') : data,
      Buffer.from('\r\n\r\nafter'),
    ]);
    conversation.data(fromClient, bytes, 10, bytes.length - 9, markOf(talk.frame));
  };
  return talk;
}

function digest(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

/** The first bytes of a program of Windows, and bytes that do not compress to nothing. */
function programOfWindows(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 7919) >> 3;
  bytes.write('MZ');
  bytes.writeUInt32LE(128, 60);
  bytes.write('PE\0\0', 128);
  return bytes;
}
