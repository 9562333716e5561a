/** What of a capture was compared, and signs of what it cannot show. Counts only: they do not grow with the capture. */
import { compareText } from '../../../../core/compare-text.js';
import type { FindingReason } from '../../../../core/contracts.js';
import { Smallest } from '../../../../core/smallest.js';
import { millisecondsBetween } from '../../../../core/time.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { isOwnSide } from '../../addresses.js';
import { resolverServiceOf } from '../../known/doh-resolvers.js';
import { coverName, vpnSignOf } from '../../known/tunnels.js';
import { durationValues } from '../../tables/durations.js';

const MAX_PATHS = 200;
const MAX_NAMED = 6;
/** RITA's bars need so long; what is asked once a day needs longer. */
const SHORT_MILLISECONDS = 6 * 3_600_000;
/** Part of the conversations from which on a lack is one of the capture, and not of a few of them. */
const MUCH = 0.5;
const FEW = 4;
const LONG_MILLISECONDS = 3_600_000;
const [HTTPS, DNS_OVER_TLS] = [443, 853];
/** From so many servers on it is no accident that all stand at the same distance. */
const SERVERS_AT_ONE_DISTANCE = 5;
const WEB_PORTS = new Set([80, 443]);

/** Counts over the records of one piece of evidence. */
export class Tally {
  readonly paths = new Smallest<string>(MAX_PATHS, compareText);
  readonly #resolvers = new Smallest<string>(MAX_NAMED, compareText);
  readonly #tunnels = new Smallest<string>(MAX_NAMED, compareText);
  firstAt: string | null = null;
  lastAt: string | null = null;
  flows = 0;
  /** Conversations to all, as devices announce themselves. */
  toMany = 0;
  #questions = 0;
  #handshakes = 0;
  #certificates = 0;
  #requests = 0;
  #fingerprints = 0;
  #files = 0;
  #alerts = 0;
  /** TCP connections whose packets were there to be compared. */
  #connectionsWithPackets = 0;
  #encryptedLookups = 0;
  #flowsInTunnels = 0;
  #handshakesOfTunnels = 0;
  #encryptedHellos = 0;
  #coverNames = 0;
  #quicFlows = 0;
  #quicNames = 0;
  #hiddenCertificates = 0;
  #tcpWithBytes = 0;
  #oneSided = 0;
  #webFlows = 0;
  #webUnread = 0;
  #longFlows = 0;
  /** Servers outside that answered over TCP, and the times to live of their packets. */
  readonly #servers = new Smallest<string>(SERVERS_AT_ONE_DISTANCE, compareText);
  readonly #serverTtls = new Smallest<number>(2, (a, b) => a - b);

  /** Widens the span. */
  seen(path: string, at: string | null, lastAt: string | null = at): void {
    this.paths.add(path);
    if (at !== null && (this.firstAt === null || at < this.firstAt)) this.firstAt = at;
    const last = lastAt ?? at;
    if (last !== null && (this.lastAt === null || last > this.lastAt)) this.lastAt = last;
  }

  flow(record: Flow): void {
    const { transport, application, serverPort, clientBytes, serverBytes, at, lastAt } = record;
    const { clientPackets, serverPackets } = record;
    this.flows += 1;
    const host = record.serverNames[0] ?? null;
    if (this.#isTunnel({ transport, serverPort, application, host })) this.#flowsInTunnels += 1;
    if (serverPort === DNS_OVER_TLS) this.#resolver(record.serverAddress ?? '', host);
    if (application === 'quic') this.#quicFlows += 1;
    if (transport !== 'tcp') return;
    if (record.lastFrame !== null) this.#connectionsWithPackets += 1;
    if (record.serverTtls.length > 0 && !isOwnSide(record.serverAddress ?? '')) {
      this.#servers.add(record.serverAddress ?? '');
      for (const ttl of record.serverTtls) this.#serverTtls.add(ttl);
    }
    if (at !== null && lastAt !== null && millisecondsBetween(at, lastAt) >= LONG_MILLISECONDS)
      this.#longFlows += 1;
    const bytes = (clientBytes ?? 0) + (serverBytes ?? 0);
    if (bytes === 0) return;
    this.#tcpWithBytes += 1;
    if (clientPackets === 0 || serverPackets === 0) this.#oneSided += 1;
    if (serverPort !== null && WEB_PORTS.has(serverPort)) {
      this.#webFlows += 1;
      if (application === null) this.#webUnread += 1;
    }
  }

  dns(record: Dns): void {
    if (record.service === 'dns') this.#questions += 1;
  }

  tls(record: Tls): void {
    const { serverName, serverAddress, serverPort, version, carrier } = record;
    this.#handshakes += 1;
    this.#certificates += record.certificates.length;
    for (const { ja3, ja4 } of record.hellos)
      this.#fingerprints += (ja3 === null ? 0 : 1) + (ja4 === null ? 0 : 1);
    if (record.ja3s !== null) this.#fingerprints += 1;
    if (record.encryptedClientHello) this.#encryptedHellos += 1;
    if (serverName !== null && coverName(serverName)) this.#coverNames += 1;
    if (carrier === 'quic' && serverName !== null) this.#quicNames += 1;
    if (version?.endsWith('1.3') && record.certificates.length === 0) this.#hiddenCertificates += 1;
    const clues = { transport: record.transport, serverPort, application: carrier, host: serverName };
    if (serverName !== null && this.#isTunnel(clues)) this.#handshakesOfTunnels += 1;
    if (serverPort === HTTPS && resolverServiceOf(serverName ?? serverAddress ?? '') !== null)
      this.#resolver(serverAddress ?? '', serverName);
  }

  http(_record: Http): void {
    this.#requests += 1;
  }

  file(): void {
    this.#files += 1;
  }

  alert(): void {
    this.#alerts += 1;
  }

  #resolver(address: string, host: string | null): void {
    this.#encryptedLookups += 1;
    this.#resolvers.add(resolverServiceOf(host ?? address) ?? host ?? address);
  }

  #isTunnel(clues: Parameters<typeof vpnSignOf>[0]): boolean {
    const name = vpnSignOf(clues);
    if (name !== null) this.#tunnels.add(name);
    return name !== null;
  }

