/**
 * Which providers the clients of an attack come from: whom to write to. A provider gives the connection or rents out the
 * server; that it did more is never said.
 */

import { compareNetworks, covers, joined, type Network, networkText, widened } from '../defence/networks.js';
import { type AbuseContact, abuseContact, REGISTRY_LOOKUPS } from '../geo/abuse.js';
import { type GeoTables, geoTables } from '../geo/geo-tables.js';
import { isCarrierNat, isProxyProvider, type NetworkKind, networkKind } from '../geo/network-kind.js';
import type { Incident } from '../incidents/incident.js';
import { isProxyAddress, knownClient } from '../known/known-clients.js';
import type { TrafficView } from '../traffic/shape.js';

/** Neighbouring networks of a provider. */
export interface DensePrefix {
  readonly prefix: string;
  readonly clients: number;
}

/** A provider's part in an attack. */
export interface ProviderPart {
  /** Number of its network; 0 for all of which the tables do not know one. */
  readonly asn: number;
  readonly organisation: string | null;
  readonly kind: NetworkKind;
  /** It runs VPNs, relays or proxies. */
  readonly isProxy: boolean;
  /** It puts many customers behind one address, so that readers come from the same ones. */
  readonly isShared: boolean;
  /** Of most of its clients; two letters, or "". */
  readonly country: string;
  readonly clients: number;
  readonly hits: number;
  /** Of all clients and of all requests of the attack's clients. */
  readonly clientShare: number;
  readonly hitShare: number;
  /** Networks side by side with three clients or more, most clients first. */
  readonly prefixes: readonly DensePrefix[];
  readonly abuse: AbuseContact & { readonly lookup: string };
  /** Its busiest clients. None of providers whose addresses many people share. */
  readonly sources: readonly string[];
}

/** Who takes part in an attack. */
export interface AttackSources {
  /** Most clients first. */
  readonly providers: readonly ProviderPart[];
  readonly clients: number;
  /** Share of clients in each kind of network. */
  readonly kinds: Readonly<Record<NetworkKind, number>>;
  /** Countries of most clients, most first, with their share. */
  readonly countries: readonly { readonly country: string; readonly share: number }[];
  /** Known services and addresses of no visitor, which are not counted. */
  readonly setAside: number;
  /** Rows of `view.clients` that may be listed as sources, busiest first. */
  readonly listable: readonly number[];
  readonly attribution: string;
  readonly builtOn: string;
}

const MOST_SOURCES = 20;
const MOST_PREFIXES = 10;
const LEAST_IN_PREFIX = 3;

interface Part {
  clients: number[];
  hits: number;
  countries: Map<string, number>;
}

/** Sorts the clients of an attack by provider. */
export function sourcesOf(
  view: TrafficView,
  incident: Incident,
  tables: GeoTables = geoTables(),
): AttackSources {
  const hits = hitsOf(view, incident);
  const parts = new Map<number, Part>();
  const countries = new Map<string, number>();
  let [clients, allHits, setAside] = [0, 0, 0];
  for (const row of incident.clients) {
    const { ipVersion, ip0, ip1 } = view.clientAddress(row);
    if (isProxyAddress(ipVersion, ip0, ip1, 0, 0) || knownClient(ipVersion, ip0, ip1, tables)) {
      setAside += 1;
      continue;
    }
    const { asn, country } = view.clientPlace(row);
    let part = parts.get(asn);
    if (!part) {
      part = { clients: [], hits: 0, countries: new Map() };
      parts.set(asn, part);
    }
    const own = hits.get(row) ?? 0;
    part.clients.push(row);
    part.hits += own;
    if (country !== '') {
      part.countries.set(country, (part.countries.get(country) ?? 0) + 1);
      countries.set(country, (countries.get(country) ?? 0) + 1);
    }
    clients += 1;
    allHits += own;
  }
  const byHits = (a: number, b: number): number =>
    (hits.get(b) ?? 0) - (hits.get(a) ?? 0) || compare(view.clientText(a), view.clientText(b));
  const providers = [...parts].map(([asn, part]) =>
    providerOf(view, asn, part, { clients, hits: allHits }, byHits, tables),
  );
  const kinds = { hosting: 0, mobile: 0, fixed: 0, education: 0, government: 0, unknown: 0 };
  for (const { kind, clients: own } of providers) kinds[kind] += own / Math.max(1, clients);
  return {
    // What the tables do not know is no provider: it stands last, however large.
    providers: providers.sort(
      (a, b) =>
        Number(a.asn === 0) - Number(b.asn === 0) ||
        b.clients - a.clients ||
        b.hits - a.hits ||
        a.asn - b.asn,
    ),
    clients,
    kinds: Object.fromEntries(
      Object.entries(kinds).map(([kind, share]) => [kind, rounded(share)]),
    ) as typeof kinds,
    countries: [...countries]
      .sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))
      .slice(0, 10)
      .map(([country, count]) => ({ country, share: rounded(count / Math.max(1, clients)) })),
    setAside,
    listable: [...parts].flatMap(([asn, part]) => (isCarrierNat(asn) ? [] : part.clients)).sort(byHits),
    attribution: tables.attribution,
    builtOn: tables.builtOn,
  };
}

