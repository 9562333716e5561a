/** Which network and country an address belongs to, from tables on disk. */

/** Answers from the tables. */
export interface GeoTables {
  /** Number of the network that announces the address; 0 when the tables do not say. Of IPv6 only the first 64 bits count. */
  asnOf(ipVersion: 0 | 4 | 6, ip0: number, ip1: number): number;
  /** Two capital letters; "" when the tables do not say. */
  countryOf(ipVersion: 0 | 4 | 6, ip0: number, ip1: number): string;
  organisationOf(asn: number): string | null;
  /** Day on which the tables were made, YYYY-MM-DD; "" when it is not known. */
  readonly builtOn: string;
  /** What the licence of the tables asks to be shown; "" when nothing. */
  readonly attribution: string;
  /** Why the tables know nothing or less: codes; empty when all is well. */
  readonly problems: readonly GeoProblem[];
}

/** Why tables are missing. */
export type GeoProblem = 'asn-missing' | 'asn-damaged' | 'country-missing' | 'country-damaged';

/** Tables that know nothing. */
export function emptyTables(problems: readonly GeoProblem[]): GeoTables {
  return {
    asnOf: () => 0,
    countryOf: () => '',
    organisationOf: () => null,
    builtOn: '',
    attribution: '',
    problems,
  };
}

let tables: GeoTables | null = null;

/** The tables that come with the program; read from disk once, when first asked for. */
export function geoTables(): GeoTables {
  tables ??= emptyTables(['asn-missing', 'country-missing']);
  return tables;
}
