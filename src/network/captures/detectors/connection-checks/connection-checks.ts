import { compareText } from '../../../../core/compare-text.js';
import type {
  Detection,
  Detector,
  DetectorContext,
  FindingDraft,
  FindingReason,
  Severity,
  TextValue,
} from '../../../../core/contracts.js';
import { isIP } from '../../../../core/ip-address.js';
import { Smallest } from '../../../../core/smallest.js';
import type { DistinguishedName, ServerCertificate } from '../../../../records/certificate.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { IdsAlert } from '../../../../records/kinds/ids-alert.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { isOwnSide } from '../../addresses.js';
import { dualUseOf } from '../../known/dual-use.js';
import { dynamicDnsParent } from '../../known/dynamic-dns.js';
import { freeAuthorityOf } from '../../known/free-authorities.js';
import { oddEndingOf } from '../../known/odd-endings.js';
import { pushServiceOf } from '../../known/push-services.js';
import { hostLabel } from '../../tables/host-label.js';
import { HostNames, plainName } from '../../tables/host-names.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { Alerts, severityOfAlert } from './alerts.js';
import {
  CHECKS,
  type CheckId,
  FIRST_HIGH_PORT,
  HTTP_PORT,
  isEverydayUdpPort,
  isTlsPort,
  SEVERAL,
  TOLD_CHECKS,
} from './checks.js';
import { Circumstances } from './circumstances.js';
import { type Host, Hosts, type Noticed, notice, type Sign } from './servers.js';

type Watched = Flow | Dns | Tls | Http | IdsAlert;

const MAX_POINTERS = 100;
const MAX_NAMED = 5;
const MAX_LISTED = 200;
const MAX_SEVERAL = 100;
const [TLS_PORT, DNS_OVER_TLS_PORT] = [443, 853];

/** A host on which a check saw something, with all that is known of its name. */
interface Marked {
  readonly host: Host;
  readonly sign: Sign;
  readonly label: string;
  readonly names: readonly string[];
}

/**
 * The checks of connections that SpyGuard and TinyCheck make, under their ids as aliases, without their faults: IPv6 counts,
 * names are compared at dots, nothing is let off for a well-known name, an address may have several names, every packet is
 * pointed to, and nothing is asked of the network.
 *
 * One finding for each check and piece of evidence, one for each rule of another program that raised alerts (SNORT-01), one
 * for each host where three checks above context meet (ADV-01), and one that says what was checked and what was not.
 * Connections inside the own network are left out.
 *
 * `details`: `aliases` (ids of SpyGuard and TinyCheck), `count`, `hosts` (`host`, `names`, `count`, `ports`, `marks`,
 * `firstAt`), `leftOut` (hosts not followed). Of alerts: see {@link Alerts}. Of what was checked: `checks` (check -> hosts).
 */
export const detector: Detector<Watched> = {
  id: 'captures/connection-checks',
  version: 1,
  watches: ['flow', 'dns', 'tls', 'http', 'ids-alert'],
  references: [
    'https://github.com/SpyGuard/SpyGuard',
    'https://github.com/KasperskyLab/TinyCheck',
    'https://www.rfc-editor.org/rfc/rfc7858',
    'https://www.rfc-editor.org/rfc/rfc8484',
    'https://letsencrypt.org/certificates/',
    'https://docs.suricata.io/en/latest/output/eve/eve-json-format.html',
  ],
  start: (context) => new ConnectionChecks(context),
};

class ConnectionChecks implements Detection<Watched> {
  readonly #context: DetectorContext;
  readonly #servers = new Hosts();
  /** Names that say something by themselves. */
  readonly #named = new Hosts();
  readonly #names = new HostNames();
  readonly #alerts = new Alerts();
  readonly #circumstances = new Map<string, Circumstances>();
  /** First record of each piece of evidence, and how many. */
  readonly #seen = new Map<string, { first: SeenAt; records: number }>();

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  see(record: Watched): void {
    this.#count(record);
    switch (record.kind) {
      case 'flow':
        this.#seeFlow(record);
        break;
      case 'dns':
        this.#seeDns(record);
        break;
      case 'tls':
        this.#seeTls(record);
        break;
      case 'http':
        this.#seeHttp(record);
        break;
      case 'ids-alert':
        this.#seeAlert(record);
        break;
    }
  }

