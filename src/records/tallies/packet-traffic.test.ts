import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipPacket, SYN } from '../../../fixtures/captures/packets.js';
import { PacketTraffic, TrafficFacts } from './packet-traffic.js';
import { AddressSet } from './packets/address-set.js';
import { HeavyCounts, TextCounts } from './packets/heavy-counts.js';
import { Seconds } from './packets/seconds.js';

const START = 1_767_323_045_000_000;

function traffic(): PacketTraffic {
  const counts = new PacketTraffic();
  counts.startSource({ evidence: 'e1', path: 'c.pcap', place: 'frame' });
  return counts;
}

function fill(
  facts: TrafficFacts,
  source: number,
  destination: number,
  more: Partial<TrafficFacts> = {},
): TrafficFacts {
  facts.s2 = 0xffff;
  facts.s3 = source | 0;
  facts.d2 = 0xffff;
  facts.d3 = destination | 0;
  return Object.assign(facts, { protocol: 17, sourcePort: 53, destinationPort: 80, bytes: 100, ...more });
}

describe('PacketTraffic', () => {
  it('counts what goes where, what comes back, and what is not IP', () => {
    const counts = traffic();
    const out = ipPacket({
      source: '192.0.2.1',
      destination: '203.0.113.7',
      ttl: 57,
      tcp: { sourcePort: 5_000, destinationPort: 443, flags: SYN },
    });
    const back = ipPacket({
      source: '203.0.113.7',
      destination: '192.0.2.1',
      tcp: { sourcePort: 443, destinationPort: 5_000 },
    });
    const add = (bytes: Buffer, ipAt: number, frame: number, micros: number): void =>
      counts.packet({ bytes, end: bytes.length, wireLength: bytes.length + 14, micros, frame }, ipAt);
    add(out, 0, 1, START);
    add(back, 0, 2, START + 10);
    add(Buffer.alloc(28), -1, 3, START + 20);
    add(out.subarray(0, 30), 0, 4, START + 5);

    expect(counts.sources).toEqual([
      {
        evidence: 'e1',
        path: 'c.pcap',
        place: 'frame',
        packets: 4,
        bytes: 54 + 54 + 42 + 44,
        flows: 0,
        notIp: 1,
        unread: 1,
        sampling: 1,
        firstMicros: START,
        lastMicros: START + 20,
        stepsBack: 1,
      },
    ]);
    expect(counts.returnedPackets).toBe(1);
    const [client, server] = counts.targets();
    expect(client?.words).toEqual([0, 0, 0xffff, 0xc0000201]);
    expect(server).toMatchObject({ packets: 1, bytes: 54, sentPackets: 1 });
    const vector = server?.counts?.protocols.get(6)?.ports.get(5_000);
    expect(vector?.headers('ttl')).toEqual([[57, 1]]);
    expect(vector?.headers('tcp-flags')).toEqual([[SYN, 1]]);
    expect(vector?.lengths.entries()).toEqual([[54, 1]]);
    expect([...(server?.counts?.files ?? [])]).toEqual([[0, 1]]);
  });

  it('keeps a large target whatever else comes, in bounded memory', () => {
    const counts = traffic();
    const facts = new TrafficFacts();
    facts.firstMicros = START;
    facts.lastMicros = START;
    for (let number = 0; number < 300_000; number += 1) {
      counts.flow(fill(facts, number, 0x0a000000 + number, { sourcePort: number & 0xffff }));
      if (number % 3 === 0) counts.flow(fill(facts, number, 0xcb007107, { sourcePort: 123 }));
    }
    const [target] = counts.targets();
    expect(target).toMatchObject({ words: [0, 0, 0xffff, 0xcb007107], packets: 100_000 });
    const vector = target?.counts?.protocols.get(17)?.ports.get(123);
    expect(vector?.packets).toBe(100_000);
    // A sample of the sources, from which their number is told.
    expect(vector?.sources.isSample).toBe(true);
    expect(vector?.sources.size).toBeLessThanOrEqual(65_536);
    expect(Math.abs((vector?.sources.distinct ?? 0) - 100_000)).toBeLessThan(2_000);
    expect(counts.targets().length).toBeLessThanOrEqual(65_536);
    expect(counts.targets().filter((each) => each.counts !== null).length).toBeLessThanOrEqual(1_024);
    expect(counts.dropped.destinations).toBeGreaterThan(0);
  });

  it('tells a source port apart that comes after many others', () => {
    const counts = traffic();
    const facts = new TrafficFacts();
    for (let number = 0; number < 5_000; number += 1)
      counts.flow(fill(facts, number, 7, { sourcePort: 10_000 + number, flows: 1 }));
    for (let number = 0; number < 5_000; number += 1)
      counts.flow(fill(facts, number, 7, { sourcePort: 11_211, flows: 1 }));
    const udp = counts.targets()[0]?.counts?.protocols.get(17);
    expect(udp?.ports.get(11_211)?.packets).toBeGreaterThan(4_800);
    expect(udp?.ports.size).toBeLessThanOrEqual(64);
  });

  it('says of two parts together what it would have said of the whole', () => {
    const whole = traffic();
    const parts = [traffic(), traffic()] as const;
    const facts = new TrafficFacts();
    for (let number = 0; number < 6_000; number += 1) {
      facts.firstMicros = START + number * 1_000;
      facts.lastMicros = facts.firstMicros;
      fill(facts, number % 500, number % 7, {
        sourcePort: number % 5,
        destinationPort: number % 200,
        length: 60 + (number % 50),
        ttl: number % 64,
        flows: 1,
      });
      whole.flow(facts);
      parts[number % 2]?.flow(facts);
    }
    parts[0].merge(parts[1]);
    expect(parts[0].sources).toHaveLength(2);
    expect(summaryOf(parts[0])).toEqual(summaryOf(whole));
  });

  it('holds with any bytes as packets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(0x45, 0x4f, 0x60, 0x6f, 0x00)), {
          maxLength: 40,
        }),
        fc.double({ noDefaultInfinity: true }),
        (packets, micros) => {
          const counts = traffic();
          for (const [bytes, first] of packets) {
            bytes[0] = first;
            counts.packet({ bytes, end: bytes.length, wireLength: bytes.length, micros, frame: 1 }, 0);
          }
          expect(counts.packets).toBe(packets.length);
          const inside = counts.targets().reduce((sum, target) => sum + target.packets, 0);
          expect(inside + (counts.sources[0]?.unread ?? 0)).toBe(packets.length);
        },
      ),
    );
  });
});

