import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dnsMessage } from '../../../../../fixtures/captures/conversation.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import { MemoryBudget } from '../memory-budget.js';
import { markOf, RecordedFlow } from '../testing/recorded-flow.js';
import { DnsConversation, type DnsService } from './dns-conversation.js';

describe('a conversation of DNS', () => {
  it('puts a question and its answer together', () => {
    const { flow, dns } = talk([
      [true, dnsMessage({ id: 7, name: 'News.example' })],
      [false, dnsMessage({ id: 7, name: 'news.example', answers: ['192.0.2.80', '192.0.2.81'] })],
    ]);

    expect(dns).toEqual([
      {
        kind: 'dns',
        at: '2026-01-02T03:04:05.001000Z',
        source: { evidence: 'e1', path: 'a.pcap', locator: 'frame 1' },
        transport: 'udp',
        clientAddress: '192.168.1.20',
        clientPort: 40_000,
        serverAddress: '192.168.1.1',
        serverPort: 53,
        service: 'dns',
        transactionId: 7,
        name: 'News.example',
        type: 'A',
        responseCode: 'NOERROR',
        isQuerySeen: true,
        answeredAt: '2026-01-02T03:04:05.002000Z',
        answerFrame: 2,
        answers: [
          { name: 'news.example', type: 'A', ttlSeconds: 300, data: '192.0.2.80' },
          { name: 'news.example', type: 'A', ttlSeconds: 300, data: '192.0.2.81' },
        ],
      },
    ]);
    expect(flow.applicationName).toBe('dns');
    expect(flow.of('packet-anomaly')).toEqual([]);
  });

  it('tells of a question without an answer at the end, once however often it was repeated', () => {
    const { dns } = talk([
      [true, dnsMessage({ id: 7, name: 'news.example' })],
      [true, dnsMessage({ id: 7, name: 'news.example' })],
    ]);

    expect(dns).toMatchObject([
      { name: 'news.example', responseCode: null, isQuerySeen: true, answeredAt: null, answers: [] },
    ]);
  });

  it('tells the same number after a minute from a repetition', () => {
    const { dns } = talk([
      [true, dnsMessage({ id: 7, name: 'news.example' }), 0],
      [true, dnsMessage({ id: 7, name: 'news.example' }), 61_000],
    ]);

    expect(dns.map(({ source }) => source.locator)).toEqual(['frame 1', 'frame 2']);
  });

  it('tells of an answer without a question, with the asker as the client', () => {
    const { dns } = talk([[true, dnsMessage({ id: 7, name: 'news.example', answers: ['192.0.2.80'] })]]);

    expect(dns).toMatchObject([
      {
        isQuerySeen: false,
        clientAddress: '192.168.1.1',
        clientPort: 53,
        serverAddress: '192.168.1.20',
        answerFrame: 1,
        responseCode: 'NOERROR',
      },
    ]);
  });

  it('matches an error without a question by its number', () => {
    const refused = Buffer.alloc(12);
    refused.writeUInt16BE(7, 0);
    refused.writeUInt16BE(0x8185, 2);
    const { dns } = talk([
      [true, dnsMessage({ id: 7, name: 'news.example' })],
      [false, refused],
    ]);

    expect(dns).toMatchObject([{ name: 'news.example', responseCode: 'REFUSED', isQuerySeen: true }]);
  });

  it('holds a bounded number of questions and tells the oldest first', () => {
    const questions = Array.from(
      { length: 1000 },
      (_, id) => [true, dnsMessage({ id, name: `n${id}.example` }), 1] as const,
    );
    const { flow, conversation } = begin();
    questions.forEach(([fromClient, bytes], index) => {
      conversation.data(fromClient, bytes, 0, bytes.length, markOf(index + 1));
    });

    expect(flow.records.length).toBeGreaterThanOrEqual(1000 - 256);
    expect(flow.records[0]).toMatchObject({ name: 'n0.example' });
    conversation.end(null);
    expect(flow.records).toHaveLength(1000);
  });

  it('takes a datagram that is something else for nothing', () => {
    const { flow } = talk([[true, Buffer.from('\x01\x00\x00\x00 anything that is not a message')]]);

    expect(flow.records).toEqual([]);
    expect(flow.applicationName).toBeNull();
  });
});

