/** From frames of IEEE 802.11, and the headers capture tools put before them, on to the IP header. */
import { half, word } from '../container/byte-order.js';
import { ipInLlc } from './ether-type.js';
import { AGGREGATED, CUT, DAMAGED, ENCRYPTED, NOT_IP } from './no-ip.js';

const HEADER_BYTES = 24;
/** Of the first header word of AVS; its last three digits are the version. */
const AVS_MAGIC = 0x8021_1000;

/** IEEE 802.11 9.2.4 and 9.3.2. `isPadded`: the header is filled up to a multiple of four. */
export function ipInWifi(bytes: Buffer, at: number, end: number, isPadded = false): number {
  if (end - at < HEADER_BYTES) return end - at >= 1 && !isData(bytes[at] as number) ? NOT_IP : CUT;
  const control = bytes[at] as number;
  const flags = bytes[at + 1] as number;
  if (!isData(control)) return NOT_IP;
  let header = HEADER_BYTES + ((flags & 0x03) === 0x03 ? 6 : 0);
  let isAggregate = false;
  if (control & 0x80) {
    if (end - at < header + 2) return CUT;
    isAggregate = ((bytes[at + header] as number) & 0x80) !== 0;
    header += 2 + (flags & 0x80 ? 4 : 0);
  }
  if (isPadded) header = (header + 3) & ~3;
  const llc = at + header;
  // Some tools decrypt and leave the mark of encryption.
  const isOpen = llc + 3 <= end && bytes[llc] === 0xaa && bytes[llc + 1] === 0xaa && bytes[llc + 2] === 0x03;
  if (flags & 0x40 && !isOpen) return ENCRYPTED;
  const isFragment = (flags & 0x04) !== 0 || ((bytes[at + 22] as number) & 0x0f) !== 0;
  if (isAggregate || isFragment) return AGGREGATED;
  return ipInLlc(bytes, llc, end);
}

/** Version 0, type data, of a kind that carries data. */
function isData(control: number): boolean {
  return (control & 0x4f) === 0x08;
}

/** https://www.radiotap.org: all little-endian. */
export function ipInRadiotap(bytes: Buffer, at: number, end: number): number {
  if (end - at < 8) return CUT;
  const length = half(bytes, at + 2, false);
  if (bytes[at] !== 0 || length < 8) return DAMAGED;
  if (at + length > end) return CUT;
  const present = word(bytes, at + 4, false);
  let flags = 0;
  if (present & 2) {
    let field = 8;
    // More words of what is present follow each that has its last bit set.
    while (field + 4 <= length && (bytes[at + field - 1] as number) & 0x80) field += 4;
    if (present & 1) field = ((field + 7) & ~7) + 8;
    if (field < length) flags = bytes[at + field] as number;
  }
  // The frame failed its check.
  if (flags & 0x40) return DAMAGED;
  return ipInWifi(bytes, at + length, end, (flags & 0x20) !== 0);
}

/** Prism headers state their length in the order of the machine; AVS headers, which stand in their place at times, big-endian. */
export function ipInPrism(bytes: Buffer, at: number, end: number): number {
  if (end - at < 8) return CUT;
  const magic = word(bytes, at, true);
  if ((magic & 0xffff_f000) >>> 0 === AVS_MAGIC) return ipInAvs(bytes, at, end);
  const little = word(bytes, at + 4, false);
  const length = little < 65_536 ? little : word(bytes, at + 4, true);
  if (length < 8 || length >= 65_536) return DAMAGED;
  return at + length > end ? CUT : ipInWifi(bytes, at + length, end);
}

export function ipInAvs(bytes: Buffer, at: number, end: number): number {
  if (end - at < 8) return CUT;
  const length = word(bytes, at + 4, true);
  if (length < 8 || length >= 65_536) return DAMAGED;
  return at + length > end ? CUT : ipInWifi(bytes, at + length, end);
}
