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
import type { Flow } from '../../../../records/kinds/flow.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import { hostOf } from '../../../../records/links.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { hostInRequest, locationIn } from '../../injection/answer-text.js';
import { addressOf, connectionKey, packetPlaces } from '../../injection/connection.js';
import { PACKETLOGIC_IP_ID, PACKETLOGIC_WINDOW } from '../../injection/packet-signs.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { placeOfBox, probeOf, type ReachTest, type ReachTestKind, reachTestOf } from './reach-tests.js';

type Watched = PacketAnomaly | Flow;

const MAX_PACKETS = 20_000;
const MAX_PROBES = 20_000;
const MAX_FINDINGS = 50;
const MAX_PLACES = 100;
const MAX_LISTED = 50;
const MAX_NAMED = 5;
const RST = 0x04;
/** One packet in 65,536 has any given identification: resets without the window must come several times. */
const MIN_RESETS = 3;

/** Where the published boxes sent people (Citizen Lab, 2018). */
const PUBLISHED_HOST = 'static.dbmads.com';
const PUBLISHED_PATH = /^https?:\/\/[^/?#]{1,253}\/(?:prg|down|dwn|tan)\.php\?a=[0-9a-f]{64}$/i;

interface Marked {
  readonly evidence: string;
  readonly device: string;
  readonly kind: 'redirect' | 'reset' | 'other';
  readonly isCertain: boolean;
  readonly ttl: number | null;
  readonly handshakeTtl: number | null;
  readonly location: string | null;
  readonly host: string | null;
  readonly server: string;
  readonly place: SeenAt;
}

interface Probing {
  readonly device: string;
  readonly evidence: string;
  /** Connections of one test have the same. */
  readonly test: string;
  readonly kind: ReachTestKind;
  readonly ttl: number;
  readonly connection: string;
  readonly place: SeenAt;
}

/** All marked packets towards one device. */
interface Way {
  readonly evidence: string;
  readonly device: string;
  readonly marked: Marked[];
  readonly connections: Set<string>;
}

/**
 * The published marks of PacketLogic boxes (Sandvine, Procera): packets with identification 0x3412, without DF and TCP options,
 * that end a connection with an answer of HTTP (FIN) or break it off (RST); with window 32120 it is certain. One finding for
 * each device, with the distance of the box where the capture holds a test for it.
 *
 * `details`: `device`, `packets`, `redirects`, `resets`, `certain` (with the window), `hosts` (asked), `servers`,
 * `locations`, `ttls`, `handshakeTtls`, `hop` (null when not known exactly), `nearestHop`, `furthestHop`, `tests` (`kind`: `end` or
 * `request`, `answered`, `unanswered`, `nearest`, `furthest`), `leftOut`.
 */
export const detector: Detector<Watched> = {
  id: 'captures/packetlogic',
  version: 1,
  watches: ['packet-anomaly', 'flow'],
  references: [
    'https://citizenlab.ca/2018/03/bad-traffic-sandvines-packetlogic-devices-deploy-government-spyware-turkey-syria/',
    'https://github.com/citizenlab/badtraffic',
    'https://attack.mitre.org/techniques/T1659/',
  ],
  start: () => new PacketLogic(),
};

class PacketLogic implements Detection<Watched> {
  readonly #marked = new SampledMap<Marked & { readonly connection: string }>(MAX_PACKETS);
  readonly #probes = new SampledMap<Probing>(MAX_PROBES);

  see(record: Watched): void {
    if (record.kind === 'flow') this.#seeFlow(record);
    else if (record.anomaly === 'marked-packet') this.#seeMarked(record);
  }

  end(): readonly FindingDraft[] {
    const ways = this.#ways();
    const probes = [...this.#probes.values()];
    const leftOut = Math.max(0, ways.length - MAX_FINDINGS) + this.#marked.aboutLeftOut;
    return ways.slice(0, MAX_FINDINGS).map((way) => findingOf(way, testsOf(way, probes), leftOut));
  }

  #seeMarked(record: PacketAnomaly): void {
    const [packet] = record.packets;
    if (packet === undefined || !isMarked(packet)) return;
    const { evidence, path } = record.source;
    this.#marked.at(`${evidence} ${path} ${packet.frame}`, () => markedOf(record, packet));
  }

  #seeFlow(record: Flow): void {
    const probe = probeOf(record);
    if (probe === null) return;
    const connection = connectionKey(record);
    const device = addressOf(record.clientAddress);
    const { evidence } = record.source;
    const test = `${probe.kind} ${addressOf(record.serverAddress)} ${record.serverNames[0] ?? ''}`;
    const place = { at: record.at, source: record.source };
    // Ports are used again: each connection begins at a packet of its own.
    this.#probes.at(`${connection} ${record.source.locator}`, () => ({
      device,
      evidence,
      test,
      ...probe,
      connection,
      place,
    }));
  }

  #ways(): readonly Way[] {
    const ways = new Map<string, Way>();
    for (const marked of this.#marked.values()) {
      const key = `${marked.evidence} ${marked.device}`;
      let way = ways.get(key);
      if (!way) {
        way = { evidence: marked.evidence, device: marked.device, marked: [], connections: new Set() };
        ways.set(key, way);
      }
      way.marked.push(marked);
      way.connections.add(marked.connection);
    }
    for (const { marked } of ways.values()) marked.sort((a, b) => compareSeen(a.place, b.place));
    return [...ways.values()].sort(
      (a, b) =>
        rankOf(b) - rankOf(a) || compareSeen(firstOf(a), firstOf(b)) || compareText(a.device, b.device),
    );
  }
}

