import { compareText } from '../../../../core/compare-text.js';
import type {
  Confidence,
  Detection,
  Detector,
  FindingDraft,
  FindingReason,
  Severity,
} from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import { type PacketAnomaly, RESET_SIGNS } from '../../../../records/kinds/packet-anomaly.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { hostInRequest } from '../../injection/answer-text.js';
import { addressOf, packetKey, packetPlaces } from '../../injection/connection.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';

type ResetSign = PacketAnomaly['signs'][number];

const MAX_RESETS = 20_000;
const MAX_MARKED = 20_000;
const MAX_FINDINGS = 50;
const MAX_PLACES = 100;
const MAX_LISTED = 50;
const MAX_NAMED = 5;

/**
 * `clear`: three signs or more. `likely`: two. `faint`: one that systems do not make themselves. `context`: one that
 * firewalls, NAT and load balancers make every day.
 */
type Grade = 'clear' | 'likely' | 'faint' | 'context';
const GRADES: readonly Grade[] = ['clear', 'likely', 'faint', 'context'];

const EVERYDAY: ReadonlySet<ResetSign> = new Set(['ttl-differs', 'sender-went-on']);

interface Reset {
  readonly evidence: string;
  readonly key: string;
  readonly device: string;
  readonly host: string;
  readonly signs: readonly ResetSign[];
  readonly ttl: number | null;
  readonly usualTtl: number | null;
  readonly at: SeenAt;
  readonly places: readonly SeenAt[];
}

interface Group {
  readonly grade: Grade;
  readonly device: string;
  readonly resets: Reset[];
}

/**
 * Resets that do not fit their supposed sender, as censors and filters forge them (the form of "rst-inject-rae" in the test
 * data of Zeek; Clayton, Murdoch, Watson, "Ignoring the Great Firewall of China", 2006). Those with the marks of PacketLogic are told by
 * `captures/packetlogic`.
 *
 * `details`: `grade` (`clear`, `likely`, `faint`, `context`), `device` (null for `context`), `hosts`, `resets` (a list of `host`, `signs`, `ttl`,
 * `usualTtl`, `source`), `count`, `leftOut`.
 */
export const detector: Detector<PacketAnomaly> = {
  id: 'captures/forged-reset',
  version: 1,
  watches: ['packet-anomaly'],
  references: [
    'https://www.cl.cam.ac.uk/~rnc1/ignoring.pdf',
    'https://www.icir.org/vern/papers/reset-injection.ndss09.pdf',
    'https://www.rfc-editor.org/rfc/rfc9293#section-3.5.3',
  ],
  start: () => new ForgedReset(),
};

class ForgedReset implements Detection<PacketAnomaly> {
  readonly #resets = new SampledMap<Reset>(MAX_RESETS);
  readonly #marked = new SampledMap<true>(MAX_MARKED);

  see(record: PacketAnomaly): void {
    const [packet] = record.packets;
    if (packet === undefined) return;
    const key = packetKey(record.source, packet);
    if (record.anomaly === 'marked-packet') this.#marked.at(key, () => true);
    else if (record.anomaly === 'reset' && record.signs.length > 0)
      this.#resets.at(key, () => resetOf(record, packet, key));
  }

  end(): readonly FindingDraft[] {
    const groups = new Map<string, Group>();
    for (const reset of this.#resets.values()) {
      if (this.#marked.get(reset.key)) continue;
      const grade = gradeOf(reset.signs);
      // What is everyday is told once, not for each device.
      const device = grade === 'context' ? '' : reset.device;
      const key = `${reset.evidence} ${grade} ${device}`;
      const known = groups.get(key);
      if (known) known.resets.push(reset);
      else groups.set(key, { grade, device, resets: [reset] });
    }
    for (const { resets } of groups.values()) resets.sort((a, b) => compareSeen(a.at, b.at));
    const all = [...groups.values()].sort(
      (a, b) =>
        GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade) ||
        compareSeen(firstOf(a), firstOf(b)) ||
        compareText(a.device, b.device),
    );
    const leftOut = Math.max(0, all.length - MAX_FINDINGS) + this.#resets.aboutLeftOut;
    return all.slice(0, MAX_FINDINGS).map((group) => findingOf(group, leftOut));
  }
}

