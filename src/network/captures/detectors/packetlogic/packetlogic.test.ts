import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingDraft } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { anomaly, packet } from '../../testing/anomalies.js';
import { flow, frame, momentAt } from '../../testing/traffic.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './packetlogic.js';

type Watched = PacketAnomaly | Flow;

const find = (...records: Watched[]): readonly FindingDraft[] => detect(detector, records);

const MARKS = { ipId: 13_330, dontFragment: false, window: 32_120, optionsBytes: 0, ttl: 237 };

const marked = (facts: Partial<PacketFacts>, part: Partial<PacketAnomaly> = {}): PacketAnomaly =>
  anomaly({
    anomaly: 'marked-packet',
    packets: [packet({ ...MARKS, ...facts })],
    handshakePacket: packet({ frame: 2, ttl: 237, tcpFlags: 0x12 }),
    request: 'GET http://www.example/',
    ...part,
  });
const redirect = (
  facts: Partial<PacketFacts> = {},
  part: Partial<PacketAnomaly> = {},
  lineEnd = '\n',
): PacketAnomaly => {
  const answer = [
    'HTTP/1.1 307 Temporary Redirect',
    'Location: http://other.example/static1.html',
    'Connection: close',
    '',
    '',
  ].join(lineEnd);
  return marked({ tcpFlags: 0x11, payloadBytes: answer.length, ...facts }, { excerpts: [answer], ...part });
};
const reset = (facts: Partial<PacketFacts> = {}, part: Partial<PacketAnomaly> = {}): PacketAnomaly =>
  marked({ tcpFlags: 0x14, payloadBytes: 0, ttl: 51, ...facts }, { excerpts: [''], ...part });

