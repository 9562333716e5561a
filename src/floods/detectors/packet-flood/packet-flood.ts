import type {
  Detection,
  Detector,
  FindingDraft,
  FindingReason,
  Pointer,
  Tally,
} from '../../../core/contracts.js';
import { fromUnixMicroseconds } from '../../../core/time.js';
import { type CountedTarget, PacketTraffic } from '../../../records/tallies/packet-traffic.js';
import { emptyCounts } from '../../fingerprint/attack-vectors.js';
import { countsOf, type Fingerprint, fingerprintOf } from '../../fingerprint/fingerprint.js';
import { AMPLIFIERS, protocolName } from '../../fingerprint/services.js';
import { type Candidate, candidates } from './candidates.js';
import { type FloodKind, type JudgedVector, judge, type Surroundings } from './judge.js';

/** Part of all packets that came back, from which on the evidence has both directions. */
const BOTH_DIRECTIONS = 0.05;
const [LARGE_PPS, LARGE_BYTES] = [10_000, 12_500_000];
/** Sources that make it certain that nobody asked for the answers. */
const MANY_REFLECTORS = 100;
/** Addresses listed of each means. */
const MOST_SOURCES = 2_000;
const MEGABYTE = 1_000_000;
/** Kinds whose source addresses are real: reflectors. Of others they may be made up, or be those of visitors. */
const REFLECTED: ReadonlySet<FloodKind> = new Set(['amplification', 'syn-ack-reflection', 'fragments']);

/**
 * A flood of packets against one address or a whole network: answers of open services that somebody had sent there,
 * beginnings of connections that never go on, packets that nobody asked for. Shown only when it comes from many sources, in
 * one direction, and fast; an ordinary capture gives nothing. Does not show who ordered it: the addresses that packets come
 * from are reflectors, which are abused too, or made up.
 *
 * `details` is the fingerprint in the format of the DDoS dissector, of the attack only, with `x_vigia_target`, and for each
 * means `x_vigia_kind`. Addresses are listed only of reflectors.
 */
export const detector: Detector = {
  id: 'floods/packet-flood',
  version: 1,
  watches: [],
  tallies: ['packet-traffic'],
  references: [
    'https://github.com/NLADC/dissector',
    'https://www.cisa.gov/news-events/alerts/2014/01/17/udp-based-amplification-attacks',
    'https://www.rfc-editor.org/rfc/rfc4987',
    'https://attack.mitre.org/techniques/T1498/',
  ],
  start: () => new PacketFlood(),
};

class PacketFlood implements Detection {
  #traffic: PacketTraffic | null = null;

  see(): void {}

  weigh(tally: Tally): void {
    if (tally instanceof PacketTraffic) this.#traffic = tally;
  }

  end(): readonly FindingDraft[] {
    const traffic = this.#traffic;
    if (traffic === null) return [];
    const attacks = candidates(traffic.targets()).flatMap((candidate) => {
      const around = surroundingsOf(traffic, candidate.targets);
      const vectors = judge(countsOf(candidate.targets), around);
      return vectors.length > 0 ? [{ candidate, vectors, around }] : [];
    });
    const networks = attacks.filter(({ candidate }) => candidate.targets.length > 1);
    const isInNetwork = (target: CountedTarget | undefined): boolean =>
      networks.some(({ candidate }) => candidate.targets.some((each) => each === target));
    return attacks
      .filter(({ candidate }) => candidate.targets.length > 1 || !isInNetwork(candidate.targets[0]))
      .flatMap(({ candidate, vectors, around }) => findingOf(traffic, candidate, vectors, around));
  }
}

function surroundingsOf(traffic: PacketTraffic, targets: readonly CountedTarget[]): Surroundings {
  const sum = (of: (target: CountedTarget) => number): number =>
    targets.reduce((total, target) => total + of(target), 0);
  const sentPackets = sum((target) => target.sentPackets);
  return {
    sentPackets,
    packets: sum(({ packets }) => packets),
    seesBoth: sentPackets > 0 || traffic.returnedPackets > traffic.packets * BOTH_DIRECTIONS,
  };
}

