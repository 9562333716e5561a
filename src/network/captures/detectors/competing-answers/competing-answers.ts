import { compareText } from '../../../../core/compare-text.js';
import type { Confidence, Detection, Detector, FindingDraft, Severity } from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import { addressOf, packetKey, packetPlaces } from '../../injection/connection.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { type RivalKind, type Rivals, rivalsOf } from './rivals.js';

const MAX_RIVALS = 5_000;
const MAX_PACKETS = 20_000;
const MAX_FINDINGS = 50;
const MAX_PLACES = 100;
const MAX_LISTED = 50;
const MAX_NAMED = 5;

const SEVERITY_ORDER: readonly Severity[] = ['medium', 'low'];
const CONFIDENCE_ORDER: readonly Confidence[] = ['high', 'medium', 'low'];

interface Seen {
  readonly record: PacketAnomaly;
  readonly rivals: Rivals;
}

/** The same of one device with one host, or with one name server. */
interface Group {
  readonly kind: RivalKind;
  readonly device: string;
  readonly host: string;
  readonly members: Seen[];
}

/**
 * Two answers to one request where only one can be true: acceptances of a connection (SYN/ACK) with different numbers,
 * answers of the name system with different addresses, and answers made from the packet they answer. Data after an end
 * (`data-after-end`) is met in ordinary captures too and makes no finding here.
 *
 * `details`: `kind` (`syn-ack`, `dns`, `echo`), `device`, `host`, `count`, `names` and `answers` (of `dns`), `signs` (codes of
 * the reasons), `leftOut`.
 */
export const detector: Detector<PacketAnomaly> = {
  id: 'captures/competing-answers',
  version: 1,
  watches: ['packet-anomaly'],
  references: [
    'https://www.usenix.org/conference/foci14/workshop-program/presentation/anonymous',
    'https://github.com/fox-it/quantuminsert',
    'https://www.rfc-editor.org/rfc/rfc5452#section-4',
  ],
  start: () => new CompetingAnswers(),
};

class CompetingAnswers implements Detection<PacketAnomaly> {
  readonly #seen = new SampledMap<Seen>(MAX_RIVALS);
  /** Packets that the detector of double answers tells of, or that of PacketLogic. */
  readonly #told = new SampledMap<true>(MAX_PACKETS);

  see(record: PacketAnomaly): void {
    const { anomaly, packets, source } = record;
    if (anomaly === 'overlap-conflict' || anomaly === 'marked-packet') {
      for (const packet of packets) this.#told.at(packetKey(source, packet), () => true);
      return;
    }
    const rivals = rivalsOf(record);
    if (rivals === null) return;
    const frames = packets.map(({ frame }) => frame).join(' ');
    this.#seen.at(
      `${anomaly} ${source.evidence} ${source.path} ${source.locator} ${frames} ${record.name}`,
      () => ({ record, rivals }),
    );
  }

  end(): readonly FindingDraft[] {
    const groups = [...this.#groups()].sort(
      (a, b) =>
        rankOf(a) - rankOf(b) ||
        compareSeen(firstOf(a), firstOf(b)) ||
        compareText(`${a.kind} ${a.device} ${a.host}`, `${b.kind} ${b.device} ${b.host}`),
    );
    const leftOut = Math.max(0, groups.length - MAX_FINDINGS) + this.#seen.aboutLeftOut;
    return groups.slice(0, MAX_FINDINGS).map((group) => findingOf(group, leftOut));
  }

  #groups(): Iterable<Group> {
    const groups = new Map<string, Group>();
    for (const seen of this.#seen.values()) {
      const { record, rivals } = seen;
      const { kind, severity, host } = rivals;
      if (
        kind === 'echo' &&
        record.packets.some((packet) => this.#told.get(packetKey(record.source, packet)))
      )
        continue;
      const device = addressOf(record.clientAddress);
      const key = `${record.source.evidence} ${kind} ${severity} ${device} ${host}`;
      const known = groups.get(key);
      if (known) known.members.push(seen);
      else groups.set(key, { kind, device, host, members: [seen] });
    }
    for (const { members } of groups.values())
      members.sort(
        (a, b) =>
          CONFIDENCE_ORDER.indexOf(a.rivals.confidence) - CONFIDENCE_ORDER.indexOf(b.rivals.confidence) ||
          compareSeen(a.record, b.record) ||
          compareText(JSON.stringify(a.record), JSON.stringify(b.record)),
      );
    return groups.values();
  }
}

/** The one that speaks clearest stands for the others. */
function clearestOf({ members }: Group): Seen {
  return members[0] as Seen;
}

function firstOf({ members }: Group): SeenAt {
  return members.map(({ record }) => record).sort(compareSeen)[0] as SeenAt;
}

function rankOf(group: Group): number {
  const { severity, confidence } = clearestOf(group).rivals;
  return SEVERITY_ORDER.indexOf(severity) * CONFIDENCE_ORDER.length + CONFIDENCE_ORDER.indexOf(confidence);
}

function findingOf(group: Group, leftOut: number): FindingDraft {
  const { kind, device, host, members } = group;
  const { record, rivals } = clearestOf(group);
  const names = [...new Set(members.flatMap((member) => member.record.name ?? []))].sort(compareText);
  const places = new Smallest<SeenAt>(MAX_PLACES, compareSeen);
  for (const member of members)
    for (const place of packetPlaces(member.record, member.record.packets)) places.add(place);
  return {
    severity: rivals.severity,
    confidence: rivals.confidence,
    shows: 'oddity',
    ...(kind === 'syn-ack' ? {} : { variant: kind }),
    values: {
      device: device,
      host: { link: host },
      times: members.length,
      isPhysical: rivals.reasons.length > 0 ? 'yes' : 'no',
      names: names.length,
      nameList: { list: namesToTell(record.name, names).map((link) => ({ link })) },
      first: answerText(record.answers[0]),
      second: answerText(record.answers[1]),
      leftOut,
    },
    at: firstOf(group).at,
    reasons: rivals.reasons,
    details: {
      kind,
      device,
      host,
      count: members.length,
      names: names.slice(0, MAX_LISTED),
      answers: members
        .slice(0, MAX_LISTED)
        .flatMap((member) =>
          kind === 'dns' ? [{ name: member.record.name, answers: member.record.answers }] : [],
        ),
      signs: rivals.reasons.map(({ code }) => code),
      leftOut,
    },
    evidence: places.values().map(({ source }) => source),
  };
}

/** The name whose answers are told comes first. */
function namesToTell(name: string | null, names: readonly string[]): readonly string[] {
  return [...new Set([...(name === null ? [] : [name]), ...names])].slice(0, MAX_NAMED);
}

/** Addresses of an answer; a dash where it has none. */
function answerText(addresses: readonly string[] | undefined): FindingDraft['values'][string] {
  if (addresses === undefined || addresses.length === 0) return '–';
  return { list: addresses.slice(0, MAX_NAMED).map((link) => ({ link })) };
}
