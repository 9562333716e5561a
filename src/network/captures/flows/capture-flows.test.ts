import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureBuilder } from '../../../../fixtures/captures/conversation.js';
import { ACK, FIN, PSH, RST, SYN } from '../../../../fixtures/captures/packets.js';
import { readCapture } from '../testing/read-capture.js';

const CLIENT = '192.168.1.20:50000';
const SERVER = '192.0.2.80:80';
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal';
const FORGED = 'HTTP/1.1 302 Found\r\nLocation: http://false.example/\r\nContent-Length: 0\r\n\r\n';

describe('conversations of a capture', () => {
  it('gives one record for a connection, with what both ends sent', async () => {
    const capture = new CaptureBuilder();
    capture.http(CLIENT, SERVER, { target: '/a' }, { body: 'real' }, { server: { ttl: 52 } });
    const { flows, problems } = await readCapture(capture.bytes());
    expect(problems).toEqual([]);
    expect(flows).toMatchObject([
      {
        transport: 'tcp',
        clientAddress: '192.168.1.20',
        clientPort: 50_000,
        serverAddress: '192.0.2.80',
        serverPort: 80,
        application: 'http',
        serverNames: ['192.0.2.80'],
        isAnswered: true,
        clientTtls: [64],
        serverTtls: [52],
        source: { path: 'capture.pcap', locator: 'frame 1' },
        lastFrame: capture.frames,
      },
    ]);
    expect(flows[0]?.history).toBe('ShADadFf');
    expect(flows[0]?.synFingerprint).toBe('4:64+0:0:1460:65535,0:mss:df:0');
  });

  it('tells the client by the SYN, whatever the ports', async () => {
    const capture = new CaptureBuilder();
    capture.tcp('192.168.1.20:443', '192.0.2.80:51000').connect().client('x').close();
    const { flows } = await readCapture(capture.bytes());
    expect(flows).toMatchObject([{ clientAddress: '192.168.1.20', clientPort: 443, serverPort: 51_000 }]);
  });

  it('turns a conversation round whose first packet is the server’s', async () => {
    const capture = new CaptureBuilder();
    capture.tcp(CLIENT, SERVER).inject('server', 'HTTP/1.1 200 OK\r\n\r\n');
    const { flows } = await readCapture(capture.bytes());
    expect(flows).toMatchObject([
      { clientAddress: '192.168.1.20', serverAddress: '192.0.2.80', serverPort: 80, history: '^d' },
    ]);
  });

  it('tells two connections of the same ports apart', async () => {
    const capture = new CaptureBuilder();
    capture.tcp(CLIENT, SERVER).connect().client('a').close();
    capture
      .tcp(CLIENT, SERVER, { client: { sequence: 77_000 } })
      .connect()
      .client('bb')
      .close();
    const { flows } = await readCapture(capture.bytes());
    expect(flows.map(({ clientBytes }) => clientBytes)).toEqual([1, 2]);
  });

  it('ends a conversation of UDP after three silent minutes', async () => {
    const capture = new CaptureBuilder();
    for (const minute of [0, 1, 5]) {
      capture.at(minute * 60_000).udp('192.168.1.20:40000', '192.0.2.1:9999', 'hello');
      // The clock of the file goes on with other packets.
      for (let other = 0; other < 600; other += 1) capture.udp('192.168.1.9:1000', '192.0.2.9:2000', 'x');
    }
    const { flows } = await readCapture(capture.bytes());
    const own = flows.filter(({ serverPort }) => serverPort === 9999);
    expect(own.map(({ clientPackets }) => clientPackets)).toEqual([2, 1]);
  });

  it('is not torn apart by one packet with a time far ahead', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER).connect();
    capture.at(365 * 86_400_000).udp('192.168.1.9:1000', '192.0.2.9:2000', 'x');
    capture.at(1_000);
    for (let segment = 0; segment < 1_200; segment += 1) talk.client('x'.repeat(10));
    const { flows } = await readCapture(talk.close().capture.bytes());
    expect(flows.filter(({ serverPort }) => serverPort === 80)).toMatchObject([{ clientBytes: 12_000 }]);
  });

  it('finds each among more than the table had room for at first', async () => {
    const capture = new CaptureBuilder();
    const talks = Array.from({ length: 3_000 }, (_, index) =>
      capture.tcp(`192.168.1.20:${10_000 + index}`, SERVER),
    );
    for (const talk of talks) talk.connect().client('ab');
    for (const talk of talks) talk.server('cd').inject('server', 'CD', { sequence: talk.serverSequence - 2 });
    const { flows, anomalies } = await readCapture(capture.bytes());
    expect(flows).toHaveLength(3_000);
    expect(flows.every(({ clientBytes, serverBytes }) => clientBytes === 2 && serverBytes === 4)).toBe(true);
    expect(anomalies).toHaveLength(3_000);
    expect(anomalies.every(({ excerpts }) => excerpts[0] === 'cd' && excerpts[1] === 'CD')).toBe(true);
  });

  it('hold bounded memory when thousands wait: the oldest are told first, and how many is said', async () => {
    const capture = new CaptureBuilder();
    const requests = 'POST /a HTTP/1.1\r\nHost: news.example\r\nContent-Length: 1\r\n\r\nx'.repeat(16);
    for (let index = 0; index < 5_000; index += 1)
      capture
        .tcp(`192.168.1.20:${10_000 + index}`, SERVER)
        .connect()
        .client(requests);
    const { flows, http, problems } = await readCapture(capture.bytes());
    expect(flows).toHaveLength(5_000);
    expect(http).toHaveLength(80_000);
    expect(problems).toMatchObject([{ code: 'conversations-crowded-out', effect: 'note' }]);
    expect(problems[0]?.count).toBeGreaterThan(500);
  });

  it('reads IPv6', async () => {
    const capture = new CaptureBuilder();
    capture.tcp('[2001:db8::20]:50000', '[2001:db8::1:0:0:80]:443').connect().close();
    const { flows } = await readCapture(capture.bytes());
    expect(flows).toMatchObject([{ clientAddress: '2001:db8::20', serverAddress: '2001:db8::1:0:0:80' }]);
  });
});