function findingOf(
  traffic: PacketTraffic,
  candidate: Candidate,
  judged: readonly JudgedVector[],
  around: Surroundings,
): readonly FindingDraft[] {
  const { name, targets } = candidate;
  const fingerprint = fingerprintOf(traffic, targets, {
    vectors: judged.map(({ vector }) => vector),
    maxSources: MOST_SOURCES,
  });
  const [first] = judged;
  if (fingerprint === null || first === undefined) return [];
  const all = emptyCounts();
  for (const { vector } of judged) {
    all.seconds.merge(vector.counts.seconds);
    all.firstMicros = Math.min(all.firstMicros, vector.counts.firstMicros);
  }
  const peak = all.seconds.peak();
  const kinds = [...new Set(judged.map(({ kind }) => kind))].filter((kind) => kind !== 'fragments');
  const isCarpet = targets.length > 1;
  const isReflected = kinds.every((kind) => REFLECTED.has(kind));
  const values = {
    target: name,
    addresses: targets.length,
    packets: fingerprint.total_packets,
    megabytes: rounded(fingerprint.x_vigia_bytes / MEGABYTE),
    peak: fingerprint.x_vigia_peak_pps,
    peakMegabits: rounded((peak.bytes * 8) / MEGABYTE),
    sources: fingerprint.total_ips,
    seconds: fingerprint.duration_seconds,
    from: { time: fromUnixMicroseconds(all.firstMicros) ?? '' },
    hasTime: fingerprint.time_start !== null,
    sampling: fingerprint.x_vigia_sampling,
    files: traffic.sources.length,
    seesBoth: around.seesBoth,
  };
  const variant = isCarpet ? 'carpet' : isReflected ? 'reflected' : null;
  return [
    {
      severity: peak.packets >= LARGE_PPS || peak.bytes >= LARGE_BYTES ? 'high' : 'medium',
      confidence: confidenceOf(judged, around),
      shows: 'site-attack',
      ...(variant ? { variant } : {}),
      values,
      at: fromUnixMicroseconds(all.firstMicros),
      technique: isReflected ? 'T1498.002' : 'T1498.001',
      reasons: judged.map((each, index) => reasonOf(each, fingerprint, index)),
      details: detailsOf(fingerprint, judged, name, isCarpet),
      evidence: placesOf(traffic, targets),
    },
  ];
}

function confidenceOf(
  judged: readonly JudgedVector[],
  { seesBoth }: Surroundings,
): 'low' | 'medium' | 'high' {
  const isCertain = judged.some(
    ({ kind, vector }) =>
      (kind === 'amplification' || kind === 'syn-ack-reflection') &&
      vector.counts.sources.distinct >= MANY_REFLECTORS,
  );
  if (isCertain) return 'high';
  return seesBoth || judged.some(({ kind }) => kind === 'amplification') ? 'medium' : 'low';
}

function reasonOf({ kind, vector }: JudgedVector, fingerprint: Fingerprint, index: number): FindingReason {
  const told = fingerprint.attack_vectors[index];
  const { protocol, sourcePort, counts } = vector;
  const [busiest] = counts.destinationPorts.entries();
  const port = busiest && busiest[1] > counts.packets / 2 ? busiest[0] : 0;
  return {
    code: kind,
    values: {
      service: vector.service ?? protocolName(protocol),
      isAmplifier: sourcePort !== null && AMPLIFIERS.has(sourcePort),
      protocol: protocolName(protocol),
      port: String(sourcePort ?? 0),
      hasPort: sourcePort !== null && sourcePort > 0,
      destinationPort: String(port),
      hasDestinationPort: port > 0,
      packets: vector.packets,
      megabytes: rounded(vector.bytes / MEGABYTE),
      peak: told?.x_vigia_peak_pps ?? 0,
      sources: counts.sources.distinct,
      isAbout: counts.sources.isSample,
    },
  };
}

function detailsOf(
  fingerprint: Fingerprint,
  judged: readonly JudgedVector[],
  target: string,
  isCarpet: boolean,
): Readonly<Record<string, unknown>> {
  const tags = isCarpet ? new Set([...fingerprint.tags, 'Carpet bombing attack']) : fingerprint.tags;
  return {
    ...fingerprint,
    tags: [...tags].sort(),
    attack_vectors: fingerprint.attack_vectors.map((vector, index) => {
      const kind = judged[index]?.kind ?? 'protocol-flood';
      const isListed = REFLECTED.has(kind);
      return { ...vector, source_ips: isListed ? vector.source_ips : [], x_vigia_kind: kind };
    }),
    x_vigia_target: target,
  };
}

/** One for each file: where the target is first seen in it. */
function placesOf(traffic: PacketTraffic, targets: readonly CountedTarget[]): readonly Pointer[] {
  const first = new Map<number, number>();
  for (const { counts } of targets) {
    for (const [file, place] of counts?.files ?? [])
      first.set(file, Math.min(first.get(file) ?? Number.POSITIVE_INFINITY, place));
  }
  return [...first]
    .flatMap(([file, place]) => {
      const source = traffic.sources[file];
      return source
        ? [{ evidence: source.evidence, path: source.path, locator: `${source.place} ${place}` }]
        : [];
    })
    .sort((a, b) => compare(a.evidence, b.evidence) || compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Two digits that count. */
function rounded(value: number): number {
  return value >= 10 ? Math.round(value) : Number(value.toPrecision(2));
}