describe('two answers to one question', () => {
  const question = [true, dnsMessage({ id: 7, name: 'news.example' })] as const;
  const answer = (addresses: readonly string[], responseCode = 0) =>
    dnsMessage({ id: 7, name: 'news.example', answers: addresses, responseCode });

  it('are a race when their addresses differ', () => {
    const { anomalies, dns } = talk([
      question,
      [false, answer(['203.0.113.9'])],
      [false, answer(['192.0.2.80'])],
    ]);

    expect(anomalies).toMatchObject([
      {
        anomaly: 'dns-race',
        name: 'news.example',
        answers: [['203.0.113.9'], ['192.0.2.80']],
        packets: [{ frame: 2 }, { frame: 3 }],
        source: { locator: 'frame 3' },
        clientAddress: '192.168.1.20',
        fromServer: true,
      },
    ]);
    expect(anomalies[0]?.excerpts).toHaveLength(2);
    expect(dns.map(({ answerFrame, at }) => [answerFrame, at])).toEqual([
      [2, '2026-01-02T03:04:05.001000Z'],
      [3, '2026-01-02T03:04:05.001000Z'],
    ]);
  });

  it('are a race when one says that there is no such name', () => {
    expect(talk([question, [false, answer([], 3)], [false, answer(['192.0.2.80'])]]).anomalies).toMatchObject(
      [{ answers: [[], ['192.0.2.80']] }],
    );
    expect(talk([question, [false, answer(['192.0.2.80'])], [false, answer([], 3)]]).anomalies).toMatchObject(
      [{ answers: [['192.0.2.80'], []] }],
    );
  });

  it('are none when the same addresses come in another order, or the same answer again', () => {
    const { anomalies, dns } = talk([
      question,
      [false, answer(['192.0.2.80', '192.0.2.81'])],
      [false, answer(['192.0.2.81', '192.0.2.80'])],
      [false, answer(['192.0.2.80', '192.0.2.81'])],
    ]);

    expect(anomalies).toEqual([]);
    expect(dns).toHaveLength(1);
  });

  it('are none when the question was asked twice', () => {
    const { anomalies } = talk([
      question,
      question,
      [false, answer(['192.0.2.80'])],
      [false, answer(['192.0.2.90'])],
    ]);

    expect(anomalies).toEqual([]);
  });

  it('are none when more than a second lies between them, or one is empty', () => {
    expect(
      talk([
        [...question, 0],
        [false, answer(['192.0.2.80']), 10],
        [false, answer(['192.0.2.90']), 1020],
      ]).anomalies,
    ).toEqual([]);
    expect(talk([question, [false, answer([])], [false, answer(['192.0.2.90'])]]).anomalies).toEqual([]);
  });
});

describe('mDNS and LLMNR', () => {
  it('goes on telling what is announced when there are very many, and gives all memory back', () => {
    const budget = new MemoryBudget(1_000_000);
    const flow = new RecordedFlow();
    const conversation = new DnsConversation(flow, 'mdns', false, budget);
    for (let index = 0; index < 2_000; index += 1) {
      const bytes = dnsMessage({ id: 0, name: `device-${index}.local`, type: 'PTR' });
      conversation.data(true, bytes, 0, bytes.length, markOf(index + 1));
    }
    expect(flow.records).toHaveLength(2_000);
    expect(budget.taken).toBeLessThan(100_000);
    conversation.end(null);
    expect(budget.taken).toBe(0);
  });

  it.each([
    ['dns', false],
    ['dns', true],
  ] as const)(
    'without room for anything it tells each question and answer by itself (%s, %s)',
    (service, isStream) => {
      const flow = new RecordedFlow();
      const conversation = new DnsConversation(flow, service, isStream, new MemoryBudget(10));
      const message = dnsMessage({ id: 7, name: 'news.example' });
      const length = Buffer.from([message.length >> 8, message.length & 255]);
      const bytes = isStream ? Buffer.concat([length, message]) : message;
      conversation.data(true, bytes, 0, bytes.length, markOf(1));
      // Cut in two: there is nowhere to keep the first part.
      if (isStream) {
        conversation.data(true, bytes, 0, 9, markOf(2));
        conversation.data(true, bytes, 9, bytes.length, markOf(3));
      }
      conversation.end(null);
      expect(flow.records).toMatchObject([{ name: 'news.example' }]);
    },
  );

  it('tells each question of mDNS once, and each name that is announced', () => {
    const two = Buffer.concat([
      dnsMessage({ id: 0, name: '_ipp._tcp.local', type: 'PTR' }),
      dnsMessage({ id: 0, name: '_http._tcp.local', type: 'PTR' }).subarray(12),
    ]);
    two.writeUInt16BE(2, 4);
    const announced = dnsMessage({
      name: 'x',
      answers: [
        { name: 'printer.local', data: '192.168.1.9' },
        { name: 'printer.local', data: 'fe80::1' },
        { name: 'office.local', data: '192.168.1.8' },
      ],
    });
    const { dns, flow } = talk(
      [
        [true, two],
        [true, two],
        [true, announced],
        [true, announced],
      ],
      'mdns',
    );

    expect(dns.map(({ name, isQuerySeen, answers }) => [name, isQuerySeen, answers.length])).toEqual([
      ['_ipp._tcp.local', true, 0],
      ['_http._tcp.local', true, 0],
      ['printer.local', false, 2],
      ['office.local', false, 1],
    ]);
    expect(dns[2]).toMatchObject({ serverAddress: '192.168.1.20', transactionId: null, type: 'A' });
    expect(flow.applicationName).toBe('mdns');
  });

  it('reads LLMNR as DNS', () => {
    expect(talk([[true, dnsMessage({ id: 9, name: 'wpad' })]], 'llmnr').dns).toMatchObject([
      { service: 'llmnr', name: 'wpad', transactionId: 9 },
    ]);
  });
});

