import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ACK, FIN, PSH, RST, SYN } from '../../../../fixtures/captures/packets.js';
import { netflow9, type SyntheticFlow } from '../../../../fixtures/floods/netflow.js';
import type { FindingDraft } from '../../../core/contracts.js';
import { detect, readAll } from '../../../core/testing/run.js';
import { expectSoundTexts } from '../../../core/testing/texts.js';
import { memoryEvidence } from '../../../evidence/testing/memory-source.js';
import { reader as captures } from '../../../network/captures/readers/pcap/pcap.js';
import type { PacketTraffic } from '../../../records/tallies/packet-traffic.js';
import { reader as netflow } from '../../readers/netflow/netflow.js';
import { crowd, PacketScene, scattered, tcp, times, udp } from '../../testing/packet-scene.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './packet-flood.js';

const SITE = '203.0.113.7';
const OTHER = '203.0.113.99';

function found(traffic: PacketTraffic): readonly FindingDraft[] {
  return detect(detector, [], {}, [traffic]);
}

function kindsOf(findings: readonly FindingDraft[]): readonly unknown[] {
  return findings.map(({ reasons }) => reasons?.map(({ code }) => code));
}

/** A visitor who opens a page: both directions, ten packets. */
function visit(number: number, server = SITE) {
  const client = crowd(number);
  const port = 20_000 + (number % 40_000);
  const out = (flags: number, bytes = 0) => tcp(client, port, server, 443, flags, bytes);
  const back = (flags: number, bytes = 0) => tcp(server, 443, client, port, flags, bytes);
  return [
    out(SYN),
    back(SYN | ACK),
    out(ACK),
    out(ACK | PSH, 500),
    back(ACK, 1_400),
    back(ACK | PSH, 900),
    out(ACK),
    out(FIN | ACK),
    back(FIN | ACK),
    out(ACK),
  ];
}