/** One connection of a test for the distance of the box, and what the box answered. */
const probe = (kind: 'end' | 'request', ttl: number, answers: boolean): Watched[] => {
  const clientPort = (kind === 'end' ? 40_000 : 41_000) + ttl;
  const number = clientPort * 10;
  const connection = flow({
    clientPort,
    serverPort: 80,
    clientTtls: [64, ttl],
    history: kind === 'end' ? 'ShAFDadf' : 'ShADr',
    serverNames: [`${kind}.example`],
    source: frame(number),
  });
  if (!answers) return [connection];
  const box = kind === 'end' ? redirect : reset;
  return [connection, box({ frame: number + 4 }, { clientPort })];
};
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('captures/packetlogic', () => {
  it('tells redirects with the whole fingerprint as certain', () => {
    const [found, ...others] = find(
      redirect(),
      redirect(
        { frame: 15, at: momentAt(4) },
        { clientPort: 50_001, request: 'GET http://b.example/' },
        '\r\n',
      ),
    );

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      confidence: 'high',
      shows: 'attempt',
      technique: 'T1659',
      details: {
        device: '192.168.43.17',
        packets: 2,
        redirects: 2,
        resets: 0,
        certain: 2,
        hosts: ['b.example', 'www.example'],
        locations: ['http://other.example/static1.html'],
        ttls: [237],
        handshakeTtls: [237],
        hop: null,
        tests: [],
      },
      evidence: [frame(5), frame(15)],
    });
    expect(found?.reasons?.map(({ code }) => code)).toEqual(['window', 'redirects', 'ttl-same']);
  });

  it('tells resets as a variant', () => {
    expect(find(reset())).toMatchObject([
      { severity: 'high', confidence: 'high', shows: 'oddity', variant: 'resets', details: { ttls: [51] } },
    ]);
  });

  it('is less sure without the window, and least of a single reset', () => {
    expect(find(redirect({ window: 500 }))).toMatchObject([{ severity: 'high', confidence: 'medium' }]);
    expect(find(reset({ window: 0 }))).toMatchObject([{ severity: 'medium', confidence: 'low' }]);
    expect(
      find(...[1, 2, 3].map((number) => reset({ window: 0, frame: number, at: momentAt(number) }))),
    ).toMatchObject([{ severity: 'high', confidence: 'medium', details: { resets: 3 } }]);
  });

  it('leaves out packets that lack a mark', () => {
    expect(find(redirect({ dontFragment: true }))).toEqual([]);
    expect(find(redirect({ optionsBytes: 12 }))).toEqual([]);
    expect(find(redirect({ ipId: 13_331 }))).toEqual([]);
    expect(find(marked({ tcpFlags: 0x11, payloadBytes: 0, window: 500 }))).toEqual([]);
    expect(find(anomaly({ anomaly: 'marked-packet' }))).toEqual([]);
    expect(find({ ...redirect(), anomaly: 'ip-id-echo' })).toEqual([]);
  });

  it('knows the addresses of the published report by their form', () => {
    const turkey = `https://word.theme.today/prg.php?a=${'0f'.repeat(32)}`;
    const codes = (location: string): readonly string[] | undefined =>
      find(
        redirect({}, { excerpts: [`HTTP/1.1 307 Temporary Redirect\nLocation: ${location}\n\n`] }),
      )[0]?.reasons?.map(({ code }) => code);

    expect(codes(turkey)).toContain('published-location');
    expect(codes('http://static.dbmads.com/static1.html')).toContain('published-location');
    expect(codes(`${turkey}0`)).not.toContain('published-location');
    expect(codes('http://evilstatic.dbmads.com/')).not.toContain('published-location');
  });

  it('says at which hop the box stands, by both tests', () => {
    const [found, ...others] = find(
      ...range(1, 19).flatMap((ttl) => probe('end', ttl, ttl < 14)),
      ...range(1, 19).flatMap((ttl) => probe('request', ttl, ttl >= 14)),
    );

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      details: {
        redirects: 13,
        resets: 6,
        hop: 14,
        nearestHop: 14,
        furthestHop: 14,
        tests: [
          { kind: 'end', answered: range(1, 13), unanswered: range(14, 19), nearest: 14, furthest: 14 },
          { kind: 'request', answered: range(14, 19), unanswered: range(1, 13), nearest: 14, furthest: 14 },
        ],
      },
    });
    expect(found?.reasons?.map(({ code }) => code)).toEqual([
      'window',
      'redirects',
      'resets',
      'ttl-differs',
      'test-end',
      'test-request',
    ]);
  });

  it('gives a range where distances are missing, and nothing where answers do not fit a distance', () => {
    const some = find(...[1, 2, 6, 9, 12, 13].flatMap((ttl) => probe('end', ttl, ttl < 8)));
    expect(some).toMatchObject([{ details: { hop: null, nearestHop: 7, furthestHop: 9 } }]);

    const mixed = find(...range(1, 10).flatMap((ttl) => probe('end', ttl, ttl % 2 === 0)));
    expect(mixed).toMatchObject([{ details: { hop: null, nearestHop: null, tests: [] } }]);

    const few = find(...[4, 5, 6].flatMap((ttl) => probe('request', ttl, ttl === 6)));
    expect(few).toMatchObject([{ details: { hop: null, tests: [] } }]);

    const disagreeing = find(
      ...range(1, 9).flatMap((ttl) => probe('end', ttl, ttl < 4)),
      ...range(1, 9).flatMap((ttl) => probe('request', ttl, ttl >= 7)),
    );
    expect(disagreeing).toMatchObject([{ details: { hop: null, nearestHop: null } }]);
    expect(disagreeing[0]?.details?.tests).toHaveLength(2);
  });

  it('says nothing of tests without marked packets', () => {
    expect(find(...range(1, 19).flatMap((ttl) => probe('end', ttl, false)))).toEqual([]);
  });

  it('keeps devices and pieces of evidence apart and finds the same in any order', () => {
    const records = [
      ...range(1, 6).flatMap((ttl) => probe('end', ttl, ttl < 4)),
      redirect({ frame: 900 }, { clientAddress: '192.168.43.99' }),
      redirect({}, { source: frame(5, 'capture.pcap', 'e2') }),
    ];
    const expected = detect(detector, records);

    expect(expected).toHaveLength(3);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(detect(detector, shuffled)).toEqual(expected);
      }),
    );
  });

  it('does not grow without end, and says so', () => {
    const records = range(1, 30_000).map((number) =>
      reset({ frame: number }, { clientAddress: `10.0.${number >> 8}.${number & 255}` }),
    );
    const findings = detect(detector, records);

    expect(findings).toHaveLength(50);
    expect(findings[0]?.details?.leftOut).toBeGreaterThan(20_000);
  });

  it('bears any text and any numbers', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.string(),
        fc.array(fc.nat(255)),
        (excerpt, request, history, clientTtls) => {
          find(redirect({}, { excerpts: [excerpt], request }), flow({ history, clientTtls }));
        },
      ),
    );
    expect(find(redirect({ ttl: null, at: null, frame: null }, { handshakePacket: null }))).toHaveLength(1);
  });

  it('has sound texts', () => {
    const [found] = find(
      ...range(1, 19).flatMap((ttl) => probe('end', ttl, ttl < 14)),
      ...range(1, 19).flatMap((ttl) => probe('request', ttl, ttl >= 14)),
    );
    const values = Object.assign({}, ...(found?.reasons ?? []).map((each) => each.values), found?.values);
    for (const count of [0, 1, 7])
      for (const place of ['unknown', 'between', 'exact'])
        expectSoundTexts(
          { es, en },
          {
            ...values,
            ...{ packets: count, redirects: count, resets: count, others: count, certain: count },
            ...{ hostCount: count, locationCount: count, leftOut: count, place },
          },
        );
    expect(renderTexts('es', es, values).explanation).toContain(
      'Según ella está en el tramo 14 del camino, contado desde donde se hizo la captura.',
    );
  });
});
