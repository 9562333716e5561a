/** Names of protocols and services, as the DDoS dissector writes them (https://github.com/NLADC/dissector). */

/**
 * UDP services whose answers are larger than their questions, by port: CISA alert TA14-017A, "UDP-Based Amplification
 * Attacks"; the list of the dissector; and those seen in published captures (4500, 10001, 47808).
 */
export const AMPLIFIERS: ReadonlyMap<number, string> = new Map([
  [17, 'Quote of the Day'],
  [19, 'Chargen'],
  [53, 'DNS'],
  [69, 'TFTP'],
  [111, 'RPC'],
  [123, 'NTP'],
  [137, 'NetBios'],
  [161, 'SNMP'],
  [177, 'XDMCP'],
  [389, 'CLDAP'],
  [500, 'ISAKMP'],
  [520, 'RIPv1'],
  [623, 'IPMI'],
  [1434, 'MS SQL'],
  [1900, 'SSDP'],
  [3283, 'Apple Remote Desktop'],
  [3389, 'Windows Remote Desktop'],
  [3702, 'WS-Discovery'],
  [4500, 'NAT-T/IKE'],
  [5093, 'Sentinel'],
  [5351, 'NAT-PMP'],
  [5353, 'mDNS'],
  [5683, 'CoAP'],
  [10001, 'Ubiquiti Discovery'],
  [10074, 'Mitel MiCollab'],
  [11211, 'MEMCACHED'],
  [27015, 'Steam'],
  [32414, 'Plex Media'],
  [33848, 'Jenkins'],
  [37810, 'DHDiscover'],
  [47808, 'BACnet'],
]);

/** Of TCP and UDP, by the registry of IANA (RFC 6335), in capitals: what the dissector asks of the system it runs on. */
const REGISTERED: ReadonlyMap<number, string> = new Map([
  [20, 'FTP-DATA'],
  [21, 'FTP'],
  [22, 'SSH'],
  [23, 'TELNET'],
  [25, 'SMTP'],
  [53, 'DOMAIN'],
  [80, 'HTTP'],
  [110, 'POP3'],
  [143, 'IMAP2'],
  [179, 'BGP'],
  [443, 'HTTPS'],
  [445, 'MICROSOFT-DS'],
  [465, 'SUBMISSIONS'],
  [587, 'SUBMISSION'],
  [853, 'DOMAIN-S'],
  [993, 'IMAPS'],
  [995, 'POP3S'],
  [1194, 'OPENVPN'],
  [3306, 'MYSQL'],
  [3478, 'STUN'],
  [5060, 'SIP'],
  [5432, 'POSTGRESQL'],
  [8080, 'HTTP-ALT'],
]);

export const [ICMP, TCP, UDP, ICMPV6] = [1, 6, 17, 58] as const;

const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [ICMP, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IPIP'],
  [TCP, 'TCP'],
  [UDP, 'UDP'],
  [33, 'DCCP'],
  [41, 'IPV6'],
  [47, 'GRE'],
  [50, 'ESP'],
  [51, 'AH'],
  [ICMPV6, 'ICMPV6'],
  [132, 'SCTP'],
  [136, 'UDPLITE'],
]);

export function protocolName(protocol: number): string {
  return PROTOCOLS.get(protocol) ?? `IP protocol ${protocol}`;
}

/** Service behind a source port; null when it has none that is known. */
export function serviceOf(protocol: number, port: number): string | null {
  if (protocol === UDP) return AMPLIFIERS.get(port) ?? REGISTERED.get(port) ?? null;
  return protocol === TCP ? (REGISTERED.get(port) ?? null) : null;
}

/** Types of ICMP (IANA) by their words in the dissector. */
export const ICMP_TYPES: ReadonlyMap<number, string> = new Map([
  [0, 'Echo Reply'],
  [3, 'Destination Unreachable'],
  [5, 'Redirect'],
  [8, 'Echo'],
  [9, 'Router Advertisement'],
  [10, 'Router Solicitation'],
  [11, 'Time Exceeded'],
  [12, 'Parameter Problem'],
  [13, 'Timestamp'],
  [14, 'Timestamp Reply'],
]);

/** Types of DNS questions (IANA) that attacks use, and the usual ones. */
export const DNS_TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [43, 'DS'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [252, 'AXFR'],
  [255, 'ANY'],
  [257, 'CAA'],
]);

const FLAG_LETTERS = 'CEUAPRSF';
const FLAG_NAMES: Readonly<Record<string, string>> = {
  F: 'FIN',
  S: 'SYN',
  R: 'RESET',
  P: 'PUSH',
  A: 'ACK',
  U: 'URGENT',
};

/** `......S.`: CWR, ECE, URG, ACK, PSH, RST, SYN, FIN (RFC 9293 3.1), a dot for each that is not set. */
export function flagText(flags: number): string {
  let text = '';
  for (let bit = 0; bit < 8; bit += 1) text += flags & (0x80 >> bit) ? FLAG_LETTERS[bit] : '.';
  return text;
}

/** `TCP SYN ACK flag attack`, in the order of the dissector; several values: `TCP flag attack`. */
export function flagTag(texts: readonly string[]): string {
  const [only] = texts;
  if (only === undefined || texts.length > 1) return 'TCP flag attack';
  const names = Object.entries(FLAG_NAMES).flatMap(([letter, name]) => (only.includes(letter) ? [name] : []));
  return names.length === 0 ? 'TCP no flag attack' : `TCP ${names.join(' ')} flag attack`;
}
