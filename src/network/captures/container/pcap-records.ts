import { half, word } from './byte-order.js';
import {
  isPcapHeaderAt,
  isSectionAt,
  PCAP_HEADER_BYTES,
  type PcapForm,
  pcapFormAt,
  SECTION_BLOCK,
} from './capture-formats.js';
import type { ParseState, UnitReader } from './parse-state.js';

/** libpcap takes packets of this length whatever the file states as its limit (MAXIMUM_SNAPLEN). */
const LARGEST_USUAL_PACKET = 262_144;
/** No capture of a network holds larger ones; a header that states more is damaged. */
const LARGEST_PACKET = 16 * 1024 * 1024;
/** Packets further apart than a month are odd, though not wrong by themselves. */
const ODD_SPAN_SECONDS = 31 * 86_400;

/**
 * The packets of a pcap file (draft-ietf-opsawg-pcap). When a header contradicts itself the next two that fit together are
 * looked for, byte by byte.
 */
export class PcapRecords implements UnitReader {
  need = PCAP_HEADER_BYTES;
  isOver = false;
  readonly #state: ParseState;
  #form: PcapForm | null = null;
  #linkType = 0;
  #limit = LARGEST_USUAL_PACKET;
  #minorVersion = 4;
  /** Time of the last packet that was not odd; -1 before the first. */
  #usualSecond = -1;
  #previousSecond = -1;
  /** Place in the file from which the next sound header is looked for; -1 when it is not. */
  #searchedFrom = -1;
  /** Whether the search began because the file ends inside a packet: finding nothing means it was just cut. */
  #isCut = false;

  constructor(state: ParseState) {
    this.#state = state;
  }

