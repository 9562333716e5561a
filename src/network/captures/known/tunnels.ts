/**
 * Signs of tunnels that carry traffic past a capture, and of names that stand before other names.
 *
 * Ports: IANA service names (openvpn 1194, isakmp 500, ipsec-nat-t 4500, l2tp 1701, pptp 1723), wireguard.com/protocol
 * (51820 by custom), the Tor specification (9001, 9030). Hosts: support.apple.com/102602 (Private Relay), the providers.
 */
import { nearest, plainHost } from './host-names.js';

/** What is known of a conversation, as flow records have it. */
export interface TunnelClues {
  /** `tcp`, `udp`, `esp` … */
  readonly transport: string;
  readonly serverPort: number | null;
  /** As the flow's decoder or the log names it: `wireguard`, `openvpn`, `ikev2` … */
  readonly application: string | null;
  readonly host: string | null;
}

/** Names of applications in flow records and in logs of Zeek and Suricata. */
const BY_APPLICATION: ReadonlyMap<string, string> = new Map([
  ['wireguard', 'WireGuard'],
  ['openvpn', 'OpenVPN'],
  ['ike', 'IPsec'],
  ['ikev1', 'IPsec'],
  ['ikev2', 'IPsec'],
  ['ipsec', 'IPsec'],
  ['esp', 'IPsec'],
  ['l2tp', 'L2TP'],
  ['pptp', 'PPTP'],
  ['tor', 'Tor'],
  ['socks', 'SOCKS'],
  ['gtpv1', 'GTP'],
]);

const BY_TRANSPORT: ReadonlyMap<string, string> = new Map([
  ['esp', 'IPsec'],
  ['ah', 'IPsec'],
  ['gre', 'GRE'],
  ['l2tp', 'L2TP'],
]);

/** By port, only where nothing else was recognised in the conversation. */
const BY_UDP_PORT: ReadonlyMap<number, string> = new Map([
  [51820, 'WireGuard'],
  [2408, 'Cloudflare WARP'],
  [1194, 'OpenVPN'],
  [500, 'IPsec'],
  [4500, 'IPsec'],
  [1701, 'L2TP'],
]);
const BY_TCP_PORT: ReadonlyMap<number, string> = new Map([
  [1194, 'OpenVPN'],
  [1723, 'PPTP'],
  [9001, 'Tor'],
  [9030, 'Tor'],
]);

/** Hosts that a tunnel's own program talks to. */
const BY_HOST: ReadonlyMap<string, string> = new Map(
  (
    [
      [
        'iCloud Private Relay',
        [
          'mask.icloud.com',
          'mask-h2.icloud.com',
          'mask-api.icloud.com',
          'mask.apple-dns.net',
          'mask-t.apple-dns.net',
          'mask-canary.icloud.com',
        ],
      ],
      ['Tor', ['torproject.org', 'torproject.net']],
      ['Psiphon', ['psiphon.ca', 'psiphon3.com', 'psi.cash']],
      ['Cloudflare WARP', ['cloudflareclient.com']],
      ['Proton VPN', ['protonvpn.com', 'protonvpn.ch', 'protonvpn.net', 'vpn-api.proton.me']],
      ['Mullvad', ['relays.mullvad.net', 'api.mullvad.net', 'am.i.mullvad.net']],
      ['NordVPN', ['nordvpn.com', 'nordcdn.com']],
      ['ExpressVPN', ['expressvpn.com', 'expressapisv2.net']],
      ['Surfshark', ['surfshark.com']],
      ['CyberGhost', ['cyberghostvpn.com', 'cg-dialup.net']],
      ['Private Internet Access', ['privateinternetaccess.com', 'privacy.network']],
      ['TunnelBear', ['tunnelbear.com', 'lazerpenguin.com']],
      ['Windscribe', ['windscribe.com', 'whiskergalaxy.com']],
      ['Riseup VPN', ['vpn.riseup.net', 'api.black.riseup.net', 'black.riseup.net']],
      ['Lantern', ['getlantern.org']],
      ['Outline', ['getoutline.org', 'outline.org']],
      ['Tailscale', ['tailscale.com', 'tailscale.io']],
      ['ZeroTier', ['zerotier.com']],
      ['Hotspot Shield', ['hotspotshield.com']],
    ] as const
  ).flatMap(([tunnel, hosts]) => hosts.map((host) => [host, tunnel] as const)),
);

/** Gateways of operators for calls over Wi-Fi (3GPP TS 23.003 19.4.2.9): IPsec that carries calls, not the traffic. */
const CALL_GATEWAY = /^(?:[a-z0-9-]+\.)?epdg\.epc\.mnc\d{2,3}\.mcc\d{3}\.pub\.3gppnetwork\.org$/;

/**
 * Name of the tunnel that a conversation seems to belong to; null when there is no sign of one. `IPsec` without a name
 * may be calls over Wi-Fi just as well.
 *
 * @example
 * vpnSignOf({ transport: 'udp', serverPort: 51820, application: null, host: null }); // 'WireGuard'
 */
export function vpnSignOf({ transport, serverPort, application, host }: TunnelClues): string | null {
  if (host !== null) {
    if (isCallGateway(host)) return null;
    const byHost = nearest(host, BY_HOST);
    if (byHost !== undefined) return byHost;
  }
  if (application !== null) return BY_APPLICATION.get(application.toLowerCase()) ?? null;
  const kind = transport.toLowerCase();
  const byTransport = BY_TRANSPORT.get(kind);
  if (byTransport !== undefined) return byTransport;
  if (serverPort === null) return null;
  if (kind === 'udp') return BY_UDP_PORT.get(serverPort) ?? null;
  return kind === 'tcp' ? (BY_TCP_PORT.get(serverPort) ?? null) : null;
}

/** True for an operator's gateway for calls over Wi-Fi. */
export function isCallGateway(host: string): boolean {
  return host.length < 100 && CALL_GATEWAY.test(plainHost(host));
}

// Outer names of encrypted hellos (RFC 9849, "public_name"): Cloudflare's, and those of the two public test sites.
const COVER_NAMES: ReadonlySet<string> = new Set([
  'cloudflare-ech.com',
  'cloudflare-esni.com',
  'public.tls-ech.dev',
  'cover.defo.ie',
]);

/** True for a name that stands in a hello in place of the true one, which is encrypted. */
export function coverName(host: string): boolean {
  return COVER_NAMES.has(plainHost(host));
}