/** Packets that end a connection without data are marked by the window only: one in 65,536 has the identification by chance. */
function isMarked({
  ipId,
  dontFragment,
  tcpFlags,
  optionsBytes,
  payloadBytes,
  window,
}: PacketFacts): boolean {
  if (ipId !== PACKETLOGIC_IP_ID || dontFragment === true || (optionsBytes ?? 0) > 0) return false;
  const isReset = ((tcpFlags ?? 0) & RST) !== 0;
  return isReset || (payloadBytes ?? 0) > 0 || window === PACKETLOGIC_WINDOW;
}

function markedOf(record: PacketAnomaly, packet: PacketFacts): Marked & { readonly connection: string } {
  const [excerpt = ''] = record.excerpts;
  const location = locationIn(excerpt);
  const isReset = ((packet.tcpFlags ?? 0) & RST) !== 0;
  return {
    evidence: record.source.evidence,
    device: addressOf(record.fromServer === false ? record.serverAddress : record.clientAddress),
    kind: isReset ? 'reset' : location === null ? 'other' : 'redirect',
    isCertain: packet.window === PACKETLOGIC_WINDOW,
    ttl: packet.ttl,
    handshakeTtl: record.handshakePacket?.ttl ?? null,
    location,
    host: hostInRequest(record.request),
    server: addressOf(record.serverAddress),
    place: packetPlaces(record, [packet])[0] as SeenAt,
    connection: connectionKey(record),
  };
}

/** Tests of a device in which the box answered at some distances and not at others. */
function testsOf(way: Way, probes: readonly Probing[]): readonly ReachTest[] {
  const byTest = new Map<string, Probing[]>();
  for (const probe of probes) {
    if (probe.evidence !== way.evidence || probe.device !== way.device) continue;
    const known = byTest.get(probe.test);
    if (known) known.push(probe);
    else byTest.set(probe.test, [probe]);
  }
  return [...byTest]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, members]) => {
      const [first] = members;
      if (first === undefined) return [];
      const answers = members.map(({ ttl, connection }) => ({
        ttl,
        isAnswered: way.connections.has(connection),
      }));
      return reachTestOf(first.kind, answers) ?? [];
    });
}

type Grade = { readonly severity: Severity; readonly confidence: Confidence };

function gradeOf({ marked }: Way): Grade {
  if (marked.some(({ isCertain }) => isCertain)) return { severity: 'high', confidence: 'high' };
  if (marked.length >= MIN_RESETS || marked.some(({ kind }) => kind !== 'reset'))
    return { severity: 'high', confidence: 'medium' };
  return { severity: 'medium', confidence: 'low' };
}

function rankOf(way: Way): number {
  const { confidence } = gradeOf(way);
  return confidence === 'high' ? 2 : confidence === 'medium' ? 1 : 0;
}

