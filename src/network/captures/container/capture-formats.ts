/** Formats of captures by their first bytes. Names of files say nothing: many `.pcapng` are pcap and the reverse. */
import { half, word } from './byte-order.js';

// draft-ietf-opsawg-pcap, section 4; the modified form is that of Alexey Kuznetzov's patched libpcap.
const MICRO = 0xa1b2_c3d4;
const NANO = 0xa1b2_3c4d;
const MODIFIED = 0xa1b2_cd34;
/** Bytes of the header of a pcap file. */
export const PCAP_HEADER_BYTES = 24;
/** Type of the block a section of pcapng begins with: the same in both byte orders (draft-ietf-opsawg-pcapng 4.1). */
export const SECTION_BLOCK = 0x0a0d_0d0a;
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;

/** How a pcap file is written, by its magic. */
export interface PcapForm {
  readonly isBig: boolean;
  readonly isNano: boolean;
  /** Before each packet. */
  readonly headerBytes: 16 | 24;
}

/** The form of pcap that begins at a place; null when none does. Needs 4 bytes. */
export function pcapFormAt(bytes: Buffer, at: number): PcapForm | null {
  for (const isBig of [false, true]) {
    const magic = word(bytes, at, isBig);
    if (magic === MICRO || magic === NANO) return { isBig, isNano: magic === NANO, headerBytes: 16 };
    if (magic === MODIFIED) return { isBig, isNano: false, headerBytes: 24 };
  }
  return null;
}

/** Whether a header of pcap stands where a packet is expected: magic and version 2.4. Needs 8 bytes. */
export function isPcapHeaderAt(bytes: Buffer, at: number): boolean {
  // Asked of every byte of a damaged file: most are none of the four that a magic begins with.
  const first = bytes[at];
  if (first !== 0xa1 && first !== 0xd4 && first !== 0x4d && first !== 0x34) return false;
  const form = pcapFormAt(bytes, at);
  return form !== null && half(bytes, at + 4, form.isBig) === 2 && half(bytes, at + 6, form.isBig) === 4;
}

/** Whether a section of pcapng begins at a place. Needs 12 bytes. */
export function isSectionAt(bytes: Buffer, at: number): boolean {
  if (word(bytes, at, true) !== SECTION_BLOCK) return false;
  return word(bytes, at + 8, true) === BYTE_ORDER_MAGIC || word(bytes, at + 8, false) === BYTE_ORDER_MAGIC;
}

/** First bytes of capture formats that are named and not read. */
const OTHERS: readonly (readonly [begin: string, name: string])[] = [
  // RFC 1761.
  ['snoop\0\0\0', 'snoop'],
  ['TRSNIFF data    \x1a', 'Sniffer'],
  ['XCP\0', 'NetXRay'],
  ['RTSS', 'Network Monitor 1'],
  ['GMBU', 'Network Monitor 2'],
  ['ObserverPktBuffe', 'Observer'],
  ['iptrace 1.0', 'iptrace'],
  ['iptrace 2.0', 'iptrace'],
  ['\x7fver', 'OmniPeek'],
  ['\x05VNF', 'Visual Networks'],
  ['\x54\x52\x00\x64\x00', 'nettl'],
  ['\x00\x00\x00\x01\x00\x00\x00\x00\x00\x07\xd0\x00', 'nettl'],
];

/** Bytes that a format is told by at most. */
export const HEAD_BYTES = 24;

/** What a file is by its first bytes: a format that is read, the name of one that is not, or null. */
export function captureFormat(head: Uint8Array): 'pcap' | 'pcapng' | { readonly unread: string } | null {
  const bytes = Buffer.from(head.subarray(0, HEAD_BYTES));
  if (bytes.length >= 4 && pcapFormAt(bytes, 0) !== null) return 'pcap';
  if (bytes.length >= 12 && isSectionAt(bytes, 0)) return 'pcapng';
  const text = bytes.toString('latin1');
  const other = OTHERS.find(([begin]) => text.startsWith(begin));
  return other ? { unread: other[1] } : null;
}
