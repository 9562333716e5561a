/**
 * Which network and country an address belongs to, from tables on disk: nobody is asked, and nothing leaves the machine.
 *
 * The number of a network is what announced the address when the tables were made; the country is the one for which a
 * registry gave the block out, which need not be where its user sits. Both are hints, never proofs.
 *
 * The tables that come with the program are the npm packages @ip-location-db/asn (RouteViews, DB-IP and NRO, CC-BY-4.0)
 * and @ip-location-db/asn-country (NRO, CC-BY-4.0 by its README, CC0-1.0 by its package). Their README of 2026 warns of
 * errors in what is published there and names releases elsewhere as corrected: users can give newer tables.
 */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PairTable, WordTable } from './range-table.js';
import { NameTable, newRangeFile, type RangeFile, readCountries, readNetworks } from './read-csv.js';

/** Answers from the tables. */
export interface GeoTables {
  /** Number of the network that announces the address; 0 when the tables do not say. Of IPv6 the first 64 bits count. */
  asnOf(ipVersion: 0 | 4 | 6, ip0: number, ip1: number): number;
  /** Two capital letters; "" when the tables do not say. */
  countryOf(ipVersion: 0 | 4 | 6, ip0: number, ip1: number): string;
  /** Name of the organisation that runs a network, as the tables write it. */
  organisationOf(asn: number): string | null;
  /** Day on which the tables were made, YYYY-MM-DD; "" when it is not known. */
  readonly builtOn: string;
  /** What the licences of the tables ask to be shown wherever their answers are; "" when the user gave the tables. */
  readonly attribution: string;
  /** Why the tables know nothing or less; empty when all is well. */
  readonly problems: readonly GeoProblem[];
}

/** Why tables know nothing or less. */
export type GeoProblem = 'asn-missing' | 'asn-damaged' | 'country-missing' | 'country-damaged';

/** Sources that the licences ask to name. DB-IP asks for a link wherever results are shown. */
const ATTRIBUTION =
  'IP Geolocation by DB-IP (https://db-ip.com), Route Views (https://www.routeviews.org), NRO (https://www.nro.net); CC BY 4.0; merged by ip-location-db';

/** With more lines damaged than this share, the table is said to be damaged. */
const MOST_DAMAGED = 0.001;

interface Networks {
  readonly ipv4: WordTable;
  readonly ipv6: PairTable;
  readonly names: NameTable;
  readonly problem: GeoProblem | null;
}

interface Countries {
  readonly ipv4: WordTable;
  readonly ipv6: PairTable;
  readonly problem: GeoProblem | null;
}

/** Lines of a table, in pieces of whole lines. */
export interface GeoFile {
  /** How long it is, as far as one knows. */
  readonly sizeBytes: number;
  readonly pieces: Iterable<Uint8Array>;
}

/** Contents of tables, read when they are first asked for; null when they are missing. */
export interface GeoFiles {
  asn(): GeoFile | null;
  country(): GeoFile | null;
  readonly builtOn: string;
  readonly attribution: string;
}

class FileTables implements GeoTables {
  readonly builtOn: string;
  readonly attribution: string;
  readonly #files: GeoFiles;
  #networks: Networks | null = null;
  #countries: Countries | null = null;

  constructor(files: GeoFiles) {
    this.#files = files;
    this.builtOn = files.builtOn;
    this.attribution = files.attribution;
  }

  asnOf(ipVersion: 0 | 4 | 6, ip0: number, ip1: number): number {
    const { ipv4, ipv6 } = this.#networks ?? this.#readNetworks();
    if (ipVersion === 4) return ipv4.find(ip0);
    return ipVersion === 6 ? ipv6.find(ip0, ip1) : 0;
  }

  countryOf(ipVersion: 0 | 4 | 6, ip0: number, ip1: number): string {
    const { ipv4, ipv6 } = this.#countries ?? this.#readCountries();
    const code = ipVersion === 4 ? ipv4.find(ip0) : ipVersion === 6 ? ipv6.find(ip0, ip1) : 0;
    return code === 0 ? '' : (LETTERS[(code >>> 8) - 65] as string) + (LETTERS[(code & 255) - 65] as string);
  }

