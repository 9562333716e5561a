/**
 * Clients that belong to known services, and addresses that stand for no visitor at all. Nobody is asked: lists that come
 * with the program, and the tables of networks.
 */
import { networkText, PRIVATE_NETWORKS } from '../defence/networks.js';
import { type GeoTables, geoTables } from '../geo/geo-tables.js';
import { PrefixTable } from './prefix-table.js';
import { PROXY_RANGES } from './proxy-ranges.js';
import { SERVICES, type Service } from './services.js';

/** What a known client is. */
export interface KnownClient {
  readonly name: string;
  readonly kind: 'search-engine' | 'previewer' | 'monitor' | 'archive' | 'cdn' | 'guard';
}

/** Words of an address; of IPv6 the first 64 bits. */
interface Address {
  readonly ipVersion: 0 | 4 | 6;
  readonly ip0: number;
  readonly ip1: number;
}

const KNOWN: readonly KnownClient[] = [
  ...PROXY_RANGES.map(({ name, kind }) => ({ name, kind })),
  ...SERVICES.map(({ name, kind }) => ({ name, kind })),
];
const knownRanges = new PrefixTable([...PROXY_RANGES, ...SERVICES]);
const proxies = new PrefixTable([{ ranges: PRIVATE_NETWORKS.map(networkText) }, ...PROXY_RANGES]);
const serviceByNetwork = new Map(
  SERVICES.flatMap((service) => service.networks.map((asn) => [asn, service] as const)),
);
const serviceByName = new Map(SERVICES.map((service) => [service.name, service]));

/**
 * The known service an address belongs to, by its address alone: what it calls itself proves nothing. Null for all others.
 * Never in the loop over all lines: it may look into the tables of networks.
 */
export function knownClient(
  ipVersion: 0 | 4 | 6,
  ip0: number,
  ip1: number,
  tables: GeoTables = geoTables(),
): KnownClient | null {
  const row = knownRanges.find(ipVersion, ip0, ip1);
  if (row > 0) return KNOWN[row - 1] ?? null;
  const service = serviceByNetwork.get(tables.asnOf(ipVersion, ip0, ip1));
  return service ? { name: service.name, kind: service.kind } : null;
}

/**
 * Whether an address is one of a proxy in front of a site and not a visitor's: content networks and guards, or private,
 * carrier-NAT, link-local and loopback addresses. For every request.
 */
export function isProxyAddress(
  ipVersion: 0 | 4 | 6,
  ip0: number,
  ip1: number,
  ip2: number,
  ip3: number,
): boolean {
  if (ipVersion === 6 && ip0 === 0 && ip1 === 0) return ip2 === 0 && ip3 === 1;
  return proxies.find(ipVersion, ip0, ip1) !== 0;
}

/** No user agent is longer in what matters. */
const MAX_AGENT = 1_000;

/**
 * Name of the service that a user agent says it is, or null. A claim only: anyone can send it. See {@link isGenuine}.
 *
 * @example
 * claimsToBe('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'); // 'Googlebot'
 */
export function claimsToBe(agent: string): string | null {
  const text = agent.slice(0, MAX_AGENT).toLowerCase();
  return SERVICES.find(({ agents }) => agents.some((part) => text.includes(part)))?.name ?? null;
}

/**
 * Whether an address can be the service it claims to be. `no` only where the operator says from which networks it comes
 * and this is none of them; private addresses and those of proxies say nothing, nor do networks that the tables lack.
 */
export function isGenuine(
  claim: string,
  { ipVersion, ip0, ip1 }: Address,
  tables: GeoTables = geoTables(),
): 'yes' | 'no' | 'unknown' {
  const service = serviceByName.get(claim);
  if (!service || ipVersion === 0) return 'unknown';
  const known = KNOWN[knownRanges.find(ipVersion, ip0, ip1) - 1];
  if (known?.name === claim) return 'yes';
  if (proxies.find(ipVersion, ip0, ip1) !== 0) return 'unknown';
  const asn = tables.asnOf(ipVersion, ip0, ip1);
  return asn === 0 ? 'unknown' : byNetwork(service, asn);
}

function byNetwork(service: Service, asn: number): 'yes' | 'no' | 'unknown' {
  if (service.networks.includes(asn) || service.claimedNetworks?.includes(asn)) return 'yes';
  return service.sharedNetworks?.includes(asn) ? 'unknown' : service.elsewhere;
}
