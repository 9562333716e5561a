/**
 * Who signs certificates on the web, by the organisation their certificates name. Facts put together by hand in 2026 from
 * the public programmes of Mozilla, Apple, Google and Microsoft; former names stay, as old captures have them. A name can
 * be forged: that a chain names one of these is no proof that they signed it.
 */
const PUBLIC_AUTHORITIES: readonly string[] = [
  ...[
    'DigiCert',
    'Cybertrust',
    'Baltimore',
    'QuoVadis',
    'Symantec',
    'VeriSign',
    'Thawte',
    'GeoTrust',
    'RapidSSL',
  ],
  ...['Sectigo', 'COMODO CA', 'The USERTRUST Network', 'AddTrust', 'ZeroSSL', 'Network Solutions', 'cPanel'],
  ...[
    "Let's Encrypt",
    'Internet Security Research Group',
    'ISRG',
    'Google Trust Services',
    'Google',
    'Amazon',
  ],
  ...[
    'GlobalSign',
    'Entrust',
    'IdenTrust',
    'Digital Signature Trust',
    'Apple',
    'Microsoft',
    'Cloudflare',
    'Certainly',
  ],
  ...[
    'GoDaddy.com',
    'Starfield Technologies',
    'The Go Daddy Group',
    'SSL Corporation',
    'SSL Corp',
    'SSL.com',
  ],
  ...[
    'Actalis',
    'Buypass',
    'Certum',
    'Unizeto Technologies',
    'Asseco Data Systems',
    'Krajowa Izba Rozliczeniowa',
  ],
  ...[
    'SwissSign',
    'WISeKey',
    'OISTE Foundation',
    'T-Systems',
    'Deutsche Telekom',
    'D-Trust',
    'Bundesdruckerei',
  ],
  ...['DFN-Verein', 'Verein zur Foerderung eines Deutschen Forschungsnetzes', 'Telia', 'TeliaSonera', 'KPN'],
  ...[
    'Staat der Nederlanden',
    'Firmaprofesional',
    'Autoridad de Certificacion Firmaprofesional',
    'AC Camerfirma',
  ],
  ...[
    'FNMT-RCM',
    'IZENPE',
    'ACCV',
    'Agencia Catalana de Certificacio',
    'CONSORCI ADMINISTRACIO OBERTA DE CATALUNYA',
  ],
  ...[
    'ANF Autoridad de Certificacion',
    'Dhimyotis',
    'Certigna',
    'Certinomis',
    'Keynectis',
    'OpenTrust',
    'Atos',
  ],
  ...[
    'Eviden',
    'Microsec',
    'NetLock',
    'Hellenic Academic and Research Institutions',
    'Greek Universities Network',
  ],
  ...['Disig', 'SecureTrust', 'Trustwave', 'Viking Cloud', 'VikingCloud', 'Chunghwa Telecom', 'TAIWAN-CA'],
  ...['SECOM Trust Systems', 'SECOM Trust.net', 'Cybertrust Japan', 'Japan Certification Services'],
  ...[
    'GUANG DONG CERTIFICATE AUTHORITY',
    'China Financial Certification Authority',
    'TrustAsia',
    'iTrusChina',
  ],
  ...[
    'UniTrust',
    'Shanghai Electronic Certification',
    'BEIJING CERTIFICATE AUTHORITY',
    'WoTrus',
    'Hongkong Post',
  ],
  ...['NAVER Cloud', 'NAVER BUSINESS PLATFORM', 'NAVER', 'eMudhra', 'emSign', 'E-Tugra', 'E-Tuğra'],
  ...[
    'Turkiye Bilimsel ve Teknolojik Arastirma Kurumu',
    'MSC Trustgate',
    'certSIGN',
    'MULTICERT',
    'LuxTrust',
  ],
  ...[
    'A-Trust',
    'e-commerce monitoring',
    'GLOBALTRUST',
    'Comsign',
    'GEANT',
    'TERENA',
    'Gandi',
    'Corporation Service Company',
  ],
  ...[
    'Trust Provider',
    'InCommon',
    'Internet2',
    'Wells Fargo',
    'Visa',
    'Trustis',
    'Aruba',
    'InfoCert',
    'Intesi Group',
  ],
  ...[
    'SK ID Solutions',
    'Sertifitseerimiskeskus',
    'Swisscom',
    'Commscope',
    'TrustCor',
    'Entrust.net',
    'GTE',
    'StartCom',
  ],
];