  end(): readonly FindingDraft[] {
    const findings: FindingDraft[] = [];
    const servers = this.#servers.all();
    const named = this.#named.all();
    for (const evidence of [...this.#seen.keys()].sort(compareText)) {
      const ofEvidence = [...servers, ...named].filter((host) => host.evidence === evidence);
      const counts: Record<string, number> = {};
      const told: FindingDraft[] = [];
      for (const check of TOLD_CHECKS) {
        const marked = this.#marked(ofEvidence, check);
        counts[check] = marked.length;
        if (marked.length > 0) told.push(this.#groupFinding(evidence, check, marked));
      }
      findings.push(...this.#severalFindings(ofEvidence), ...told, this.#checked(evidence, counts));
    }
    return [...findings, ...this.#alerts.findings()];
  }

  #count({ at, source }: Watched): void {
    const known = this.#seen.get(source.evidence);
    if (known === undefined) {
      this.#seen.set(source.evidence, { first: { at, source }, records: 1 });
      return;
    }
    known.records += 1;
    // Of many records few are earlier; the comparison is cheap for the rest.
    if (at !== null && known.first.at !== null && at > known.first.at) return;
    if (compareSeen({ at, source }, known.first) < 0) known.first = { at, source };
  }

  #seeFlow(flow: Flow): void {
    const { serverAddress, serverPort, clientAddress, transport, application, serverNames } = flow;
    if (serverAddress === null || isOwnSide(serverAddress)) return;
    const { evidence } = flow.source;
    const circumstances = this.#circumstancesOf(evidence);
    const tunnel = circumstances.seeFlow(flow);
    const [name = null] = serverNames;
    const isResolverPort = serverPort === TLS_PORT || serverPort === DNS_OVER_TLS_PORT;
    const service = isResolverPort ? circumstances.resolver(name, serverAddress) : null;
    for (const each of serverNames) this.#names.named(evidence, serverAddress, each);
    const host = this.#servers.server(evidence, serverAddress);
    if (host === null) return;
    if (serverNames.length > 0) host.isNamed = true;
    if (service !== null || serverPort === DNS_OVER_TLS_PORT) {
      notice(host, 'encrypted-dns', noticed(flow, clientAddress, serverPort, service));
      return;
    }
    if (tunnel !== null || pushServiceOf(name, serverAddress, serverPort) !== null) return;
    const isEveryday = transport === 'udp' && isEverydayUdpPort(serverPort);
    const isRecognised = application !== null || isEveryday;
    if (transport !== 'tcp' && !isRecognised)
      notice(host, 'unrecognised-protocol', noticed(flow, clientAddress, serverPort, transport));
    if (serverPort !== null && serverPort >= FIRST_HIGH_PORT && !isEveryday)
      notice(host, 'high-port', noticed(flow, clientAddress, serverPort, application));
    // Resolvers are asked by address: that they have no name means nothing. Neither does an answer to a ping.
    const hasPorts = transport === 'tcp' || transport === 'udp';
    if (hasPorts && application !== 'dns' && serverNames.length === 0)
      notice(host, 'no-name', noticed(flow, clientAddress, serverPort, null));
  }

  #seeDns(record: Dns): void {
    if (record.service !== 'dns') return;
    const { source, answers, clientAddress } = record;
    this.#names.answered(record);
    if (answers.length > 0) this.#circumstancesOf(source.evidence).answered();
    for (const { type, data } of answers) {
      if ((type !== 'A' && type !== 'AAAA') || isOwnSide(data)) continue;
      const host = this.#servers.server(source.evidence, data);
      if (host !== null) host.isNamed = true;
    }
    this.#seeName(record, record.name, clientAddress, null);
  }

  #seeTls(record: Tls): void {
    const { source, serverAddress, serverPort, clientAddress, serverName, carrier } = record;
    if (serverName !== null) this.#seeName(record, serverName, clientAddress, serverPort);
    if (serverAddress === null || isOwnSide(serverAddress)) return;
    this.#names.named(source.evidence, serverAddress, serverName);
    const isResolverPort = serverPort === TLS_PORT || serverPort === DNS_OVER_TLS_PORT;
    const circumstances = this.#circumstancesOf(source.evidence);
    const service = isResolverPort ? circumstances.resolver(serverName, serverAddress) : null;
    if (serverPort === DNS_OVER_TLS_PORT) circumstances.overTls();
    const host = this.#servers.server(source.evidence, serverAddress);
    if (host === null) return;
    if (serverName !== null) host.isNamed = true;
    if (service !== null || serverPort === DNS_OVER_TLS_PORT)
      notice(host, 'encrypted-dns', noticed(record, clientAddress, serverPort, service));
    const isPush = pushServiceOf(serverName, serverAddress, serverPort) !== null;
    // DTLS has no port of its own: calls and tunnels begin it anywhere.
    if (serverPort !== null && carrier !== 'dtls' && !isTlsPort(serverPort) && !isPush)
      notice(host, 'tls-odd-port', noticed(record, clientAddress, serverPort, serverName));
    this.#seeCertificate(record, host);
  }

