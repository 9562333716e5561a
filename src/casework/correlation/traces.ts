/**
 * What of a finding can be met again in another case: the host of a link, the number that wrote, the server, the
 * certificate. Read from the indicator and from the facts for programs, by the names detectors give them.
 */
import { isIP } from '../../core/ip-address.js';
import type { ResultFinding } from '../../core/result.js';
import { isSharedHost } from '../../indicators/classify.js';

export const TRACE_TYPES = ['host', 'address', 'sender', 'hash', 'fingerprint', 'app', 'artefact'] as const;
export type TraceType = (typeof TRACE_TYPES)[number];

export interface Trace {
  readonly type: TraceType;
  /** As it compares: lower case, numbers without blanks. */
  readonly value: string;
}

/** Facts of findings by the name of their field; lists of objects are looked into. */
const FIELDS: Readonly<Record<string, TraceType>> = {
  host: 'host',
  hosts: 'host',
  names: 'host',
  targetOwner: 'host',
  locations: 'host',
  location: 'host',
  address: 'address',
  addresses: 'address',
  servers: 'address',
  answers: 'address',
  pingbackAddresses: 'address',
  sender: 'sender',
  senders: 'sender',
  sha256: 'hash',
  fingerprint: 'fingerprint',
  ja3: 'fingerprint',
  ja4: 'fingerprint',
  bundleId: 'app',
  artefact: 'artefact',
};
/** Fields about the device or the site that was attacked, and about what was only seen on the way. */
const ABOUT_VICTIM = new Set([
  'device',
  'devices',
  'person',
  'people',
  'site',
  'sites',
  'decoys',
  'tests',
  'members',
]);
/** Lists are looked into no deeper, and no further. */
const MAX_DEPTH = 4;
const MAX_TRACES = 200;

/** Types of indicators that are traces by themselves. */
const INDICATORS: Readonly<Record<string, TraceType>> = {
  domain: 'host',
  url: 'host',
  ip: 'address',
  email: 'sender',
  'phone-number': 'sender',
  sha256: 'hash',
  sha1: 'hash',
  md5: 'hash',
  'cert-hash': 'hash',
  'app-cert': 'hash',
  'app-id': 'app',
  'tls-fingerprint': 'fingerprint',
};

/** Traces of a finding, each once, in the order of their types and values. */
export function tracesOf(finding: ResultFinding): readonly Trace[] {
  const found = new Map<string, Trace>();
  const add = (type: TraceType, text: string): void => {
    const trace = traceOf(type, text);
    if (trace && found.size < MAX_TRACES) found.set(traceKey(trace), trace);
  };
  const { indicator, details } = finding;
  const type = indicator ? INDICATORS[indicator.type] : undefined;
  if (indicator && type) add(type, indicator.value);
  if (details) collect(details, add, 0);
  return [...found.values()].sort((a, b) => (traceKey(a) < traceKey(b) ? -1 : 1));
}

/** One text for a trace, for maps. */
export function traceKey({ type, value }: Trace): string {
  return `${type} ${value}`;
}

function collect(
  facts: Readonly<Record<string, unknown>>,
  add: (type: TraceType, text: string) => void,
  depth: number,
): void {
  if (depth > MAX_DEPTH) return;
  for (const [field, value] of Object.entries(facts)) {
    if (ABOUT_VICTIM.has(field)) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      const type = FIELDS[field];
      if (typeof one === 'string') {
        if (type) add(type, one);
      } else if (typeof one === 'object' && one !== null) {
        collect(one as Readonly<Record<string, unknown>>, add, depth + 1);
      }
    }
  }
}

function traceOf(type: TraceType, text: string): Trace | null {
  if (type === 'sender') return senderOf(text);
  const plain = text.trim().toLowerCase();
  if (plain === '' || plain.length > 300) return null;
  if (type !== 'host' && type !== 'address') return { type, value: plain };
  const host = hostOf(plain);
  if (host === null) return null;
  if (isIP(host) !== 0) return isPrivate(host) ? null : { type: 'address', value: host };
  const bare = host.replace(/^www\./, '');
  // Two people with a link of a service that everybody uses have nothing in common by that.
  return isSharedHost(bare) || !bare.includes('.') ? null : { type: 'host', value: bare };
}

/** Host of an address, or what is one already. */
function hostOf(text: string): string | null {
  const [, host] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?(\[[0-9a-f:]+\]|[^/:?#]+|[0-9a-f:]+)/.exec(text) ?? [];
  if (isIP(text) !== 0) return text;
  return host === undefined ? null : host.replace(/^\[|\]$|\.$/g, '');
}

/** A number as digits, whatever is between them; the mobile mark of Mexico (521) is left out. Other senders as written. */
function senderOf(text: string): Trace | null {
  const digits = text.replace(/\D/g, '');
  const isNumber = /^\+?[\d\s().-]+$/.test(text.trim());
  // Short codes are shared by all customers of a carrier.
  if (isNumber && digits.length < 8) return null;
  const value = isNumber ? digits.replace(/^521(?=\d{10}$)/, '52') : text.trim().toLowerCase();
  return value.length < 4 ? null : { type: 'sender', value };
}

/** Addresses of networks at home and in offices (RFC 1918, RFC 4193, RFC 3927, RFC 6598): each has its own. */
function isPrivate(address: string): boolean {
  return /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe[89ab]|::1$)/.test(
    address,
  );
}
