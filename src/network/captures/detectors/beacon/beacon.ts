import { compareText } from '../../../../core/compare-text.js';
import type {
  Confidence,
  Detection,
  Detector,
  FindingDraft,
  FindingReason,
  Severity,
} from '../../../../core/contracts.js';
import { Smallest } from '../../../../core/smallest.js';
import { fromUnixSeconds } from '../../../../core/time.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import type { NetworkEnds } from '../../../../records/network-ends.js';
import { isDohResolver } from '../../known/doh-resolvers.js';
import { pushServiceOf } from '../../known/push-services.js';
import { durationValues } from '../../tables/durations.js';
import { hostLabel } from '../../tables/host-label.js';
import { HostNames, plainName } from '../../tables/host-names.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { sidesOf } from '../../tables/sides.js';
import { type CaptureSpan, CaptureSpans } from './capture-spans.js';
import { type BeaconScores, beaconScores, MIN_STARTS } from './scores.js';
import { MAX_STARTS, SeriesTable, type Start, StartSeries } from './series.js';

type Watched = Flow | Tls | Http | Dns;

/** Below this RITA does not score at all; from the second on it calls it low, from the third medium. */
const [LEAST_TOTAL, LOW_TOTAL, MEDIUM_TOTAL] = [0.5, 0.7, 0.9];
/** RITA needs six bars of an hour: a shorter capture cannot tell a habit from a chance. */
const SHORT_SECONDS = 6 * 3600;
/** Times are known to a second here: nearer starts are even by rounding alone. */
const SHORTEST_INTERVAL_SECONDS = 5;
/** A burst that covers less of the capture is no habit, unless all else speaks for it. */
const LEAST_COVERAGE = 1 / 3;
/** Few distances are even by chance: of so few every one must lie this near the middle one. */
const FEW_STARTS = 9;
const FEW_TOLERANCE = 0.2;
/**
 * In a capture that is short against its connections RITA's other three scores are high for anything that goes on, people
 * included. So the distances themselves must be even: by how much was measured on arrivals at random (Poisson) and on
 * pauses as people make them (log-normal), of which 1 % or fewer come this far.
 */
const LEAST_TIMING: readonly (readonly [starts: number, timing: number])[] = [
  [50, 0.8],
  [20, 0.85],
  [0, 0.9],
];
/**
 * Bowley's skewness of few distances is unsteady: of 30 starts a minute apart give or take a fifth, as implants ask, a third
 * had no such timing. So distances that deviate (standard deviation) by no more than this part of their mean are even
 * too. Of 5,000 series at random none came there, of pauses as people make them about 1 % with nine starts, and fewer with more.
 */
const EVEN_DEVIATION = 0.2;
/** Of 100 devices, RITA takes 2 for rare and 50 for common; of fewer than ten a part says nothing. */
const MIN_DEVICES = 10;
const [RARE, COMMON, PREVALENCE_STEP] = [0.02, 0.5, 0.15];
/** RITA's steps for a connection that stays open. */
const LONG_STEPS_HOURS = [1, 4, 8, 12] as const;
const MAX_LONG = 1_000;
const MAX_BEACONS = 1_000;
const MAX_ROWS = 30;
const MAX_NAMED = 5;

/** Name look-ups, clocks and what keeps a network itself going: RITA leaves the first out, and all of them beacon. */
const EXPECTED_PORTS = new Set([53, 67, 68, 123, 137, 138, 546, 547, 853, 1900, 3702, 5353, 5355]);
const EXPECTED_APPLICATIONS = new Set([
  'dns',
  'mdns',
  'llmnr',
  'ntp',
  'dhcp',
  'dhcpv6',
  'ssdp',
  'nbns',
  'stun',
  'ike',
]);

interface Beacon {
  readonly series: StartSeries;
  readonly capture: CaptureSpan;
  readonly scores: BeaconScores;
  /** Whether single requests inside connections were counted, not connections. */
  readonly isRequests: boolean;
  readonly label: string;
  readonly names: readonly string[];
  /** Devices of the capture, and those of them that speak to this host. */
  readonly devices: number;
  readonly devicesToHost: number;
}

