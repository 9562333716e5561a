/** The means of an attack by volume, told apart as the DDoS dissector does (https://github.com/NLADC/dissector). */
import type { ProtocolCounts, TargetCounts } from '../../records/tallies/packets/target-counts.js';
import { VectorCounts } from '../../records/tallies/packets/vector-counts.js';
import { serviceOf, TCP, UDP } from './services.js';

/** Part of the packets that makes a source port a means of its own. */
const PORT_SHARE = 0.05;
/** Part of what is left that makes a destination port one. */
const DESTINATION_PORT_SHARE = 0.1;
/** Means with a smaller part of the bytes are left out. */
const BYTES_SHARE = 0.05;

export interface AttackVector {
  readonly protocol: number;
  /** null: many. */
  readonly sourcePort: number | null;
  readonly service: string | null;
  /** Pieces of packets, which have no ports. */
  readonly isFragments: boolean;
  readonly counts: VectorCounts;
  /** Of pieces, only what came from sources of the other means. */
  readonly packets: number;
  readonly bytes: number;
}

interface PortVector {
  readonly protocol: number;
  readonly port: number;
  readonly counts: VectorCounts;
  readonly packets: number;
}

/** Most bytes first; pieces of packets last. */
export function attackVectors(target: TargetCounts): readonly AttackVector[] {
  const ports = portsOf(target);
  const total = [...target.protocols.values()].reduce((sum, counts) => sum + packetsOf(counts), 0);
  const pieces = ports.filter(isPieces);
  const withoutPieces = total - pieces.reduce((sum, { packets }) => sum + packets, 0);
  const hasPieces = new Set(
    pieces.filter(({ packets }) => packets > total * PORT_SHARE).map(({ protocol }) => protocol),
  );
  const large = ports.filter(
    (vector) =>
      !isPieces(vector) &&
      (vector.packets > total * PORT_SHARE ||
        (vector.port > 0 && vector.packets > withoutPieces * PORT_SHARE)),
  );
  const found = [
    ...large.map(({ protocol, port, counts }) => vectorOf(protocol, port, counts)),
    ...remainders(target, large, hasPieces),
  ];
  const kept = withoutSmall(merged(found)).sort(byBytes);
  return [...kept, ...fragmentVectors(pieces, hasPieces, kept)];
}

/**
 * What came from single source ports, and all the rest by protocol, whatever its size: to be judged one by one.
 * `isPort` says which ports stay alone; pieces of packets come with the means of their sources.
 */
export function judgedVectors(
  target: TargetCounts,
  isPort: (vector: AttackVector) => boolean,
  isRest: (vector: AttackVector) => boolean,
): readonly AttackVector[] {
  const ports = portsOf(target).filter((vector) => !isPieces(vector));
  const alone = ports.filter(({ protocol, port, counts }) => isPort(vectorOf(protocol, port, counts)));
  const rests = restsOf(target, alone, true).map(({ protocol, counts }) => vectorOf(protocol, null, counts));
  const kept = merged([
    ...alone.map(({ protocol, port, counts }) => vectorOf(protocol, port, counts)),
    ...rests.filter(isRest),
  ]).sort(byBytes);
  const pieces = portsOf(target).filter(isPieces);
  return [...kept, ...fragmentVectors(pieces, new Set(pieces.map(({ protocol }) => protocol)), kept)];
}

/** What came from all ports that are no means of their own, by protocol: one counts when some destination port stands out. */
function remainders(
  target: TargetCounts,
  large: readonly PortVector[],
  hasPieces: ReadonlySet<number>,
): readonly AttackVector[] {
  const rests = restsOf(target, large, hasPieces.size > 0);
  const left = rests.reduce((sum, { counts }) => sum + counts.packets, 0);
  return rests
    .filter(({ counts }) =>
      counts.destinationPorts.entries().some(([, packets]) => packets > left * DESTINATION_PORT_SHARE),
    )
    .map(({ protocol, counts }) => vectorOf(protocol, null, counts));
}

