import { addressText } from '../frames/address-text.js';
import { half, word } from './byte-order.js';
import { BYTE_ORDER_MAGIC, isPcapHeaderAt, isSectionAt, SECTION_BLOCK } from './capture-formats.js';
import { CaptureInterface } from './capture-interface.js';
import type { ParseState, UnitReader } from './parse-state.js';

// Types of blocks (draft-ietf-opsawg-pcapng, section 4 and its registry).
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const NAMES = 4;
const STATISTICS = 5;
const PACKET = 6;
const SECRETS = 10;
const CUSTOM = 0x0bad;
const CUSTOM_NOT_COPIED = 0x4000_0bad;

/** Type, length, and the length again behind. */
const SMALLEST_BLOCK = 12;
/** Longest block that is read as a whole: a packet of 16 MiB and its options. */
const LARGEST_READ_BLOCK = 16 * 1024 * 1024 + 65_536;
/** Longest block that is passed over. A longer one is taken as damage, as it would hide all that follows. */
const LARGEST_BLOCK = 64 * 1024 * 1024;
/** Interfaces of one section. Real ones have a handful. */
const MAX_INTERFACES = 65_536;
const [OPTION_RESOLUTION, OPTION_OFFSET] = [9, 14];
const MICROSECONDS = 6;
/** A name of the name system has at most 253 letters (RFC 1035 2.3.4). */
const MAX_NAME_BYTES = 255;

/**
 * The packets of a pcapng file. When a block contradicts itself the next one that states the same length before and behind
 * is looked for, byte by byte.
 */
export class PcapngBlocks implements UnitReader {
  need = SMALLEST_BLOCK;
  isOver = false;
  readonly #state: ParseState;
  #isBig = false;
  #interfaces: CaptureInterface[] = [];
  /** Bytes of a block still to be passed over, and the length that must stand behind them. */
  #skip = 0;
  #lengthBehind = 0;
  /** Place in the file from which the next sound block is looked for; -1 when it is not. */
  #searchedFrom = -1;
  /** Where the next block should be, when only the length behind a block is wrong. */
  #expectedAt = -1;
  /** Whether the search began because the file ends inside a block: finding nothing means it was just cut. */
  #isCut = false;

  constructor(state: ParseState) {
    this.#state = state;
  }