interface LongConnection extends SeenAt {
  readonly file: string;
  readonly device: string;
  readonly name: string | null;
  readonly address: string;
  readonly port: number | null;
  readonly seconds: number;
}

interface Labelled extends LongConnection {
  readonly label: string;
}

/**
 * Connections of a device to one host that begin at even distances, as implants that ask for orders make them, and also
 * very many harmless programs: by the scores of RITA 5, with bars of a 24th of the capture, and only where the distances
 * themselves are even. Left out: name look-ups, clocks, push services, public resolvers, the own network. And connections
 * that stay open for hours.
 *
 * What it cannot see: regular contact inside one connection that stays open (flows have no times of single packets), and
 * datagrams that nobody answers when they make one long conversation.
 *
 * `details` of a beacon: `device`, `host`, `names`, `addresses`, `ports`, `starts`, `firstAt`, `lastAt`, `intervalSeconds`,
 * `deviationSeconds`, `counted` (`connections` or `requests`), `captureSeconds`, `scores` (`timing`, `size`, `duration`,
 * `histogram`, `total`), `prevalence` (`devices`, `devicesToHost`). Of the overview: `beacons` (a list of these). Of long
 * connections: `connections` (`device`, `host`, `address`, `port`, `firstAt`, `seconds`, `step`: hours of RITA's).
 */
export const detector: Detector<Watched> = {
  id: 'captures/beacon',
  version: 1,
  watches: ['flow', 'tls', 'http', 'dns'],
  references: [
    'https://github.com/activecm/rita',
    'https://www.activecountermeasures.com/free-tools/rita/',
    'https://attack.mitre.org/techniques/T1071/',
  ],
  start: () => new BeaconDetection(),
};

