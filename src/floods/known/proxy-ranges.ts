/**
 * Networks from which services fetch a site for others. What comes from them is not the visitor: the visitor's address is
 * in a header.
 *
 * Only networks where the service lets nobody else run programs of their own: a header from there can be believed. All
 * lists are recalled from what their operators publish (2025), and were compared with the announced networks of
 * 2026-06-17; they change, and a list that is too short is why users can name proxies of their own.
 */
import type { PrefixList } from './prefix-table.js';

/** One service and its networks. */
export interface ProxyRanges extends PrefixList {
  readonly name: string;
  readonly kind: 'cdn' | 'guard';
  /** Where the operator publishes them. */
  readonly source: string;
}

/** Month of the lists of services and proxies, to be shown with what is said by them. */
export const KNOWN_LISTS_MONTH = '2025-06';

export const PROXY_RANGES: readonly ProxyRanges[] = [
  {
    name: 'Cloudflare',
    kind: 'cdn',
    source: 'https://www.cloudflare.com/ips/',
    // Visitors of WARP and iCloud Private Relay leave from 104.28.0.0/16, which is not among them.
    ranges: [
      '173.245.48.0/20',
      '103.21.244.0/22',
      '103.22.200.0/22',
      '103.31.4.0/22',
      '141.101.64.0/18',
      '108.162.192.0/18',
      '190.93.240.0/20',
      '188.114.96.0/20',
      '197.234.240.0/22',
      '198.41.128.0/17',
      '162.158.0.0/15',
      '104.16.0.0/13',
      '104.24.0.0/14',
      '172.64.0.0/13',
      '131.0.72.0/22',
      '2400:cb00::/32',
      '2606:4700::/32',
      '2803:f800::/32',
      '2405:b500::/32',
      '2405:8100::/32',
      '2a06:98c0::/29',
      '2c0f:f248::/32',
    ],
  },
  {
    name: 'Fastly',
    kind: 'cdn',
    source: 'https://api.fastly.com/public-ip-list',
    ranges: [
      '23.235.32.0/20',
      '43.249.72.0/22',
      '103.244.50.0/24',
      '103.245.222.0/23',
      '103.245.224.0/24',
      '104.156.80.0/20',
      '140.248.64.0/18',
      '140.248.128.0/17',
      '146.75.0.0/17',
      '151.101.0.0/16',
      '157.52.64.0/18',
      '167.82.0.0/17',
      '167.82.128.0/20',
      '167.82.160.0/20',
      '167.82.224.0/20',
      '172.111.64.0/18',
      '185.31.16.0/22',
      '199.27.72.0/21',
      '199.232.0.0/16',
      '2a04:4e40::/32',
      '2a04:4e42::/32',
    ],
  },
  {
    name: 'Amazon CloudFront',
    kind: 'cdn',
    source: 'https://ip-ranges.amazonaws.com/ip-ranges.json (service CLOUDFRONT)',
    ranges: [
      '13.32.0.0/15',
      '13.35.0.0/16',
      '13.224.0.0/14',
      '18.64.0.0/14',
      '18.154.0.0/15',
      '18.160.0.0/15',
      '18.164.0.0/15',
      '18.172.0.0/15',
      '18.238.0.0/15',
      '18.244.0.0/15',
      '52.84.0.0/15',
      '54.182.0.0/16',
      '54.192.0.0/16',
      '54.230.0.0/16',
      '54.239.128.0/18',
      '54.239.192.0/19',
      '54.240.128.0/18',
      '64.252.64.0/18',
      '64.252.128.0/18',
      '65.8.0.0/16',
      '65.9.0.0/17',
      '70.132.0.0/18',
      '71.152.0.0/17',
      '99.84.0.0/16',
      '99.86.0.0/16',
      '108.138.0.0/15',
      '108.156.0.0/14',
      '130.176.0.0/16',
      '143.204.0.0/16',
      '204.246.164.0/22',
      '204.246.168.0/22',
      '205.251.249.0/24',
      '216.137.32.0/19',
      '2600:9000::/28',
    ],
  },
  {
    name: 'Akamai',
    kind: 'cdn',
    source: 'https://techdocs.akamai.com/origin-ip-acl/docs',
    ranges: [
      '2.16.0.0/13',
      '23.0.0.0/12',
      '23.32.0.0/11',
      '23.64.0.0/14',
      '23.72.0.0/13',
      '23.192.0.0/11',
      '69.192.0.0/16',
      '72.246.0.0/15',
      '88.221.0.0/16',
      '92.122.0.0/15',
      '95.100.0.0/15',
      '96.6.0.0/15',
      '96.16.0.0/15',
      '104.64.0.0/10',
      '118.214.0.0/16',
      '173.222.0.0/15',
      '184.24.0.0/13',
      '184.50.0.0/15',
      '184.84.0.0/14',
      '2600:1400::/24',
      '2a02:26f0::/29',
    ],
    // Announced by AS63949, whose servers (Linode) anyone can rent.
    except: ['104.66.160.0/19', '104.105.0.0/16'],
  },
  {
    name: 'Imperva',
    kind: 'guard',
    source: 'https://docs.imperva.com/howto/c85245b7',
    ranges: [
      '199.83.128.0/21',
      '198.143.32.0/19',
      '149.126.72.0/21',
      '103.28.248.0/22',
      '45.64.64.0/22',
      '185.11.124.0/22',
      '192.230.64.0/18',
      '107.154.0.0/16',
      '45.60.0.0/16',
      '45.223.0.0/16',
      '131.125.128.0/17',
      '2a02:e980::/29',
    ],
  },
  {
    name: 'Sucuri',
    kind: 'guard',
    source: 'https://docs.sucuri.net/website-firewall/troubleshooting/prevent-sucuri-firewall-bypass/',
    ranges: ['192.88.134.0/23', '185.93.228.0/22', '66.248.200.0/22', '208.109.0.0/22', '2a02:fe80::/29'],
  },
  {
    name: 'Google front end',
    kind: 'cdn',
    // Load balancers of Google Cloud; Project Shield stands before sites with the same.
    source: 'https://cloud.google.com/load-balancing/docs/https#firewall-rules',
    ranges: ['35.191.0.0/16', '130.211.0.0/22'],
  },
];
