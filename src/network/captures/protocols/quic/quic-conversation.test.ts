import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cryptoFrame,
  type InitialParts,
  quicInitial,
} from '../../../../../fixtures/captures/quic-initial.js';
import { clientHelloMessage, serverHelloMessage } from '../../../../../fixtures/captures/tls-hello.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { MemoryBudget } from '../memory-budget.js';
import { markOf, RecordedFlow } from '../testing/recorded-flow.js';
import { looksLikeQuic, QuicConversation } from './quic-conversation.js';

const FIRST_ID = Buffer.from('8394c8f03e515708', 'hex');
const SERVER_ID = Buffer.from('f067a5502a4262b5', 'hex');
const HELLO = clientHelloMessage({ serverName: 'video.example', alpn: ['h3'], sessionId: Buffer.alloc(0) });
const ANSWER = serverHelloMessage();
const VERSION_2 = 0x6b3343cf;
const PING = Buffer.of(1);
/** Largest 300, delay, one more range, first range, gap, range. */
const ACK = Buffer.from('02412c0001000001', 'hex');

describe('conversations of QUIC', () => {
  test('without room for its hello it says nothing, and does not fail', () => {
    const talk = new Talk();
    talk.budget.take(1024 * 1024);
    talk.client(initial({ frames: [cryptoFrame(0, HELLO)] }));
    talk.client(initial({ frames: [cryptoFrame(0, HELLO)] }));
    talk.conversation.end(null);
    expect(talk.flow.records).toEqual([]);
    expect(talk.budget.taken).toBe(1024 * 1024);
  });

  test('hello and answer of version 1', () => {
    const talk = new Talk();
    expect(talk.client(initial({ frames: [cryptoFrame(0, HELLO)] }))).toBe(true);
    expect(talk.flow.records).toEqual([]);
    expect(talk.server(answer({ frames: [ACK, cryptoFrame(0, ANSWER)] }))).toBe(false);
    expect(talk.record).toMatchObject({
      carrier: 'quic',
      quicVersion: '1',
      version: 'TLS 1.3',
      serverName: 'video.example',
      alpn: ['h3'],
      cipher: '0x1301',
      hellos: [{ frame: 1, ja4: expect.stringMatching(/^q13d0506h3_/) }],
      serverHelloFrame: 2,
      source: { locator: 'frame 1' },
    });
    expect(talk.flow.applicationName).toBe('quic');
    expect(talk.flow.names).toEqual(['video.example']);
    expect(talk.client(Buffer.alloc(100, 0x41))).toBe(false);
    expect(talk.budget.taken).toBe(0);
  });

  test.each([
    [VERSION_2, '2'],
    [0xff00001d, 'draft-29'],
  ])('version %i is read too', (version, quicVersion) => {
    const talk = new Talk();
    talk.client(initial({ version, frames: [cryptoFrame(0, HELLO)] }));
    talk.server(answer({ version, frames: [cryptoFrame(0, ANSWER)] }));
    expect(talk.record).toMatchObject({ quicVersion, serverName: 'video.example', version: 'TLS 1.3' });
  });

  test('an answer in another version counts', () => {
    const talk = new Talk();
    talk.client(initial({ frames: [cryptoFrame(0, HELLO)] }));
    talk.server(answer({ version: VERSION_2, frames: [cryptoFrame(0, ANSWER)] }));
    expect(talk.record).toMatchObject({ quicVersion: '2', serverName: 'video.example' });
  });

  test('a hello in pieces, out of order, over several packets, with other frames between', () => {
    const talk = new Talk();
    const hello = clientHelloMessage({ serverName: 'video.example', paddingBytes: 1_500 });
    const piece = (from: number, to: number): Buffer => cryptoFrame(from, hello.subarray(from, to));
    talk.client(
      initial({ packetNumber: 1, frames: [piece(900, 1_400), PING, piece(0, 40)], sourceId: SERVER_ID }),
      4,
    );
    talk.client(initial({ packetNumber: 3, frames: [Buffer.alloc(9), piece(1_200, hello.length)] }), 5);
    expect(talk.flow.names).toEqual([]);
    talk.client(initial({ packetNumber: 2, frames: [piece(30, 950)] }), 6);
    expect(talk.flow.names).toEqual(['video.example']);
    talk.conversation.end(null);
    expect(talk.record).toMatchObject({ version: null, hellos: [{ frame: 4 }], isResumed: null });
    expect(talk.budget.taken).toBe(0);
  });

  test('after a Retry the keys come from the id the server gave', () => {
    const talk = new Talk();
    talk.client(initial({ frames: [cryptoFrame(0, HELLO)] }));
    const retry = Buffer.concat([
      Buffer.from('f00000000100', 'hex'),
      Buffer.of(8),
      SERVER_ID,
      Buffer.alloc(40, 0x33),
    ]);
    expect(talk.server(retry)).toBe(true);
    talk.client(
      initial({ firstId: SERVER_ID, token: Buffer.alloc(24, 0x33), frames: [cryptoFrame(0, HELLO)] }),
    );
    talk.server(answer({ firstId: SERVER_ID, frames: [cryptoFrame(0, ANSWER)] }));
    expect(talk.record?.version).toBe('TLS 1.3');
    expect(talk.record?.hellos).toHaveLength(1);
  });

  test('a HelloRetryRequest brings a second hello', () => {
    const talk = new Talk();
    const second = clientHelloMessage({ serverName: 'video.example', groups: [0x17], alpn: ['h3'] });
    const retry = serverHelloMessage({ isRetry: true });
    talk.client(initial({ frames: [cryptoFrame(0, HELLO)] }), 1);
    talk.server(answer({ frames: [cryptoFrame(0, retry)] }), 2);
    // From now on the client writes to the id the server chose; the keys stay.
    const next = { destinationId: SERVER_ID, packetNumber: 1, frames: [cryptoFrame(HELLO.length, second)] };
    talk.client(initial(next), 3);
    talk.server(answer({ packetNumber: 1, frames: [cryptoFrame(retry.length, ANSWER)] }), 4);
    expect(talk.record?.hellos.map(({ frame }) => frame)).toEqual([1, 3]);
    expect(talk.record?.serverHelloFrame).toBe(4);
  });

  test('packets of one datagram are read one after the other', () => {
    const talk = new Talk();
    talk.client(
      Buffer.concat([
        initial({ frames: [cryptoFrame(0, HELLO.subarray(0, 100))], contentBytes: 300 }),
        initial({ packetNumber: 1, frames: [cryptoFrame(100, HELLO.subarray(100))], contentBytes: 300 }),
        Buffer.alloc(600),
      ]),
    );
    expect(talk.flow.names).toEqual(['video.example']);
  });

  test('an answer without its question, and packets of unknown versions, give a name and no record', () => {
    const talk = new Talk();
    talk.server(answer({ frames: [cryptoFrame(0, ANSWER)] }));
    talk.client(Buffer.concat([Buffer.from('cababababa08', 'hex'), Buffer.alloc(1_300, 7)]));
    talk.server(Buffer.from('80000000000008f067a5502a4262b500000001', 'hex'));
    talk.conversation.end(null);
    expect(talk.flow.records).toEqual([]);
    expect(talk.flow.applicationName).toBe('quic');
  });

  test('no more than 64 packets are opened', () => {
    const talk = new Talk();
    let packets = 0;
    while (packets < 1_000 && talk.client(initial({ packetNumber: packets, frames: [PING] }))) packets += 1;
    expect(packets).toBe(63);
    expect(talk.flow.records).toEqual([]);
  });

  test('offsets beyond 64 KiB are left alone', () => {
    const talk = new Talk();
    talk.client(initial({ frames: [cryptoFrame(1 << 28, HELLO), cryptoFrame(0, HELLO)] }));
    expect(talk.flow.names).toEqual(['video.example']);
    expect(talk.budget.taken).toBeLessThan(5_000);
  });

  test('any bytes and any frames: no throw, at most one record, all memory given back', () => {
    const good = [initial({ frames: [cryptoFrame(0, HELLO)] }), answer({ frames: [cryptoFrame(0, ANSWER)] })];
    const datagram = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom<Uint8Array>(...good),
      fc.uint8Array({ maxLength: 400 }).map((frames) => initial({ frames: [frames] })),
      fc
        .array(fc.tuple(fc.nat(70_000), fc.uint8Array({ maxLength: 30 })), { maxLength: 20 })
        .map((frames) => initial({ frames: frames.map(([offset, bytes]) => cryptoFrame(offset, bytes)) })),
      fc
        .tuple(fc.constantFrom<Uint8Array>(...good), fc.nat(60), fc.nat(255))
        .map(([bytes, at, value]) => bytes.with(at, value)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), datagram), { maxLength: 8 }), (datagrams) => {
        const talk = new Talk();
        for (const [fromClient, bytes] of datagrams) talk.send(fromClient, Buffer.from(bytes), 1);
        talk.conversation.end(null);
        expect(talk.flow.records.length).toBeLessThanOrEqual(1);
        expect(talk.budget.taken).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what looks like QUIC', () => {
  test.each([
    ['a first packet', initial({ frames: [PING] })],
    ['a first packet that the capture cut', initial({ frames: [PING] }).subarray(0, 90)],
    ['a version for nothing', Buffer.concat([Buffer.from('cababababa08', 'hex'), Buffer.alloc(1_300, 7)])],
    ['an offer of versions', Buffer.from('80000000000008f067a5502a4262b500000001', 'hex')],
  ])('%s does', (_name, bytes) => {
    expect(looksLikeQuic(bytes, 0, bytes.length)).toBe(true);
  });

  test.each([
    ['a short packet', Buffer.alloc(1_300, 0x41)],
    ['an unknown version', Buffer.concat([Buffer.from('c01234567808', 'hex'), Buffer.alloc(1_300, 7)])],
    ['an id that is too long', Buffer.concat([Buffer.from('c000000001ff', 'hex'), Buffer.alloc(1_300, 7)])],
    [
      'a version for nothing in a small packet',
      Buffer.concat([Buffer.from('cababababa08', 'hex'), Buffer.alloc(99, 7)]),
    ],
    ['an offer of nothing', Buffer.from('80000000000008f067a5502a4262b5', 'hex')],
    ['a question to DNS', Buffer.from('c0000100000100000000000003777777076578616d706c650000010001', 'hex')],
    ['nothing', Buffer.alloc(0)],
  ])('%s does not', (_name, bytes) => {
    expect(looksLikeQuic(bytes, 0, bytes.length)).toBe(false);
  });
});

function initial(parts: Omit<InitialParts, 'firstId'> & { readonly firstId?: Uint8Array }): Buffer {
  return quicInitial({ firstId: FIRST_ID, ...parts });
}

function answer(parts: Omit<InitialParts, 'firstId'> & { readonly firstId?: Uint8Array }): Buffer {
  return initial({ fromServer: true, destinationId: Buffer.alloc(0), sourceId: SERVER_ID, ...parts });
}

class Talk {
  readonly flow = new RecordedFlow();
  readonly budget = new MemoryBudget(1024 * 1024);
  readonly conversation = new QuicConversation(this.flow, this.budget);

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
    const packet = Buffer.concat([Buffer.alloc(7, 0xc3), bytes, Buffer.alloc(5, 0xc3)]);
    const wants = this.conversation.data(fromClient, packet, 7, 7 + bytes.length, markOf(frame));
    packet.fill(0);
    return wants;
  }
}