class BeaconDetection implements Detection<Watched> {
  readonly #names = new HostNames();
  readonly #spans = new CaptureSpans();
  readonly #connections = new SeriesTable();
  readonly #requests = new SeriesTable();
  /** Used where a log has nothing else. */
  readonly #handshakes = new SeriesTable();
  readonly #withFlows = new Set<string>();
  readonly #long = new Smallest<LongConnection>(
    MAX_LONG,
    (a, b) => b.seconds - a.seconds || compareSeen(a, b),
  );

  see(record: Watched): void {
    switch (record.kind) {
      case 'dns':
        this.#names.answered(record);
        break;
      case 'flow':
        this.#withFlows.add(record.source.evidence);
        this.#seeFlow(record);
        break;
      case 'tls': {
        const start = this.#startOf(record, record.serverName, null);
        if (start) this.#handshakes.add(start);
        break;
      }
      case 'http': {
        const size = record.target === null ? null : record.target.length + (record.requestBodyBytes ?? 0);
        const start = this.#startOf(record, record.host, size);
        if (start) this.#requests.add(start);
        break;
      }
    }
  }

  #seeFlow(record: Flow): void {
    const name = record.serverNames.length === 0 ? null : [...record.serverNames].sort(compareText)[0];
    const start = this.#startOf(record, name ?? null, record.clientBytes);
    const last = record.lastAt === null ? Number.NaN : Date.parse(record.lastAt);
    if (!Number.isNaN(last)) this.#spans.see(record.source.evidence, fileOf(record), Math.floor(last / 1000));
    if (!start || (record.application !== null && EXPECTED_APPLICATIONS.has(record.application))) return;
    this.#connections.add(start);
    const seconds = Math.floor(last / 1000) - start.second;
    if (seconds >= LONG_STEPS_HOURS[0] * 3600) {
      const { at, source, file, device, address, port } = start;
      this.#long.add({ at, source, file, device, name: start.name, address, port, seconds });
    }
  }

  /** Also widens the span of the capture. Null for what is expected to be regular, or has no time. */
  #startOf(
    record: NetworkEnds & Pick<Watched, 'at' | 'source' | 'transport'>,
    name: string | null,
    size: number | null,
  ): Start | null {
    const { at, source, transport } = record;
    if (at === null) return null;
    const second = Math.floor(Date.parse(at) / 1000);
    if (Number.isNaN(second)) return null;
    const file = fileOf(record);
    this.#spans.see(source.evidence, file, second);
    if (transport !== 'tcp' && transport !== 'udp') return null;
    const sides = sidesOf(record);
    if (!sides?.isDeviceClient || sides.isWithin || sides.isToMany) return null;
    if (sides.hostPort !== null && EXPECTED_PORTS.has(sides.hostPort)) return null;
    const { evidence } = source;
    const plain = name === null || name === '' ? null : plainName(name);
    this.#names.named(evidence, sides.host, plain);
    const ends = { device: sides.device, address: sides.host, port: sides.hostPort, transport };
    return { evidence, file, name: plain, ...ends, second, size, at, source };
  }

  end(): readonly FindingDraft[] {
    const captures = this.#spans.captures();
    const isSample = this.#connections.isSample || this.#requests.isSample;
    const findings: FindingDraft[] = [];
    const captureOf = new Map(
      captures.flatMap((capture) => capture.files.map((file) => [`${capture.evidence}\n${file}`, capture])),
    );
    const connections = this.#byCapture(
      [
        ...this.#connections.all(),
        ...this.#handshakes.all().filter(({ evidence }) => !this.#withFlows.has(evidence)),
      ],
      captureOf,
    );
    const requests = this.#byCapture(this.#requests.all(), captureOf);
    for (const capture of captures) {
      const beacons = strongestOfEach([
        ...this.#beaconsOf(connections.get(capture) ?? [], capture, false),
        ...this.#beaconsOf(requests.get(capture) ?? [], capture, true),
      ]);
      if (beacons.length > 1) findings.push(overview(beacons, capture, isSample));
      for (const beacon of beacons) findings.push(findingOf(beacon, beacons.length === 1, isSample));
    }
    return [...findings, ...this.#longFindings(captureOf)];
  }

  /** Series of one capture, those of its files joined, and those of an address whose one name is known under that name. */
  #byCapture(
    all: readonly StartSeries[],
    captureOf: ReadonlyMap<string, CaptureSpan>,
  ): Map<CaptureSpan, StartSeries[]> {
    const joined = new Map<CaptureSpan, Map<string, StartSeries>>();
    for (const series of all) {
      const capture = captureOf.get(`${series.evidence}\n${series.file}`);
      if (!capture) continue;
      const ofCapture = joined.get(capture) ?? new Map<string, StartSeries>();
      joined.set(capture, ofCapture);
      const [address = ''] = series.addresses.values();
      const { names, isCut } = this.#names.of(series.evidence, address);
      const name = series.name ?? (names.length === 1 && !isCut ? (names[0] ?? null) : null);
      const key = `${series.device}\n${name ?? address}`;
      const known = ofCapture.get(key) ?? new StartSeries({ ...series, name });
      ofCapture.set(key, known);
      known.join(series);
    }
    return new Map([...joined].map(([capture, ofCapture]) => [capture, [...ofCapture.values()]]));
  }

  #beaconsOf(all: readonly StartSeries[], capture: CaptureSpan, isRequests: boolean): Beacon[] {
    const devices = new Set(all.map(({ device }) => device)).size;
    const devicesTo = new Map<string, number>();
    for (const { name, addresses } of all) {
      const host = name ?? addresses.values()[0] ?? '';
      devicesTo.set(host, (devicesTo.get(host) ?? 0) + 1);
    }
    const beacons: Beacon[] = [];
    for (const series of all) {
      if (series.count < MIN_STARTS) continue;
      const { seconds } = series;
      // Starts that were not kept lie behind: of the rest of the capture nothing is known.
      const to = series.isCut ? (seconds.at(-1) ?? capture.to) : capture.to;
      const scores = beaconScores({ seconds, sizes: series.sizes }, capture.from, to);
      if (!scores || !isRegular(seconds, scores, capture.from, to)) continue;
      const [address = ''] = series.addresses.values();
      const known = this.#names.of(series.evidence, address);
      const names = series.name === null ? known.names : [series.name];
      if (isExpected(series, names)) continue;
      beacons.push({
        series,
        capture,
        scores,
        isRequests,
        names,
        label: hostLabel(names, series.name === null && known.isCut, address),
        devices,
        devicesToHost: devicesTo.get(series.name ?? address) ?? 1,
      });
    }
    return beacons;
  }

  #longFindings(captureOf: ReadonlyMap<string, CaptureSpan>): FindingDraft[] {
    const byCapture = new Map<CaptureSpan, Labelled[]>();
    for (const long of this.#long.values()) {
      const { source, file, name, address, port } = long;
      const capture = captureOf.get(`${source.evidence}\n${file}`);
      const known = this.#names.of(source.evidence, address);
      const names = name === null ? known.names : [name];
      const isPush = (names.length === 0 ? [null] : names).some(
        (one) => pushServiceOf(one, address, port) !== null,
      );
      if (!capture || isPush) continue;
      const ofCapture = byCapture.get(capture) ?? [];
      byCapture.set(capture, ofCapture);
      ofCapture.push({ ...long, label: hostLabel(names, name === null && known.isCut, address) });
    }
    return [...byCapture.values()].map(longFinding);
  }
}