function findingOf(way: Way, tests: readonly ReachTest[], leftOut: number): FindingDraft {
  const { marked, device } = way;
  const count = (kind: Marked['kind']): number => marked.filter((each) => each.kind === kind).length;
  const [redirects, resets] = [count('redirect'), count('reset')];
  const certain = marked.filter(({ isCertain }) => isCertain).length;
  const hosts = textsOf(marked.map(({ host }) => host));
  const servers = textsOf(marked.map(({ server }) => server));
  const locations = textsOf(marked.map(({ location }) => location));
  const ttls = numbersOf(marked.map(({ ttl }) => ttl));
  const handshakeTtls = numbersOf(marked.map(({ handshakeTtl }) => handshakeTtl));
  const box = placeOfBox(tests);
  const hop = box !== null && box.nearest === box.furthest ? box.nearest : null;
  const values = {
    device: device,
    packets: marked.length,
    redirects,
    resets,
    others: marked.length - redirects - resets,
    certain,
    hostCount: hosts.length,
    hosts: { list: (hosts.length > 0 ? hosts : servers).slice(0, MAX_NAMED).map((link) => ({ link })) },
    locationCount: locations.length,
    locations: { list: locations.slice(0, MAX_NAMED).map((link) => ({ link })) },
    ttls: { list: ttls.slice(0, MAX_NAMED).map(String) },
    handshakeTtls: { list: handshakeTtls.slice(0, MAX_NAMED).map(String) },
    place: box === null ? 'unknown' : hop === null ? 'between' : 'exact',
    nearest: String(box?.nearest ?? ''),
    furthest: String(box?.furthest ?? ''),
    leftOut,
  };
  const places = new Smallest<SeenAt>(MAX_PLACES, compareSeen);
  for (const { place } of marked) places.add(place);
  return {
    ...gradeOf(way),
    shows: redirects > 0 ? 'attempt' : 'oddity',
    ...(redirects > 0 ? { technique: 'T1659' } : { variant: 'resets' }),
    values,
    at: firstOf(way).at,
    subjects: [device],
    reasons: [
      ...(certain > 0 ? [{ code: 'window', values }] : []),
      ...(redirects > 0 ? [{ code: 'redirects', values }] : []),
      ...(locations.some(isPublished) ? [{ code: 'published-location', values }] : []),
      ...(resets > 0 ? [{ code: 'resets', values }] : []),
      ...ttlReasons(ttls, handshakeTtls, values),
      ...tests.map((test) => testReason(test)),
    ],
    details: {
      device,
      packets: marked.length,
      redirects,
      resets,
      certain,
      hosts: hosts.slice(0, MAX_LISTED),
      servers: servers.slice(0, MAX_LISTED),
      locations: locations.slice(0, MAX_LISTED),
      ttls,
      handshakeTtls,
      hop,
      nearestHop: box?.nearest ?? null,
      furthestHop: box?.furthest ?? null,
      tests,
      leftOut,
    },
    evidence: places.values().map(({ source }) => source),
  };
}

/** A different time to live speaks for another sender; the same one does not speak against it (237 both in Egypt). */
function ttlReasons(
  ttls: readonly number[],
  handshakeTtls: readonly number[],
  values: FindingReason['values'],
): readonly FindingReason[] {
  if (ttls.length === 0 || handshakeTtls.length === 0) return [];
  return [{ code: ttls.every((ttl) => handshakeTtls.includes(ttl)) ? 'ttl-same' : 'ttl-differs', values }];
}

function testReason({ kind, answered, unanswered, nearest, furthest }: ReachTest): FindingReason {
  return {
    code: `test-${kind}`,
    values: {
      firstAnswered: String(answered[0]),
      lastAnswered: String(answered.at(-1)),
      firstUnanswered: String(unanswered[0]),
      lastUnanswered: String(unanswered.at(-1)),
      isExact: nearest === furthest ? 'yes' : 'no',
      nearest: String(nearest),
      furthest: String(furthest),
    },
  };
}

function isPublished(location: string): boolean {
  return hostOf(location) === PUBLISHED_HOST || PUBLISHED_PATH.test(location);
}

function firstOf({ marked }: Way): SeenAt {
  return (marked[0] as Marked).place;
}

function textsOf(texts: readonly (string | null)[]): readonly string[] {
  return [...new Set(texts.flatMap((text) => text ?? []))].sort(compareText);
}

function numbersOf(numbers: readonly (number | null)[]): readonly number[] {
  return [...new Set(numbers.flatMap((number) => number ?? []))].sort((a, b) => a - b);
}
