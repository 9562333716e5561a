/**
 * Public resolvers that answer over HTTPS (DoH, RFC 8484), TLS (DoT, RFC 7858) or QUIC (DoQ, RFC 9250): who talks to one
 * looks up names that a capture does not show.
 *
 * Hosts and addresses as their operators publish them, read or recalled up to 2026-11: developers.google.com/speed/public-dns,
 * developers.cloudflare.com/1.1.1.1, quad9.net/service, nextdns.io, adguard-dns.io, mullvad.net/help/dns-over-https-and-dns-over-tls,
 * cleanbrowsing.org, controld.com, opendns.com; others by the list of dnscrypt.info/public-servers. Anyone may add to it.
 */
import { AddressRanges } from './address-ranges.js';
import { nearest } from './host-names.js';

interface Resolver {
  readonly service: string;
  /** Names under these count too. */
  readonly hosts: readonly string[];
  /** Addresses and ranges that serve nothing but names. */
  readonly addresses: readonly string[];
}

export const DOH_RESOLVERS: readonly Resolver[] = [
  {
    service: 'Google',
    hosts: ['dns.google', 'dns.google.com', 'dns64.dns.google', '8888.google'],
    addresses: [
      '8.8.8.8',
      '8.8.4.4',
      '2001:4860:4860::8888',
      '2001:4860:4860::8844',
      '2001:4860:4860::64',
      '2001:4860:4860::6464',
    ],
  },
  {
    service: 'Cloudflare',
    hosts: ['cloudflare-dns.com', 'one.one.one.one', 'cloudflare-gateway.com'],
    addresses: [
      '1.1.1.0/30',
      '1.0.0.0/30',
      '2606:4700:4700::/48',
      // chrome. and mozilla.cloudflare-dns.com, cloudflare-dns.com
      '162.159.61.3',
      '162.159.61.4',
      '172.64.41.3',
      '172.64.41.4',
      '104.16.248.249',
      '104.16.249.249',
    ],
  },
  {
    service: 'Quad9',
    hosts: [
      'dns.quad9.net',
      'dns9.quad9.net',
      'dns10.quad9.net',
      'dns11.quad9.net',
      'dns12.quad9.net',
      'dns-nosec.quad9.net',
    ],
    addresses: [
      '9.9.9.9',
      '9.9.9.10',
      '9.9.9.11',
      '9.9.9.12',
      '149.112.112.112',
      '149.112.112.9',
      '149.112.112.10',
      '149.112.112.11',
      '149.112.112.12',
      '2620:fe::/48',
    ],
  },
  {
    service: 'NextDNS',
    hosts: ['dns.nextdns.io', 'doh.nextdns.io', 'dns1.nextdns.io', 'dns2.nextdns.io'],
    addresses: ['45.90.28.0/24', '45.90.30.0/24', '2a07:a8c0::/32', '2a07:a8c1::/32'],
  },
  {
    service: 'AdGuard',
    hosts: ['adguard-dns.com', 'dns.adguard.com', 'dns-family.adguard.com', 'dns-unfiltered.adguard.com'],
    addresses: ['94.140.14.0/24', '94.140.15.0/24', '2a10:50c0::/32'],
  },
  {
    service: 'Mullvad',
    hosts: ['dns.mullvad.net', 'doh.mullvad.net', 'dot.mullvad.net'],
    addresses: ['194.242.2.0/28', '2a07:e340::/64'],
  },
  { service: 'Apple', hosts: ['doh.dns.apple.com', 'doh.dns.apple.com.v.aaplimg.com'], addresses: [] },
  {
    service: 'CleanBrowsing',
    hosts: [
      'doh.cleanbrowsing.org',
      'security-filter-dns.cleanbrowsing.org',
      'family-filter-dns.cleanbrowsing.org',
      'adult-filter-dns.cleanbrowsing.org',
    ],
    addresses: ['185.228.168.0/24', '185.228.169.0/24', '2a0d:2a00:1::/48', '2a0d:2a00:2::/48'],
  },
  {
    service: 'OpenDNS',
    hosts: [
      'doh.opendns.com',
      'dns.opendns.com',
      'doh.familyshield.opendns.com',
      'familyshield.opendns.com',
      'doh.sandbox.opendns.com',
      'dns.umbrella.com',
      'doh.umbrella.com',
    ],
    addresses: [
      '208.67.222.222',
      '208.67.220.220',
      '208.67.222.123',
      '208.67.220.123',
      '2620:119:35::35',
      '2620:119:53::53',
    ],
  },
  {
    service: 'Control D',
    hosts: ['dns.controld.com', 'freedns.controld.com'],
    addresses: ['76.76.2.0/24', '76.76.10.0/24', '2606:1a40::/48', '2606:1a40:1::/48'],
  },
  {
    service: 'DNS4EU',
    hosts: ['joindns4.eu'],
    addresses: ['86.54.11.0/24', '2a13:1001::86:54:11:0/112'],
  },
  { service: 'dns0.eu', hosts: ['dns0.eu'], addresses: ['193.110.81.0/24', '185.253.5.0/24'] },
  {
    service: 'Yandex',
    hosts: ['dot.dns.yandex.net', 'doh.dns.yandex.net', 'dns.yandex.net'],
    addresses: ['77.88.8.0/28', '2a02:6b8::feed:0/112'],
  },
  {
    service: 'AliDNS',
    hosts: ['dns.alidns.com'],
    addresses: ['223.5.5.5', '223.6.6.6', '2400:3200::1', '2400:3200:baba::1'],
  },
  {
    service: 'DNSPod',
    hosts: ['doh.pub', 'dot.pub', 'dns.pub'],
    addresses: ['119.29.29.29', '1.12.12.12', '120.53.53.53'],
  },
  { service: '360', hosts: ['doh.360.cn', 'dot.360.cn'], addresses: [] },
  { service: 'Quad101', hosts: ['dns.twnic.tw', '101.101.101.101'], addresses: ['101.101.101.101'] },
  { service: 'IIJ', hosts: ['public.dns.iij.jp'], addresses: [] },
  {
    service: 'DNS.SB',
    hosts: ['doh.dns.sb', 'doh.sb', 'dot.sb', 'dns.sb'],
    addresses: ['185.222.222.222', '45.11.45.11', '2a09::', '2a11::'],
  },
  {
    service: 'CZ.NIC',
    hosts: ['odvr.nic.cz'],
    addresses: ['193.17.47.1', '185.43.135.1', '2001:148f:ffff::1', '2001:148f:fffe::1'],
  },
  { service: 'SWITCH', hosts: ['dns.switch.ch'], addresses: ['130.59.31.248', '130.59.31.251'] },
  {
    service: 'Digitale Gesellschaft',
    hosts: ['dns.digitale-gesellschaft.ch'],
    addresses: ['185.95.218.42', '185.95.218.43'],
  },
  {
    service: 'Applied Privacy',
    hosts: ['doh.applied-privacy.net', 'dot1.applied-privacy.net', 'dot2.applied-privacy.net'],
    addresses: [],
  },
  {
    service: 'UncensoredDNS',
    hosts: ['anycast.uncensoreddns.org', 'unicast.uncensoreddns.org'],
    addresses: ['91.239.100.100', '89.233.43.71'],
  },
  { service: 'dnsforge', hosts: ['dnsforge.de'], addresses: ['176.9.93.198', '176.9.1.117'] },
  {
    service: 'FFMUC',
    hosts: ['doh.ffmuc.net', 'dot.ffmuc.net'],
    addresses: ['5.1.66.255', '185.150.99.255'],
  },
  { service: 'LibreDNS', hosts: ['doh.libredns.gr', 'dot.libredns.gr'], addresses: ['116.202.176.26'] },
  { service: 'Njalla', hosts: ['dns.njal.la'], addresses: ['95.215.19.53'] },
  { service: 'Wikimedia', hosts: ['wikimedia-dns.org'], addresses: ['185.71.138.138'] },
  {
    service: 'RethinkDNS',
    hosts: ['sky.rethinkdns.com', 'max.rethinkdns.com', 'basic.rethinkdns.com', 'rplus.rethinkdns.com'],
    addresses: [],
  },
  {
    service: 'CIRA',
    hosts: ['canadianshield.cira.ca'],
    addresses: ['149.112.121.0/24', '149.112.122.0/24'],
  },
  { service: 'Comcast', hosts: ['doh.xfinity.com', 'dot.xfinity.com'], addresses: [] },
  { service: 'AhaDNS', hosts: ['ahadns.net'], addresses: [] },
  { service: 'BlahDNS', hosts: ['blahdns.com'], addresses: [] },
  { service: 'Tiar', hosts: ['doh.tiar.app', 'doh.tiarap.org', 'jp.tiar.app'], addresses: [] },
  {
    service: 'NordVPN',
    hosts: ['dns1.nordvpn.com', 'dns2.nordvpn.com'],
    addresses: ['103.86.96.100', '103.86.99.100'],
  },
];

const HOSTS: ReadonlyMap<string, string> = new Map(
  DOH_RESOLVERS.flatMap(({ service, hosts }) => hosts.map((host) => [host, service] as const)),
);
const ADDRESSES = new AddressRanges(
  DOH_RESOLVERS.map(({ service, addresses }) => [service, addresses] as const),
);

/**
 * Who runs the resolver that a host or address is; null when it is none that is known. Most of these addresses answer
 * plain DNS on port 53 as well: the port says which.
 *
 * @example
 * resolverServiceOf('dns.google'); // 'Google'
 */
export function resolverServiceOf(hostOrAddress: string): string | null {
  return HOSTS.get(hostOrAddress) ?? nearest(hostOrAddress, HOSTS) ?? ADDRESSES.of(hostOrAddress);
}

/** True for a public resolver of encrypted DNS, by name or address. */
export function isDohResolver(hostOrAddress: string): boolean {
  return resolverServiceOf(hostOrAddress) !== null;
}