/** Logs have one file for each kind of record; captures stand for themselves. */
function fileOf({ source }: Pick<Watched, 'source'>): string {
  return source.locator.startsWith('frame ') ? source.path : '';
}

/** Push services and resolvers: they are asked at even distances by design. */
function isExpected(series: StartSeries, names: readonly string[]): boolean {
  const addresses = series.addresses.values();
  const ports = series.ports.values();
  const isOf = (name: string | null, address: string): boolean =>
    isDohResolver(name ?? address) ||
    (ports.length === 0 ? [null] : ports).every((port) => pushServiceOf(name, address, port) !== null);
  return addresses.every((address) =>
    (names.length === 0 ? [null] : names).every((name) => isOf(name, address)),
  );
}

function isRegular(seconds: readonly number[], scores: BeaconScores, from: number, to: number): boolean {
  const { timing, total, intervalSeconds } = scores;
  if (total < LEAST_TOTAL || intervalSeconds < SHORTEST_INTERVAL_SECONDS) return false;
  const starts = new Set(seconds).size;
  const coverage = ((seconds.at(-1) ?? 0) - (seconds[0] ?? 0)) / (to - from);
  if (coverage < LEAST_COVERAGE && total < LOW_TOTAL) return false;
  if (starts >= FEW_STARTS && deviationPart(seconds) <= EVEN_DEVIATION) return true;
  if (starts < FEW_STARTS) {
    let previous: number | undefined;
    for (const second of seconds) {
      const distance = second - (previous ?? second);
      if (distance > 0 && Math.abs(distance - intervalSeconds) > intervalSeconds * FEW_TOLERANCE)
        return false;
      previous = second;
    }
  }
  const [, least = 1] = LEAST_TIMING.find(([few]) => starts >= few) ?? [];
  return timing >= least;
}

/** Standard deviation of the distances as a part of their mean. */
function deviationPart(seconds: readonly number[]): number {
  const distances: number[] = [];
  for (let index = 1; index < seconds.length; index += 1) {
    const distance = (seconds[index] ?? 0) - (seconds[index - 1] ?? 0);
    if (distance > 0) distances.push(distance);
  }
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  const variance = distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0) / distances.length;
  return Math.sqrt(variance) / mean;
}