  read(bytes: Buffer, start: number, end: number): number {
    let at = start;
    for (;;) {
      if (this.#skip > 0 || this.#lengthBehind > 0) {
        at = this.#passOver(bytes, at, end);
        if (this.#lengthBehind > 0) return at;
      }
      if (this.#searchedFrom >= 0) {
        at = this.#search(bytes, at, end);
        if (this.#searchedFrom >= 0 || this.isOver) return at;
      }
      if (end - at < SMALLEST_BLOCK) {
        this.need = SMALLEST_BLOCK;
        return at;
      }
      const next = this.#block(bytes, at, end);
      if (next < 0) return at;
      at = next;
    }
  }

  isInside(): boolean {
    return this.#lengthBehind > 0;
  }

  cut(at: number, end: number): void {
    const state = this.#state;
    const from = this.#searchedFrom - state.origin;
    if (this.#searchedFrom < 0) state.report('capture-cut', 'lost', at);
    else if (this.#isCut) state.report('capture-cut', 'lost', from);
    else if (state.origin + end === this.#expectedAt) state.report('block-length-differs', 'note', from);
    else state.report('capture-damaged', 'lost', from, { bytes: end - from });
  }

  /** Reads one block. Returns where the next one is, or -1 when it has to wait or the file is over. */
  #block(bytes: Buffer, at: number, end: number): number {
    const state = this.#state;
    const type = word(bytes, at, this.#isBig);
    const isRead = isReadWhole(type);
    if (type === SECTION_BLOCK) {
      if (!isSectionAt(bytes, at)) return this.#startSearch(at, at);
      this.#isBig = word(bytes, at + 8, true) === BYTE_ORDER_MAGIC;
    } else if (!isRead && isPcapHeaderAt(bytes, at)) {
      this.isOver = true;
      return -1;
    }
    const length = word(bytes, at + 4, this.#isBig);
    if (length < SMALLEST_BLOCK || length % 4 !== 0 || length > (isRead ? LARGEST_READ_BLOCK : LARGEST_BLOCK))
      return this.#startSearch(at, at);
    if (!isRead) {
      if (type === SECRETS) state.sink.secrets?.();
      this.#skip = length - SMALLEST_BLOCK;
      this.#lengthBehind = length;
      return at + 8;
    }
    if (end - at < length) {
      this.need = length;
      if (!state.isLast) return -1;
      this.#searchedFrom = state.origin + at;
      this.#isCut = true;
      return at + 1;
    }
    const isWhole = word(bytes, at + length - 4, this.#isBig) === length;
    const used = this.#content(bytes, type, at, at + length - 4);
    return isWhole ? at + length : this.#startSearch(used, at + length);
  }

  #startSearch(at: number, expectedAt: number): number {
    this.#searchedFrom = this.#state.origin + at;
    this.#expectedAt = expectedAt === at ? -1 : this.#state.origin + expectedAt;
    this.#isCut = false;
    return at;
  }

  #passOver(bytes: Buffer, start: number, end: number): number {
    const at = Math.min(start + this.#skip, end);
    this.#skip -= at - start;
    if (this.#skip > 0) {
      this.need = 1;
      return at;
    }
    if (end - at < 4) {
      this.need = 4;
      return at;
    }
    if (word(bytes, at, this.#isBig) !== this.#lengthBehind)
      this.#state.report('block-length-differs', 'note', at);
    this.#lengthBehind = 0;
    return at + 4;
  }

  /** Looks for the next sound block; returns its place, or where it has to wait. */
  #search(bytes: Buffer, start: number, end: number): number {
    const state = this.#state;
    let at = start;
    for (; at + SMALLEST_BLOCK <= end; at += 1) {
      if (isPcapHeaderAt(bytes, at)) {
        this.isOver = true;
        return this.#found(at);
      }
      const isSection = isSectionAt(bytes, at);
      const isBig = isSection ? word(bytes, at + 8, true) === BYTE_ORDER_MAGIC : this.#isBig;
      if (!isSection && !isSought(word(bytes, at, isBig))) continue;
      const length = word(bytes, at + 4, isBig);
      if (length < SMALLEST_BLOCK || length % 4 !== 0 || length > LARGEST_READ_BLOCK) continue;
      if (at + length > end) {
        if (state.isLast) continue;
        this.need = length;
        return at;
      }
      if (word(bytes, at + length - 4, isBig) === length) return this.#found(at);
    }
    this.need = SMALLEST_BLOCK;
    return at;
  }

  #found(at: number): number {
    const state = this.#state;
    const from = this.#searchedFrom - state.origin;
    if (state.origin + at === this.#expectedAt) state.report('block-length-differs', 'note', from);
    else state.report('capture-damaged', 'lost', from, { bytes: at - from });
    this.#searchedFrom = -1;
    return at;
  }

  /** Reads the body of a block that ends before `end`. Returns how far it was surely its own. */
  #content(bytes: Buffer, type: number, at: number, end: number): number {
    const body = at + 8;
    switch (type) {
      case PACKET:
        return this.#packet(bytes, body, end, false);
      case OBSOLETE_PACKET:
        return this.#packet(bytes, body, end, true);
      case SIMPLE_PACKET:
        return this.#simplePacket(bytes, body, end);
      case INTERFACE:
        return this.#interface(bytes, body, end);
      case NAMES:
        this.#names(bytes, body, end);
        return body;
      default:
        return this.#section(bytes, body, end);
    }
  }

  /** 4.1. */
  #section(bytes: Buffer, body: number, end: number): number {
    this.#interfaces = [];
    if (end - body < 16) {
      this.#state.report('block-short', 'lost', body - 8);
      return body;
    }
    if (half(bytes, body + 4, this.#isBig) !== 1) this.#state.report('version-unknown', 'note', body - 8);
    return body + 16;
  }

  /** 4.2. */
  #interface(bytes: Buffer, body: number, end: number): number {
    const state = this.#state;
    if (end - body < 8) {
      state.report('block-short', 'lost', body - 8);
      return body;
    }
    if (this.#interfaces.length >= MAX_INTERFACES) {
      state.report('interfaces-too-many', 'lost', body - 8);
      return body + 8;
    }
    let resolution = MICROSECONDS;
    let offset = 0;
    for (let at = body + 8; at + 4 <= end; ) {
      const code = half(bytes, at, this.#isBig);
      const length = half(bytes, at + 2, this.#isBig);
      const value = at + 4;
      if (code === 0 || value + length > end) break;
      if (code === OPTION_RESOLUTION && length >= 1) resolution = bytes[value] as number;
      if (code === OPTION_OFFSET && length >= 8)
        offset = Number(this.#isBig ? bytes.readBigInt64BE(value) : bytes.readBigInt64LE(value));
      at = value + length + (-length & 3);
    }
    const linkType = half(bytes, body, this.#isBig);
    const snapLength = word(bytes, body + 4, this.#isBig);
    this.#interfaces.push(new CaptureInterface(linkType, snapLength, resolution, offset));
    state.linkTypes.add(linkType);
    return body + 8;
  }

  /** 4.3, and the packet block that it replaced (appendix A), which differs in its first word only. */
  #packet(bytes: Buffer, body: number, end: number, isObsolete: boolean): number {
    const state = this.#state;
    const isBig = this.#isBig;
    const data = body + 20;
    if (data > end) {
      state.report('block-short', 'lost', body - 8);
      return body;
    }
    state.frames += 1;
    const number = isObsolete ? half(bytes, body, isBig) : word(bytes, body, isBig);
    const from = this.#interfaces[number];
    let captured = word(bytes, body + 12, isBig);
    if (captured > end - data) {
      state.report('packet-length-wrong', 'lost', body - 8);
      captured = end - data;
    }
    const stop = data + captured;
    if (from === undefined) state.report('interface-missing', 'lost', body - 8);
    else
      this.#give(
        bytes,
        data,
        stop,
        word(bytes, body + 16, isBig),
        from.microsOf(word(bytes, body + 4, isBig), word(bytes, body + 8, isBig)),
        from.linkType,
      );
    return Math.min(stop + (-captured & 3), end);
  }

  /** 4.4: no time, always of the first interface. */
  #simplePacket(bytes: Buffer, body: number, end: number): number {
    const state = this.#state;
    const data = body + 4;
    if (data > end) {
      state.report('block-short', 'lost', body - 8);
      return body;
    }
    state.frames += 1;
    const from = this.#interfaces[0];
    if (from === undefined) {
      state.report('interface-missing', 'lost', body - 8);
      return data;
    }
    const wireLength = word(bytes, body, this.#isBig);
    const kept = from.snapLength === 0 ? wireLength : Math.min(wireLength, from.snapLength);
    const captured = Math.min(kept, end - data);
    if (captured < kept) state.report('packet-length-wrong', 'lost', body - 8);
    this.#give(bytes, data, data + captured, wireLength, Number.NaN, from.linkType);
    return Math.min(data + captured + (-captured & 3), end);
  }

  #give(
    bytes: Buffer,
    start: number,
    end: number,
    wireLength: number,
    micros: number,
    linkType: number,
  ): void {
    const { packet, sink, frames } = this.#state;
    if (start === end) this.#state.report('packet-empty', 'note', start);
    packet.bytes = bytes;
    packet.start = start;
    packet.end = end;
    packet.wireLength = wireLength > end - start ? wireLength : end - start;
    packet.micros = micros;
    packet.frame = frames;
    packet.linkType = linkType;
    sink.packet(packet);
  }

  /** 4.5. */
  #names(bytes: Buffer, body: number, end: number): void {
    const { sink } = this.#state;
    if (sink.name === undefined) return;
    for (let at = body; at + 4 <= end; ) {
      const type = half(bytes, at, this.#isBig);
      const length = half(bytes, at + 2, this.#isBig);
      const value = at + 4;
      const stop = value + length;
      if (type === 0 || stop > end) return;
      const addressBytes = type === 1 ? 4 : type === 2 ? 16 : 0;
      if (addressBytes > 0 && length > addressBytes) {
        const address = addressText(bytes, value, type === 1 ? 4 : 6);
        let from = value + addressBytes;
        while (from < stop) {
          const zero = bytes.indexOf(0, from);
          const to = zero < 0 || zero > stop ? stop : zero;
          if (to > from && to - from <= MAX_NAME_BYTES) sink.name(address, bytes.toString('utf8', from, to));
          from = to + 1;
        }
      }
      at = stop + (-length & 3);
    }
  }
}

function isReadWhole(type: number): boolean {
  return (
    type === PACKET ||
    type === INTERFACE ||
    type === SIMPLE_PACKET ||
    type === OBSOLETE_PACKET ||
    type === NAMES ||
    type === SECTION_BLOCK
  );
}

/** Types that a search stops at; others would fit random bytes too often. */
function isSought(type: number): boolean {
  return (
    type === PACKET ||
    type === INTERFACE ||
    type === SIMPLE_PACKET ||
    type === OBSOLETE_PACKET ||
    type === NAMES ||
    type === STATISTICS ||
    type === SECRETS ||
    type === CUSTOM ||
    type === CUSTOM_NOT_COPIED
  );
}