/** Services that sign for themselves, by the organisation, and the names they do it for. Their apps know it and trust no other. */
const OWN_AUTHORITIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['signal messenger', ['signal.org', 'whispersystems.org']],
  ['open whisper systems', ['signal.org', 'whispersystems.org']],
  ['netflix', ['netflix.com', 'nflxvideo.net', 'nflxso.net', 'netflix.net']],
  ['samsung', ['samsung.com', 'samsungcloud.com', 'samsungosp.com', 'samsungelectronics.com']],
  ['sophos', ['sophos.com']],
  ['valve', ['steampowered.com', 'steamserver.net', 'valve.net']],
]);

/**
 * Products that sign in the place of the server, so that somebody can read what is encrypted, by words of the names they
 * give themselves. `state`: one that a state had installed on its people's devices (Kazakhstan, 2019 and 2020:
 * https://censoredplanet.org/kazakhstan).
 */
const INSPECTORS: readonly (readonly [words: string, product: string, who: InspectorKind])[] = [
  ['portswigger', 'Burp Suite', 'analyst'],
  ['mitmproxy', 'mitmproxy', 'analyst'],
  ['pcapdroid', 'PCAPdroid', 'analyst'],
  ['charles proxy', 'Charles', 'analyst'],
  ['fiddler', 'Fiddler', 'analyst'],
  ['proxyman', 'Proxyman', 'analyst'],
  ['http toolkit', 'HTTP Toolkit', 'analyst'],
  ['owasp zap', 'ZAP', 'analyst'],
  ['adguard', 'AdGuard', 'protection'],
  ['kaspersky', 'Kaspersky', 'protection'],
  ['avast', 'Avast', 'protection'],
  ['avg web', 'AVG', 'protection'],
  ['eset ssl filter', 'ESET', 'protection'],
  ['bitdefender', 'Bitdefender', 'protection'],
  ['dr.web', 'Dr.Web', 'protection'],
  ['net nanny', 'Net Nanny', 'protection'],
  ['qustodio', 'Qustodio', 'protection'],
  ['zscaler', 'Zscaler', 'company'],
  ['fortinet', 'Fortinet', 'company'],
  ['fortigate', 'Fortinet', 'company'],
  ['palo alto', 'Palo Alto Networks', 'company'],
  ['netskope', 'Netskope', 'company'],
  ['cisco umbrella', 'Cisco Umbrella', 'company'],
  ['blue coat', 'Blue Coat', 'company'],
  ['sophos', 'Sophos', 'company'],
  ['sonicwall', 'SonicWall', 'company'],
  ['watchguard', 'WatchGuard', 'company'],
  ['check point', 'Check Point', 'company'],
  ['forcepoint', 'Forcepoint', 'company'],
  ['barracuda', 'Barracuda', 'company'],
  ['lightspeed', 'Lightspeed', 'company'],
  ['securly', 'Securly', 'company'],
  ['qaznet trust network', 'Qaznet', 'state'],
];
export type InspectorKind = 'analyst' | 'protection' | 'company' | 'state';

/** In one form: lower case, without points, commas and the like. */
function plain(name: string): string {
  return name
    .slice(0, 200)
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[.,"()]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const PUBLIC = new Set(PUBLIC_AUTHORITIES.map(plain));
const LONGEST_WORDS = Math.max(...[...PUBLIC].map((name) => name.split(' ').length));

/**
 * Whether an organisation is a known public authority: the name itself, or with the words of a company form or a
 * department behind it (`DigiCert, Inc.`).
 */
export function isPublicAuthority(organisation: string): boolean {
  const words = plain(organisation).split(' ');
  for (let count = Math.min(words.length, LONGEST_WORDS); count > 0; count -= 1) {
    if (PUBLIC.has(words.slice(0, count).join(' '))) return true;
  }
  return false;
}

/** Whether a service signs this name of its own by itself. */
export function isOwnAuthority(organisation: string, host: string): boolean {
  const name = plain(organisation);
  for (const [start, parents] of OWN_AUTHORITIES) {
    if (name !== start && !name.startsWith(`${start} `)) continue;
    if (parents.some((parent) => host === parent || host.endsWith(`.${parent}`))) return true;
  }
  return false;
}

/** The product that names itself in the name of an issuer. */
export function inspectorOf(
  issuer: string,
): { readonly product: string; readonly who: InspectorKind } | null {
  const name = issuer.slice(0, 500).toLowerCase();
  for (const [words, product, who] of INSPECTORS) if (name.includes(words)) return { product, who };
  return null;
}