/** Where both connections and the requests inside them are regular, the plainer of the two. Strongest first. */
function strongestOfEach(beacons: readonly Beacon[]): Beacon[] {
  const byHost = new Map<string, Beacon>();
  for (const beacon of beacons) {
    const key = `${beacon.series.device}\n${beacon.label}`;
    const known = byHost.get(key);
    if (!known || beacon.scores.total > known.scores.total) byHost.set(key, beacon);
  }
  return [...byHost.values()]
    .sort(
      (a, b) =>
        scoreOf(b) - scoreOf(a) ||
        compareText(a.label, b.label) ||
        compareText(a.series.device, b.series.device),
    )
    .slice(0, MAX_BEACONS);
}

/** With what prevalence adds or takes. */
function scoreOf(beacon: Beacon): number {
  return Math.min(1, Math.max(0, beacon.scores.total + prevalenceOf(beacon)));
}

function prevalenceOf({ devices, devicesToHost }: Beacon): number {
  if (devices < MIN_DEVICES) return 0;
  const part = devicesToHost / devices;
  return part <= RARE ? PREVALENCE_STEP : part >= COMMON ? -PREVALENCE_STEP : 0;
}

function isShort({ from, to }: CaptureSpan): boolean {
  return to - from < SHORT_SECONDS;
}

/** Regular contact alone never is more than something to look at. */
function severityOf(beacon: Beacon): Severity {
  return isShort(beacon.capture) || scoreOf(beacon) < MEDIUM_TOTAL ? 'low' : 'medium';
}

function confidenceOf(beacon: Beacon): Confidence {
  if (scoreOf(beacon) < LOW_TOTAL) return 'low';
  return isShort(beacon.capture) && (beacon.series.count < 20 || scoreOf(beacon) < MEDIUM_TOTAL)
    ? 'low'
    : 'medium';
}

function findingOf(beacon: Beacon, isAlone: boolean, isSample: boolean): FindingDraft {
  const { series, capture, scores, names, isRequests } = beacon;
  const { seconds } = series;
  const [address = ''] = series.addresses.values();
  return {
    severity: severityOf(beacon),
    confidence: confidenceOf(beacon),
    values: {
      host: { link: names[0] ?? address },
      more: Math.max(0, names.length - 1),
      device: series.device,
      starts: series.count,
      ...durationValues('interval', scores.intervalSeconds),
      ...durationValues('length', capture.to - capture.from),
      first: { time: fromUnixSeconds(seconds[0]) ?? '' },
      last: { time: fromUnixSeconds(seconds.at(-1)) ?? '' },
      isShort: yes(isShort(capture)),
      isCut: yes(series.isCut),
      kept: MAX_STARTS,
      counted: isRequests ? 'requests' : 'connections',
      score: Math.round(scoreOf(beacon) * 100),
      isSample: yes(isSample),
    },
    at: fromUnixSeconds(seconds[0]),
    subjects: [series.device],
    reasons: reasonsOf(beacon),
    details: detailsOf(beacon),
    ...(isAlone ? { picture: pictureOf([beacon], capture) } : {}),
    evidence: series.places.values().map(({ source }) => source),
  };
}

function reasonsOf(beacon: Beacon): FindingReason[] {
  const { scores, series, capture } = beacon;
  const { timing, size, duration, histogram } = scores;
  const points = (score: number): number => Math.round(score * 25);
  const prevalence = prevalenceOf(beacon);
  const reasons: FindingReason[] = [
    {
      code: 'timing',
      points: points(timing),
      values: {
        ...durationValues('interval', scores.intervalSeconds),
        ...durationValues('deviation', scores.deviationSeconds),
      },
    },
    { code: 'size', points: points(size), values: { known: yes(series.sizes.length >= MIN_STARTS - 1) } },
    { code: 'duration', points: points(duration), values: { score: Math.round(duration * 100) } },
    { code: 'histogram', points: points(histogram), values: { score: Math.round(histogram * 100) } },
  ];
  if (prevalence !== 0) {
    reasons.push({
      code: prevalence > 0 ? 'rare' : 'common',
      points: Math.round(prevalence * 100),
      values: { devices: beacon.devices, devicesToHost: beacon.devicesToHost },
    });
  }
  if (isShort(capture))
    reasons.push({ code: 'short', values: durationValues('length', capture.to - capture.from) });
  if (series.isCut) reasons.push({ code: 'cut', values: { starts: series.count, kept: MAX_STARTS } });
  return reasons;
}