  /** Milliseconds from the first to the last record. */
  get length(): number {
    return this.firstAt === null || this.lastAt === null ? 0 : millisecondsBetween(this.firstAt, this.lastAt);
  }

  /**
   * What was compared, then what the capture cannot show.
   *
   * @param indicators - how many it was compared with
   * @param addresses - addresses compared
   */
  reasons(indicators: number, addresses: number): FindingReason[] {
    const checked: readonly (readonly [code: string, count: number])[] = [
      ['checked-dns', this.#questions],
      ['checked-tls', this.#handshakes],
      ['checked-certificates', this.#certificates],
      ['checked-http', this.#requests],
      ['checked-addresses', addresses],
      ['checked-fingerprints', this.#fingerprints],
      ['checked-files', this.#files],
      ['checked-packets', this.#connectionsWithPackets],
      ['checked-alerts', this.#alerts],
    ];
    return [
      ...checked.flatMap(([code, count]) => (count > 0 ? [{ code, values: { count, indicators } }] : [])),
      ...this.#limits(),
    ];
  }

  #limits(): FindingReason[] {
    const limits: FindingReason[] = [];
    const say = (isSo: boolean, code: string, values: FindingReason['values']): void => {
      if (isSo) limits.push({ code, values });
    };
    const named = (names: Smallest<string>): { list: { link: string }[] } => ({
      list: names.values().map((link) => ({ link })),
    });
    say(this.#encryptedLookups > 0, 'limit-doh', {
      count: this.#encryptedLookups,
      resolvers: named(this.#resolvers),
    });
    // A conversation and its handshake are one.
    const inTunnels = Math.max(this.#flowsInTunnels, this.#handshakesOfTunnels);
    say(inTunnels > 0, 'limit-vpn', { count: inTunnels, tunnels: named(this.#tunnels) });
    say(this.#encryptedHellos > 0, 'limit-ech', {
      count: this.#encryptedHellos,
      coverNames: this.#coverNames,
    });
    const unnamedQuic = this.#quicFlows - this.#quicNames;
    say(unnamedQuic > 0, 'limit-quic', { count: unnamedQuic });
    say(this.#hiddenCertificates > 0, 'limit-tls13-certificates', { count: this.#hiddenCertificates });
    say(this.#questions === 0 && this.flows > 0, 'limit-no-dns', {});
    say(this.length < SHORT_MILLISECONDS, 'limit-short', durationValues('length', this.length / 1000));
    say(isMuch(this.#oneSided, this.#tcpWithBytes), 'limit-one-sided', {
      count: this.#oneSided,
      total: this.#tcpWithBytes,
    });
    say(isMuch(this.#webUnread, this.#webFlows), 'limit-cut-packets', {
      count: this.#webUnread,
      total: this.#webFlows,
    });
    const ttls = this.#serverTtls.values();
    // Apps that capture through a VPN of their own (PCAPdroid), and proxies, write all headers themselves.
    say(
      this.#servers.values().length >= SERVERS_AT_ONE_DISTANCE && ttls.length === 1,
      'limit-rewritten-headers',
      { ttl: ttls[0] ?? 0 },
    );
    say(this.#longFlows > 0, 'limit-open-connections', { count: this.#longFlows });
    return limits;
  }
}

function isMuch(part: number, whole: number): boolean {
  return part >= FEW && part >= whole * MUCH;
}
