import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ACK, SYN } from '../../../fixtures/captures/packets.js';
import { readAll } from '../../core/testing/run.js';
import { memoryEvidence } from '../../evidence/testing/memory-source.js';
import { reader } from '../../network/captures/readers/pcap/pcap.js';
import { PacketTraffic } from '../../records/tallies/packet-traffic.js';
import { crowd, PacketScene, scattered, tcp, times, udp } from '../testing/packet-scene.js';
import { type Fingerprint, fingerprintOf, mainTarget } from './fingerprint.js';
import { outliers } from './outliers.js';
import { flagTag, flagText } from './services.js';

const SITE = '203.0.113.7';

function fingerprint(traffic: PacketTraffic): Fingerprint | null {
  const target = mainTarget(traffic);
  return target && fingerprintOf(traffic, [target]);
}

describe('fingerprintOf', () => {
  it('has the fields of the format', () => {
    const scene = new PacketScene();
    // 25 hours, of which a part of the originals told one.
    for (let number = 0; number < 2_000; number += 1)
      scene.packet(udp(crowd(number % 50), 123, SITE, 80, 440), 1.7e15 + number * 45.0001e6);
    const told = fingerprint(scene.traffic);

    expect(told).toMatchObject({
      target: 'Anonymous',
      tags: ['Amplification attack', 'UDP'],
      duration_seconds: 89_955,
      total_packets: 2_000,
      total_ips: 50,
      total_megabytes: 0,
      avg_Bpp: 482,
      avg_pps: 0,
      avg_bps: 85,
      attack_vectors: [
        {
          service: 'NTP',
          protocol: 'UDP',
          fraction_of_attack: 1,
          source_port: 123,
          destination_ports: { '80': 1 },
          tcp_flags: null,
          nr_packets: 2_000,
          ethernet_type: { IPv4: 1 },
          frame_len: { '482': 1 },
          fragmentation_offset: { '0': 1 },
          ttl: { '64': 1 },
        },
      ],
    });
    expect(told?.attack_vectors[0]?.source_ips).toHaveLength(50);
    expect(told).not.toHaveProperty('total_flows');
  });

  it('tells the questions of DNS', () => {
    const question = Buffer.concat([
      Buffer.from([0x12, 0x34, 0x84, 0, 0, 1, 0, 9, 0, 0, 0, 0]),
      Buffer.from([5, ...Buffer.from('Large'), 7, ...Buffer.from('example'), 0, 0, 255, 0, 1]),
      Buffer.alloc(900),
    ]);
    const scene = new PacketScene().add(
      times(3_000, (n) => ({ ...udp(crowd(n), 53, SITE, scattered(n, 60_000)), payload: question })),
    );
    expect(fingerprint(scene.traffic)?.attack_vectors[0]).toMatchObject({
      service: 'DNS',
      dns_query_name: { 'large.example': 1 },
      dns_query_type: { ANY: 1 },
    });
  });

  it('tells requests in the clear, without letters that a terminal would obey', () => {
    const request = 'GET /a\u001b[31m HTTP/1.1\r\nHost: x\r\nUser-agent: Tool/1.0\r\n\r\n';
    const scene = new PacketScene().add(
      times(1_000, (n) => ({
        ...tcp(crowd(n), 1_024 + scattered(n, 60_000), SITE, 80, ACK | 8),
        payload: request,
      })),
    );
    expect(fingerprint(scene.traffic)?.attack_vectors[0]).toMatchObject({
      service: null,
      source_port: 'random',
      destination_ports: { '80': 1 },
      http_uri: { '/a?[31m': 1 },
      http_method: { GET: 1 },
      http_user_agent: { 'Tool/1.0': 1 },
    });
  });

  it('puts source ports of one service together, and drops means of few bytes until none is left', () => {
    const scene = new PacketScene();
    scene.add(times(600, (n) => udp(crowd(n), 40_000 + (n % 3), SITE, 80, 1_000)));
    scene.add(
      times(100, (n) => ({ source: crowd(n), destination: SITE, protocol: 1, payload: Buffer.from([3, 3]) })),
    );
    expect(fingerprint(scene.traffic)).toMatchObject({
      tags: ['UDP', 'UDP flood attack'],
      attack_vectors: [{ service: null, source_port: 'random', nr_packets: 600, fraction_of_attack: 1 }],
    });
  });

  it('keeps only pieces from sources of the attack, and gives them no fraction', () => {
    const piece = (source: string) => ({
      source,
      destination: SITE,
      protocol: 17,
      dontFragment: false,
      fragmentOffset: 1_480,
      payload: Buffer.alloc(100),
    });
    const scene = new PacketScene();
    scene.add(times(500, (n) => [udp(crowd(n % 50), 389, SITE, 80, 1_400), piece(crowd(n % 50))]));
    scene.add(times(100, (n) => piece(crowd(9_000 + n))));
    const told = fingerprint(scene.traffic);
    expect(told).toMatchObject({
      tags: ['Amplification attack', 'Fragmentation attack', 'UDP'],
      attack_vectors: [
        { service: 'CLDAP', fraction_of_attack: 1 },
        { service: 'Fragmented IP packets', fraction_of_attack: null, source_port: 0, nr_packets: 500 },
      ],
    });
    expect(told?.attack_vectors[1]?.source_ips).toHaveLength(50);
  });

  it('has no target where none has more than half', () => {
    const scene = new PacketScene().add(
      times(1_000, (n) => tcp(crowd(n), 5_000, `203.0.113.${n % 2}`, 80, SYN)),
    );
    expect(mainTarget(scene.traffic)).toBeNull();
    expect(mainTarget(new PacketTraffic())).toBeNull();
  });
});

