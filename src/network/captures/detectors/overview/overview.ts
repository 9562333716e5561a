import { compareText } from '../../../../core/compare-text.js';
import type {
  Detection,
  Detector,
  DetectorContext,
  FindingDraft,
  Pointer,
  Severity,
} from '../../../../core/contracts.js';
import { Smallest } from '../../../../core/smallest.js';
import { severityOf } from '../../../../indicators/detectors/match/rules.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { FileDownload } from '../../../../records/kinds/file-download.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { IdsAlert } from '../../../../records/kinds/ids-alert.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { durationValues } from '../../tables/durations.js';
import { hostLabel } from '../../tables/host-label.js';
import { HostNames } from '../../tables/host-names.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { graver, type Talk, Talks } from './talks.js';
import { Tally } from './tally.js';

type Watched = Flow | Dns | Tls | Http | FileDownload | IdsAlert | PacketAnomaly;

const MAX_ROWS_IN_PICTURE = 2_000;
const MAX_ROWS_IN_DETAILS = 5_000;
const MAX_ADDRESSES = 20;
const MAX_NAMES = 32;
const MAX_PROTOCOLS = 12;
const MAX_PORTS = 16;

/**
 * How grave a host looks for what packets about it contradict. What they mean, the detectors of injection say; a reset or
 * data after an end alone is everyday.
 */
const SEVERITY_OF_ANOMALY: Readonly<Partial<Record<PacketAnomaly['anomaly'], Severity>>> = {
  'marked-packet': 'high',
  'overlap-conflict': 'low',
  'competing-syn-ack': 'low',
  'dns-race': 'low',
};
/** Suricata calls its gravest rules 1. */
const GRAVE_ALERT = 1;

/** A device and a host, with all its addresses. */
interface Row {
  readonly device: string;
  readonly host: string;
  readonly names: readonly string[];
  readonly addresses: Smallest<string>;
  readonly protocols: Smallest<string>;
  readonly ports: Smallest<number>;
  connections: number;
  first: SeenAt | null;
  lastAt: string | null;
  sentBytes: number | null;
  receivedBytes: number | null;
  severity: Severity | null;
}

/**
 * Who talked to whom in captures and logs: one finding for each piece of evidence, which says nothing against anybody. Its
 * reasons are the list of what was compared, with counts, and of what the capture cannot show.
 *
 * A host has all the names the capture gives for its addresses: server names of TLS, Host of HTTP, answers of the name
 * system. Devices are the addresses of the own side.
 *
 * `details`: `devices` (addresses, most traffic first), `hosts` (a list of `device`, `host`, `names`, `addresses`,
 * `protocols`, `ports`, `connections`, `firstAt`, `lastAt`, `sentBytes`, `receivedBytes`, `severity`, `source`),
 * `hostsLeftOut`, `announcements` (conversations to all), `firstAt`, `lastAt`, `checked` and `limits` (code -> values).
 */
export const detector: Detector<Watched> = {
  id: 'captures/overview',
  version: 1,
  watches: ['flow', 'dns', 'tls', 'http', 'file-download', 'ids-alert', 'packet-anomaly'],
  references: [
    'https://github.com/SpyGuard/SpyGuard/issues/37',
    'https://github.com/KasperskyLab/TinyCheck/issues/116',
    'https://www.rfc-editor.org/rfc/rfc6890',
  ],
  start: (context) => new OverviewDetection(context),
};

class OverviewDetection implements Detection<Watched> {
  readonly #talks = new Talks();
  readonly #names = new HostNames();
  readonly #tallies = new Map<string, Tally>();

  constructor(readonly context: DetectorContext) {}

  see(record: Watched): void {
    const { evidence, path } = record.source;
    let tally = this.#tallies.get(evidence);
    if (!tally) {
      tally = new Tally();
      this.#tallies.set(evidence, tally);
    }
    tally.seen(path, record.at, record.kind === 'flow' ? record.lastAt : record.at);
    const known = this.#talks.of(record);
    const talk = known?.talk ?? null;
    const host = known?.sides.host ?? null;
    switch (record.kind) {
      case 'flow':
        tally.flow(record);
        if (known?.sides.isToMany) tally.toMany += 1;
        if (known?.sides.isDeviceClient)
          for (const name of record.serverNames) this.#names.named(evidence, host, name);
        if (talk && known) addFlow(talk, record, known.sides.isDeviceClient);
        return;
      case 'dns':
        tally.dns(record);
        this.#names.answered(record);
        // Its conversation stands for it: a name asked is no word with the host.
        if (talk) addOther(talk, record, record.service, record.serverPort);
        return;
      case 'tls':
        tally.tls(record);
        if (known?.sides.isDeviceClient) this.#names.named(evidence, host, record.serverName);
        if (talk) addOther(talk, record, record.carrier, record.serverPort);
        return;
      case 'http':
        tally.http(record);
        if (known?.sides.isDeviceClient) this.#names.named(evidence, host, record.host);
        if (talk) addOther(talk, record, 'http', record.serverPort);
        return;
      case 'file-download':
        tally.file();
        if (talk) addOther(talk, record, record.protocol, record.serverPort);
        return;
      case 'ids-alert':
        tally.alert();
        if (!talk) return;
        talk.seen(record, null);
        talk.marked(record.priority === null || record.priority > GRAVE_ALERT ? 'low' : 'medium');
        return;
      case 'packet-anomaly':
        if (!talk) return;
        talk.seen(record, null);
        talk.marked(SEVERITY_OF_ANOMALY[record.anomaly] ?? null);
        return;
    }
  }

