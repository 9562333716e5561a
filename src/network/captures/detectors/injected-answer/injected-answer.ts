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
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { addressOf, connectionKey, packetPlaces } from '../../injection/connection.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { type Conflict, type ConflictLevel, conflictOf, overlapStart } from './conflicts.js';

/** Conflicts that are followed, and connections whose server went on after its end. */
const MAX_CONFLICTS = 5_000;
const MAX_CONNECTIONS = 20_000;
const MAX_PLACES = 100;
const MAX_PLACES_OF_CONFLICT = 8;
const MAX_LISTED = 100;
const MAX_FINDINGS = 50;

/** All records of one conflict: the answer may be repeated. */
interface Seen {
  readonly connection: string;
  /** The one that came first stands for all. */
  first: PacketAnomaly;
  times: number;
  readonly places: Smallest<SeenAt>;
}

interface Judged extends Seen {
  readonly conflict: Conflict;
}

/** Conflicts of one device with one host that mean the same. */
interface Group {
  readonly level: ConflictLevel;
  readonly statedBy: string | null;
  readonly device: string;
  readonly host: string;
  readonly members: Judged[];
}

const LEVELS: readonly ConflictLevel[] = ['injection', 'contradiction', 'answers', 'stated', 'inconsistency'];

/**
 * Two packets with different content for the same place of one stream, as they come about when somebody on the way
 * answers faster than the server. With a sign in the headers that they have two senders, and HTTP, it is a probable
 * injection; with a sign alone, a contradiction of medium weight; two answers of HTTP that say different things, of medium
 * weight too; without either, a retransmission that went wrong.
 *
 * `details`: `level` (`injection`, `contradiction`, `answers`, `inconsistency`, `stated`), `device`, `host`, `statedBy`, `connections`,
 * `dataAfterEnd`, `conflict` (the first) and `conflicts`, each with `frame` (the later packet), `against` (the earlier one), `injectedFrame`,
 * `overlapBytes`, `differingBytes`, `ttlInjected`, `ttlReal`, `ipIdInjected`, `ipIdReal`, `dontFragmentInjected`,
 * `dontFragmentReal`, `windowInjected`, `windowReal`, `delayMilliseconds`, `signs`, `fromServer`, `request`, `location`,
 * `times`; `leftOut`.
 */
export const detector: Detector<PacketAnomaly> = {
  id: 'captures/injected-answer',
  version: 1,
  watches: ['packet-anomaly'],
  references: [
    'https://blog.fox-it.com/2015/04/20/deep-dive-into-quantum-insert/',
    'https://github.com/fox-it/quantuminsert',
    'https://attack.mitre.org/techniques/T1659/',
  ],
  start: () => new InjectedAnswer(),
};

class InjectedAnswer implements Detection<PacketAnomaly> {
  readonly #conflicts = new SampledMap<Seen>(MAX_CONFLICTS);
  readonly #afterEnd = new SampledMap<Smallest<SeenAt>>(MAX_CONNECTIONS);

  see(record: PacketAnomaly): void {
    if (record.anomaly === 'overlap-conflict') this.#seeConflict(record);
    else if (record.anomaly === 'data-after-end' && record.fromServer === true) {
      const places = this.#afterEnd.at(connectionKey(record), newPlaces);
      for (const place of packetPlaces(record, record.packets)) places?.add(place);
    }
  }

  end(): readonly FindingDraft[] {
    const groups = [...groupsOf(this.#conflicts.values())].sort(
      (a, b) =>
        LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) ||
        compareSeen(placeOf(a), placeOf(b)) ||
        compareText(`${a.device} ${a.host}`, `${b.device} ${b.host}`),
    );
    const leftOut = Math.max(0, groups.length - MAX_FINDINGS) + this.#conflicts.aboutLeftOut;
    return groups.slice(0, MAX_FINDINGS).map((group) => this.#finding(group, leftOut));
  }

  #seeConflict(record: PacketAnomaly): void {
    // What means nothing takes no room.
    if (conflictOf(record) === null) return;
    const connection = connectionKey(record);
    const known = this.#conflicts.at(`${connection} ${record.fromServer} ${overlapStart(record)}`, () => ({
      connection,
      first: record,
      times: 0,
      places: new Smallest(MAX_PLACES_OF_CONFLICT, compareSeen),
    }));
    if (!known) return;
    known.times += 1;
    if (compareRecords(record, known.first) < 0) known.first = record;
    for (const place of packetPlaces(record, record.packets)) known.places.add(place);
  }

  #finding(group: Group, leftOut: number): FindingDraft {
    const { level, members, device, host, statedBy } = group;
    const { conflict } = members[0] as Judged;
    const places = newPlaces();
    for (const member of members) for (const place of member.places.values()) places.add(place);
    const connections = new Set(members.map(({ connection }) => connection));
    let afterEnd = 0;
    for (const connection of connections) {
      const seen = this.#afterEnd.get(connection);
      if (seen === undefined) continue;
      afterEnd += 1;
      for (const place of seen.values()) places.add(place);
    }
    const { severity, confidence } = gradeOf(level, members);
    return {
      severity,
      confidence,
      shows: level === 'injection' ? 'attempt' : 'oddity',
      ...(level === 'injection' ? { technique: 'T1659' } : { variant: level }),
      values: {
        device: device,
        host: { link: host },
        conflicts: members.length,
        connections: connections.size,
        frame: frameText(conflict.later),
        against: frameText(conflict.earlier),
        injectedFrame: frameText(conflict.injected),
        overlapBytes: conflict.overlapBytes ?? 0,
        delay: conflict.delayMilliseconds ?? 0,
        hasDelay: conflict.delayMilliseconds === null ? 'no' : 'yes',
        order: conflict.injected === conflict.earlier ? 'first' : 'second',
        direction: directionOf(conflict.fromServer),
        location: { link: conflict.location ?? '' },
        hasLocation: conflict.location === null ? 'no' : 'yes',
        statedBy: statedBy === 'zeek' ? 'Zeek' : statedBy === 'suricata' ? 'Suricata' : (statedBy ?? ''),
        leftOut,
      },
      at: placeOf(group).at,
      reasons: reasonsOf(conflict, afterEnd),
      details: {
        level,
        device,
        host,
        statedBy,
        connections: connections.size,
        dataAfterEnd: afterEnd,
        conflict: detailsOf(members[0] as Judged),
        conflicts: members.slice(0, MAX_LISTED).map(detailsOf),
        leftOut,
      },
      evidence: places.values().map(({ source }) => source),
    };
  }
}

