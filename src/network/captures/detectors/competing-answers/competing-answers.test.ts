import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingDraft } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { anomaly, packet } from '../../testing/anomalies.js';
import { frame, momentAt } from '../../testing/traffic.js';
import { detector } from './competing-answers.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };

const find = (...records: PacketAnomaly[]): readonly FindingDraft[] => detect(detector, records);

const synAcks = (second: Partial<PacketFacts> = {}, part: Partial<PacketAnomaly> = {}): PacketAnomaly =>
  anomaly({
    anomaly: 'competing-syn-ack',
    packets: [
      packet({ frame: 2, tcpFlags: 0x12 }),
      packet({ frame: 3, tcpFlags: 0x12, sequence: 7, ...second }),
    ],
    ...part,
  });
const race = (
  first: string[],
  second: string[],
  part: Partial<PacketAnomaly> = {},
  facts: Partial<PacketFacts> = {},
): PacketAnomaly =>
  anomaly({
    anomaly: 'dns-race',
    transport: 'udp',
    serverAddress: '203.0.113.53',
    serverPort: 53,
    packets: [packet({ frame: 2 }), packet({ frame: 3, ...facts })],
    name: 'news.example',
    answers: [first, second],
    ...part,
  });
const echo = (facts: Partial<PacketFacts> = {}, part: Partial<PacketAnomaly> = {}): PacketAnomaly =>
  anomaly({
    anomaly: 'ip-id-echo',
    packets: [packet({ frame: 6, ipId: 700, tcpFlags: 0x19, window: 16_384, ...facts })],
    handshakePacket: packet({ frame: 2 }),
    clientIpId: 700,
    clientWindow: 16_384,
    excerpts: ['HTTP/1.1 200 OK\r\n\r\n<script>'],
    request: 'GET http://www.example/',
    ...part,
  });

describe('two acceptances of one connection', () => {
  it('are of medium weight when they came by different ways', () => {
    expect(find(synAcks({ ttl: 60 }))).toMatchObject([
      {
        severity: 'medium',
        confidence: 'medium',
        shows: 'oddity',
        details: { kind: 'syn-ack', device: '192.168.43.17', host: '203.0.113.10', signs: ['ttl'] },
        reasons: [{ code: 'ttl', values: { ttlFirst: '54', ttlSecond: '60' } }],
        evidence: [frame(2), frame(3)],
      },
    ]);
    expect(find(synAcks({ dontFragment: false, optionsBytes: 0 }))[0]?.details?.signs).toEqual([
      'df',
      'options',
    ]);
  });

  it('are of little weight when they look alike', () => {
    expect(find(synAcks())).toMatchObject([{ severity: 'low', confidence: 'low', reasons: [] }]);
    expect(find(synAcks({}, { packets: [packet()] }))).toEqual([]);
  });

  it('make one finding for each host', () => {
    expect(find(synAcks({}, { clientPort: 1 }), synAcks({ frame: 9 }, { clientPort: 2 }))).toMatchObject([
      { details: { count: 2 } },
    ]);
  });
});

describe('two answers to one question', () => {
  it('are sure to contradict when one gives an address that is no server of the internet', () => {
    expect(find(race(['10.10.34.35'], ['203.0.113.80']))).toMatchObject([
      {
        severity: 'medium',
        confidence: 'high',
        variant: 'dns',
        details: {
          kind: 'dns',
          host: '203.0.113.53',
          names: ['news.example'],
          answers: [{ name: 'news.example', answers: [['10.10.34.35'], ['203.0.113.80']] }],
          signs: ['special-address'],
        },
      },
    ]);
    expect(find(race(['0.0.0.0'], ['203.0.113.80']))[0]?.confidence).toBe('high');
    // Both private: names of the own network.
    expect(find(race(['10.0.0.1'], ['192.168.1.1']))[0]?.confidence).toBe('low');
  });

  it('are less sure otherwise, and more by different headers', () => {
    expect(find(race(['198.51.100.9'], ['203.0.113.80']))).toMatchObject([
      { severity: 'medium', confidence: 'low', details: { signs: ['other-network'] } },
    ]);
    expect(find(race(['198.51.100.9'], ['203.0.113.80'], {}, { ttl: 70 }))).toMatchObject([
      { severity: 'medium', confidence: 'medium', details: { signs: ['other-network', 'ttl'] } },
    ]);
    expect(find(race([], ['203.0.113.80']))).toMatchObject([
      { severity: 'medium', confidence: 'low', details: { signs: ['no-such-name'] } },
    ]);
  });

  it('are of little weight in one network', () => {
    expect(find(race(['203.0.113.80'], ['203.0.113.81']))).toMatchObject([
      { severity: 'low', details: { signs: ['same-network'] } },
    ]);
    expect(find(race(['2001:db8::1'], ['2001:db8:9::1']))[0]?.severity).toBe('low');
  });

  it('are none when they share an address, or the name belongs to the own network', () => {
    expect(find(race(['203.0.113.80', '198.51.100.1'], ['203.0.113.80']))).toEqual([]);
    expect(find(race([], []))).toEqual([]);
    for (const name of ['printer.local', 'router', 'nas.home.arpa.', 'Box.LAN', null])
      expect(find(race(['10.0.0.1'], ['203.0.113.80'], { name }))).toEqual([]);
    expect(find(race(['10.0.0.1'], ['203.0.113.80'], { name: 'evil-local.example' }))).toHaveLength(1);
  });

  it('make one finding of all names, the clearest first', () => {
    const [found, ...others] = find(
      race(['198.51.100.9'], ['203.0.113.80'], { name: 'a.example' }),
      race(['127.0.0.1'], ['203.0.113.80'], { name: 'b.example', source: frame(9) }),
    );

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      confidence: 'high',
      details: { count: 2, names: ['a.example', 'b.example'], signs: ['special-address'] },
    });
    expect(found?.values.nameList).toEqual({ list: [{ link: 'b.example' }, { link: 'a.example' }] });
  });
});

