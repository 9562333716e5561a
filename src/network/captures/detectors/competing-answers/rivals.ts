/** What makes two answers to one request two senders' answers, for each way they are met. */
import type { Confidence, FindingReason, Severity } from '../../../../core/contracts.js';
import type { PacketAnomaly } from '../../../../records/kinds/packet-anomaly.js';
import type { PacketFacts } from '../../../../records/network-ends.js';
import { addressKind } from '../../addresses.js';
import { hostInRequest, locationIn, looksLikeAnswer } from '../../injection/answer-text.js';
import { addressOf } from '../../injection/connection.js';

export type RivalKind = 'syn-ack' | 'dns' | 'echo';

export interface Rivals {
  readonly kind: RivalKind;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Whom the device spoke with: a host, or the name server. */
  readonly host: string;
  readonly reasons: readonly FindingReason[];
}

const FIN = 0x01;
/** Windows that so many hosts announce that having the same says nothing. */
const COMMON_WINDOWS: ReadonlySet<number> = new Set([0, 65_535]);
/** Signs besides the identification, which alone is met once in 65,536 packets. */
const MIN_ECHO_SIGNS = 2;
/** Endings of names that every network has its own of (RFC 6762, RFC 8375, RFC 6761; "internal" by ICANN in 2024). */
const OWN_NAMES = /(?:^|\.)(?:local|lan|home|home\.arpa|internal|intranet|corp|localdomain|localhost|arpa)$/;

/** Two answers of which one may be somebody else's; null when nothing speaks for it. */
export function rivalsOf(record: PacketAnomaly): Rivals | null {
  switch (record.anomaly) {
    case 'competing-syn-ack':
      return synAckRivals(record);
    case 'dns-race':
      return dnsRivals(record);
    case 'ip-id-echo':
      return echoRivals(record);
    default:
      return null;
  }
}

function synAckRivals(record: PacketAnomaly): Rivals | null {
  const [first, second] = record.packets;
  if (first === undefined || second === undefined) return null;
  const reasons = physicalReasons(first, second);
  const isPhysical = reasons.length > 0;
  return {
    kind: 'syn-ack',
    severity: isPhysical ? 'medium' : 'low',
    confidence: isPhysical ? 'medium' : 'low',
    host: addressOf(record.serverAddress),
    reasons,
  };
}

function dnsRivals(record: PacketAnomaly): Rivals | null {
  const { name } = record;
  const [first, second] = record.answers;
  if (first === undefined || second === undefined || name === null) return null;
  const plain = name.toLowerCase().replace(/\.$/, '');
  if (!plain.includes('.') || OWN_NAMES.test(plain)) return null;
  const [one, other] = record.packets;
  const physical = one && other ? physicalReasons(one, other).filter(({ code }) => code !== 'options') : [];
  const content = contentReason(first, second);
  if (content === null) return null;
  const isSpecial = content.code === 'special-address';
  const isAlike = content.code === 'same-network' && physical.length === 0;
  return {
    kind: 'dns',
    severity: isAlike ? 'low' : 'medium',
    confidence: isSpecial ? 'high' : physical.length > 0 ? 'medium' : 'low',
    host: addressOf(record.serverAddress),
    reasons: [content, ...physical],
  };
}

/** How the content of two answers differs; null when one holds the other. */
function contentReason(first: readonly string[], second: readonly string[]): FindingReason | null {
  const all = [...first, ...second];
  if (all.length === 0) return null;
  if (first.length === 0 || second.length === 0) return { code: 'no-such-name', values: {} };
  if (first.some((address) => second.includes(address))) return null;
  const special = all.filter(isSpecial);
  if (first.every(isSpecial) !== second.every(isSpecial))
    return {
      code: 'special-address',
      values: { addresses: { list: [...new Set(special)].slice(0, 3).map((link) => ({ link })) } },
    };
  const networks = new Set(all.map(networkOf));
  return { code: networks.size === 1 ? 'same-network' : 'other-network', values: {} };
}

function echoRivals(record: PacketAnomaly): Rivals | null {
  const [packet] = record.packets;
  const [excerpt = ''] = record.excerpts;
  if (packet === undefined || record.fromServer !== true || !looksLikeAnswer(excerpt)) return null;
  const { clientWindow, handshakePacket: own } = record;
  const signs: FindingReason[] = [];
  if (clientWindow !== null && packet.window === clientWindow && !COMMON_WINDOWS.has(clientWindow))
    signs.push({ code: 'window', values: {} });
  if (((packet.tcpFlags ?? 0) & FIN) !== 0) signs.push({ code: 'fin', values: {} });
  if (own !== null) {
    if (differ(packet.ttl, own.ttl)) signs.push({ code: 'handshake-ttl', values: ttlValues(packet, own) });
    if (differ(packet.dontFragment, own.dontFragment)) signs.push({ code: 'handshake-df', values: {} });
  }
  const location = locationIn(excerpt);
  if (location !== null) signs.push({ code: 'location', values: { location: { link: location } } });
  if (signs.length < MIN_ECHO_SIGNS) return null;
  return {
    kind: 'echo',
    severity: 'medium',
    confidence: signs.length > MIN_ECHO_SIGNS ? 'high' : 'medium',
    host: hostInRequest(record.request) ?? addressOf(record.serverAddress),
    reasons: [{ code: 'echo', values: { id: String(packet.ipId ?? '?') } }, ...signs],
  };
}

function physicalReasons(first: PacketFacts, second: PacketFacts): readonly FindingReason[] {
  const reasons: FindingReason[] = [];
  if (differ(first.ttl, second.ttl)) reasons.push({ code: 'ttl', values: ttlValues(first, second) });
  if (differ(first.dontFragment, second.dontFragment)) reasons.push({ code: 'df', values: {} });
  if (differ(first.optionsBytes, second.optionsBytes)) reasons.push({ code: 'options', values: {} });
  return reasons;
}

function ttlValues(first: PacketFacts, second: PacketFacts): FindingReason['values'] {
  return { ttlFirst: String(first.ttl ?? '?'), ttlSecond: String(second.ttl ?? '?') };
}

function differ<T extends number | boolean>(a: T | null, b: T | null): boolean {
  return a !== null && b !== null && a !== b;
}

/** Addresses where no server of the internet is: blocks and portals answer with them. */
function isSpecial(address: string): boolean {
  const kind = addressKind(address);
  return kind !== null && kind !== 'public';
}

/** Network that one service has at least: /16 of IPv4, /32 of IPv6, as registries give them out. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address.split('.', 2).join('.');
  return address.split(':', 2).join(':');
}