  read(bytes: Buffer, start: number, end: number): number {
    let at = start;
    let form = this.#form;
    if (form === null) {
      if (end - at < PCAP_HEADER_BYTES) return at;
      form = this.#header(bytes, at);
      at += PCAP_HEADER_BYTES;
    }
    for (;;) {
      if (this.#searchedFrom >= 0) {
        at = this.#search(bytes, at, end, form);
        if (this.#searchedFrom >= 0 || this.isOver) return at;
      }
      at = this.#packets(bytes, at, end, form);
      if (this.#searchedFrom < 0) return at;
    }
  }

  isInside(): boolean {
    return false;
  }

  cut(at: number, end: number): void {
    const state = this.#state;
    if (this.#searchedFrom >= 0 && !this.#isCut) {
      const from = this.#searchedFrom - state.origin;
      state.report('capture-damaged', 'lost', from, { bytes: end - from });
    } else {
      state.report('capture-cut', 'lost', this.#isCut ? this.#searchedFrom - state.origin : at);
    }
  }

  #header(bytes: Buffer, at: number): PcapForm {
    const form = pcapFormAt(bytes, at) ?? { isBig: false, isNano: false, headerBytes: 16 };
    const { isBig } = form;
    this.#form = form;
    const majorVersion = half(bytes, at + 4, isBig);
    this.#minorVersion = half(bytes, at + 6, isBig);
    // 543.0 is written by some old DG/UX tcpdump and means 2.2.
    if (majorVersion === 543) this.#minorVersion = 2;
    else if (majorVersion !== 2) this.#state.report('version-unknown', 'note', at);
    const snapLength = word(bytes, at + 16, isBig);
    this.#limit = Math.min(Math.max(snapLength, LARGEST_USUAL_PACKET), LARGEST_PACKET);
    // The upper bits tell the length of the frame check sequence, which the lengths of IP make plain anyway.
    this.#linkType = word(bytes, at + 20, isBig) & 0x03ff_ffff;
    this.#state.linkTypes.add(this.#linkType);
    return form;
  }

  /** Reads packets until the bytes end, or a header is damaged. */
  #packets(bytes: Buffer, start: number, end: number, form: PcapForm): number {
    const state = this.#state;
    const { packet, sink } = state;
    const { isBig, isNano, headerBytes } = form;
    const limit = this.#limit;
    const fractions = isNano ? 1e9 : 1e6;
    const isOld = this.#minorVersion < 4;
    let at = start;
    let usual = this.#usualSecond;
    let previous = this.#previousSecond;
    for (;;) {
      if (end - at < headerBytes) {
        this.need = headerBytes;
        break;
      }
      const second = word(bytes, at, isBig);
      const fraction = word(bytes, at + 4, isBig);
      let captured = word(bytes, at + 8, isBig);
      let wire = word(bytes, at + 12, isBig);
      if (isOld && (this.#minorVersion < 3 || captured > wire)) {
        // Before version 2.4 the two lengths stood the other way round, in 2.3 at times.
        const swapped = captured;
        captured = wire;
        wire = swapped;
      }
      const jump = second > usual ? second - usual : usual - second;
      const isJump = jump > ODD_SPAN_SECONDS && usual >= 0;
      if (captured > limit || fraction >= fractions || captured > wire || isJump) {
        if (isPcapHeaderAt(bytes, at) || (second === SECTION_BLOCK && isSectionAt(bytes, at))) {
          this.isOver = true;
          break;
        }
        const oddities =
          (fraction >= fractions ? 1 : 0) +
          (captured > wire ? 1 : 0) +
          (wire > LARGEST_PACKET ? 1 : 0) +
          (isJump ? 1 : 0);
        if (captured > limit || oddities > 1) {
          this.#searchedFrom = state.origin + at;
          this.#isCut = false;
          break;
        }
      } else if (second === SECTION_BLOCK && isSectionAt(bytes, at)) {
        this.isOver = true;
        break;
      }
      const stop = at + headerBytes + captured;
      if (stop > end) {
        this.need = stop - at;
        if (state.isLast) {
          this.#searchedFrom = state.origin + at;
          this.#isCut = true;
        }
        break;
      }
      // After a jump the new time is the usual one as soon as two packets agree on it.
      if (!isJump || Math.abs(second - previous) <= ODD_SPAN_SECONDS) usual = second;
      previous = second;
      state.frames += 1;
      if (captured === 0) state.report('packet-empty', 'note', at);
      packet.bytes = bytes;
      packet.start = at + headerBytes;
      packet.end = stop;
      packet.wireLength = wire > captured ? wire : captured;
      packet.micros = second * 1e6 + (isNano ? (fraction / 1000) | 0 : fraction);
      packet.frame = state.frames;
      packet.linkType = this.#linkType;
      sink.packet(packet);
      at = stop;
    }
    this.#usualSecond = usual;
    this.#previousSecond = previous;
    return at;
  }

  /** Looks for the next sound header; returns its place, or where it has to wait. */
  #search(bytes: Buffer, start: number, end: number, form: PcapForm): number {
    const { headerBytes, isBig } = form;
    const state = this.#state;
    let at = this.#isCut && state.origin + start === this.#searchedFrom ? start + 1 : start;
    for (; at + headerBytes <= end; at += 1) {
      if (isPcapHeaderAt(bytes, at) || isSectionAt(bytes, at)) {
        this.isOver = true;
        return this.#found(at);
      }
      if (!this.#isSound(bytes, at, form)) continue;
      const next = at + headerBytes + word(bytes, at + 8, isBig);
      if (next + headerBytes > end) {
        if (!state.isLast) {
          this.need = next + headerBytes - at;
          return at;
        }
        if (next === end) return this.#found(at);
      } else if (this.#isSound(bytes, next, form)) return this.#found(at);
    }
    this.need = headerBytes;
    return at;
  }

  #found(at: number): number {
    const from = this.#searchedFrom - this.#state.origin;
    this.#state.report('capture-damaged', 'lost', from, { bytes: at - from });
    this.#searchedFrom = -1;
    return at;
  }

  /** Whether a header has nothing odd about it at all. */
  #isSound(bytes: Buffer, at: number, { isBig, isNano }: PcapForm): boolean {
    const captured = word(bytes, at + 8, isBig);
    if (captured === 0 || captured > this.#limit) return false;
    const wire = word(bytes, at + 12, isBig);
    if (wire < captured || wire > LARGEST_PACKET) return false;
    if (word(bytes, at + 4, isBig) >= (isNano ? 1e9 : 1e6)) return false;
    if (this.#usualSecond < 0) return true;
    return Math.abs(word(bytes, at, isBig) - this.#usualSecond) <= ODD_SPAN_SECONDS;
  }
}