function summaryOf(counts: PacketTraffic): unknown {
  return counts
    .targets()
    .map(({ words, packets, bytes, counts: target }) => [
      words,
      packets,
      bytes,
      [...(target?.protocols.get(17)?.ports ?? [])]
        .sort((a, b) => a[0] - b[0])
        .map(([port, vector]) => [
          port,
          vector.packets,
          vector.bytes,
          vector.firstMicros,
          vector.destinationPorts.entries(),
          vector.lengths.entries(),
          vector.headers('ttl'),
          vector.seconds.entries(),
          vector.sources.distinct,
        ]),
    ]);
}

describe('HeavyCounts', () => {
  it('is exact while there is room, and keeps what comes often', () => {
    const counts = new HeavyCounts(64);
    for (let round = 0; round < 2_000; round += 1) {
      counts.add(7, 1);
      counts.add(100 + round, 1);
    }
    expect(counts.size).toBeLessThanOrEqual(64);
    expect(counts.entries()[0]).toEqual([7, 2_000]);
    expect(counts.countOf(7)).toBe(2_000);
    expect(counts.countOf(99)).toBe(0);
  });

  it('does so for texts too', () => {
    const counts = new TextCounts(8);
    for (let round = 0; round < 100; round += 1) {
      counts.add('__proto__', 2);
      counts.add(`other ${round}`, 1);
    }
    expect(counts.entries()[0]).toEqual(['__proto__', 200]);
    expect(counts.entries().length).toBeLessThanOrEqual(8);
  });
});

describe('AddressSet', () => {
  it('counts the same whatever the order', () => {
    const sets = [1, -1].map((step) => {
      const set = new AddressSet(1_000, { left: 1e9 });
      for (let number = 0; number < 20_000; number += 1)
        set.add(0, 0, 0xffff, step > 0 ? number : 19_999 - number, 1);
      return set;
    });
    expect(sets[0]?.distinct).toBe(sets[1]?.distinct);
    expect(Math.abs((sets[0]?.distinct ?? 0) - 20_000)).toBeLessThan(2_500);
  });

  it('gives back what it took when it is thinned, and when it is not used any more', () => {
    const budget = { left: 100 };
    const set = new AddressSet(1_000, budget);
    for (let number = 0; number < 1_000; number += 1) set.add(1, 2, 3, number, 1);
    expect(budget.left).toBe(100 - set.size);
    expect(set.isSample).toBe(true);
    set.free();
    expect(budget.left).toBe(100);
  });
});

describe('Seconds', () => {
  it('joins seconds when there are too many, and one odd clock does not', () => {
    const seconds = new Seconds(100);
    for (let second = 0; second < 99; second += 1) seconds.add(1_000_000_000 + second, 10, 100);
    seconds.add(4_000_000_000, 1, 1);
    expect(seconds.width).toBe(1);
    for (let second = 99; second < 400; second += 1) seconds.add(1_000_000_000 + second, 10, 100);
    expect(seconds.width).toBe(8);
    expect(seconds.size).toBeLessThanOrEqual(100);
    expect(seconds.peak().packets).toBe(10);
    expect(seconds.entries().reduce((sum, { packets }) => sum + packets, 0)).toBe(4_001);
  });

  it('leaves out what has no time', () => {
    const seconds = new Seconds(10);
    seconds.add(Number.NaN, 1, 1);
    seconds.add(-1, 1, 1);
    expect(seconds.peak()).toEqual({ second: 0, packets: 0, bytes: 0 });
  });
});