describe('DNS over TCP', () => {
  const stream = Buffer.concat(
    [
      dnsMessage({ id: 1, name: 'a.example' }),
      dnsMessage({ id: 2, name: `${'long'.repeat(15)}.example` }),
      dnsMessage({ id: 3, name: 'c.example', type: 'TXT' }),
    ].flatMap((message) => [Buffer.from([message.length >> 8, message.length & 0xff]), message]),
  );

  it('gives the same however it is cut into segments', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (lengths) => {
        const { flow, conversation } = begin('dns', true);
        let at = 0;
        for (const length of [...lengths, stream.length]) {
          const end = Math.min(stream.length, at + length);
          if (end > at) conversation.data(true, stream, at, end, markOf(1));
          at = end;
        }
        conversation.end(null);
        expect(flow.of<Dns>('dns').map(({ name, type }) => `${name} ${type}`)).toEqual([
          'a.example A',
          `${'long'.repeat(15)}.example A`,
          'c.example TXT',
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('goes on after a message of which a part is missing', () => {
    const { flow, conversation } = begin('dns', true);
    const second = 2 + stream.readUInt16BE(0);
    conversation.data(true, stream, 0, second + 10, markOf(1));
    conversation.gap(true, 20);
    conversation.data(true, stream, second + 30, stream.length, markOf(2));
    conversation.end(null);

    expect(flow.of<Dns>('dns').map(({ name }) => name)).toEqual(['a.example', 'c.example']);
  });

  it('goes on at a segment that begins with a message when the place was lost', () => {
    const { flow, conversation } = begin('dns', true);
    conversation.gap(true, 500);
    conversation.data(true, Buffer.from('rest of something'), 0, 17, markOf(1));
    conversation.data(true, stream, 0, stream.length, markOf(2));
    conversation.end(null);

    expect(flow.of('dns')).toHaveLength(3);
  });
});

describe('any bytes', () => {
  it('are read without an error', () => {
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.uint8Array({ maxLength: 60 }), fc.nat(3), fc.nat(3), fc.boolean())
        .map(([body, questions, answers, isAnswer]) => {
          const header = Buffer.from([0, 1, isAnswer ? 0x81 : 1, 0, 0, questions, 0, answers, 0, 0, 0, 0]);
          return Buffer.concat([header, body]);
        }),
    );
    const step = fc.tuple(fc.boolean(), fc.oneof(message, fc.nat(70_000)));
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 20 }),
        fc.boolean(),
        fc.constantFrom<DnsService>('dns', 'mdns', 'llmnr'),
        (steps, isStream, service) => {
          const { flow, conversation } = begin(service, isStream);
          steps.forEach(([fromClient, what], index) => {
            if (typeof what === 'number') conversation.gap(fromClient, what);
            else {
              const bytes = Buffer.from(what);
              conversation.data(fromClient, bytes, 0, bytes.length, markOf(index));
            }
          });
          conversation.end(null);
          expect(flow.records.length).toBeLessThan(500);
        },
      ),
    );
  });
});

type Step = readonly [fromClient: boolean, bytes: Buffer, milliseconds?: number];

function begin(service: DnsService = 'dns', isStream = false) {
  const flow = new RecordedFlow({
    transport: isStream ? 'tcp' : 'udp',
    clientAddress: '192.168.1.20',
    clientPort: 40_000,
    serverAddress: '192.168.1.1',
    serverPort: 53,
  });
  return { flow, conversation: new DnsConversation(flow, service, isStream) };
}

function talk(steps: readonly Step[], service: DnsService = 'dns') {
  const { flow, conversation } = begin(service);
  steps.forEach(([fromClient, bytes, milliseconds], index) => {
    conversation.data(fromClient, bytes, 0, bytes.length, markOf(index + 1, milliseconds));
  });
  conversation.end(null);
  return { flow, dns: flow.of<Dns>('dns'), anomalies: flow.of<PacketAnomaly>('packet-anomaly') };
}
