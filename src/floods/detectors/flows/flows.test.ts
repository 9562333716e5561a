import { describe, expect, it } from 'vitest';
import { netflow5, type SyntheticFlow } from '../../../../fixtures/floods/netflow.js';
import type { FindingDraft } from '../../../core/contracts.js';
import { detect, readAll } from '../../../core/testing/run.js';
import { expectSoundTexts } from '../../../core/testing/texts.js';
import { memoryEvidence } from '../../../evidence/testing/memory-source.js';
import { PacketTraffic, TrafficFacts } from '../../../records/tallies/packet-traffic.js';
import { reader as netflow } from '../../readers/netflow/netflow.js';
import { PacketScene, times, udp } from '../../testing/packet-scene.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './flows.js';

const NOON = Date.UTC(2026, 2, 2, 12);

function flow(second: number): SyntheticFlow {
  const firstMillis = NOON + second * 1_000;
  return {
    ...{ source: '192.0.2.1', destination: '203.0.113.7', protocol: 17, sourcePort: 53 },
    ...{ packets: 10, bytes: 14_000, firstMillis, lastMillis: firstMillis + 500 },
  };
}

async function exported(seconds: readonly number[], sampling?: number): Promise<PacketTraffic> {
  const bytes = netflow5(seconds.map(flow), {
    sentMillis: NOON + 600_000,
    ...(sampling ? { sampling } : {}),
  });
  const { tallies } = await readAll(netflow, await memoryEvidence('router.nf5', bytes));
  return tallies?.[0] as PacketTraffic;
}

const found = (traffic: PacketTraffic): readonly FindingDraft[] => detect(detector, [], {}, [traffic]);
const codes = (finding: FindingDraft | undefined): string[] =>
  (finding?.reasons ?? []).map(({ code }) => code);

describe('floods/flows', () => {
  it('says how much was read, of when, and what flows do not show', async () => {
    const [finding, ...others] = found(await exported([0, 60, 300]));

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'info',
      shows: 'advice',
      at: '2026-03-02T12:00:00.000000Z',
      values: {
        ...{ files: 1, flows: 3, packets: 30, megabytes: 0.1, hasTime: true },
        to: { time: '2026-03-02T12:05:00.500000Z' },
      },
      details: { bytes: 42_000, files: [{ path: 'router.nf5', flows: 3, sampling: 1 }] },
      evidence: [{ evidence: 'e1', path: 'router.nf5', locator: '' }],
    });
    expect(codes(finding)).toEqual(['compared', 'limit-content', 'limit-moments', 'limit-sources']);
    expect(JSON.stringify(finding?.details)).not.toContain('192.0.2.1');
  });

  it('says that a router looked at a part only, that files are added up, and that flows have no time', async () => {
    const both = await exported([0], 100);
    both.merge(await exported([5]));
    expect(codes(found(both)[0])).toEqual(expect.arrayContaining(['limit-sampled', 'limit-several']));
    expect(found(both)[0]?.reasons).toContainEqual({ code: 'limit-sampled', values: { sampling: 100 } });

    const undated = new PacketTraffic();
    undated.startSource({ evidence: 'e1', path: 'flows.csv', place: 'line' });
    const facts = new TrafficFacts();
    facts.flows = 1;
    facts.firstMicros = Number.NaN;
    facts.lastMicros = Number.NaN;
    undated.flow(facts);
    const [finding] = found(undated);
    expect(finding).toMatchObject({ at: null, values: { hasTime: false } });
    expect(codes(finding)).toContain('limit-undated');
  });

  it('leaves captures to their own overview', () => {
    const scene = new PacketScene();
    scene.add(times(20, () => udp('192.0.2.1', 53, '203.0.113.7', 4_444)));
    expect(found(scene.traffic)).toEqual([]);
    expect(detect(detector, [])).toEqual([]);
  });

  it('says whole sentences in both languages', () => {
    const times = { from: { time: '2026-03-02T12:00:00Z' }, to: { time: '2026-03-02T13:00:00Z' } };
    expectSoundTexts(
      { es, en },
      { ...times, files: 1, flows: 1, packets: 1, megabytes: 0.1, hasTime: true, sampling: 100, count: 1 },
      { ...times, files: 3, flows: 9, packets: 90, megabytes: 12, hasTime: false, sampling: 2, count: 4 },
    );
  });
});
