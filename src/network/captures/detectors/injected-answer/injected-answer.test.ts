import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingDraft } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import { anomaly, packet, quantumInsert } from '../../testing/anomalies.js';
import { frame, momentAt } from '../../testing/traffic.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './injected-answer.js';

const find = (...records: PacketAnomaly[]): readonly FindingDraft[] => detect(detector, records);

/** Two packets that look like one sender's. */
const plain = (part: Partial<PacketAnomaly> = {}): PacketAnomaly =>
  anomaly({
    packets: [packet({ frame: 5, payloadBytes: 4 }), packet({ frame: 6, payloadBytes: 4 })],
    overlapBytes: 4,
    differingBytes: 4,
    excerpts: ['GOOD', 'EVIL'],
    overlapExcerpts: ['GOOD', 'EVIL'],
    ...part,
  });

describe('captures/injected-answer', () => {
  it('tells the shape of Quantum Insert with high severity, its values and both packets', () => {
    const [found, ...others] = find(quantumInsert());

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      confidence: 'high',
      shows: 'attempt',
      details: {
        level: 'injection',
        device: '192.168.43.17',
        host: 'www.example',
        connections: 1,
        conflict: {
          frame: 9,
          against: 5,
          injectedFrame: 5,
          ttlInjected: 64,
          ttlReal: 54,
          ipIdInjected: 1,
          ipIdReal: 40_000,
          dontFragmentInjected: false,
          dontFragmentReal: true,
          windowInjected: 8_192,
          windowReal: 235,
          delayMilliseconds: 32.6,
          location: 'http://other.example/a',
          times: 1,
        },
      },
      evidence: [frame(5), frame(9)],
    });
    expect(found?.variant).toBeUndefined();
    expect(found?.reasons?.map(({ code }) => code)).toEqual([
      'id-one',
      'ttl',
      'df',
      'window',
      'location',
      'http',
    ]);
  });

  it('argues from the headers which packet is the injected one, whatever the order', () => {
    const record = quantumInsert();
    const [injected, real] = record.packets;
    const [found] = find({
      ...record,
      packets: [
        { ...(real as (typeof record.packets)[0]), frame: 5, at: momentAt(0) },
        { ...(injected as (typeof record.packets)[0]), frame: 9, at: momentAt(0.01) },
      ],
      excerpts: record.excerpts.toReversed(),
      overlapExcerpts: record.overlapExcerpts.toReversed(),
    });

    expect(found?.details?.conflict).toMatchObject({
      frame: 9,
      against: 5,
      injectedFrame: 9,
      ttlInjected: 64,
      location: 'http://other.example/a',
      delayMilliseconds: 10,
    });
  });

  it('knows the echo of the own identification, with the time to live of the server', () => {
    const [found] = find(
      quantumInsert({
        packets: [
          packet({ frame: 5, ipId: 700, tcpFlags: 0x19, window: 16_384, payloadBytes: 300 }),
          packet({ frame: 9, ipId: 41_000, window: 16_000 }),
        ],
      }),
    );

    expect(found).toMatchObject({ severity: 'high', details: { conflict: { signs: ['id-echo', 'fin'] } } });
    // An identification of 0 is no echo: much is sent with it.
    const zeros = quantumInsert({
      clientIpId: 0,
      packets: [packet({ ipId: 0 }), packet({ frame: 9, ipId: 3 })],
    });
    expect(find(zeros)).toMatchObject([{ details: { conflict: { signs: [] } } }]);
  });

  it('is sure with two signs, and less so with one', () => {
    const one = quantumInsert({ packets: [packet({ ttl: 55 }), packet({ frame: 9 })] });

    expect(find(one)).toMatchObject([{ severity: 'high', confidence: 'medium' }]);
  });

  it('is of medium weight without HTTP, or towards the server', () => {
    const withoutHttp = quantumInsert({ request: null, excerpts: ['abcdefgh', 'ijklmnop'] });

    expect(find(withoutHttp)).toMatchObject([{ severity: 'medium', variant: 'contradiction' }]);
    expect(find(quantumInsert({ fromServer: false }))).toMatchObject([
      { severity: 'medium', variant: 'contradiction', details: { conflict: { location: null } } },
    ]);
  });

  it('is a retransmission that went wrong without a sign', () => {
    expect(find(plain())).toMatchObject([
      {
        severity: 'low',
        confidence: 'low',
        shows: 'oddity',
        variant: 'inconsistency',
        details: { conflict: { frame: 6, against: 5, injectedFrame: null, overlapBytes: 4, signs: [] } },
      },
    ]);
    // The same identification in both, windows that only change, and a late FIN are no signs.
    expect(
      find(
        plain({
          packets: [packet({ ipId: 1, window: 900 }), packet({ frame: 6, ipId: 1, window: 300 })],
        }),
        plain({
          clientPort: 50_001,
          packets: [
            packet({ frame: 15, tcpFlags: 0x19, payloadBytes: 300 }),
            packet({ frame: 16, sequence: 1_010, payloadBytes: 100 }),
          ],
        }),
      ),
    ).toMatchObject([{ severity: 'low', details: { conflicts: [{ signs: [] }, { signs: [] }] } }]);
  });

  it('tells two different answers whose headers are alike, and not one that was repeated wrongly', () => {
    const alike = { packets: [packet({ frame: 5 }), packet({ frame: 9 })] };
    const [found] = find(quantumInsert(alike));

    expect(found).toMatchObject({
      severity: 'medium',
      confidence: 'low',
      shows: 'oddity',
      variant: 'answers',
      reasons: [{ code: 'location-either' }],
      details: { level: 'answers', conflict: { injectedFrame: null, location: 'http://other.example/a' } },
    });
    const answer = (status: string): string => `HTTP/1.1 ${status}\r\nDate: x\r\n\r\n`;
    const level = (one: string, other: string, second = {}): unknown =>
      find(
        quantumInsert({
          packets: [packet({ frame: 5 }), packet({ frame: 9, ...second })],
          excerpts: [one, other],
        }),
      )[0]?.details?.level;
    expect(level(answer('200 OK'), answer('404 Not Found'))).toBe('answers');
    expect(level(answer('200 OK'), answer('200 OK').replace('x', 'y'))).toBe('inconsistency');
    expect(level(answer('200 OK'), answer('404 Not Found'), { sequence: 7 })).toBe('inconsistency');
    expect(level('GOOD', 'EVIL')).toBe('inconsistency');
  });

  it('leaves out keep-alives and padding, and takes short overlaps of text', () => {
    const short = (one: string, other: string): PacketAnomaly =>
      plain({
        overlapBytes: one.length,
        differingBytes: 1,
        excerpts: [one, other],
        overlapExcerpts: [one, other],
      });

    expect(find(short('\x17', '\xdb'))).toEqual([]);
    expect(find(short('a', 'b'))).toEqual([]);
    expect(find(short('\x17\x03', 'ab'))).toEqual([]);
    expect(find(short('\0\0\0\0\0\0', 'abcdef'))).toEqual([]);
    expect(find(plain({ differingBytes: 0 }))).toEqual([]);
    expect(find(short('OOD', 'XXX'))).toHaveLength(1);
  });

  it('counts repetitions of one contradiction once', () => {
    const again = quantumInsert();
    const [injected] = again.packets;
    const findings = find(again, {
      ...again,
      at: momentAt(0.4),
      source: frame(14),
      packets: [injected as (typeof again.packets)[0], packet({ frame: 14, at: momentAt(0.4) })],
    });

    expect(findings).toHaveLength(1);
    expect(findings[0]?.details?.conflicts).toMatchObject([{ frame: 9, times: 2 }]);
    expect(findings[0]?.evidence).toEqual([frame(5), frame(9), frame(14)]);
  });

  it('makes one finding of many connections to one host, and one for each other host', () => {
    const many = Array.from({ length: 20 }, (_, index) => quantumInsert({ clientPort: 50_000 + index }));
    const findings = find(
      ...many,
      quantumInsert({ clientPort: 60_000, request: 'GET http://news.example/' }),
    );

    expect(findings.map(({ details }) => [details?.host, details?.connections])).toEqual([
      ['news.example', 1],
      ['www.example', 20],
    ]);
  });

  it('says that the server went on after its end', () => {
    const end = anomaly({
      anomaly: 'data-after-end',
      packets: [packet({ frame: 5 }), packet({ frame: 11, at: momentAt(1) })],
    });

    expect(find(quantumInsert(), end)[0]).toMatchObject({
      details: { dataAfterEnd: 1 },
      evidence: [frame(5), frame(9), frame(11)],
    });
    expect(find(end)).toEqual([]);
    expect(find(quantumInsert(), { ...end, fromServer: false })[0]?.details?.dataAfterEnd).toBe(0);
  });

  it('repeats what a log says, with its reserve', () => {
    const stated = (part: Partial<PacketAnomaly>): PacketAnomaly =>
      anomaly({
        statedBy: 'suricata',
        source: { evidence: 'e1', path: 'eve.json', locator: 'line 4' },
        ...part,
      });

    expect(find(stated({}))).toMatchObject([
      { severity: 'low', confidence: 'low', variant: 'stated', details: { statedBy: 'suricata' } },
    ]);
    expect(
      find(stated({ statedBy: 'zeek', overlapExcerpts: ['HTTP/1.1 200 OK', 'HTTP/1.1 302 Found'] })),
    ).toMatchObject([{ severity: 'medium' }]);
    expect(find(stated({ overlapExcerpts: ['\0', 'a'] }))).toEqual([]);
  });

  it('keeps pieces of evidence apart and finds the same in any order', () => {
    const records = [
      quantumInsert(),
      quantumInsert({ source: frame(9, 'capture.pcap', 'e2') }),
      plain({ clientPort: 50_003 }),
      anomaly({ anomaly: 'data-after-end', packets: [packet({ frame: 5 }), packet({ frame: 11 })] }),
      anomaly({ statedBy: 'zeek', source: { evidence: 'e3', path: 'conn.log', locator: 'line 2' } }),
    ];
    const expected = detect(detector, records);

    expect(expected.map(({ details }) => details?.level)).toEqual([
      'injection',
      'injection',
      'stated',
      'inconsistency',
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(detect(detector, shuffled)).toEqual(expected);
      }),
    );
  });

  it('does not grow without end, and says so', () => {
    const records = Array.from({ length: 8_000 }, (_, index) =>
      quantumInsert({
        clientPort: index,
        request: `GET http://h${index}.example/`,
        source: frame(index + 1),
      }),
    );
    const findings = detect(detector, records);

    expect(findings).toHaveLength(50);
    expect(findings[0]?.details?.leftOut).toBeGreaterThan(5_000);
  });

  it('bears records that say little', () => {
    const nothing = {
      frame: null,
      at: null,
      ttl: null,
      ipId: null,
      dontFragment: null,
      tcpFlags: null,
      sequence: null,
      acknowledgement: null,
      window: null,
      optionsBytes: null,
      payloadBytes: null,
    };

    expect(find(anomaly({}))).toEqual([]);
    expect(find(plain({ packets: [packet()] }))).toEqual([]);
    expect(
      find(plain({ at: null, clientAddress: null, serverAddress: null, packets: [nothing, nothing] })),
    ).toMatchObject([{ severity: 'low', details: { device: '?', host: '?' } }]);
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.nat(10), (one, other, request, overlapBytes) => {
        find(quantumInsert({ excerpts: [one, other], overlapExcerpts: [one, other], request, overlapBytes }));
      }),
    );
  });

  it('has sound texts', () => {
    const [found] = find(quantumInsert());
    const values = Object.assign({}, found?.reasons?.[0]?.values, found?.values, { statedBy: 'Zeek' });
    for (const count of [0, 1, 3])
      for (const direction of ['server', 'client', 'unknown'])
        for (const choice of ['yes', 'no'])
          expectSoundTexts(
            { es, en },
            {
              ...values,
              ...{ conflicts: count, connections: count, overlapBytes: count, leftOut: count, direction },
              ...{ hasLocation: choice, hasDelay: choice, order: choice === 'yes' ? 'first' : 'second' },
            },
          );
    expect(renderTexts('es', es, values).explanation).toContain(
      'El paquete 9 y el paquete 5 ocupan el mismo lugar de la conversación y no dicen lo mismo: se superponen en 75 bytes. Entre uno y otro pasaron 32.6 ms.',
    );
  });
});