function resetOf(record: PacketAnomaly, packet: PacketFacts, key: string): Reset {
  const { handshakePacket, source } = record;
  // Where its SYN/ACK is the packet that followed, or another of its packets is.
  const usual = handshakePacket ?? record.packets[1] ?? null;
  const places = packetPlaces(record, record.packets);
  return {
    evidence: source.evidence,
    key,
    device: addressOf(record.clientAddress),
    host: hostInRequest(record.request) ?? addressOf(record.serverAddress),
    signs: RESET_SIGNS.filter((sign) => record.signs.includes(sign)),
    ttl: packet.ttl,
    usualTtl: usual?.ttl ?? null,
    at: places[0] as SeenAt,
    places,
  };
}

function gradeOf(signs: readonly ResetSign[]): Grade {
  if (signs.length >= 3) return 'clear';
  if (signs.length === 2) return 'likely';
  return signs.every((sign) => EVERYDAY.has(sign)) ? 'context' : 'faint';
}

/** What is seen breaks off a conversation and puts nothing into it: medium is the most. */
function weightOf({ grade, resets }: Group): {
  readonly severity: Severity;
  readonly confidence: Confidence;
} {
  switch (grade) {
    case 'clear':
      return { severity: 'medium', confidence: 'high' };
    case 'likely': {
      // A firewall that drops one direction late makes the two everyday signs together.
      const isEveryday = resets.every(({ signs }) => signs.every((sign) => EVERYDAY.has(sign)));
      return { severity: 'medium', confidence: isEveryday ? 'low' : 'medium' };
    }
    case 'faint':
      return { severity: 'low', confidence: 'low' };
    case 'context':
      return { severity: 'info', confidence: 'low' };
  }
}

function findingOf(group: Group, leftOut: number): FindingDraft {
  const { grade, device, resets } = group;
  const hosts = [...new Set(resets.map(({ host }) => host))].sort(compareText);
  const places = new Smallest<SeenAt>(MAX_PLACES, compareSeen);
  for (const reset of resets) for (const place of reset.places) places.add(place);
  return {
    ...weightOf(group),
    shows: 'oddity',
    ...(grade === 'context' ? { variant: 'context' } : {}),
    values: {
      device: device,
      resets: resets.length,
      hostCount: hosts.length,
      hosts: { list: hosts.slice(0, MAX_NAMED).map((link) => ({ link })) },
      isSure: grade === 'clear' ? 'yes' : 'no',
      leftOut,
    },
    at: firstOf(group).at,
    reasons: reasonsOf(resets),
    details: {
      grade,
      device: grade === 'context' ? null : device,
      hosts: hosts.slice(0, MAX_LISTED),
      count: resets.length,
      resets: resets.slice(0, MAX_LISTED).map(({ host, signs, ttl, usualTtl, at }) => ({
        host,
        signs,
        ttl,
        usualTtl,
        source: at.source.locator,
      })),
      leftOut,
    },
    evidence: places.values().map(({ source }) => source),
  };
}

/** Strongest first: what systems never make themselves. */
const REASONS: readonly ResetSign[] = ['reserved-bits', 'before-syn-ack', 'sender-went-on', 'ttl-differs'];

function reasonsOf(resets: readonly Reset[]): readonly FindingReason[] {
  return REASONS.flatMap((code) => {
    const having = resets.filter(({ signs }) => signs.includes(code));
    const [example] = having;
    if (example === undefined) return [];
    const values = {
      times: having.length,
      ttlReset: numberText(example.ttl),
      ttlReal: numberText(example.usualTtl),
    };
    return [{ code, values }];
  });
}

function firstOf({ resets }: Group): SeenAt {
  return (resets[0] as Reset).at;
}

function numberText(value: number | null): string {
  return value === null ? '?' : String(value);
}