describe('floods/packet-flood', () => {
  it('tells answers of open services that nobody asked for, with their pieces', () => {
    const scene = new PacketScene();
    scene.add(times(50, (number) => visit(number)));
    scene.add(
      times(2_000, (number) => [
        udp(crowd(1_000 + (number % 300)), 53, SITE, scattered(number, 60_000), 1_400),
        {
          source: crowd(1_000 + (number % 300)),
          destination: SITE,
          protocol: 17,
          dontFragment: false,
          fragmentOffset: 1_408,
          payload: Buffer.alloc(600),
        },
      ]),
    );
    const [finding, ...others] = found(scene.traffic);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'medium',
      confidence: 'high',
      shows: 'site-attack',
      variant: 'reflected',
      technique: 'T1498.002',
      values: { target: SITE, packets: 4_000, sources: 300, seesBoth: true, files: 1 },
      reasons: [
        { code: 'amplification', values: { service: 'DNS', port: '53', packets: 2_000, sources: 300 } },
        { code: 'fragments', values: { packets: 2_000 } },
      ],
      details: {
        target: 'Anonymous',
        x_vigia_target: SITE,
        tags: ['Amplification attack', 'Fragmentation attack', 'UDP'],
        attack_vectors: [
          {
            service: 'DNS',
            protocol: 'UDP',
            source_port: 53,
            fraction_of_attack: 1,
            x_vigia_kind: 'amplification',
          },
          { service: 'Fragmented IP packets', fraction_of_attack: null, source_port: 0 },
        ],
      },
      evidence: [{ evidence: 'e1', path: 'capture.pcap', locator: 'frame 1' }],
    });
    // Visitors are nobody's business.
    expect(JSON.stringify(finding?.details)).not.toContain(`"${crowd(3)}"`);
  });

  it('tells a flood of beginnings of connections among ordinary visits, and lists nobody', () => {
    const scene = new PacketScene();
    scene.add(times(300, (number) => visit(number)));
    scene.add(
      times(6_000, (number) => [
        tcp(crowd(70_000 + number), 1_024 + scattered(number, 60_000), SITE, 443, SYN),
        tcp(SITE, 443, crowd(70_000 + number), 1_024 + scattered(number, 60_000), SYN | ACK),
      ]),
    );
    const [finding] = found(scene.traffic);

    expect(finding).toMatchObject({
      confidence: 'medium',
      technique: 'T1498.001',
      reasons: [{ code: 'syn-flood', values: { destinationPort: '443', hasDestinationPort: true } }],
    });
    expect(finding?.variant).toBeUndefined();
    expect(finding?.details).toMatchObject({ attack_vectors: [{ source_ips: [] }] });
  });

  it('tells answers to connections that the target did not begin', () => {
    const scene = new PacketScene().add(
      times(3_000, (number) =>
        tcp(crowd(number), number % 4 ? 80 : 443, SITE, scattered(number, 60_000), SYN | ACK),
      ),
    );
    expect(kindsOf(found(scene.traffic))).toEqual([['syn-ack-reflection', 'syn-ack-reflection']]);
  });

  it.each([
    ['udp-flood', (n: number) => udp(crowd(n), 1_024 + scattered(n, 60_000), SITE, 80, 500)],
    [
      'icmp-flood',
      (n: number) => ({
        source: crowd(n),
        destination: SITE,
        protocol: 1,
        payload: Buffer.from([8, 0, 0, 0, 0, 0, 0, 0]),
      }),
    ],
    ['tcp-flood', (n: number) => tcp(crowd(n), 1_024 + scattered(n, 60_000), SITE, 80, ACK, 10)],
    [
      'protocol-flood',
      (n: number) => ({ source: crowd(n), destination: SITE, protocol: 47, payload: Buffer.alloc(500) }),
    ],
  ])('tells a %s against a target that does not answer', (kind, make) => {
    const scene = new PacketScene();
    // That others do talk shows that both directions were captured.
    scene.add(times(200, (number) => visit(number, OTHER)));
    scene.add(times(3_000, make));
    expect(kindsOf(found(scene.traffic))).toEqual([[kind]]);
  });

  it('tells a flood spread over a whole network', () => {
    const scene = new PacketScene();
    scene.add(
      times(8_000, (number) =>
        udp(crowd(number % 400), 389, `203.0.113.${number % 256}`, scattered(number, 60_000), 1_200),
      ),
    );
    const findings = found(scene.traffic);

    expect(findings).toMatchObject([
      {
        variant: 'carpet',
        values: { target: '203.0.113.0/24', addresses: 256, packets: 8_000 },
        reasons: [{ code: 'amplification', values: { service: 'CLDAP' } }],
      },
    ]);
    expect(findings[0]?.details).toMatchObject({
      tags: ['Amplification attack', 'Carpet bombing attack', 'UDP'],
    });
  });

  it('finds an attack in sampled flows', async () => {
    const sent = 1_767_323_045_000;
    const flows: readonly SyntheticFlow[] = Array.from({ length: 400 }, (_, number) => ({
      source: crowd(number),
      destination: SITE,
      protocol: 17,
      sourcePort: 11_211,
      destinationPort: 1_024 + scattered(number, 60_000),
      packets: 20,
      bytes: 28_000,
      firstMillis: sent - 60_000,
      lastMillis: sent - 1_000,
    }));
    const said = await readAll(
      netflow,
      await memoryEvidence('f', netflow9(flows, { sentMillis: sent, sampling: 100 })),
    );
    const [finding] = detect(detector, [], {}, said.tallies);

    expect(finding).toMatchObject({
      severity: 'high',
      values: { sampling: 100, packets: 800_000 },
      reasons: [{ code: 'amplification', values: { service: 'MEMCACHED' } }],
      details: { total_flows: 400, duration_seconds: 59, avg_pps: 13_559 },
      evidence: [{ locator: 'record 1' }],
    });
  });

  it('finds the same whatever the order of the packets, and of files put together', () => {
    const packets = [...times(4_000, (n) => udp(crowd(n % 200), 123, SITE, scattered(n, 60_000), 440))];
    const whole = new PacketScene();
    const backwards = new PacketScene();
    for (const [index, fields] of packets.entries()) whole.packet(fields, 1e15 + index * 100);
    for (const [index, fields] of [...packets.entries()].reverse())
      backwards.packet(fields, 1e15 + index * 100);
    const key = found(whole.traffic)[0]?.details?.key;
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(found(backwards.traffic)[0]?.details?.key).toBe(key);

    const halves = [new PacketScene('a.pcap'), new PacketScene('b.pcap')] as const;
    for (const [index, fields] of packets.entries())
      (halves[index % 2] as PacketScene).packet(fields, 1e15 + index * 100);
    halves[0].traffic.merge(halves[1].traffic);
    const [merged] = found(halves[0].traffic);
    expect(merged?.details?.key).toBe(key);
    expect(merged?.values.files).toBe(2);
    expect(merged?.evidence.map(({ path }) => path)).toEqual(['a.pcap', 'b.pcap']);
  });

  it('holds with packets that have no time', () => {
    const scene = new PacketScene();
    for (const fields of times(1_000, (n) => udp(crowd(n), 161, SITE, 4_444)))
      scene.packet(fields, Number.NaN);
    // How fast they came is not known: nothing is said.
    expect(found(scene.traffic)).toEqual([]);
  });

  describe('stays silent on', () => {
    const benign: readonly (readonly [string, PacketScene])[] = [
      [
        'a busy site, with many visitors at once',
        new PacketScene().add(
          times(2_000, (n) => visit(n)),
          20,
        ),
      ],
      [
        'a call',
        new PacketScene().add(
          times(5_000, (n) => [
            udp('192.0.2.5', 40_000, SITE, 3_478, 1_100),
            udp(SITE, 3_478, '192.0.2.5', 40_000, 1_000 + (n % 9)),
          ]),
        ),
      ],
      [
        'a download over QUIC, one server, no answers captured',
        new PacketScene().add(
          times(8_000, () => udp('192.0.2.5', 443, SITE, 50_123, 1_250)),
          50,
        ),
      ],
      [
        'a stream from one source',
        new PacketScene().add(
          times(8_000, () => udp('192.0.2.5', 5_004, SITE, 5_004, 1_250)),
          50,
        ),
      ],
      [
        'many peers of a file-sharing network',
        new PacketScene().add(
          times(4_000, (n) => [
            udp(crowd(n % 700), 1_024 + scattered(n % 700, 60_000), SITE, 6_881, 900),
            udp(SITE, 6_881, crowd(n % 700), 1_024 + scattered(n % 700, 60_000), 300),
          ]),
        ),
      ],
      [
        'a resolver that asks many servers',
        new PacketScene().add(
          times(4_000, (n) => [
            udp(SITE, 1_024 + scattered(n, 60_000), crowd(n % 900), 53, 50),
            udp(crowd(n % 900), 53, SITE, 1_024 + scattered(n, 60_000), 900),
          ]),
        ),
      ],
      [
        'a resolver of which only what it gets was captured',
        new PacketScene().add(
          times(6_000, (n) => udp(crowd(n % 900), 53, SITE, 1_024 + scattered(n, 60_000), 160)),
        ),
      ],
      [
        'a time server of which only what it gets was captured',
        new PacketScene().add(times(6_000, (n) => udp(crowd(n), 123, SITE, 123, 48))),
      ],
      [
        'a gateway of VPNs of which only what it gets was captured',
        new PacketScene().add(times(9_000, (n) => udp(crowd(n % 300), 4_500, SITE, 4_500, 1_200))),
      ],
      [
        'calls of many through a server of which only what it gets was captured',
        new PacketScene().add(
          times(20_000, (n) => udp(crowd(n % 300), 1_024 + (n % 300), SITE, 10_000 + (n % 300), 900)),
        ),
      ],
      [
        'a site of which only what it gets was captured',
        new PacketScene().add(
          times(2_000, (n) => visit(n).filter(({ destination }) => destination === SITE)),
          20,
        ),
      ],
      [
        'a scan of ports from one source',
        new PacketScene().add(
          times(6_000, (n) => [
            tcp('192.0.2.5', 44_444, SITE, 1 + n, SYN),
            tcp(SITE, 1 + n, '192.0.2.5', 44_444, RST | ACK),
          ]),
        ),
      ],
      [
        'a scan that the address itself makes',
        new PacketScene().add(
          times(6_000, (n) => [
            tcp(SITE, 44_444, crowd(n), 443, SYN),
            tcp(crowd(n), 443, SITE, 44_444, n % 3 ? SYN | ACK : RST | ACK),
          ]),
        ),
      ],
      [
        'many devices that look for each other',
        new PacketScene().add(times(6_000, (n) => udp(crowd(n % 80), 5_353, '224.0.0.251', 5_353, 300))),
      ],
      [
        'a collector of logs',
        new PacketScene()
          .add(times(200, (n) => visit(n, OTHER)))
          .add(times(9_000, (n) => udp(crowd(n % 200), 1_024 + (n % 200), SITE, 514, 300))),
      ],
      [
        'a slow scan of everybody',
        new PacketScene().add(
          times(2_000, (n) => tcp(crowd(n), 50_000, SITE, 23, SYN)),
          1e6,
        ),
      ],
    ];
    it.each(benign)('%s', (_name, scene) => {
      expect(kindsOf(found(scene.traffic))).toEqual([]);
    });
  });

  it('says the same in both languages', () => {
    const values = {
      target: SITE,
      addresses: 256,
      packets: 4_000,
      megabytes: 1.2,
      peak: 4_000,
      peakMegabits: 8,
      sources: 300,
      seconds: 20,
      from: { time: '2026-01-02T03:04:05.000000Z' },
      hasTime: true,
      sampling: 100,
      files: 2,
      seesBoth: false,
      service: 'DNS',
      protocol: 'UDP',
      port: '53',
      hasPort: true,
      destinationPort: '443',
      hasDestinationPort: true,
      isAbout: true,
    };
    const few = {
      addresses: 1,
      sources: 1,
      seconds: 0,
      hasTime: false,
      sampling: 1,
      files: 1,
      seesBoth: true,
      hasPort: false,
      hasDestinationPort: false,
      isAbout: false,
    };
    expectSoundTexts({ es, en }, values, { ...values, ...few });
  });
});

