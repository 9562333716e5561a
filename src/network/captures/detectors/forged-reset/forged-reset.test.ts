import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingDraft } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import { anomaly, packet } from '../../testing/anomalies.js';
import { frame, momentAt } from '../../testing/traffic.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './forged-reset.js';

const find = (...records: PacketAnomaly[]): readonly FindingDraft[] => detect(detector, records);

const reset = (signs: PacketAnomaly['signs'], number = 2, part: Partial<PacketAnomaly> = {}): PacketAnomaly =>
  anomaly({
    anomaly: 'reset',
    at: momentAt(number),
    packets: [
      packet({ frame: number, at: momentAt(number), tcpFlags: 0xf14, ttl: 46, sequence: 0 }),
      packet({ frame: number + 1, at: momentAt(number), tcpFlags: 0x12, ttl: 49 }),
    ],
    handshakePacket: packet({ frame: number + 1, tcpFlags: 0x12, ttl: 49 }),
    signs,
    ...part,
  });

describe('captures/forged-reset', () => {
  it('is sure of a reset with several signs that comes before the true answer', () => {
    const [found, ...others] = find(reset(['before-syn-ack', 'reserved-bits', 'ttl-differs']));

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'medium',
      confidence: 'high',
      shows: 'oddity',
      details: {
        grade: 'clear',
        device: '192.168.43.17',
        hosts: ['203.0.113.10'],
        resets: [
          {
            host: '203.0.113.10',
            signs: ['ttl-differs', 'reserved-bits', 'before-syn-ack'],
            ttl: 46,
            usualTtl: 49,
            source: 'frame 2',
          },
        ],
      },
      evidence: [frame(2), frame(3)],
    });
    expect(found?.reasons?.map(({ code }) => code)).toEqual([
      'reserved-bits',
      'before-syn-ack',
      'ttl-differs',
    ]);
  });

  it('is less sure of two signs, and least of two everyday ones', () => {
    expect(find(reset(['before-syn-ack', 'ttl-differs']))).toMatchObject([
      { severity: 'medium', confidence: 'medium', details: { grade: 'likely' } },
    ]);
    expect(find(reset(['sender-went-on', 'ttl-differs']))).toMatchObject([
      { severity: 'medium', confidence: 'low' },
    ]);
  });

  it('says little of one sign, and only mentions an everyday one', () => {
    expect(find(reset(['reserved-bits']))).toMatchObject([{ severity: 'low', confidence: 'low' }]);
    expect(find(reset(['before-syn-ack']))).toMatchObject([{ severity: 'low' }]);
    expect(find(reset(['ttl-differs']), reset(['sender-went-on'], 9))).toMatchObject([
      { severity: 'info', variant: 'context', details: { grade: 'context', device: null, count: 2 } },
    ]);
  });

  it('leaves PacketLogic to its own detector, in whatever order it comes', () => {
    const record = reset(['ttl-differs', 'sender-went-on']);
    const mark = { ...record, anomaly: 'marked-packet' as const, signs: [] };

    expect(find(record, mark)).toEqual([]);
    expect(find(mark, record)).toEqual([]);
    expect(find(record, { ...mark, packets: [packet({ frame: 70 })] })).toHaveLength(1);
  });

  it('makes one finding of all hosts of a device', () => {
    const signs: PacketAnomaly['signs'] = ['before-syn-ack', 'reserved-bits', 'ttl-differs'];
    const findings = find(
      reset(signs, 2, { request: 'GET http://b.example/' }),
      reset(signs, 9, { request: 'GET http://a.example/' }),
      reset(signs, 20, { clientAddress: '192.168.43.99' }),
    );

    expect(findings).toMatchObject([
      { details: { hosts: ['a.example', 'b.example'], count: 2 } },
      { details: { device: '192.168.43.99', count: 1 } },
    ]);
  });

  it('leaves out records without signs or packets', () => {
    expect(find(reset([]))).toEqual([]);
    expect(find(reset(['reserved-bits'], 2, { packets: [] }))).toEqual([]);
    expect(find({ ...reset(['reserved-bits']), anomaly: 'overlap-conflict' })).toEqual([]);
  });

  it('keeps pieces of evidence apart and finds the same in any order', () => {
    const records = [
      reset(['ttl-differs']),
      reset(['ttl-differs', 'reserved-bits'], 8),
      reset(['before-syn-ack', 'reserved-bits', 'ttl-differs'], 12),
      reset(['sender-went-on'], 30),
      reset(['ttl-differs'], 2, { source: frame(2, 'capture.pcap', 'e2') }),
      anomaly({ anomaly: 'marked-packet', packets: [packet({ frame: 8 })] }),
    ];
    const expected = detect(detector, records);

    expect(expected.map(({ details }) => details?.grade)).toEqual(['clear', 'context', 'context']);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(detect(detector, shuffled)).toEqual(expected);
      }),
    );
  });

  it('does not grow without end, and says so', () => {
    const records = Array.from({ length: 30_000 }, (_, number) => reset(['ttl-differs'], number + 1));
    const [found] = detect(detector, records);

    expect(found?.details?.leftOut).toBeGreaterThan(5_000);
    expect(found?.evidence).toHaveLength(100);
  });

  it('has sound texts', () => {
    const [found] = find(reset(['before-syn-ack', 'reserved-bits', 'ttl-differs', 'sender-went-on']));
    const values = Object.assign({}, found?.reasons?.[0]?.values, found?.values);
    for (const count of [0, 1, 7])
      for (const isSure of ['yes', 'no'])
        expectSoundTexts(
          { es, en },
          { ...values, ...{ resets: count, hostCount: count, times: count, leftOut: count, isSure } },
        );
    expect(renderTexts('es', es, values).title).toBe(
      'Una conexión de 192.168.43.17 se cortó con un paquete que no parece de quien dice enviarlo',
    );
  });
});
