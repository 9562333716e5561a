/** Recognises by its first bytes what a conversation carries, and who decodes it. */
import { DnsConversation, looksLikeDns } from '../protocols/dns/dns-conversation.js';
import {
  HttpConversation,
  looksLikeHttpRequest,
  looksLikeHttpResponse,
} from '../protocols/http/http-conversation.js';
import type { MemoryBudget } from '../protocols/memory-budget.js';
import { looksLikeQuic, QuicConversation } from '../protocols/quic/quic-conversation.js';
import { DtlsConversation, looksLikeDtls } from '../protocols/tls/dtls-conversation.js';
import { looksLikeTls, TlsConversation } from '../protocols/tls/tls-conversation.js';
import type { Consumer, FlowContext } from './consumer.js';

/** What was recognised: who decodes it, or only its name. Null: not yet, or not at all. */
export type Recognised = Consumer | string | null;

const [DNS, MDNS, LLMNR] = [53, 5353, 5355];
/** First bytes of the hello of FinSpy 1.1 (spec of the network room, 3): length 12, type 0x00730140. */
const FINSPY_HELLO = Buffer.from([0x0c, 0, 0, 0, 0x40, 0x01, 0x73, 0]);

/** Lines with which a server or client of a text protocol begins. */
const GREETINGS: readonly (readonly [start: string, name: string])[] = [
  ['SSH-', 'ssh'],
  ['\x13BitTorrent protocol', 'bittorrent'],
  ['<stream:stream', 'xmpp'],
  ["<?xml version='1.0'?><stream", 'xmpp'],
  ['* OK', 'imap'],
  ['+OK', 'pop3'],
  ['220 ', 'smtp-or-ftp'],
  ['220-', 'smtp-or-ftp'],
  ['RFB 00', 'vnc'],
];

/** What a segment of TCP shows. Called for the first few of a conversation, until something is recognised. */
export function recogniseTcp(
  flow: FlowContext,
  isFirst: boolean,
  fromClient: boolean,
  bytes: Buffer,
  start: number,
  end: number,
  budget: MemoryBudget,
): Recognised {
  if (looksLikeTls(bytes, start, end)) return new TlsConversation(flow, budget);
  if (fromClient ? looksLikeHttpRequest(bytes, start, end) : looksLikeHttpResponse(bytes, start, end))
    return new HttpConversation(flow, budget, (within) => new TlsConversation(within, budget));
  if (!isFirst) return null;
  const { clientPort, serverPort } = flow.ends;
  if (serverPort === DNS || clientPort === DNS) return new DnsConversation(flow, 'dns', true, budget);
  if (end - start >= FINSPY_HELLO.length && bytes.compare(FINSPY_HELLO, 0, 8, start, start + 8) === 0)
    return fromClient ? 'finspy-tlv' : null;
  const text = bytes.toString('latin1', start, Math.min(end, start + 32));
  for (const [begin, name] of GREETINGS) if (text.startsWith(begin)) return name;
  return null;
}

/** Whether something else may begin further on in what carries this name: TLS after STARTTLS, DTLS after STUN (RFC 5764). */
export function mayTurnToTls(name: string): boolean {
  return ['smtp-or-ftp', 'imap', 'pop3', 'xmpp', 'stun'].includes(name);
}

/** What a datagram shows. */
export function recogniseUdp(
  flow: FlowContext,
  bytes: Buffer,
  start: number,
  end: number,
  budget: MemoryBudget,
): Recognised {
  const { clientPort, serverPort } = flow.ends;
  if (serverPort === DNS || clientPort === DNS) return new DnsConversation(flow, 'dns', false, budget);
  if (serverPort === MDNS || clientPort === MDNS) return new DnsConversation(flow, 'mdns', false, budget);
  if (serverPort === LLMNR || clientPort === LLMNR) return new DnsConversation(flow, 'llmnr', false, budget);
  if (looksLikeQuic(bytes, start, end)) return new QuicConversation(flow, budget);
  if (looksLikeDtls(bytes, start, end)) return new DtlsConversation(flow, budget);
  const name = nameOfDatagram(serverPort ?? 0, clientPort ?? 0, bytes, start, end);
  if (name !== null) return name;
  return looksLikeDns(bytes, start, end) ? new DnsConversation(flow, 'dns', false, budget) : null;
}

function nameOfDatagram(
  serverPort: number,
  clientPort: number,
  bytes: Buffer,
  start: number,
  end: number,
): string | null {
  const length = end - start;
  const first = length > 0 ? (bytes[start] as number) : 0;
  // Handshake messages of WireGuard (whitepaper 5.4): type 1 of 148 bytes, type 2 of 92, three zero bytes after it.
  if (
    ((first === 1 && length === 148) || (first === 2 && length === 92)) &&
    bytes[start + 1] === 0 &&
    bytes[start + 2] === 0 &&
    bytes[start + 3] === 0
  )
    return 'wireguard';
  // RFC 8489 5: the magic cookie.
  if (length >= 20 && first < 4 && bytes.readUInt32BE(start + 4) === 0x2112a442) return 'stun';
  if (serverPort === 123 || clientPort === 123) return length >= 48 ? 'ntp' : null;
  if (serverPort === 67 || serverPort === 68) return 'dhcp';
  if (serverPort === 546 || serverPort === 547) return 'dhcpv6';
  if (serverPort === 1900) return 'ssdp';
  if (serverPort === 137) return 'nbns';
  if (serverPort === 138) return 'netbios-dgm';
  if (serverPort === 500 || serverPort === 4500) return 'ike';
  // Hard resets of OpenVPN (opcodes 7 and 8, key 0).
  if (serverPort === 1194 && (first === 0x38 || first === 0x40)) return 'openvpn';
  return null;
}