function restsOf(
  target: TargetCounts,
  large: readonly PortVector[],
  withoutPieces: boolean,
): readonly { readonly protocol: number; readonly counts: VectorCounts }[] {
  const taken = new Set(large.map(({ protocol, port }) => `${protocol} ${port}`));
  const rests: { readonly protocol: number; readonly counts: VectorCounts }[] = [];
  for (const [protocol, counts] of target.protocols) {
    const rest = emptyCounts();
    rest.merge(counts.others);
    for (const [port, vector] of counts.ports) {
      const isPiece = port === 0 && withoutPieces && (protocol === TCP || protocol === UDP);
      if (!taken.has(`${protocol} ${port}`) && !isPiece) rest.merge(vector);
    }
    if (rest.packets > 0) rests.push({ protocol, counts: rest });
  }
  return rests;
}

/** Those of one service and protocol are one. */
function merged(vectors: readonly AttackVector[]): AttackVector[] {
  const groups = new Map<string, AttackVector[]>();
  for (const vector of vectors) {
    const key = `${vector.protocol} ${vector.service ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), vector]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    if (group.length === 1) return [first];
    const counts = emptyCounts();
    for (const vector of group) counts.merge(vector.counts);
    return [{ ...first, sourcePort: null, counts, packets: counts.packets, bytes: counts.bytes }];
  });
}

/** Without those of few bytes, the smallest first, until all that are left have enough. */
function withoutSmall(vectors: AttackVector[]): AttackVector[] {
  const kept = [...vectors].sort(byBytes);
  for (;;) {
    const total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    const last = kept.at(-1);
    if (last === undefined || last.bytes >= total * BYTES_SHARE) return kept;
    kept.pop();
  }
}

/** Pieces of packets from sources that are in a means with one source port, of the same protocol. */
function fragmentVectors(
  pieces: readonly PortVector[],
  hasPieces: ReadonlySet<number>,
  vectors: readonly AttackVector[],
): readonly AttackVector[] {
  return pieces.flatMap(({ protocol, counts }) => {
    if (!hasPieces.has(protocol)) return [];
    const others = vectors.filter((vector) => vector.protocol === protocol && vector.sourcePort !== null);
    let packets = 0;
    const ofThem = emptyCounts();
    counts.sources.each((w0, w1, w2, w3, count) => {
      if (!others.some((vector) => vector.counts.sources.has(w0, w1, w2, w3))) return;
      packets += count;
      ofThem.sources.add(w0, w1, w2, w3, count);
    });
    if (packets === 0) return [];
    const isAll = packets >= counts.packets;
    const share = Math.min(packets / counts.packets, 1);
    // What else those have in common is hardly different from all pieces.
    if (!isAll) ofThem.mergeAllButSources(counts);
    return [
      {
        protocol,
        sourcePort: 0,
        service: FRAGMENTS,
        isFragments: true,
        counts: isAll ? counts : ofThem,
        packets: isAll ? counts.packets : packets,
        bytes: Math.round(counts.bytes * share),
      },
    ];
  });
}

/** Name of the dissector for pieces of packets. */
export const FRAGMENTS = 'Fragmented IP packets';

function vectorOf(protocol: number, sourcePort: number | null, counts: VectorCounts): AttackVector {
  const hasPort = sourcePort !== null && sourcePort !== 0;
  return {
    protocol,
    sourcePort: protocol === TCP || protocol === UDP ? sourcePort : sourcePort === 0 ? 0 : null,
    service: hasPort ? serviceOf(protocol, sourcePort) : null,
    isFragments: false,
    counts,
    packets: counts.packets,
    bytes: counts.bytes,
  };
}

function portsOf(target: TargetCounts): readonly PortVector[] {
  return [...target.protocols].flatMap(([protocol, counts]) =>
    [...counts.ports].map(([port, vector]) => ({
      protocol,
      port,
      counts: vector,
      packets: vector.packets,
    })),
  );
}

function packetsOf({ others, ports }: ProtocolCounts): number {
  let sum = others.packets;
  for (const { packets } of ports.values()) sum += packets;
  return sum;
}

function isPieces({ protocol, port }: PortVector): boolean {
  return port === 0 && (protocol === TCP || protocol === UDP);
}

function byBytes(a: AttackVector, b: AttackVector): number {
  return b.bytes - a.bytes || a.protocol - b.protocol || (a.sourcePort ?? -1) - (b.sourcePort ?? -1);
}

export function emptyCounts(): VectorCounts {
  return new VectorCounts({ left: Number.POSITIVE_INFINITY });
}
