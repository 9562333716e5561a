import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alert,
  applicationData,
  certificateChain,
  changeCipherSpec,
  clientHello,
  clientHelloMessage,
  SESSION_ID,
  serverHello,
  serverHelloDone,
  sslV2Hello,
  tlsRecords,
} from '../../../../../fixtures/captures/tls-hello.js';
import { derCertificate, ordinaryCertificate } from '../../../../../fixtures/scans/certificates.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { MemoryBudget } from '../memory-budget.js';
import { markOf, RecordedFlow } from '../testing/recorded-flow.js';
import { looksLikeTls, TlsConversation } from './tls-conversation.js';

const CHAIN = [derCertificate(ordinaryCertificate(1)), derCertificate(ordinaryCertificate(2))];
/** What a server of TLS 1.2 sends first. */
const OLD_ANSWER = Buffer.concat([
  serverHello({ version: 0x0303, cipher: 0xc02f, alpn: 'h2' }),
  certificateChain(CHAIN),
  serverHelloDone(),
]);

describe('conversations of TLS', () => {
  test('TLS 1.2: names, protocols, fingerprints and the chain, as soon as the server is through', () => {
    const talk = new Talk();
    expect(talk.client(clientHello({ serverName: 'www.example.org', alpn: ['h2', 'http/1.1'] }), 4)).toBe(
      true,
    );
    expect(talk.server(OLD_ANSWER.subarray(0, 200), 6)).toBe(true);
    expect(talk.flow.records).toEqual([]);
    expect(talk.server(OLD_ANSWER.subarray(200), 7)).toBe(false);
    expect(talk.record).toMatchObject({
      at: '2026-01-02T03:04:05.004000Z',
      source: { locator: 'frame 4' },
      clientPort: 50_000,
      carrier: 'tls',
      version: 'TLS 1.2',
      quicVersion: null,
      serverName: 'www.example.org',
      encryptedClientHello: false,
      alpn: ['h2', 'http/1.1'],
      selectedAlpn: 'h2',
      cipher: '0xc02f',
      isResumed: false,
      serverHelloFrame: 6,
      certificateFrame: 6,
      hellos: [{ frame: 4 }],
    });
    expect(talk.record?.ja3s).toMatch(/^[0-9a-f]{32}$/);
    expect(talk.record?.certificates).toMatchObject([
      {
        position: 1,
        subject: [
          ['C', 'MX'],
          ['O', 'Example'],
          ['CN', 'www1.example.org'],
        ],
        notBefore: '2012-01-01T00:00:00.000000Z',
        notAfter: '2022-01-01T00:00:00.000000Z',
      },
      { position: 2 },
    ]);
    expect(talk.flow.applicationName).toBe('tls');
    expect(talk.flow.names).toEqual(['www.example.org']);
    expect(talk.client(applicationData(), 8)).toBe(false);
    talk.end();
    expect(talk.flow.records).toHaveLength(1);
  });

  test('TLS 1.3: all that can be known is known with the ServerHello', () => {
    const talk = new Talk();
    talk.client(clientHello({ serverName: 'www.example.org' }));
    expect(talk.server(Buffer.concat([serverHello(), changeCipherSpec(), applicationData(2000)]))).toBe(
      false,
    );
    expect(talk.record).toMatchObject({
      version: 'TLS 1.3',
      cipher: '0x1301',
      certificates: [],
      certificateFrame: null,
      isResumed: false,
      selectedAlpn: null,
    });
  });

  test('a HelloRetryRequest brings a second hello, which is kept beside the first', () => {
    const talk = new Talk();
    talk.client(clientHello({ serverName: 'a.example', alpn: ['h2'] }), 1);
    talk.server(Buffer.concat([serverHello({ isRetry: true }), changeCipherSpec()]), 2);
    expect(talk.flow.records).toEqual([]);
    const second = clientHello({
      serverName: 'a.example',
      alpn: ['h2'],
      groups: [0x17],
      extensions: [[44, Buffer.alloc(2)]],
    });
    talk.client(Buffer.concat([changeCipherSpec(), second]), 3);
    talk.server(serverHello({ cipher: 0x1302 }), 4);
    expect(talk.record?.hellos.map(({ frame }) => frame)).toEqual([1, 3]);
    expect(new Set(talk.record?.hellos.map(({ ja4 }) => ja4)).size).toBe(2);
    expect(talk.record).toMatchObject({ cipher: '0x1302', version: 'TLS 1.3', serverHelloFrame: 4 });
  });

  test('hellos of more than a record and more than a segment are put together', () => {
    const talk = new Talk();
    const hello = tlsRecords(
      22,
      clientHelloMessage({ serverName: 'big.example', paddingBytes: 40_000 }),
      0x0301,
    );
    for (let at = 0; at < hello.length; at += 1400) talk.client(hello.subarray(at, at + 1400), at / 1400 + 1);
    talk.server(serverHello());
    expect(talk.record).toMatchObject({ serverName: 'big.example', hellos: [{ frame: 1 }] });
    expect(talk.budget.taken).toBe(0);
  });

  test('however the bytes are cut, the record is the same', () => {
    const client = tlsRecords(22, clientHelloMessage({ serverName: 'www.example.org' }), 0x0301, 90);
    const expected = whole(client, OLD_ANSWER);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 60 }), (lengths) => {
        const talk = new Talk();
        talk.inPieces(true, client, lengths);
        talk.inPieces(false, OLD_ANSWER, lengths);
        expect(talk.record).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('a session taken up again: by its number up to TLS 1.2, by a key in TLS 1.3', () => {
    const old = new Talk();
    old.client(clientHello());
    old.server(Buffer.concat([serverHello({ version: 0x0303, sessionId: SESSION_ID }), changeCipherSpec()]));
    expect(old.record).toMatchObject({ isResumed: true, certificates: [], version: 'TLS 1.2' });
    const recent = new Talk();
    recent.client(clientHello());
    recent.server(serverHello({ extensions: [[41, Buffer.from([0, 0])]] }));
    expect(recent.record?.isResumed).toBe(true);
  });

  test('a client that sends data at once is still waited for', () => {
    const talk = new Talk();
    talk.client(
      Buffer.concat([
        clientHello({ serverName: 'early.example' }),
        changeCipherSpec(),
        applicationData(3000),
      ]),
    );
    expect(talk.flow.records).toEqual([]);
    talk.server(serverHello());
    expect(talk.record).toMatchObject({ serverName: 'early.example', version: 'TLS 1.3' });
  });

  test('names in bytes that are no text, protocols in such, and a hello with an encrypted one inside', () => {
    const talk = new Talk();
    talk.client(
      clientHello({
        serverName: Buffer.from('caf\u00e9\\.example'),
        alpn: [Buffer.from([0xba, 0xba, 0x20])],
        encryptedClientHello: true,
      }),
    );
    talk.server(serverHello());
    expect(talk.record).toMatchObject({
      serverName: 'caf\\xc3\\xa9\\x5c.example',
      alpn: ['\\xba\\xba\\x20'],
      encryptedClientHello: true,
    });
  });

  test('a fatal alert ends it, a warning does not', () => {
    const refused = new Talk();
    refused.client(clientHello({ serverName: 'a.example' }));
    expect(refused.server(alert())).toBe(false);
    expect(refused.record).toMatchObject({
      version: null,
      cipher: null,
      isResumed: null,
      serverHelloFrame: null,
    });
    const warned = new Talk();
    warned.client(clientHello({ serverName: 'a.example' }));
    expect(warned.server(Buffer.concat([alert(1, 112), OLD_ANSWER]))).toBe(false);
    expect(warned.record?.certificates).toHaveLength(2);
  });

  test('missing bytes: what is known is said', () => {
    const noAnswer = new Talk();
    noAnswer.client(clientHello({ serverName: 'a.example' }), 3);
    expect(noAnswer.conversation.gap(false, 1000, markOf(5))).toBe(false);
    expect(noAnswer.record).toMatchObject({ serverName: 'a.example', version: null });
    const noHello = new Talk();
    noHello.conversation.gap(true, 500, markOf(1));
    noHello.server(OLD_ANSWER, 7);
    expect(noHello.record).toMatchObject({
      source: { locator: 'frame 7' },
      serverName: null,
      hellos: [],
      version: 'TLS 1.2',
      isResumed: false,
    });
    expect(noHello.record?.certificates).toHaveLength(2);
  });

  test('only one side was captured: said at the end', () => {
    const talk = new Talk();
    talk.client(clientHello({ serverName: 'a.example' }));
    for (let index = 0; index < 20; index += 1) talk.client(applicationData(10_000));
    expect(talk.flow.records).toEqual([]);
    talk.end();
    expect(talk.record?.serverName).toBe('a.example');
    const long = new Talk();
    long.client(clientHello({ serverName: 'a.example' }));
    let packets = 0;
    while (long.client(applicationData(10_000))) packets += 1;
    expect(packets).toBeLessThan(30);
    expect(long.flow.records).toHaveLength(1);
  });

  test('the middle of a conversation gives its name and no record', () => {
    const talk = new Talk();
    expect(talk.server(applicationData(500))).toBe(false);
    expect(talk.client(applicationData(500))).toBe(false);
    talk.end();
    expect(talk.flow.records).toEqual([]);
    expect(talk.flow.applicationName).toBe('tls');
  });

  test('what is no TLS gives nothing', () => {
    const talk = new Talk();
    expect(talk.client(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe(false);
    expect(talk.server(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toBe(false);
    talk.end();
    expect(talk.flow.records).toEqual([]);
    expect(talk.flow.applicationName).toBeNull();
  });

  test('the ends change places when the hello comes from the one taken for the server', () => {
    const talk = new Talk();
    talk.server(clientHello({ serverName: 'a.example' }));
    talk.client(OLD_ANSWER);
    expect(talk.record).toMatchObject({
      clientAddress: '192.0.2.80',
      clientPort: 80,
      serverAddress: '192.168.1.20',
      serverPort: 50_000,
    });
    expect(talk.record?.certificates).toHaveLength(2);
  });

  test('a hello in the form of SSL 2.0 may be answered in TLS', () => {
    const talk = new Talk();
    const hello = sslV2Hello(0x0301, [0x000035, 0x010080]);
    talk.client(hello.subarray(0, 20), 3);
    talk.client(hello.subarray(20), 4);
    talk.server(
      Buffer.concat([
        serverHello({ version: 0x0301, cipher: 0x35 }),
        certificateChain(CHAIN),
        serverHelloDone(),
      ]),
    );
    expect(talk.record).toMatchObject({
      source: { locator: 'frame 3' },
      version: 'TLS 1.0',
      cipher: '0x0035',
      hellos: [{ frame: 3, ja3: null, ja4: null }],
    });
    expect(talk.budget.taken).toBe(0);
  });

  test('of a chain ten certificates are kept, and of one that cannot be read its hashes', () => {
    const talk = new Talk();
    talk.client(clientHello());
    const chain = [Buffer.from('no certificate'), ...Array.from({ length: 14 }, () => CHAIN[0] as Buffer)];
    talk.server(
      Buffer.concat([serverHello({ version: 0x0303 }), certificateChain(chain), serverHelloDone()]),
    );
    expect(talk.record?.certificates).toHaveLength(10);
    expect(talk.record?.certificates[0]).toMatchObject({
      subject: null,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('a hello that claims more than 64 KiB is not waited for', () => {
    const talk = new Talk();
    expect(talk.client(Buffer.from('16030104000101000100', 'hex'))).toBe(false);
    expect(talk.budget.taken).toBe(0);
  });

  test('without room in memory it goes on with what it has', () => {
    const talk = new Talk(new MemoryBudget(100));
    const hello = clientHello({ serverName: 'a.example' });
    talk.client(hello.subarray(0, 50));
    talk.client(hello.subarray(50));
    talk.server(OLD_ANSWER);
    talk.end();
    expect(talk.record).toMatchObject({ serverName: null, version: 'TLS 1.2' });
    expect(talk.budget.taken).toBe(0);
  });

  test('any bytes: no throw, at most one record, all memory given back', () => {
    const start = performance.now();
    const hello = clientHello({ serverName: 'a.example', alpn: ['h2'] });
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.boolean(),
            fc.oneof(
              fc.uint8Array({ maxLength: 300 }),
              fc.constantFrom<Uint8Array>(
                hello,
                OLD_ANSWER,
                changeCipherSpec(),
                alert(),
                serverHello({ isRetry: true }),
              ),
              fc
                .tuple(fc.nat(hello.length - 1), fc.nat(255))
                .map(([at, value]) => Buffer.from(hello.with(at, value))),
              fc
                .tuple(fc.nat(OLD_ANSWER.length - 1), fc.nat(255))
                .map(([at, value]) => Buffer.from(OLD_ANSWER.with(at, value))),
            ),
          ),
          { maxLength: 8 },
        ),
        (pieces) => {
          const talk = new Talk();
          for (const [fromClient, bytes] of pieces) talk.send(fromClient, Buffer.from(bytes), 1);
          talk.end();
          expect(talk.flow.records.length).toBeLessThanOrEqual(1);
          expect(talk.budget.taken).toBe(0);
        },
      ),
      { numRuns: 400 },
    );
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

describe('what looks like TLS', () => {
  test.each([
    ['a hello', clientHello()],
    ['the beginning of a hello', clientHello().subarray(0, 6)],
    ['an answer', serverHello()],
    ['application data', applicationData(40)],
    ['an alert', alert()],
    ['a hello of SSL 2.0', sslV2Hello(0x0002, [0x010080])],
    ['a hello in the form of SSL 2.0', sslV2Hello(0x0301, [0x2f, 0x35])],
  ])('%s does', (_name, bytes) => {
    expect(looks(bytes)).toBe(true);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n')],
    ['another version', Buffer.from('16040100c8010000c4', 'hex')],
    ['an empty record', Buffer.from('1603010000010000c4', 'hex')],
    ['a record that is too long', Buffer.from('160301ffff010000c4', 'hex')],
    ['no message of handshake', Buffer.from('16030100c8ff0000c4', 'hex')],
    ['records that something else follows', Buffer.concat([alert(), Buffer.from('hello')])],
    ['a hello of SSL 2.0 with a wrong length', Buffer.from(sslV2Hello(2, [1]).with(1, 99))],
    ['zeros', Buffer.alloc(100)],
  ])('%s does not', (_name, bytes) => {
    expect(looks(bytes)).toBe(false);
  });
});

/** Looks at them in the middle of a larger buffer, as packets are. */
function looks(bytes: Buffer): boolean {
  const packet = Buffer.concat([Buffer.alloc(9, 0x16), bytes, Buffer.alloc(9, 0x03)]);
  return looksLikeTls(packet, 9, 9 + bytes.length);
}

function whole(client: Buffer, server: Buffer): Tls | undefined {
  const talk = new Talk();
  talk.client(client, 1);
  talk.server(server, 1);
  return talk.record;
}

class Talk {
  readonly flow = new RecordedFlow();
  readonly budget: MemoryBudget;
  readonly conversation: TlsConversation;

  constructor(budget = new MemoryBudget(1024 * 1024)) {
    this.budget = budget;
    this.conversation = new TlsConversation(this.flow, budget);
  }

  get record(): Tls | undefined {
    return this.flow.of<Tls>('tls')[0];
  }

  client(bytes: Buffer, frame = 1): boolean {
    return this.send(true, bytes, frame);
  }

  server(bytes: Buffer, frame = 2): boolean {
    return this.send(false, bytes, frame);
  }

  /** The bytes are valid only during the call. */
  send(fromClient: boolean, bytes: Buffer, frame: number): boolean {
    const packet = Buffer.concat([Buffer.alloc(7, 0x17), bytes, Buffer.alloc(5, 0x16)]);
    const wants = this.conversation.data(fromClient, packet, 7, 7 + bytes.length, markOf(frame));
    packet.fill(0);
    return wants;
  }

  inPieces(fromClient: boolean, bytes: Buffer, lengths: readonly number[]): void {
    let at = 0;
    for (const length of lengths) {
      this.send(fromClient, bytes.subarray(at, at + length), 1);
      at += length;
    }
    this.send(fromClient, bytes.subarray(at), 1);
  }

  end(): void {
    this.conversation.end(true);
    this.conversation.end(false);
    this.conversation.end(null);
  }
}
