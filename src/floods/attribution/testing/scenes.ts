import { type AttackOptions, getFlood, searchFlood } from '../../../../fixtures/floods/attacks.js';
import { logPieces } from '../../../../fixtures/floods/log-lines.js';
import { type Happening, type LoggedRequest, merged } from '../../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import { clf } from '../../formats/clf/clf.js';
import { geoTables } from '../../geo/geo-tables.js';
import { addressOf } from '../../hits/client-address.js';
import { LineSplitter } from '../../hits/line-splitter.js';
import { LineReader } from '../../hits/read-hits.js';
import { WebTraffic } from '../../traffic/web-traffic.js';

/** Monday 2 March 2026, 00:00 in Mexico City. */
export const MONDAY = Date.UTC(2026, 2, 2, 6) / 1_000;
export const HOUR = 3_600;

/** An attack whose clients are others. */
export function withClients(attack: Happening, client: (index: number) => string): Happening {
  const names = new Map(attack.truth.clients.map((address, index) => [address, client(index)]));
  const renamed = (address: string): string => names.get(address) ?? address;
  return {
    ...attack,
    truth: { ...attack.truth, clients: [...names.values()] },
    *requests() {
      for (const request of attack.requests()) yield { ...request, client: renamed(request.client) };
    },
  };
}

/** Addresses that nobody has (RFC 1112, 4), each in a network of its own, apart from those of other `kind`s. */
export const unusedAddress =
  (kind: number) =>
  (index: number): string =>
    `25${kind}.${index >> 8}.${index & 255}.${(index * 7) % 250}`;

/** Addresses of a network, from the tables: in tests of what is done with networks of a kind. */
export function addressOfNetwork(asn: number): (index: number) => string {
  const tables = geoTables();
  const starts: number[] = [];
  for (let start = 0x01000000; start < 0xe0000000 && starts.length < 400; start += 4_096)
    if (tables.asnOf(4, start, 0) === asn) starts.push(start);
  return (index) => {
    const ip0 = ((starts[index % starts.length] as number) + 1 + Math.floor(index / starts.length)) >>> 0;
    return addressOf({ ipVersion: 4, ip0, ip1: 0, ip2: 0, ip3: 0 });
  };
}

/** A search flood on Monday evening and a flood of the home page on Wednesday morning, each from its own list of clients. */
export function twoAttacks(
  first: (index: number) => string,
  second: (index: number) => string,
  options: { readonly clients?: number; readonly days?: number } = {},
): WebTraffic {
  const { clients = 300, days = 4 } = options;
  const attack = (seed: number, from: number): AttackOptions => ({ seed, from, clients });
  return traffic(
    [
      withClients(searchFlood(attack(5, MONDAY + 19 * HOUR)), first),
      withClients(getFlood(attack(6, MONDAY + 58 * HOUR)), second),
    ],
    days,
  );
}

/** The ordinary days of the site with what happens in them. */
export function traffic(happenings: readonly Happening[], days = 4, hitsPerDay = 6_000): WebTraffic {
  const ordinary: Iterable<LoggedRequest> = siteTraffic({ seed: 3, from: MONDAY, days, hitsPerDay });
  return counted(merged(ordinary, happenings));
}

/** Counts requests as if they had been read from an Apache log with the names of sites. */
export function counted(requests: Iterable<LoggedRequest>): WebTraffic {
  const traffic = new WebTraffic();
  const source = traffic.startSource({ evidence: 'e1', path: 'access.log' });
  const lines = new LineReader([clf], traffic);
  const splitter = new LineSplitter((bytes, start, end, at) => lines.line(bytes, start, end, at));
  for (const piece of logPieces(requests, 'vcombined')) splitter.add(piece);
  splitter.end();
  traffic.endSource(source, { lines: lines.lines, unparsed: lines.unparsed, formats: lines.formats() });
  return traffic;
}
