import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipfix, netflow5, netflow9, type SyntheticFlow } from '../../../../fixtures/floods/netflow.js';
import { readAll } from '../../../core/testing/run.js';
import { expectSoundTexts } from '../../../core/testing/texts.js';
import { memoryEvidence } from '../../../evidence/testing/memory-source.js';
import { PacketTraffic } from '../../../records/tallies/packet-traffic.js';
import { wordsText } from '../../fingerprint/fingerprint.js';
import { FlowPackets } from '../../flows/flow-packets.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { reader } from './netflow.js';

const SENT = 1_767_323_045_000;
const FLOWS: readonly SyntheticFlow[] = [
  {
    source: '192.0.2.1',
    destination: '203.0.113.7',
    protocol: 17,
    sourcePort: 53,
    destinationPort: 4_444,
    packets: 10,
    bytes: 14_000,
    firstMillis: SENT - 9_000,
    lastMillis: SENT - 1_000,
  },
  {
    source: '192.0.2.2',
    destination: '203.0.113.7',
    protocol: 6,
    sourcePort: 40_000,
    destinationPort: 443,
    packets: 3,
    bytes: 180,
    tcpFlags: 0x1b,
    firstMillis: SENT - 500,
    lastMillis: SENT - 400,
  },
];
const FLOW_6: SyntheticFlow = {
  ...FLOWS[0],
  source: '2001:db8::1',
  destination: '2001:db8:1::7',
} as SyntheticFlow;

async function read(bytes: Uint8Array) {
  const said = await readAll(reader, await memoryEvidence('flows.bin', bytes));
  const [tally] = said.tallies ?? [];
  return { ...said, traffic: tally instanceof PacketTraffic ? tally : null };
}

