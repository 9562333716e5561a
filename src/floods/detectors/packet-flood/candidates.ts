/** Which destinations, or networks of many, may be the target of a flood. */
import type { CountedTarget } from '../../../records/tallies/packet-traffic.js';
import { wordsText } from '../../fingerprint/fingerprint.js';

export interface Candidate {
  /** `203.0.113.7`, or `203.0.113.0/24` for a whole network. */
  readonly name: string;
  readonly targets: readonly CountedTarget[];
}

const MOST_CANDIDATES = 32;
const FEWEST_PACKETS = 300;
/** Addresses of a network that must be hit for the network to be the target. */
const CARPET_ADDRESSES = 16;
/** A single address with a larger part is the target, not its network. */
const CARPET_SHARE = 0.3;
/** Prefix lengths tried, the widest that holds much more than a narrower one is told. */
const [IPV4_PREFIXES, IPV6_PREFIXES] = [
  [24, 20],
  [64, 48],
];
const WIDER = 1.5;

/** Addresses first, most packets first; then networks. */
export function candidates(all: readonly CountedTarget[]): readonly Candidate[] {
  const possible = all.filter(({ words, counts }) => counts !== null && isSingleHost(words));
  const alone = possible
    .filter(({ packets }) => packets >= FEWEST_PACKETS)
    .slice(0, MOST_CANDIDATES)
    .map((target) => ({ name: wordsText(target.words), targets: [target] }));
  return [...alone, ...carpets(possible)];
}

function carpets(targets: readonly CountedTarget[]): readonly Candidate[] {
  const networks = new Map<string, { readonly length: number; readonly targets: CountedTarget[] }>();
  for (const target of targets) {
    const isIpv4 = target.words[2] === 0xffff && target.words[0] === 0 && target.words[1] === 0;
    for (const length of isIpv4 ? IPV4_PREFIXES : IPV6_PREFIXES) {
      const name = `${wordsText(network(target.words, isIpv4 ? length + 96 : length))}/${length}`;
      const known = networks.get(name);
      if (known) known.targets.push(target);
      else networks.set(name, { length, targets: [target] });
    }
  }
  const found = [...networks]
    .map(([name, { length, targets: inside }]) => ({
      name,
      length,
      targets: inside,
      packets: packetsOf(inside),
    }))
    .filter(
      ({ targets: inside, packets }) =>
        inside.length >= CARPET_ADDRESSES &&
        packets >= FEWEST_PACKETS &&
        inside.every((target) => target.packets <= packets * CARPET_SHARE),
    )
    .sort((a, b) => b.packets - a.packets || b.length - a.length || (a.name < b.name ? -1 : 1));
  const told: (typeof found)[number][] = [];
  // A wide one that holds little more than a narrow one says less than it.
  for (const each of found.filter(({ length }) => length === 24 || length === 64)) {
    const wider = found.find(
      (other) => other.length < each.length && other.targets.includes(each.targets[0] as CountedTarget),
    );
    const best = wider && wider.packets > each.packets * WIDER ? wider : each;
    if (!told.includes(best)) told.push(best);
  }
  return told.slice(0, MOST_CANDIDATES);
}

function packetsOf(targets: readonly CountedTarget[]): number {
  return targets.reduce((sum, { packets }) => sum + packets, 0);
}

function network(words: CountedTarget['words'], length: number): readonly [number, number, number, number] {
  const masked = words.map((word, index) => {
    const bits = Math.min(Math.max(length - index * 32, 0), 32);
    return bits === 0 ? 0 : (word & (0xffff_ffff << (32 - bits))) >>> 0;
  });
  return [masked[0] as number, masked[1] as number, masked[2] as number, masked[3] as number];
}

/** Not for many (RFC 1112, RFC 4291 2.7), not the host itself, nobody, or the link. */
function isSingleHost([w0, w1, w2, w3]: CountedTarget['words']): boolean {
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) {
    const first = w3 >>> 24;
    return first > 0 && first !== 127 && first < 224 && w3 >>> 16 !== 0xa9fe;
  }
  return w0 >>> 24 !== 0xff && w0 >>> 22 !== 0xfe80 >>> 6 && !(w0 === 0 && w1 === 0 && w2 === 0);
}