describe('an answer made from the packet it answers', () => {
  it('is told when other things are copied as well', () => {
    expect(find(echo())).toMatchObject([
      {
        severity: 'medium',
        confidence: 'medium',
        variant: 'echo',
        details: { kind: 'echo', host: 'www.example', signs: ['echo', 'window', 'fin'] },
      },
    ]);
    expect(
      find(echo({ ttl: 60 }, { excerpts: ['HTTP/1.1 302 Found\nLocation: http://x.example/\n\n'] })),
    ).toMatchObject([
      { confidence: 'high', details: { signs: ['echo', 'window', 'fin', 'handshake-ttl', 'location'] } },
    ]);
  });

  it('is chance without them, and nothing without HTTP', () => {
    expect(find(echo({ tcpFlags: 0x18 }))).toEqual([]);
    expect(find(echo({ window: 65_535 }, { clientWindow: 65_535 }))).toEqual([]);
    expect(find(echo({ ttl: 60 }, { excerpts: ['\x16\x03\x03\x04'] }))).toEqual([]);
    expect(find(echo({}, { packets: [] }))).toEqual([]);
  });

  it('is left to the detectors that tell of the same packet, in any order', () => {
    const told = anomaly({
      anomaly: 'overlap-conflict',
      packets: [packet({ frame: 6 }), packet({ frame: 9 })],
    });

    expect(find(echo(), told)).toEqual([]);
    expect(find(told, echo())).toEqual([]);
  });
});

describe('captures/competing-answers', () => {
  it('makes nothing of data after an end, or of resets', () => {
    const packets = [packet(), packet({ frame: 9 })];
    expect(
      find(anomaly({ anomaly: 'data-after-end', packets }), anomaly({ anomaly: 'reset', packets })),
    ).toEqual([]);
  });

  it('keeps pieces of evidence apart and finds the same in any order', () => {
    const records = [
      synAcks({ ttl: 60 }),
      synAcks({}, { clientPort: 7, source: frame(30) }),
      race(['10.0.0.1'], ['203.0.113.80']),
      race(['198.51.100.9'], ['203.0.113.80'], { name: 'a.example' }),
      race(['10.0.0.1'], ['203.0.113.80'], { source: frame(3, 'capture.pcap', 'e2') }),
      echo(),
    ];
    const expected = detect(detector, records);

    expect(expected.map(({ details }) => details?.kind)).toEqual([
      'dns',
      'dns',
      'syn-ack',
      'echo',
      'syn-ack',
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(detect(detector, shuffled)).toEqual(expected);
      }),
    );
  });

  it('does not grow without end, and says so', () => {
    const records = Array.from({ length: 10_000 }, (_, number) =>
      race(['10.0.0.1'], ['203.0.113.80'], {
        clientAddress: `10.1.${number >> 8}.${number & 255}`,
        source: frame(number),
      }),
    );
    const findings = detect(detector, records);

    expect(findings).toHaveLength(50);
    expect(findings[0]?.details?.leftOut).toBeGreaterThan(5_000);
  });

  it('bears any text', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.array(fc.array(fc.string(), { maxLength: 3 }), { maxLength: 3 }),
        (name, excerpt, answers) => {
          find(race([], [], { name, answers }), echo({}, { excerpts: [excerpt], request: name }));
        },
      ),
    );
  });

  it('has sound texts', () => {
    const findings = find(
      synAcks({ ttl: 60, at: momentAt(1) }),
      race(['10.0.0.1'], ['203.0.113.80']),
      echo({ ttl: 60 }, { excerpts: ['HTTP/1.1 302 Found\nLocation: http://x.example/\n\n'] }),
    );
    const values = Object.assign(
      {},
      ...findings.flatMap(({ reasons }) => (reasons ?? []).map((each) => each.values)),
      ...findings.toReversed().map((each) => each.values),
    );
    for (const count of [0, 1, 7])
      for (const isPhysical of ['yes', 'no'])
        expectSoundTexts(
          { es, en },
          { ...values, ...{ times: count, names: count, leftOut: count, isPhysical } },
        );
    expect(renderTexts('es', es, values)['variants.dns.explanation']).toContain(
      'El dispositivo preguntó la dirección de news[.]example, y en menos de un segundo llegaron dos respuestas con direcciones distintas (10[.]0[.]0[.]1 y después 203[.]0[.]113[.]80).',
    );
  });
});