describe('packets that contradict each other', () => {
  it('tells of two answers for the same place', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER, { server: { ttl: 52, id: 900 } }).connect();
    talk.client('GET /a HTTP/1.1\r\nHost: news.example\r\n\r\n');
    const forged = talk.inject('server', FORGED, { ttl: 56, id: 1, dontFragment: false });
    talk.server(ANSWER);
    const real = talk.frames[0];
    const { anomalies } = await readCapture(capture.bytes());
    expect(anomalies).toMatchObject([
      {
        anomaly: 'overlap-conflict',
        fromServer: true,
        packets: [
          { frame: forged, ttl: 56, ipId: 1, dontFragment: false },
          { frame: real, ttl: 52, dontFragment: true },
        ],
        overlapBytes: ANSWER.length,
        request: 'GET http://news.example/a',
      },
    ]);
    expect(anomalies[0]?.excerpts[0]).toBe(FORGED);
    expect(anomalies[0]?.excerpts[1]).toBe(ANSWER);
    expect(anomalies[0]?.differingBytes).toBeGreaterThan(20);
  });

  it('says nothing about what is only repeated, also in other pieces', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER).connect();
    const data = 'abcdefghijklmnopqrstuvwxyz';
    talk.server(data.slice(0, 10)).server(data.slice(10));
    const begin = talk.serverSequence - data.length;
    talk.inject('server', data, { sequence: begin });
    talk.inject('server', data.slice(5, 15), { sequence: begin + 5 });
    const { anomalies, flows } = await readCapture(capture.bytes());
    expect(anomalies).toEqual([]);
    expect(flows[0]?.history).toContain('t');
  });

  it('compares data of a SYN one further on', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER);
    talk.inject('client', 'early data', { flags: SYN, sequence: 4_294_967_290 });
    talk.inject('client', 'early data', { sequence: 4_294_967_291 });
    const { anomalies } = await readCapture(capture.bytes());
    expect(anomalies).toEqual([]);
  });

  it('compares across the end of the numbers', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER, { server: { sequence: 4_294_967_290 } }).connect();
    talk.inject('server', 'forged answer', { ttl: 99 });
    talk.server('the real answer');
    const { anomalies } = await readCapture(capture.bytes());
    expect(anomalies).toMatchObject([{ anomaly: 'overlap-conflict', overlapBytes: 13 }]);
  });

  it('tells of the published marks', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER).connect();
    talk.client('GET /a.exe HTTP/1.1\r\nHost: news.example\r\n\r\n');
    const marked = talk.inject('server', FORGED, {
      flags: FIN | ACK,
      id: 0x3412,
      dontFragment: false,
      window: 32_120,
    });
    const { anomalies } = await readCapture(capture.bytes());
    expect(anomalies).toMatchObject([
      {
        anomaly: 'marked-packet',
        packets: [{ frame: marked, ipId: 13_330, window: 32_120, tcpFlags: 0x11 }],
      },
    ]);
  });

  it('does not take an ordinary packet with that identification for one', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER).connect();
    talk.inject('server', 'x', { flags: PSH | ACK, id: 0x3412 });
    const { anomalies } = await readCapture(capture.bytes());
    expect(anomalies).toEqual([]);
  });

  it('tells of a reset after which its sender goes on', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER, { server: { ttl: 52 } }).connect();
    talk.client('GET /a HTTP/1.1\r\nHost: news.example\r\n\r\n');
    const reset = talk.inject('server', '', { flags: RST | ACK, ttl: 60 });
    talk.server(ANSWER);
    const { anomalies } = await readCapture(capture.bytes());
    expect(anomalies).toMatchObject([
      {
        anomaly: 'reset',
        signs: ['sender-went-on', 'ttl-differs'],
        packets: [{ frame: reset, ttl: 60 }, { ttl: 52 }],
        handshakePacket: { ttl: 52 },
      },
    ]);
  });

  it('tells of a reset that comes before the answer to the SYN', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER, { server: { ttl: 49 } });
    talk.inject('client', '', { flags: SYN, sequence: 999 });
    talk.inject('server', '', { flags: 0x600 | RST | ACK, ttl: 46, sequence: 0, acknowledgement: 1000 });
    talk.inject('server', '', { flags: SYN | ACK, sequence: 500, acknowledgement: 1000 });
    const { anomalies } = await readCapture(capture.bytes());
    expect(anomalies).toMatchObject([
      { anomaly: 'reset', signs: ['before-syn-ack', 'reserved-bits', 'ttl-differs'] },
    ]);
  });

  it('says nothing about an ordinary reset', async () => {
    const capture = new CaptureBuilder();
    capture
      .tcp(CLIENT, SERVER, { server: { ttl: 52 } })
      .connect()
      .client('x')
      .server('y')
      .reset('server');
    capture.tcp('192.168.1.20:50001', SERVER).connect().client('x').server('y').reset('client');
    expect((await readCapture(capture.bytes())).anomalies).toEqual([]);
  });

  it('tells of two SYN/ACKs that do not agree', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER);
    talk.inject('client', '', { flags: SYN, sequence: 999 });
    const first = talk.inject('server', '', { flags: SYN | ACK, sequence: 5, acknowledgement: 1000 });
    const second = talk.inject('server', '', { flags: SYN | ACK, sequence: 88_000, acknowledgement: 1000 });
    talk.inject('server', '', { flags: SYN | ACK, sequence: 5, acknowledgement: 1000 });
    const { anomalies } = await readCapture(capture.bytes());
    expect(anomalies).toMatchObject([
      { anomaly: 'competing-syn-ack', packets: [{ frame: first }, { frame: second }] },
    ]);
  });

  it('tells of an answer with the client’s own identification', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER, { client: { id: 4_000 }, server: { id: 700 } }).connect();
    talk.client('GET /a HTTP/1.1\r\nHost: news.example\r\n\r\n');
    const asked = 4_002;
    talk.inject('server', FORGED, { id: asked });
    const { anomalies } = await readCapture(capture.bytes());
    expect(anomalies).toMatchObject([{ anomaly: 'ip-id-echo', clientIpId: asked }]);
  });
});