function providerOf(
  view: TrafficView,
  asn: number,
  part: Part,
  all: { readonly clients: number; readonly hits: number },
  byHits: (a: number, b: number) => number,
  tables: GeoTables,
): ProviderPart {
  const organisation = asn === 0 ? null : tables.organisationOf(asn);
  const isShared = isCarrierNat(asn);
  const [first] = [...part.countries].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
  const country = first?.[0] ?? '';
  const contact = abuseContact(asn, organisation, country);
  return {
    asn,
    organisation,
    kind: asn === 0 ? 'unknown' : networkKind(asn, organisation),
    isProxy: isProxyProvider(asn),
    isShared,
    country,
    clients: part.clients.length,
    hits: Math.round(part.hits),
    clientShare: rounded(part.clients.length / Math.max(1, all.clients)),
    hitShare: rounded(part.hits / Math.max(1, all.hits)),
    prefixes: densePrefixes(view, part.clients),
    abuse: { ...contact, lookup: REGISTRY_LOOKUPS[contact.registry] },
    sources: isShared
      ? []
      : [...part.clients]
          .sort(byHits)
          .slice(0, MOST_SOURCES)
          .map((row) => view.clientText(row)),
  };
}

/** Networks of /24 and /48 with clients in them, those side by side joined. */
function densePrefixes(view: TrafficView, clients: readonly number[]): readonly DensePrefix[] {
  const counts = new Map<string, { readonly network: Network; clients: number }>();
  for (const row of clients) {
    const { ipVersion, ip0, ip1 } = view.clientAddress(row);
    if (ipVersion === 0) continue;
    const bits = ipVersion === 4 ? 24 : 48;
    const network = widened({ ipVersion, ip0, ip1, ip2: 0, ip3: 0, bits: bits + 8 }, bits);
    const text = networkText(network);
    const known = counts.get(text);
    if (known) known.clients += 1;
    else counts.set(text, { network, clients: 1 });
  }
  const networks = [...counts.values()].sort((a, b) => compareNetworks(a.network, b.network));
  let at = 0;
  // Both lists are in order of addresses, and what is joined covers all of it.
  return joined(networks.map(({ network }) => network))
    .map((wide) => {
      let own = 0;
      for (let next = networks[at]; next && covers(wide, next.network); next = networks[at]) {
        own += next.clients;
        at += 1;
      }
      return { prefix: networkText(wide), clients: own };
    })
    .filter(({ clients: own }) => own >= LEAST_IN_PREFIX)
    .sort((a, b) => b.clients - a.clients || compare(a.prefix, b.prefix))
    .slice(0, MOST_PREFIXES);
}

/**
 * Requests of each client in the time of the attack. What a quiet client did in a slot that lies there for a good part, it did
 * in the attack; of other slots that reach over its edges the part within counts.
 */
function hitsOf(view: TrafficView, { clients, fromMinute, toMinute }: Incident): ReadonlyMap<number, number> {
  const hits = new Map(clients.map((row) => [row, 0]));
  const { clientSlots } = view;
  for (let slot = 0; slot < clientSlots.size; slot += 1) {
    const start = clientSlots.minute[slot] as number;
    const length = clientSlots.length[slot] as number;
    const overlap = Math.min(toMinute + 1, start + length) - Math.max(fromMinute, start);
    if (overlap <= 0) continue;
    const owner = clientSlots.owner[slot] as number;
    const known = hits.get(owner);
    if (known !== undefined)
      hits.set(
        owner,
        known + (clientSlots.hits[slot] as number) * (overlap * 4 >= length ? 1 : overlap / length),
      );
  }
  return hits;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
