import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  certificateMessage,
  clientHelloMessage,
  dtlsRecord,
  dtlsRecords,
  handshakeMessage,
  helloVerifyRequest,
  serverHelloMessage,
} from '../../../../../fixtures/captures/tls-hello.js';
import { derCertificate, ordinaryCertificate } from '../../../../../fixtures/scans/certificates.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { MemoryBudget } from '../memory-budget.js';
import { markOf, RecordedFlow } from '../testing/recorded-flow.js';
import { DtlsConversation, looksLikeDtls } from './dtls-conversation.js';

const HELLO = { serverName: 'call.example', legacyVersion: 0xfefd, versions: [], sessionId: Buffer.alloc(0) };
const CHAIN = [derCertificate(ordinaryCertificate(1))];
const DONE = handshakeMessage(14, Buffer.alloc(0));

describe('conversations of DTLS', () => {
  test('DTLS 1.2 with a HelloVerifyRequest, fragments and a chain: the hello counts once', () => {
    const talk = new Talk();
    const first = clientHelloMessage({ ...HELLO, cookie: Buffer.alloc(0) });
    talk.all(true, dtlsRecords(first, { fragmentBytes: 60 }));
    talk.all(false, dtlsRecords(helloVerifyRequest(Buffer.alloc(20, 3)), { version: 0xfeff }));
    const second = clientHelloMessage({ ...HELLO, cookie: Buffer.alloc(20, 3) });
    talk.all(true, dtlsRecords(second, { messageSequence: 1, fragmentBytes: 60 }).reverse());
    const answer = [
      ...dtlsRecords(serverHelloMessage({ version: 0xfefd, cipher: 0xc030 }), { messageSequence: 1 }),
      ...dtlsRecords(certificateMessage(CHAIN), { messageSequence: 2, fragmentBytes: 100 }).reverse(),
      ...dtlsRecords(DONE, { messageSequence: 3 }),
    ];
    talk.all(false, answer.slice(0, -1));
    expect(talk.flow.records).toEqual([]);
    talk.all(false, answer.slice(-1));
    expect(talk.record).toMatchObject({
      carrier: 'dtls',
      version: 'DTLS 1.2',
      serverName: 'call.example',
      cipher: '0xc030',
      isResumed: false,
      hellos: [{ frame: 1, ja3: null, ja4: expect.stringMatching(/^dd2d0504/) }],
      source: { locator: 'frame 1' },
    });
    expect(talk.record?.certificates).toHaveLength(1);
    expect(talk.flow.applicationName).toBe('dtls');
    expect(talk.budget.taken).toBe(0);
  });

  test('DTLS 1.3: known with the ServerHello', () => {
    const talk = new Talk();
    const hello = clientHelloMessage({ ...HELLO, versions: [0xfefc, 0xfefd], cookie: Buffer.alloc(0) });
    talk.all(true, dtlsRecords(hello));
    expect(talk.send(false, dtlsRecords(serverHelloMessage({ version: 0xfefc }))[0] as Buffer)).toBe(false);
    expect(talk.record).toMatchObject({
      version: 'DTLS 1.3',
      hellos: [{ ja4: expect.stringMatching(/^dd3d/) }],
    });
  });

  test('the last message before the chain is whole does not end it', () => {
    const talk = new Talk();
    talk.all(true, dtlsRecords(clientHelloMessage({ ...HELLO, cookie: Buffer.alloc(0) })));
    const chain = dtlsRecords(certificateMessage(CHAIN), { messageSequence: 1, fragmentBytes: 200 });
    talk.all(false, dtlsRecords(serverHelloMessage({ version: 0xfefd })));
    talk.all(false, dtlsRecords(DONE, { messageSequence: 2 }));
    talk.all(false, chain.slice(1));
    expect(talk.flow.records).toEqual([]);
    talk.all(false, chain.slice(0, 1));
    expect(talk.record?.certificates).toHaveLength(1);
  });

  test('encrypted records between other datagrams give no record, and it gives up in time', () => {
    const talk = new Talk();
    let datagrams = 0;
    while (datagrams < 1000 && talk.send(true, dtlsRecord(23, Buffer.alloc(50), 0xfefd, datagrams, 1))) {
      talk.send(false, Buffer.alloc(100, 0x80));
      datagrams += 2;
    }
    expect(datagrams).toBeLessThan(200);
    talk.conversation.end(null);
    expect(talk.flow.records).toEqual([]);
    expect(talk.flow.applicationName).toBe('dtls');
  });

  test('any bytes: no throw, at most one record, all memory given back', () => {
    const hello = dtlsRecords(clientHelloMessage({ ...HELLO, cookie: Buffer.alloc(0) }), {
      fragmentBytes: 80,
    });
    const chain = dtlsRecords(certificateMessage(CHAIN), { messageSequence: 1, fragmentBytes: 150 });
    const pool = [...hello, ...chain, ...dtlsRecords(serverHelloMessage({ version: 0xfefd }))];
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.constantFrom<Uint8Array>(...pool),
      fc
        .tuple(fc.constantFrom<Uint8Array>(...pool), fc.nat(), fc.nat(255))
        .map(([bytes, at, value]) => bytes.with(at % bytes.length, value)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), piece), { maxLength: 20 }), (pieces) => {
        const talk = new Talk();
        for (const [fromClient, bytes] of pieces) talk.send(fromClient, Buffer.from(bytes));
        talk.conversation.end(null);
        expect(talk.flow.records.length).toBeLessThanOrEqual(1);
        expect(talk.budget.taken).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what looks like DTLS', () => {
  const hello = dtlsRecords(clientHelloMessage({ ...HELLO, cookie: Buffer.alloc(0) }))[0] as Buffer;

  test('hellos and encrypted records do', () => {
    expect(looksLikeDtls(hello, 0, hello.length)).toBe(true);
    expect(looksLikeDtls(dtlsRecord(23, Buffer.alloc(40), 0xfefd, 7, 1), 0, 53)).toBe(true);
  });

  test.each([
    ['a cut one', hello.subarray(0, 30)],
    ['another version', Buffer.from(hello.with(1, 3))],
    ['data before any key', dtlsRecord(23, Buffer.alloc(40))],
    ['a record that something else follows', Buffer.concat([hello, Buffer.alloc(5, 0xff)])],
    ['zeros', Buffer.alloc(200)],
  ])('%s does not', (_name, bytes) => {
    expect(looksLikeDtls(bytes, 0, bytes.length)).toBe(false);
  });
});

class Talk {
  readonly flow = new RecordedFlow();
  readonly budget = new MemoryBudget(1024 * 1024);
  readonly conversation = new DtlsConversation(this.flow, this.budget);
  #frame = 0;

  get record(): Tls | undefined {
    return this.flow.of<Tls>('tls')[0];
  }

  send(fromClient: boolean, bytes: Buffer): boolean {
    this.#frame += 1;
    const packet = Buffer.concat([Buffer.alloc(7, 0x17), bytes, Buffer.alloc(5, 0x16)]);
    const wants = this.conversation.data(fromClient, packet, 7, 7 + bytes.length, markOf(this.#frame));
    packet.fill(0);
    return wants;
  }

  all(fromClient: boolean, datagrams: readonly Buffer[]): void {
    for (const datagram of datagrams) this.send(fromClient, datagram);
  }
}