const SHARED = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));
const FLOODS = join(SHARED, 'floods', 'captures');
const NETWORK = join(SHARED, 'network');

async function findingsIn(path: string): Promise<readonly FindingDraft[]> {
  const said = await readAll(captures, await memoryEvidence('c.pcap', readFileSync(path)));
  return detect(detector, [], {}, said.tallies);
}

describe.skipIf(!existsSync(FLOODS))(
  'floods/packet-flood on published attacks (skipped without ../shared)',
  () => {
    it.each([
      ['amp.UDP.isakmp.pcap', ['amplification'], ['Amplification attack', 'UDP'], 2_767],
      ['amp.UDP.snmp.src161.pcapng', ['amplification'], ['Amplification attack', 'UDP'], 4_028],
      [
        'amp.TCP.reflection.SYNACK.pcap',
        ['syn-ack-reflection', 'syn-ack-reflection'],
        ['Multi-vector attack', 'TCP', 'TCP SYN ACK flag attack', 'TCP flag attack'],
        6_917,
      ],
    ])('%s', async (name, kinds, tags, sources) => {
      const findings = await findingsIn(join(FLOODS, name));
      expect(kindsOf(findings)).toEqual([kinds]);
      expect(findings[0]).toMatchObject({
        confidence: 'high',
        values: { target: '10.10.10.10', seconds: 0 },
      });
      expect(findings[0]?.details).toMatchObject({ tags, avg_bps: 0, avg_pps: 0 });
      expect(findings[0]?.values.sources).toBe(sources);
    });
  },
);

describe.skipIf(!existsSync(NETWORK))(
  'floods/packet-flood on ordinary captures (skipped without ../shared)',
  () => {
    it('finds nothing in any of them', async () => {
      const quiet: string[] = [];
      for (const path of capturesBelow(NETWORK)) {
        expect(kindsOf(await findingsIn(path)), path).toEqual([]);
        quiet.push(path);
      }
      expect(quiet.length).toBeGreaterThan(50);
    }, 60_000);
  },
);

function capturesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return capturesBelow(path);
    return /\.(pcap|pcapng|cap)$/.test(name) ? [path] : [];
  });
}
