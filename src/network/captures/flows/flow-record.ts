/** The record of a conversation. */
import type { Pointer } from '../../../core/contracts.js';
import type { Flow } from '../../../records/kinds/flow.js';
import type { NetworkEnds } from '../../../records/network-ends.js';
import { addressText } from '../frames/address-text.js';
import type { Frame } from '../frames/frame.js';
import type { FlowState } from './flow-state.js';
import { storedTime } from './frame-mark.js';

/** IANA protocol numbers, by the names records have. */
const TRANSPORTS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  89: 'ospf',
  103: 'pim',
  112: 'vrrp',
  132: 'sctp',
  136: 'udplite',
};

const scratch = Buffer.alloc(16);
/** One text for each address of IPv4: tables find it again without looking at its letters. */
const MAX_ADDRESSES = 65_536;
const addresses = new Map<number, string>();

/** The ends of a conversation in words. */
export function endsOf(flow: FlowState): NetworkEnds {
  const hasPorts =
    flow.protocol === 6 || flow.protocol === 17 || flow.protocol === 132 || flow.protocol === 136;
  return {
    transport: TRANSPORTS[flow.protocol] ?? `ip-${flow.protocol}`,
    clientAddress: words(flow.ipVersion, flow.client0, flow.client1, flow.client2, flow.client3),
    clientPort: hasPorts ? flow.clientPort : null,
    serverAddress: words(flow.ipVersion, flow.server0, flow.server1, flow.server2, flow.server3),
    serverPort: hasPorts ? flow.serverPort : null,
  };
}

function words(ipVersion: 4 | 6, first: number, second: number, third: number, fourth: number): string {
  if (ipVersion === 4) {
    const known = addresses.get(fourth);
    if (known !== undefined) return known;
    scratch.writeInt32BE(fourth, 0);
    const text = addressText(scratch, 0, 4);
    if (addresses.size >= MAX_ADDRESSES) addresses.clear();
    addresses.set(fourth, text);
    return text;
  }
  scratch.writeInt32BE(first, 0);
  scratch.writeInt32BE(second, 4);
  scratch.writeInt32BE(third, 8);
  scratch.writeInt32BE(fourth, 12);
  return addressText(scratch, 0, 6);
}

/** What records keep of a conversation. */
export function flowRecord(flow: FlowState, ends: NetworkEnds, source: Pointer): Flow {
  const { client, server } = flow;
  return {
    kind: 'flow',
    at: storedTime(flow.firstMicros),
    source,
    ...ends,
    lastAt: storedTime(flow.lastMicros),
    application: flow.application,
    serverNames: flow.serverNames ?? [],
    clientPackets: client.packets,
    serverPackets: server.packets,
    clientBytes: client.bytes,
    serverBytes: server.bytes,
    isAnswered: server.packets > 0,
    history: flow.protocol === 6 ? `${flow.isTurned ? '^' : ''}${flow.history}` : null,
    clientTtls: client.ttls(),
    serverTtls: server.ttls(),
    synFingerprint: flow.synFingerprint,
    lastFrame: flow.lastFrame,
  };
}

// TCP options (RFC 9293 3.2, RFC 7323, RFC 2018) by the names of p0f.
const [EOL, NOP, MSS, WINDOW_SCALE, SACK_PERMITTED, SACK, TIMESTAMP] = [0, 1, 2, 3, 4, 5, 8];
const OPTION_NAMES: Readonly<Record<number, string>> = {
  [MSS]: 'mss',
  [WINDOW_SCALE]: 'ws',
  [SACK_PERMITTED]: 'sok',
  [SACK]: 'sack',
  [TIMESTAMP]: 'ts',
};

/** Few systems send most SYNs: one text for each, which lives as long as the file is read. */
const MAX_FINGERPRINTS = 4_096;
const fingerprints = new Map<string, string>();

/** A SYN as p0f 3 writes it (its README, section 5). */
export function synFingerprint(frame: Frame): string {
  const text = fingerprintOf(frame);
  const known = fingerprints.get(text);
  if (known !== undefined) return known;
  if (fingerprints.size >= MAX_FINGERPRINTS) fingerprints.clear();
  fingerprints.set(text, text);
  return text;
}

function fingerprintOf(frame: Frame): string {
  const { bytes, optionsAt, optionsEnd } = frame;
  const layout: string[] = [];
  let mss = 0;
  let scale = 0;
  const quirks: string[] = [];
  if (frame.ipVersion === 4) {
    if (frame.dontFragment) quirks.push(frame.ipId === 0 ? 'df' : 'df,id+');
    else if (frame.ipId === 0) quirks.push('id-');
  }
  if (frame.tcpFlags & 0xc0) quirks.push('ecn');
  if (frame.sequence === 0) quirks.push('seq-');
  if (frame.acknowledgement !== 0) quirks.push('ack+');
  if (frame.tcpFlags & 0x20) quirks.push('urgf+');
  if (frame.tcpFlags & 0x08) quirks.push('pushf+');
  for (let at = optionsAt; at < optionsEnd; ) {
    const kind = bytes[at] as number;
    if (kind === EOL) {
      layout.push(`eol+${optionsEnd - at - 1}`);
      break;
    }
    if (kind === NOP) {
      layout.push('nop');
      at += 1;
      continue;
    }
    const length = at + 1 < optionsEnd ? (bytes[at + 1] as number) : 0;
    if (length < 2 || at + length > optionsEnd) {
      quirks.push('bad');
      break;
    }
    layout.push(OPTION_NAMES[kind] ?? `?${kind}`);
    if (kind === MSS && length === 4) mss = bytes.readUInt16BE(at + 2);
    if (kind === WINDOW_SCALE && length === 3) scale = bytes[at + 2] as number;
    if (kind === TIMESTAMP && length === 10) {
      if (bytes.readUInt32BE(at + 2) === 0) quirks.push('ts1-');
      if (bytes.readUInt32BE(at + 6) !== 0) quirks.push('ts2+');
    }
    at += length;
  }
  const initial = frame.ttl <= 32 ? 32 : frame.ttl <= 64 ? 64 : frame.ttl <= 128 ? 128 : 255;
  const window = mss > 0 && frame.window % mss === 0 ? `mss*${frame.window / mss}` : `${frame.window}`;
  const payload = frame.payloadLength > 0 ? '+' : '0';
  return `${frame.ipVersion}:${frame.ttl}+${initial - frame.ttl}:0:${mss}:${window},${scale}:${layout.join(',')}:${quirks.join(',')}:${payload}`;
}