it('measures the way from the SYN that was answered, not from one that was lost', async () => {
  const capture = new CaptureBuilder();
  const talk = capture.tcp(CLIENT, SERVER);
  talk.inject('client', '', { flags: SYN });
  capture.wait(3_000);
  talk.connect().client('GET / HTTP/1.1\r\nHost: news.example\r\n\r\n').server(ANSWER);
  const { http } = await readCapture(talk.close().capture.bytes());
  expect(http[0]?.handshakeMicroseconds).toBe(1_000);
});

describe('data in order', () => {
  const request = 'GET /abc HTTP/1.1\r\nHost: news.example\r\n\r\n';

  it('puts segments in order that come in another', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER).connect();
    const begin = talk.clientSequence;
    talk.inject('client', request.slice(0, 10), { sequence: begin });
    talk.inject('client', request.slice(20), { sequence: begin + 20 });
    talk.inject('client', request.slice(5, 25), { sequence: begin + 5 });
    const { http } = await readCapture(capture.bytes());
    expect(http).toMatchObject([{ url: 'http://news.example/abc', source: { locator: 'frame 4' } }]);
  });

  it('goes on after what was not captured', async () => {
    const capture = new CaptureBuilder();
    const talk = capture.tcp(CLIENT, SERVER).connect();
    talk.client(request).server('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n');
    talk.skip('server', 3000).server('x'.repeat(2000));
    talk.client(request.replace('abc', 'def')).server('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    const { http } = await readCapture(talk.close().capture.bytes());
    expect(http.map(({ target, status }) => [target, status])).toEqual([
      ['/abc', 200],
      ['/def', 404],
    ]);
  });

  it('reads the same whatever the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 12 }), async (pieces) => {
        const capture = new CaptureBuilder();
        const talk = capture.tcp(CLIENT, SERVER).connect();
        let at = 0;
        for (const length of pieces) {
          const piece = request.slice(at, at + length);
          if (piece !== '') talk.client(piece);
          at += length;
        }
        if (at < request.length) talk.client(request.slice(at));
        const { http } = await readCapture(talk.close().capture.bytes());
        expect(http).toMatchObject([{ url: 'http://news.example/abc' }]);
      }),
      { numRuns: 40 },
    );
  });
});