  #seeCertificate(record: Tls, host: Host): void {
    const { certificates, validation, clientAddress, serverPort } = record;
    const leaf = certificates.find(({ position }) => position === 1) ?? certificates[0];
    const authority = freeAuthorityOf(leaf?.issuer ?? null);
    if (authority !== null)
      notice(host, 'free-authority', noticed(record, clientAddress, serverPort, authority));
    if ((leaf && isSelfSigned(leaf)) || isSaidSelfSigned(validation)) {
      const name = commonName(leaf?.subject ?? null);
      notice(host, 'self-signed', noticed(record, clientAddress, serverPort, name));
    }
  }

  #seeHttp(record: Http): void {
    const { source, serverAddress, serverPort, clientAddress, host: name } = record;
    if (name !== null) this.#seeName(record, name, clientAddress, serverPort);
    if (serverAddress === null || isOwnSide(serverAddress)) return;
    this.#names.named(source.evidence, serverAddress, name);
    const host = this.#servers.server(source.evidence, serverAddress);
    if (host === null) return;
    if (name !== null && isIP(name) === 0) host.isNamed = true;
    if (pushServiceOf(name, serverAddress, serverPort) !== null) return;
    notice(
      host,
      serverPort === null || serverPort === HTTP_PORT ? 'clear-http' : 'clear-http-odd-port',
      noticed(record, clientAddress, serverPort, name),
    );
  }

  #seeAlert(record: IdsAlert): void {
    this.#alerts.see(record);
    const { source, serverAddress, clientAddress, serverPort, host: name } = record;
    if (severityOfAlert(record) === 'info') return;
    // Of the two ends the one outside is the host, whichever began.
    const address = [serverAddress, clientAddress].find((end) => end !== null && !isOwnSide(end)) ?? null;
    if (address === null) return;
    this.#names.named(source.evidence, address, address === serverAddress ? name : null);
    notice(
      this.#servers.server(source.evidence, address),
      'ids-alert',
      noticed(record, clientAddress, serverPort, record.signature.slice(0, MAX_LISTED)),
    );
  }

  /** Checks of a name by itself, whether or not anybody connected. */
  #seeName(record: Watched, name: string, device: string | null, port: number | null): void {
    const ending = oddEndingOf(name);
    const use = dualUseOf(name);
    if (ending === null && use === null) return;
    const host = this.#named.at(record.source.evidence, plainName(name));
    if (ending !== null) notice(host, 'odd-ending', noticed(record, device, port, ending));
    if (use !== null) notice(host, 'dual-use', noticed(record, device, port, use));
  }

  #circumstancesOf(evidence: string): Circumstances {
    const known = this.#circumstances.get(evidence);
    if (known) return known;
    const made = new Circumstances();
    this.#circumstances.set(evidence, made);
    return made;
  }

  /** Hosts on which a check saw something, most often first. */
  #marked(hosts: readonly Host[], check: CheckId): Marked[] {
    const marked: Marked[] = [];
    for (const host of hosts) {
      const sign = host.signs.get(check);
      if (sign === undefined || (check === 'no-name' && host.isNamed)) continue;
      marked.push({ host, sign, ...this.#called(host) });
    }
    return marked.sort((a, b) => b.sign.count - a.sign.count || compareText(a.host.key, b.host.key));
  }

  #called({ evidence, key }: Host): Pick<Marked, 'label' | 'names'> {
    const { names, isCut } = this.#names.of(evidence, key);
    return { label: hostLabel(names, isCut, key), names };
  }

  #groupFinding(evidence: string, check: CheckId, marked: readonly Marked[]): FindingDraft {
    const { aliases, severity, confidence } = CHECKS[check];
    const circumstances = this.#circumstancesOf(evidence);
    const places = new Smallest<SeenAt>(MAX_POINTERS, compareSeen);
    const devices = new Smallest<string>(MAX_LISTED, compareText);
    const ports = new Smallest<number>(MAX_LISTED, (a, b) => a - b);
    const marks = new Smallest<string>(MAX_LISTED, compareText);
    let count = 0;
    for (const { sign } of marked) {
      count += sign.count;
      for (const place of sign.places.values()) places.add(place);
      for (const device of sign.devices.values()) devices.add(device);
      for (const port of sign.ports.values()) ports.add(port);
      for (const mark of sign.marks.values()) marks.add(mark);
    }
    const hidden = check === 'no-name' ? hiddenBy(circumstances) : 'nothing';
    const leftOut = this.#servers.aboutLeftOut + this.#named.aboutLeftOut;
    const grave = check === 'self-signed' && marked.some(({ host }) => isGraveSelfSigned(host));
    const values = {
      alias: aliases.join(', '),
      count,
      ...listed(
        'host',
        marked.map(({ label }) => ({ link: label })),
      ),
      ...listed('device', devices.values()),
      ...listed('port', ports.values().map(String)),
      ...listed('mark', check === 'dual-use' ? [] : marks.values()),
      remote: marks.values().includes('remote-control') ? 'yes' : 'no',
      hidden,
      resolvers: { list: circumstances.resolvers },
      tunnels: { list: circumstances.tunnels },
      leftOut,
    };
    const kept = places.values();
    const reported: Severity = grave ? 'medium' : severity;
    return {
      severity: reported,
      confidence: hidden === 'nothing' ? confidence : 'low',
      shows: reported === 'info' ? 'advice' : 'oddity',
      variant: check,
      values,
      at: kept.find(({ at }) => at !== null)?.at ?? null,
      reasons: [{ code: check, values }],
      details: {
        aliases,
        count,
        leftOut,
        hosts: marked.slice(0, MAX_LISTED).map(({ host, sign, names }) => ({
          host: host.key,
          names,
          count: sign.count,
          ports: sign.ports.values(),
          marks: sign.marks.values(),
          firstAt: sign.places.values()[0]?.at ?? null,
        })),
      },
      evidence: kept.map(({ source }) => source),
    };
  }

  /** ADV-01: hosts where several checks above context meet. */
  #severalFindings(hosts: readonly Host[]): FindingDraft[] {
    const found: { readonly finding: FindingDraft; readonly checks: number; readonly key: string }[] = [];
    for (const host of hosts) {
      if (isIP(host.key) === 0) continue;
      const checks = this.#aboveContext(host);
      if (checks.length < SEVERAL) continue;
      found.push({ finding: this.#severalFinding(host, checks), checks: checks.length, key: host.key });
    }
    return found
      .sort((a, b) => b.checks - a.checks || compareText(a.key, b.key))
      .slice(0, MAX_SEVERAL)
      .map(({ finding }) => finding);
  }

  #aboveContext(host: Host): CheckId[] {
    const checks = [...host.signs.keys()].filter((check) => CHECKS[check].severity !== 'info');
    const { names } = this.#names.of(host.evidence, host.key);
    if (names.some((name) => dynamicDnsParent(name) !== null)) checks.push('dynamic-dns');
    if (names.some((name) => dualUseOf(name) !== null)) checks.push('dual-use');
    // The lists are asked only where they decide.
    if (checks.length >= SEVERAL - 1 && this.#isListed([host.key, ...names])) checks.push('listed');
    return [...new Set(checks)].sort(compareText);
  }

  #isListed(hosts: readonly string[]): boolean {
    return hosts.some((value) => this.#context.matcher.match({ type: 'host', value }).length > 0);
  }

  #severalFinding(host: Host, checks: readonly CheckId[]): FindingDraft {
    const { names, label } = this.#called(host);
    const places = new Smallest<SeenAt>(MAX_POINTERS, compareSeen);
    const devices = new Smallest<string>(MAX_LISTED, compareText);
    for (const check of checks) {
      const sign = host.signs.get(check);
      for (const place of sign?.places.values() ?? []) places.add(place);
      for (const device of sign?.devices.values() ?? []) devices.add(device);
    }
    const kept = places.values();
    const aliases = ['ADV-01', ...checks.flatMap((check) => CHECKS[check].aliases)];
    return {
      severity: 'medium',
      confidence: 'low',
      shows: 'oddity',
      variant: 'several',
      values: {
        alias: 'ADV-01',
        host: { link: label },
        address: { link: host.key },
        hasName: names.length > 0 ? 'yes' : 'no',
        checks: checks.length,
        ...listed('device', devices.values()),
      },
      at: kept.find(({ at }) => at !== null)?.at ?? null,
      reasons: checks.map((check) => oneHostReason(check, host.signs.get(check), label, names)),
      details: { aliases, host: host.key, names, checks },
      evidence: kept.map(({ source }) => source),
    };
  }

  #checked(evidence: string, counts: Readonly<Record<string, number>>): FindingDraft {
    const seen = this.#seen.get(evidence);
    if (!seen) throw new Error('evidence without a record');
    const circumstances = this.#circumstancesOf(evidence);
    const has = (check: CheckId): boolean => (counts[check] ?? 0) > 0;
    return {
      severity: 'info',
      confidence: 'high',
      shows: 'advice',
      values: {
        records: seen.records,
        checks: TOLD_CHECKS.length,
        withSigns: TOLD_CHECKS.filter(has).length,
        hidden: hiddenBy(circumstances),
        resolvers: { list: circumstances.resolvers },
        tunnels: { list: circumstances.tunnels },
      },
      at: seen.first.at,
      reasons: [
        // What was noted comes first.
        ...TOLD_CHECKS.toSorted((a, b) => Number(has(b)) - Number(has(a))).map((check) => ({
          code: check,
          values: { alias: CHECKS[check].aliases.join(', '), hostCount: counts[check] ?? 0 },
        })),
        { code: 'by-lists', values: { alias: 'IOC-01, IOC-02, IOC-03, IOC-04, IOC-07, IOC-08, SSL-04' } },
        { code: 'by-names', values: { alias: 'IOC-05, IOC-09' } },
        { code: 'not-done', values: { alias: 'ACT-01, ACT-02, IOC-11, SSL-05' } },
      ],
      details: {
        aliases: TOLD_CHECKS.flatMap((check) => CHECKS[check].aliases),
        notDone: ['ACT-01', 'ACT-02', 'IOC-11', 'SSL-05'],
        checks: counts,
      },
      evidence: [seen.first.source],
    };
  }
}