describe('floods/netflow', () => {
  it.each([
    ['NetFlow 5', netflow5(FLOWS, { sentMillis: SENT })],
    ['NetFlow 9', netflow9(FLOWS, { sentMillis: SENT })],
    ['IPFIX', ipfix(FLOWS, { sentMillis: SENT })],
  ])('reads the flows of %s, with their times', async (_name, bytes) => {
    const { traffic, problems, passedOver } = await read(bytes);

    expect(problems).toEqual([]);
    expect(passedOver).toBe(2);
    expect(traffic).toMatchObject({ packets: 13, bytes: 14_180, flows: 2 });
    const [target] = traffic?.targets() ?? [];
    expect(target && wordsText(target.words)).toBe('203.0.113.7');
    const udp = target?.counts?.protocols.get(17)?.ports.get(53);
    expect(udp).toMatchObject({
      packets: 10,
      bytes: 14_000,
      flows: 1,
      firstMicros: (SENT - 9_000) * 1000,
      lastMicros: (SENT - 1_000) * 1000,
    });
    // Nine seconds, evenly.
    expect(udp?.seconds.size).toBe(9);
    const tcp = target?.counts?.protocols.get(6)?.ports.get(40_000);
    expect(tcp?.headers('tcp-flags')).toEqual([[0x1b, 3]]);
    expect(traffic?.sources).toMatchObject([{ path: 'flows.bin', place: 'record', sampling: 1 }]);
  });

  it.each([
    ['NetFlow 5', netflow5(FLOWS, { sentMillis: SENT, sampling: 100 })],
    ['NetFlow 9', netflow9(FLOWS, { sentMillis: SENT, sampling: 100 })],
    ['IPFIX', ipfix(FLOWS, { sentMillis: SENT, sampling: 100 })],
  ])('multiplies by the sampling rate of %s and says so', async (_name, bytes) => {
    const { traffic, problems } = await read(bytes);

    expect(traffic).toMatchObject({ packets: 1_300, bytes: 1_418_000, flows: 2 });
    expect(problems).toMatchObject([{ code: 'flows-sampled', effect: 'note', values: { sampling: 100 } }]);
  });

  it.each([
    ['NetFlow 9', netflow9],
    ['IPFIX', ipfix],
  ])('holds data of %s back until its template comes', async (_name, build) => {
    const late = await read(build(FLOWS, { sentMillis: SENT, template: 'last', perPacket: 1 }));
    expect(late.problems).toEqual([]);
    expect(late.traffic).toMatchObject({ packets: 13, flows: 2 });

    const never = await read(build(FLOWS, { sentMillis: SENT, template: 'never', perPacket: 1 }));
    expect(never.problems).toMatchObject([
      { code: 'no-flows', effect: 'note' },
      { code: 'flows-without-template', effect: 'lost', count: 2 },
    ]);
    expect(never.traffic).toBeNull();
  });

  it('keeps the templates of different sources apart', async () => {
    const known = netflow9(FLOWS, { sentMillis: SENT, domain: 1 });
    const unknown = netflow9(FLOWS, { sentMillis: SENT, domain: 2, template: 'never' });
    const { problems, traffic } = await read(Buffer.concat([known, unknown]));

    expect(traffic?.flows).toBe(2);
    expect(problems).toMatchObject([{ code: 'flows-without-template', count: 1 }]);
  });

  it.each([
    ['NetFlow 9', netflow9],
    ['IPFIX', ipfix],
  ])('reads IPv6 in %s', async (_name, build) => {
    const { traffic } = await read(build([FLOW_6], { sentMillis: SENT }));
    const [target] = traffic?.targets() ?? [];
    expect(target && wordsText(target.words)).toBe('2001:db8:1::7');
  });

  it('reads versions mixed in one file, in pieces of any size', async () => {
    const bytes = Buffer.concat([
      netflow5(FLOWS, { sentMillis: SENT }),
      netflow9(FLOWS, { sentMillis: SENT }),
      ipfix(FLOWS, { sentMillis: SENT }),
      netflow5(FLOWS, { sentMillis: SENT }),
    ]);
    for (const size of [1, 7, 100, 10_000]) {
      const traffic = new PacketTraffic();
      traffic.startSource({ evidence: 'e1', path: 'flows', place: 'record' });
      const packets = new FlowPackets({ flow: (facts) => traffic.flow(facts) });
      for (let at = 0; at < bytes.length; at += size) packets.push(bytes.subarray(at, at + size));
      packets.end();
      expect(packets).toMatchObject({ flows: 8, holes: 0, lostBytes: 0, isCut: false });
      expect(traffic.packets).toBe(52);
    }
  });

  it('goes on behind damage, and says how much was passed over', async () => {
    const good = netflow5(FLOWS, { sentMillis: SENT });
    const { traffic, problems } = await read(Buffer.concat([good, Buffer.alloc(333, 0xee), good]));

    expect(traffic?.flows).toBe(4);
    expect(problems).toMatchObject([{ code: 'flows-damaged', count: 1, values: { bytes: 333 } }]);
  });

  it('says that the file is cut', async () => {
    const good = netflow5(FLOWS, { sentMillis: SENT });
    const { traffic, problems } = await read(Buffer.concat([good, good.subarray(0, 60)]));
    expect(traffic?.flows).toBe(2);
    expect(problems).toMatchObject([{ code: 'flows-cut', effect: 'lost' }]);
  });

  it('knows files of nfcapd and says how to export them', async () => {
    for (const magic of [Buffer.from('0ca5', 'hex'), Buffer.from('a50c', 'hex')]) {
      const { problems, tallies } = await read(Buffer.concat([magic, Buffer.alloc(300)]));
      expect(problems).toMatchObject([{ code: 'nfcapd-not-read', effect: 'lost' }]);
      expect(tallies).toBeUndefined();
    }
    expect(en.problems['nfcapd-not-read']).toContain('nfdump -r FILE -o csv');
  });

  it('does not take a millisecond counter that ran over for a flow of weeks', async () => {
    const flow = { ...FLOWS[0], firstMillis: SENT - 2_000, lastMillis: SENT - 1_000 } as SyntheticFlow;
    // The counter is at 500 ms: the flow began before it ran over.
    const { traffic } = await read(netflow5([flow], { sentMillis: SENT, uptimeMillis: 500 }));
    const [source] = traffic?.sources ?? [];
    expect(source).toMatchObject({ firstMicros: (SENT - 2_000) * 1000, lastMicros: (SENT - 1_000) * 1000 });
  });

  it.each([
    ['text', Buffer.from('hello, this is a long text that is no flow at all')],
    ['a wrong count', Buffer.concat([Buffer.from([0, 5, 0, 31]), Buffer.alloc(2_000)])],
    ['a moment in 1970', Buffer.concat([Buffer.from([0, 9, 0, 1]), Buffer.alloc(60)])],
  ])('does not take %s for flows', async (_name, bytes) => {
    const evidence = await memoryEvidence('x', bytes);
    expect(await reader.recognises?.(await evidence.probe())).toBe(false);
    await expect(readAll(reader, evidence)).rejects.toMatchObject({ code: 'wrong-format' });
  });

  it('survives any bytes, whole and behind true packets, with the same result in pieces', () => {
    const starts = [netflow5, netflow9, ipfix].map((build) =>
      build(FLOWS, { sentMillis: SENT, sampling: 10 }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(Buffer.alloc(0), ...starts),
        fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 500 }),
        (start, changes, tail, size) => {
          const bytes = Buffer.concat([start, tail, start]);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const summary = (step: number): unknown => {
            const traffic = new PacketTraffic();
            traffic.startSource({ evidence: 'e1', path: 'flows', place: 'record' });
            const packets = new FlowPackets({ flow: (facts) => traffic.flow(facts) });
            for (let at = 0; at < bytes.length; at += step) packets.push(bytes.subarray(at, at + step));
            packets.end();
            expect(traffic.packets).not.toBeNaN();
            return [packets.flows, traffic.packets, traffic.bytes];
          };
          expect(summary(size)).toEqual(summary(bytes.length + 1));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('says the same in both languages', () => {
    const values = { bytes: 3, sampling: 10 };
    expectSoundTexts({ es, en }, { count: 1, ...values }, { count: 3, ...values, bytes: 1 });
  });
});