  end(): readonly FindingDraft[] {
    const byEvidence = new Map<string, Talk[]>();
    for (const talk of this.#talks.all()) {
      const known = byEvidence.get(talk.evidence);
      if (known) known.push(talk);
      else byEvidence.set(talk.evidence, [talk]);
    }
    return [...this.#tallies]
      .sort(([a], [b]) => compareText(a, b))
      .flatMap(([evidence, tally]) => {
        const talks = byEvidence.get(evidence) ?? [];
        return talks.length === 0 && tally.toMany === 0 ? [] : [this.#finding(evidence, tally, talks)];
      });
  }

  #finding(evidence: string, tally: Tally, talks: readonly Talk[]): FindingDraft {
    const rows = this.#rows(evidence, talks);
    const devices = devicesOf(rows);
    const paths = tally.paths.values();
    const isOneFile = paths.length === 1 && !tally.paths.isCut;
    const leftOut = this.#talks.aboutLeftOut;
    const hosts = new Set(rows.map(({ host }) => host)).size;
    const connections = rows.reduce((sum, row) => sum + row.connections, 0);
    const addresses = new Set(talks.map(({ address }) => address)).size;
    const reasons = tally.reasons(this.context.matcher.size, addresses);
    const shown = rows.slice(0, MAX_ROWS_IN_PICTURE);
    const drawn = devicesOf(shown);
    const deviceNumbers = new Map(drawn.map((device, index) => [device, index]));
    return {
      severity: 'info',
      confidence: 'high',
      shows: 'advice',
      values: {
        devices: devices.length,
        device: devices[0] ?? '',
        hosts,
        connections,
        leftOut,
        hasSpan: tally.firstAt === null ? 'no' : 'yes',
        first: { time: tally.firstAt ?? '' },
        last: { time: tally.lastAt ?? '' },
        ...durationValues('length', tally.length / 1000),
        indicators: this.context.matcher.size,
        limits: reasons.filter(({ code }) => code.startsWith('limit-')).length,
      },
      at: tally.firstAt,
      subjects: devices.slice(0, 20),
      reasons,
      details: {
        devices: devices.slice(0, MAX_ROWS_IN_DETAILS),
        hosts: rows.slice(0, MAX_ROWS_IN_DETAILS).map(detailsOf),
        hostsLeftOut: Math.max(0, rows.length - MAX_ROWS_IN_DETAILS) + leftOut,
        announcements: tally.toMany,
        firstAt: tally.firstAt,
        lastAt: tally.lastAt,
        checked: valuesOf(reasons, 'checked-'),
        limits: valuesOf(reasons, 'limit-'),
      },
      picture: {
        kind: 'conversations',
        devices: drawn,
        conversations: shown.map((row) => ({
          device: deviceNumbers.get(row.device) ?? 0,
          host: row.host,
          addresses: row.addresses.values(),
          protocols: row.protocols.values(),
          connections: row.connections,
          firstAt: row.first?.at ?? null,
          lastAt: row.lastAt,
          sentBytes: row.sentBytes,
          receivedBytes: row.receivedBytes,
          locator: row.first === null ? '' : placeOf(row.first.source, isOneFile),
          severity: row.severity,
        })),
        leftOut: rows.length - shown.length + leftOut,
      },
      evidence: paths.map((path) => ({ evidence, path, locator: '' })),
    };
  }

  /** Most traffic first. Addresses with the very same names are one host. */
  #rows(evidence: string, talks: readonly Talk[]): Row[] {
    const rows = new Map<string, Row>();
    for (const talk of talks) {
      const { names, isCut } = this.#names.of(evidence, talk.address);
      const host = hostLabel(names, isCut, talk.address);
      const key = `${talk.device}\n${names.length === 0 ? talk.address : `${names.join(' ')}${isCut ? '…' : ''}`}`;
      const row = rows.get(key) ?? newRow(talk.device, host, names);
      rows.set(key, row);
      joinTo(row, talk);
      row.severity = graver(row.severity, this.#listed('host', talk.address));
    }
    for (const row of rows.values())
      for (const name of row.names) row.severity = graver(row.severity, this.#listed('host', name));
    return [...rows.values()].sort(
      (a, b) =>
        bytesOf(b) - bytesOf(a) ||
        b.connections - a.connections ||
        compareText(a.host, b.host) ||
        compareText(a.device, b.device) ||
        compareText(a.names.join(' '), b.names.join(' ')),
    );
  }

  #listed(type: 'host', value: string): Severity | null {
    let gravest: Severity | null = null;
    for (const match of this.context.matcher.match({ type, value }))
      gravest = graver(gravest, severityOf(match, { type, value, act: 'contacted' }));
    return gravest;
  }
}

function addFlow(talk: Talk, record: Flow, isDeviceClient: boolean): void {
  const { application, transport, serverPort, clientBytes, serverBytes } = record;
  talk.flows += 1;
  talk.seen(record, record.lastAt);
  talk.protocols.add(application ?? (serverPort === null ? transport : `${transport} ${serverPort}`));
  if (serverPort !== null) talk.ports.add(serverPort);
  talk.sent(isDeviceClient ? clientBytes : serverBytes);
  talk.received(isDeviceClient ? serverBytes : clientBytes);
}

function addOther(talk: Talk, record: SeenAt, protocol: string, port: number | null): void {
  talk.others += 1;
  talk.seen(record, null);
  talk.protocols.add(protocol);
  if (port !== null) talk.ports.add(port);
}

function newRow(device: string, host: string, names: readonly string[]): Row {
  return {
    device,
    host,
    names: names.slice(0, MAX_NAMES),
    addresses: new Smallest(MAX_ADDRESSES, compareText),
    protocols: new Smallest(MAX_PROTOCOLS, compareText),
    ports: new Smallest(MAX_PORTS, (a, b) => a - b),
    connections: 0,
    first: null,
    lastAt: null,
    sentBytes: null,
    receivedBytes: null,
    severity: null,
  };
}

function joinTo(row: Row, talk: Talk): void {
  row.addresses.add(talk.address);
  for (const protocol of talk.protocols.values()) row.protocols.add(protocol);
  for (const port of talk.ports.values()) row.ports.add(port);
  row.connections += talk.connections;
  if (talk.first !== null && (row.first === null || compareSeen(talk.first, row.first) < 0))
    row.first = talk.first;
  if (talk.lastAt !== null && (row.lastAt === null || talk.lastAt > row.lastAt)) row.lastAt = talk.lastAt;
  row.sentBytes = sum(row.sentBytes, talk.sentBytes);
  row.receivedBytes = sum(row.receivedBytes, talk.receivedBytes);
  row.severity = graver(row.severity, talk.severity);
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}

function bytesOf({ sentBytes, receivedBytes }: Row): number {
  return (sentBytes ?? 0) + (receivedBytes ?? 0);
}

/** Devices with the most traffic first. */
function devicesOf(rows: readonly Row[]): string[] {
  const traffic = new Map<string, { bytes: number; connections: number }>();
  for (const row of rows) {
    const known = traffic.get(row.device) ?? { bytes: 0, connections: 0 };
    traffic.set(row.device, known);
    known.bytes += bytesOf(row);
    known.connections += row.connections;
  }
  return [...traffic]
    .sort(
      ([a, one], [b, other]) =>
        other.bytes - one.bytes || other.connections - one.connections || compareText(a, b),
    )
    .map(([device]) => device);
}

/** `frame 12`; with its file where there are several. */
function placeOf({ path, locator }: Pointer, isOneFile: boolean): string {
  return isOneFile ? locator : `${path} ${locator}`.trim();
}

function detailsOf(row: Row): Record<string, unknown> {
  return {
    device: row.device,
    host: row.host,
    names: row.names,
    addresses: row.addresses.values(),
    protocols: row.protocols.values(),
    ports: row.ports.values(),
    connections: row.connections,
    firstAt: row.first?.at ?? null,
    lastAt: row.lastAt,
    sentBytes: row.sentBytes,
    receivedBytes: row.receivedBytes,
    severity: row.severity,
    source: row.first?.source ?? null,
  };
}

/** Values of the reasons whose code begins so, by the rest of the code. */
function valuesOf(reasons: NonNullable<FindingDraft['reasons']>, prefix: string): Record<string, unknown> {
  return Object.fromEntries(
    reasons.flatMap(({ code, values }) =>
      code.startsWith(prefix) ? [[code.slice(prefix.length), values] as const] : [],
    ),
  );
}