function detailsOf(beacon: Beacon): Record<string, unknown> {
  const { series, scores, capture, names, label, isRequests } = beacon;
  const { intervalSeconds, deviationSeconds, ...own } = scores;
  const { seconds } = series;
  return {
    device: series.device,
    host: label,
    names,
    addresses: series.addresses.values(),
    ports: series.ports.values(),
    starts: series.count,
    firstAt: fromUnixSeconds(seconds[0]),
    lastAt: fromUnixSeconds(seconds.at(-1)),
    intervalSeconds,
    deviationSeconds,
    counted: isRequests ? 'requests' : 'connections',
    captureSeconds: capture.to - capture.from,
    scores: own,
    prevalence: { devices: beacon.devices, devicesToHost: beacon.devicesToHost },
  };
}

function overview(beacons: readonly Beacon[], capture: CaptureSpan, isSample: boolean): FindingDraft {
  const [strongest] = beacons;
  const hosts = [
    ...new Set(beacons.map(({ names, series }) => names[0] ?? series.addresses.values()[0] ?? '')),
  ];
  return {
    severity: strongest ? severityOf(strongest) : 'low',
    confidence: strongest ? confidenceOf(strongest) : 'low',
    variant: 'overview',
    values: {
      beacons: beacons.length,
      hosts: { list: hosts.slice(0, MAX_NAMED).map((link) => ({ link })) },
      isShort: yes(isShort(capture)),
      ...durationValues('length', capture.to - capture.from),
      isSample: yes(isSample),
    },
    at: fromUnixSeconds(capture.from),
    details: { beacons: beacons.map(detailsOf) },
    picture: pictureOf(beacons, capture),
    evidence: beacons.flatMap(({ series }) =>
      series.places
        .values()
        .slice(0, 1)
        .map(({ source }) => source),
    ),
  };
}

function pictureOf(
  beacons: readonly Beacon[],
  { from, to }: CaptureSpan,
): NonNullable<FindingDraft['picture']> {
  const hasDevices = new Set(beacons.map(({ series }) => series.device)).size > 1;
  return {
    kind: 'intervals',
    rows: beacons.slice(0, MAX_ROWS).map((beacon) => ({
      label: hasDevices ? `${beacon.series.device} > ${beacon.label}` : beacon.label,
      moments: [...new Set(beacon.series.seconds)].flatMap((second) => fromUnixSeconds(second) ?? []),
      intervalSeconds: beacon.scores.intervalSeconds,
      severity: severityOf(beacon),
    })),
    from: fromUnixSeconds(from) ?? '',
    to: fromUnixSeconds(to) ?? '',
  };
}

function longFinding(connections: readonly Labelled[]): FindingDraft {
  const [longest] = connections;
  const seconds = longest?.seconds ?? 0;
  const hosts = [...new Set(connections.map(({ label }) => label))];
  return {
    // Messengers, tunnels and calls stay open for hours by design.
    severity: seconds >= LONG_STEPS_HOURS[2] * 3600 ? 'low' : 'info',
    confidence: 'low',
    shows: 'advice',
    variant: 'long',
    values: {
      count: connections.length,
      hosts: { list: hosts.slice(0, MAX_NAMED).map((link) => ({ link })) },
      ...durationValues('length', seconds),
    },
    at: longest?.at ?? null,
    details: {
      connections: connections.map(({ device, label, address, port, at, seconds: open }) => ({
        device,
        host: label,
        address,
        port,
        firstAt: at,
        seconds: open,
        step: LONG_STEPS_HOURS.findLast((hours) => open >= hours * 3600) ?? 0,
      })),
    },
    evidence: connections.map(({ source }) => source),
  };
}

/** For `select` in texts. */
function yes(is: boolean): 'yes' | 'no' {
  return is ? 'yes' : 'no';
}
