/**
 * Where to write about abuse from a network, without asking anyone: the mailbox that a well-known operator publishes, or
 * the registry whose public directory names it (RFC 9083, 10.2.4, role "abuse"; RFC 2142 for the name of the mailbox).
 */

/** The five registries of addresses. */
export type Registry = 'ARIN' | 'RIPE NCC' | 'LACNIC' | 'APNIC' | 'AFRINIC';

/** Where to write. */
export interface AbuseContact {
  /** Null when no mailbox is known for sure: the registry's directory has it. */
  readonly email: string | null;
  readonly registry: Registry;
}

/**
 * Mailboxes as their operators publish them, recalled in 2025. Many prefer a form of their own and answer with its
 * address. Only those that are sure; what is not here is looked up in the registry by whoever writes the letter.
 */
const MAILBOXES: Readonly<Record<string, readonly number[]>> = {
  'abuse@amazonaws.com': [16509, 14618, 8987],
  'abuse@microsoft.com': [8075, 8068, 8069],
  'google-cloud-compliance@google.com': [396982, 19527],
  'abuse@ovh.net': [16276, 35540],
  'abuse@hetzner.com': [24940, 213230, 212317, 215859],
  'abuse@digitalocean.com': [14061, 393406],
  'abuse@vultr.com': [20473],
  'abuse@linode.com': [63949],
  'abuse@contabo.de': [51167],
  'abuse@netcup.de': [197540, 214996],
  'abuse@strato.de': [6724],
  'abuse@godaddy.com': [26496, 398101, 398787],
  'abuse@bluehost.com': [46606],
  'abuse@namecheap.com': [22612],
  'abuse@hostinger.com': [47583],
  'abuse@rackspace.com': [33070, 19994, 27357],
  'abuse@liquidweb.com': [32244, 53824, 36444],
  'abuse@inmotionhosting.com': [22611, 54641, 3842],
  'abuse@a2hosting.com': [55293],
  'abuse@gandi.net': [29169, 203476],
  'abuse@psychz.net': [40676],
  'abuse@quadranet.com': [8100],
  'abuse@voxility.com': [3223],
  'abuse@upcloud.com': [202053, 25697],
  'abuse@cloudflare.com': [13335, 209242],
  'abuse@fastly.com': [54113],
  'abuse@akamai.com': [20940, 16625],
  'abuse@cogentco.com': [174],
  'abuse@he.net': [6939],
  'abuse@comcast.net': [7922],
};

const mailboxes = new Map(
  Object.entries(MAILBOXES).flatMap(([email, numbers]) => numbers.map((asn) => [asn, email] as const)),
);

/** Countries of each registry, two letters each. All others are the RIPE NCC's: Europe, the Middle East, Central Asia. */
const REGIONS: Readonly<Record<Exclude<Registry, 'RIPE NCC'>, string>> = {
  // arin.net, "ARIN's region".
  ARIN: 'US CA AG AI AQ BB BL BM BS BV DM GD GP HM JM KN KY LC MF MQ MS PM PR SH TC UM VC VG VI',
  // lacnic.net, "Territorial coverage".
  LACNIC: 'MX AR AW BO BQ BR BZ CL CO CR CU CW DO EC FK GF GS GT GY HN HT NI PA PE PY SR SV SX TT UY VE',
  // apnic.net, "APNIC service region".
  APNIC:
    'AF AS AU BD BN BT CC CK CN CX FJ FM GU HK ID IN IO JP KH KI KP KR LA LK MH MM MN MO MP MV MY NC NF NP NR NU NZ PF PG PH PK PN PW SB SG TF TH TK TL TO TV TW VN VU WF WS',
  // afrinic.net, "Service region".
  AFRINIC:
    'AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW',
};

const registryByCountry = new Map(
  Object.entries(REGIONS).flatMap(([registry, countries]) =>
    countries.split(' ').map((country) => [country, registry as Registry] as const),
  ),
);

/** First numbers of the blocks of network numbers above 65,535 (IANA, "Autonomous System (AS) Numbers"). */
const NUMBER_BLOCKS: readonly (readonly [number, number, Registry])[] = [
  [131_072, 196_607, 'APNIC'],
  [196_608, 262_143, 'RIPE NCC'],
  [262_144, 327_679, 'LACNIC'],
  [327_680, 393_215, 'AFRINIC'],
  [393_216, 458_751, 'ARIN'],
];

/**
 * Where to write about abuse from a network. The country is that of the addresses in the tables, which is the one they
 * were given out for. When nothing is known it is ARIN, whose directory points on to the others.
 *
 * @example
 * abuseContact(16276, 'OVH SAS', 'FR'); // { email: 'abuse@ovh.net', registry: 'RIPE NCC' }
 */
export function abuseContact(asn: number, _organisation: string | null, country: string): AbuseContact {
  return { email: mailboxes.get(asn) ?? null, registry: registryOf(asn, country) };
}

function registryOf(asn: number, country: string): Registry {
  if (/^[A-Z]{2}$/.test(country)) return registryByCountry.get(country) ?? 'RIPE NCC';
  const block = NUMBER_BLOCKS.find(([first, last]) => asn >= first && asn <= last);
  return block ? block[2] : 'ARIN';
}

/** Where people look a network's contacts up, by registry. */
export const REGISTRY_LOOKUPS: Readonly<Record<Registry, string>> = {
  ARIN: 'https://search.arin.net/rdap/',
  'RIPE NCC': 'https://apps.db.ripe.net/db-web-ui/query',
  LACNIC: 'https://rdap-web.lacnic.net/',
  APNIC: 'https://wq.apnic.net/static/search.html',
  AFRINIC: 'https://afrinic.net/whois',
};