  organisationOf(asn: number): string | null {
    return (this.#networks ?? this.#readNetworks()).names.find(asn);
  }

  get problems(): readonly GeoProblem[] {
    const networks = (this.#networks ?? this.#readNetworks()).problem;
    const countries = (this.#countries ?? this.#readCountries()).problem;
    return [networks, countries].filter((problem) => problem !== null);
  }

  #readNetworks(): Networks {
    const file = this.#files.asn();
    const rows = newRangeFile(file?.sizeBytes);
    const names = new NameTable();
    for (const bytes of file?.pieces ?? []) readNetworks(bytes, rows, names);
    names.trim();
    this.#networks = {
      ipv4: new WordTable(rows.ipv4),
      ipv6: new PairTable(rows.ipv6),
      names,
      problem: file === null ? 'asn-missing' : isDamaged(rows) ? 'asn-damaged' : null,
    };
    return this.#networks;
  }

  #readCountries(): Countries {
    const file = this.#files.country();
    const rows = newRangeFile(file?.sizeBytes);
    for (const bytes of file?.pieces ?? []) readCountries(bytes, rows);
    this.#countries = {
      ipv4: new WordTable(rows.ipv4),
      ipv6: new PairTable(rows.ipv6),
      problem: file === null ? 'country-missing' : isDamaged(rows) ? 'country-damaged' : null,
    };
    return this.#countries;
  }
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

function isDamaged({ ipv4, ipv6, damaged }: RangeFile): boolean {
  const good = ipv4.size + ipv6.size;
  return good === 0 || damaged > good * MOST_DAMAGED;
}

/** Tables from given contents; what they hold is read when it is first asked for. */
export function openTables(files: GeoFiles): GeoTables {
  return new FileTables(files);
}

/**
 * Tables that a user gives, in the format of ip-location-db: IPv4 and IPv6 lines in one file or in several, addresses
 * written out or as numbers, in any order. `builtOn` is the day they were made, as far as the user knows it.
 */
export function geoTablesFrom(
  asnCsv: Uint8Array | readonly Uint8Array[],
  countryCsv: Uint8Array | readonly Uint8Array[],
  builtOn = '',
): GeoTables {
  const file = (given: Uint8Array | readonly Uint8Array[]): GeoFile => {
    const pieces = given instanceof Uint8Array ? [given] : given;
    return { sizeBytes: pieces.reduce((sum, { length }) => sum + length, 0), pieces };
  };
  return new FileTables({
    asn: () => file(asnCsv),
    country: () => file(countryCsv),
    builtOn,
    attribution: '',
  });
}

let packaged: GeoTables | null = null;

/** The tables that come with the program; read from disk when they are first asked something, and kept. */
export function geoTables(): GeoTables {
  packaged ??= openTables(packagedFiles());
  return packaged;
}

function packagedFiles(): GeoFiles {
  const require = createRequire(import.meta.url);
  const networks = homeOf(() => require.resolve('@ip-location-db/asn/package.json'));
  const countries = homeOf(() => require.resolve('@ip-location-db/asn-country/package.json'));
  return {
    // IPv4 as numbers is the quickest to read; IPv6 written out is smaller than its numbers of 38 digits.
    asn: () => contents(networks, ['asn-ipv4-num.csv', 'asn-ipv6.csv']),
    country: () => contents(countries, ['asn-country-ipv4-num.csv', 'asn-country-ipv6.csv']),
    builtOn: networks === null ? '' : builtOnOf(join(networks, 'package.json')),
    attribution: networks === null && countries === null ? '' : ATTRIBUTION,
  };
}

/** The folder of a package, or null when it is not installed: the program runs without it and says so. */
function homeOf(resolve: () => string): string | null {
  try {
    return dirname(resolve());
  } catch {
    return null;
  }
}

function contents(folder: string | null, names: readonly string[]): GeoFile | null {
  if (folder === null) return null;
  try {
    const paths = names.map((name) => join(folder, name));
    const sizeBytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    return { sizeBytes, pieces: piecesOf(paths) };
  } catch {
    return null;
  }
}

const PIECE_BYTES = 1_048_576;

/** Pieces of whole lines, in one buffer that is filled again: tables are long, and nothing of their text is kept. */
function* piecesOf(paths: readonly string[]): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (const path of paths) {
    const file = openSync(path, 'r');
    try {
      let kept = 0;
      for (;;) {
        const read = readSync(file, buffer, kept, PIECE_BYTES - kept, null);
        const filled = kept + read;
        const end = read === 0 ? filled : buffer.lastIndexOf(10, filled - 1) + 1;
        // A piece without the end of a line is no table.
        const whole = end === 0 ? filled : end;
        if (whole > 0) yield buffer.subarray(0, whole);
        buffer.copyWithin(0, whole, filled);
        kept = filled - whole;
        if (read === 0) break;
      }
    } finally {
      closeSync(file);
    }
  }
}

/** The last part of the package's version is the time of making: 2.3.2026061719 is 2026-06-17, 19 h. */
function builtOnOf(packageFile: string): string {
  try {
    const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version?: unknown };
    const [, year, month, day] = /\.(\d{4})(\d\d)(\d\d)\d\d$/.exec(String(version)) ?? [];
    return year === undefined ? '' : `${year}-${month}-${day}`;
  } catch {
    return '';
  }
}