function newPlaces(): Smallest<SeenAt> {
  return new Smallest(MAX_PLACES, compareSeen);
}

function groupsOf(all: Iterable<Seen>): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const seen of all) {
    const { first } = seen;
    const conflict = conflictOf(first);
    if (conflict === null) continue;
    const { level } = conflict;
    const device = addressOf(first.clientAddress);
    const host = conflict.host ?? addressOf(first.serverAddress);
    const key = `${first.source.evidence} ${level} ${first.statedBy} ${device} ${host}`;
    let group = groups.get(key);
    if (!group) {
      group = { level, statedBy: first.statedBy, device, host, members: [] };
      groups.set(key, group);
    }
    group.members.push({ ...seen, conflict });
  }
  for (const { members } of groups.values())
    members.sort((a, b) => compareRecords(a.first, b.first) || compareText(a.connection, b.connection));
  return groups.values();
}

function compareRecords(a: PacketAnomaly, b: PacketAnomaly): number {
  return compareSeen(a, b) || compareText(JSON.stringify(a.packets), JSON.stringify(b.packets));
}

function placeOf({ members }: Group): SeenAt {
  return (members[0] as Judged).first;
}

function gradeOf(
  level: ConflictLevel,
  members: readonly Judged[],
): { readonly severity: Severity; readonly confidence: Confidence } {
  const mostSigns = Math.max(...members.map(({ conflict }) => conflict.signs.length));
  switch (level) {
    case 'injection':
      return { severity: 'high', confidence: mostSigns > 1 ? 'high' : 'medium' };
    case 'contradiction':
      return { severity: 'medium', confidence: mostSigns > 1 ? 'medium' : 'low' };
    case 'answers':
      return { severity: 'medium', confidence: 'low' };
    case 'stated':
      // Of an answer of HTTP, where the log shows it.
      return {
        severity: members.some(({ conflict }) => conflict.isHttp) ? 'medium' : 'low',
        confidence: 'low',
      };
    case 'inconsistency':
      return { severity: 'low', confidence: 'low' };
  }
}

function reasonsOf(conflict: Conflict, afterEnd: number): readonly FindingReason[] {
  const { injected, real, signs, isHttp, location } = conflict;
  const values = {
    ttlInjected: numberText(injected?.ttl),
    ttlReal: numberText(real?.ttl),
    idInjected: numberText(injected?.ipId),
    idReal: numberText(real?.ipId),
    windowInjected: numberText(injected?.window),
    windowReal: numberText(real?.window),
    dfInjected: flagText(injected?.dontFragment),
    dfReal: flagText(real?.dontFragment),
    location: { link: location ?? '' },
    connections: afterEnd,
  };
  const codes = [
    ...signs,
    ...(location === null ? [] : [signs.length > 0 ? 'location' : 'location-either']),
    ...(isHttp && conflict.level === 'injection' ? ['http'] : []),
    ...(afterEnd > 0 ? ['data-after-end'] : []),
  ];
  return codes.map((code) => ({ code, values }));
}

function detailsOf({ conflict, times }: Judged): Readonly<Record<string, unknown>> {
  const { injected, real, later, earlier } = conflict;
  return {
    frame: later?.frame ?? null,
    against: earlier?.frame ?? null,
    injectedFrame: injected?.frame ?? null,
    overlapBytes: conflict.overlapBytes,
    differingBytes: conflict.differingBytes,
    ttlInjected: injected?.ttl ?? null,
    ttlReal: real?.ttl ?? null,
    ipIdInjected: injected?.ipId ?? null,
    ipIdReal: real?.ipId ?? null,
    dontFragmentInjected: injected?.dontFragment ?? null,
    dontFragmentReal: real?.dontFragment ?? null,
    windowInjected: injected?.window ?? null,
    windowReal: real?.window ?? null,
    delayMilliseconds: conflict.delayMilliseconds,
    signs: conflict.signs,
    fromServer: conflict.fromServer,
    request: conflict.request,
    location: conflict.location,
    times,
  };
}

function directionOf(fromServer: boolean | null): 'server' | 'client' | 'unknown' {
  return fromServer === null ? 'unknown' : fromServer ? 'server' : 'client';
}

function frameText(packet: PacketFacts | null): string {
  return numberText(packet?.frame);
}

/** Without marks between thousands: numbers of headers are compared digit by digit. */
function numberText(value: number | null | undefined): string {
  return value === null || value === undefined ? '?' : String(value);
}

function flagText(flag: boolean | null | undefined): string {
  return flag === null || flag === undefined ? '?' : flag ? '1' : '0';
}
