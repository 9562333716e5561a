import type { PlistDictionary, PlistValue } from '../../../../evidence/plist/plist.js';

// Keys of payloads that name a server or an address the device will talk to, from Apple's "Profile-Specific Payload
// Keys" (developer.apple.com/documentation/devicemanagement). Lists of what a filter permits or forbids are left out
// on purpose: a profile that blocks a spyware host is not a trace of it.
const SERVER_KEYS = new Set(
  [
    // Device management, and enrolment over the air
    ...['ServerURL', 'CheckInURL', 'CheckOutURL', 'URL', 'DirectoryURL', 'EnrollmentServerURL'],
    // VPN, relay, DNS
    ...[
      'RemoteAddress',
      'CommRemoteAddress',
      'AuthRemoteAddress',
      'ServerAddress',
      'ServerAddresses',
      'ServerName',
    ],
    ...['HTTP2RelayURL', 'HTTP3RelayURL'],
    // Proxies (global, Wi-Fi, cellular, VPN)
    ...[
      'ProxyServer',
      'ProxyPACURL',
      'PACURL',
      'HTTPProxy',
      'HTTPSProxy',
      'ProxyAutoConfigURLString',
      'proxy',
    ],
    // Mail, calendars, contacts, directories, Exchange
    ...['IncomingMailServerHostName', 'OutgoingMailServerHostName', 'Host', 'ExternalHost', 'HostName'],
    ...['CalDAVHostName', 'CalDAVPrincipalURL', 'CardDAVHostName', 'CardDAVPrincipalURL'],
    ...['LDAPAccountHostName', 'SubCalAccountHostName'],
    // Single sign-on
    ...['Hosts', 'URLs'],
  ].map((key) => key.toLowerCase()),
);

const FILTER_LIST_KEY = /^(allow|deny|permitted|white|black)/i;

// A payload is a form of some dozen fields; what is larger was made to keep us busy.
const MAX_DEPTH = 8;
const MAX_STEPS = 5_000;
const MAX_HOSTS = 100;

/**
 * Servers and addresses a payload names, as written, each once: host names and addresses without port, or whole URLs.
 *
 * @example
 * hostsOf(asDictionary(parsePlist(bytes))); // ['https://mdm.example.org/checkin', 'vpn.example.org']
 */
export function hostsOf(payload: PlistDictionary): string[] {
  const hosts = new Set<string>();
  let steps = 0;
  const walk = (value: PlistValue, isServer: boolean, depth: number): void => {
    steps += 1;
    if (steps > MAX_STEPS || depth > MAX_DEPTH || hosts.size >= MAX_HOSTS) return;
    if (typeof value === 'string') {
      const host = isServer ? hostText(value) : null;
      if (host !== null) hosts.add(host);
    } else if (Array.isArray(value)) {
      for (const item of value) walk(item, isServer, depth + 1);
    } else if (isPlainDictionary(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (!FILTER_LIST_KEY.test(key)) walk(item, SERVER_KEYS.has(key.toLowerCase()), depth + 1);
      }
    }
  };
  walk(payload, false, 0);
  return [...hosts];
}

/** Host or URL of a field, or null when it holds neither (an empty field, a sentence). */
export function hostText(value: string): string | null {
  const trimmed = value.trim();
  if (trimmed === '' || trimmed.length > 2_048 || /\s/.test(trimmed)) return null;
  // `vpn.example.org:443`; an IPv6 address has more than one colon and stays whole.
  return trimmed.includes('/') ? trimmed : trimmed.replace(/^([^:]+):\d{1,5}$/, '$1');
}

function isPlainDictionary(value: PlistValue): value is PlistDictionary {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}