describe('outliers', () => {
  it('lists values over the threshold or far from the mean, and the rest', () => {
    expect(
      outliers(
        [
          ['a', 60],
          ['b', 35],
          ['c', 5],
        ],
        100,
        0.1,
        false,
      ),
    ).toEqual({ a: 0.6, b: 0.35, others: 0.05 });
    expect(
      outliers(
        [
          ['a', 5],
          ['b', 4],
        ],
        100,
        0.1,
        false,
      ),
    ).toBe('random');
    expect(outliers([], 0, 0.1)).toBe('random');
    const many = Array.from({ length: 50 }, (_, n) => [`v${n}`, 1] as const);
    expect(outliers([['a', 4], ...many], 54, 0.1)).toEqual({ a: 0.074, others: 0.926 });
  });

  it('holds with names of prototypes', () => {
    const told = outliers([['__proto__', 1]], 1, 0.1);
    expect(Object.keys(told)).toEqual(['__proto__']);
  });
});

describe('flags of TCP', () => {
  it('are written as Wireshark does, with tags of the dissector', () => {
    expect(flagText(0x12)).toBe('...A..S.');
    expect(flagText(0xff)).toBe('CEUAPRSF');
    expect(flagTag(['......S.'])).toBe('TCP SYN flag attack');
    expect(flagTag(['...A..S.', '.....R..'])).toBe('TCP flag attack');
    expect(flagTag(['........'])).toBe('TCP no flag attack');
  });
});

const FLOODS = new URL('../../../../shared/data/floods/captures/', import.meta.url);

async function published(name: string): Promise<PacketTraffic> {
  const bytes = readFileSync(fileURLToPath(new URL(name, FLOODS)));
  const [tally] = (await readAll(reader, await memoryEvidence(name, bytes))).tallies ?? [];
  if (!(tally instanceof PacketTraffic)) throw new Error('no tally');
  return tally;
}

describe.skipIf(!existsSync(fileURLToPath(FLOODS)))('published attacks (skipped without ../shared)', () => {
  it('isakmp', async () => {
    const traffic = await published('amp.UDP.isakmp.pcap');
    expect(traffic).toMatchObject({ packets: 3_984, bytes: 980_064 });
    expect(fingerprint(traffic)).toMatchObject({
      tags: ['Amplification attack', 'UDP'],
      total_ips: 2_767,
      duration_seconds: 0,
      avg_bps: 0,
      avg_pps: 0,
      avg_Bpp: 246,
      attack_vectors: [
        { service: 'NAT-T/IKE', source_port: 4_500, destination_ports: 'random', nr_packets: 3_984 },
      ],
    });
    const [source] = traffic.sources;
    expect((source?.lastMicros ?? 0) - (source?.firstMicros ?? 0)).toBe(408_858);
  });

  it('snmp: ICMP has too few bytes', async () => {
    const traffic = await published('amp.UDP.snmp.src161.pcapng');
    expect(traffic).toMatchObject({ packets: 4_373, bytes: 1_055_847 });
    expect(traffic.sources[0]?.stepsBack).toBeGreaterThan(0);
    const told = fingerprint(traffic);
    expect(told).toMatchObject({
      tags: ['Amplification attack', 'UDP'],
      attack_vectors: [{ service: 'SNMP', nr_packets: 4_079 }],
    });
    expect(Object.keys(told?.attack_vectors[0]?.destination_ports ?? {}).sort()).toEqual([
      '12294',
      '3299',
      '54609',
    ]);
  });

  it('SYN-ACK: from 80 and 443', async () => {
    const traffic = await published('amp.TCP.reflection.SYNACK.pcap');
    expect(traffic).toMatchObject({ packets: 8_000, bytes: 515_475 });
    expect(traffic.sources[0]).toMatchObject({ notIp: 4, unread: 0 });
    expect(mainTarget(traffic)?.packets).toBe(7_996);
    expect(fingerprint(traffic)?.attack_vectors.slice(0, 2)).toMatchObject([
      { service: 'HTTP', source_port: 80, nr_packets: 6_697, tcp_flags: { '...A..S.': 0.879 } },
      { service: 'HTTPS', source_port: 443, nr_packets: 972 },
    ]);
  });
});