function noticed(
  { at, source }: Watched,
  device: string | null,
  port: number | null,
  mark: string | null,
): Noticed {
  return { seen: { at, source }, device, port, mark };
}

/** Values of a list with how many it has: `hostCount`, `hosts`, `hostsMore`. */
function listed(name: string, all: readonly TextValue[]): Record<string, TextValue> {
  return {
    [`${name}Count`]: all.length,
    [`${name}s`]: { list: all.slice(0, MAX_NAMED) },
    [`${name}sMore`]: all.length > MAX_NAMED ? 'yes' : 'no',
  };
}

function oneHostReason(
  check: CheckId,
  sign: Sign | undefined,
  label: string,
  names: readonly string[],
): FindingReason {
  const marks = sign?.marks.values() ?? [];
  const parents = names.flatMap((name) => dynamicDnsParent(name) ?? []);
  return {
    code: `host-${check}`,
    values: {
      alias: CHECKS[check].aliases.join(', '),
      host: { link: label },
      ...listed('port', (sign?.ports.values() ?? []).map(String)),
      ...listed('mark', check === 'dynamic-dns' ? [...new Set(parents)].sort(compareText) : marks),
    },
  };
}

/** What keeps the names of this evidence out of sight. */
function hiddenBy(circumstances: Circumstances): string {
  const isEncrypted = circumstances.resolvers.length > 0 || circumstances.hasDnsOverTls;
  const isTunnelled = circumstances.tunnels.length > 0;
  if (isEncrypted && isTunnelled) return 'both';
  if (isEncrypted) return 'resolver';
  if (isTunnelled) return 'tunnel';
  return circumstances.hasAnswers ? 'nothing' : 'noAnswers';
}

/** A server without a name, on a port of its own, with a certificate of its own: less ordinary than a device at home. */
function isGraveSelfSigned(host: Host): boolean {
  return host.signs.has('tls-odd-port') && !host.isNamed;
}

function isSelfSigned({ subject, issuer }: ServerCertificate): boolean {
  if (subject === null || issuer === null || subject.length === 0) return false;
  return JSON.stringify(subject) === JSON.stringify(issuer);
}

/** As OpenSSL says it, which Zeek writes to ssl.log: "self signed certificate", "self-signed certificate in certificate chain". */
function isSaidSelfSigned(validation: string | null): boolean {
  return validation !== null && /\bself[ -]signed certificate\b/i.test(validation);
}

function commonName(name: DistinguishedName | null): string | null {
  const [, value = null] = name?.find(([attribute]) => attribute === 'CN') ?? [];
  return value === null ? null : value.slice(0, MAX_LISTED);
}
