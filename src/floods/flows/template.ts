/** Templates of NetFlow 9 (RFC 3954 5.2) and IPFIX (RFC 7011 3.4), and records read by them. */
import { MAPPED_IPV4, type TrafficFacts } from '../../records/tallies/packet-traffic.js';
import { soundSampling } from './flow-sink.js';

/** RFC 7011 7: the length is in the record. */
const VARIABLE = 65_535;
const MOST_FIELDS = 512;
/** Seconds between 1900, from which NTP counts, and 1970 (RFC 5905 6). */
const NTP_EPOCH_SECONDS = 2_208_988_800;
const [ICMP, TCP, ICMPV6] = [1, 6, 58];

export interface TemplateField {
  /** Number of the information element (IANA, "IPFIX Information Elements"); -1 for one of a maker. */
  readonly id: number;
  readonly length: number;
}

export interface Template {
  readonly fields: readonly TemplateField[];
  /** Tells of the exporter and not of flows: sampling, most of all. */
  readonly isOptions: boolean;
  /** Fewest bytes of a record. */
  readonly shortest: number;
}

/** Null when it could not be told apart records by it. */
export function templateOf(fields: readonly TemplateField[], isOptions: boolean): Template | null {
  if (fields.length === 0 || fields.length > MOST_FIELDS) return null;
  const shortest = fields.reduce((sum, { length }) => sum + (length === VARIABLE ? 1 : length), 0);
  return shortest === 0 ? null : { fields, isOptions, shortest };
}

/** What the header of the packet says about times. */
export interface ExportClock {
  /** Unix milliseconds at which the exporter started; NaN when not known. */
  bootMillis: number;
  /** Unix milliseconds at which the packet was sent. */
  sentMillis: number;
}

/** One record as its fields come. One object is used for all. */
export class FlowRecord {
  readonly facts: TrafficFacts;
  hasAddresses = false;
  /** Of the fields that state a rate; 0: none does. */
  sampling = 0;
  /** Number of the sampler; -1: none is named. */
  sampler = -1;
  #firstMillis = Number.NaN;
  #lastMillis = Number.NaN;
  #durationMillis = Number.NaN;
  #packets = 0;
  #bytes = 0;
  #interval = 0;
  #space = -1;
  #size = 0;
  #population = 0;

  constructor(facts: TrafficFacts) {
    this.facts = facts;
  }

  /** Reads a record; the place after it, or -1 when it does not fit. */
  read(template: Template, bytes: Buffer, start: number, end: number, clock: ExportClock): number {
    this.#clear();
    let at = start;
    for (const { id, length } of template.fields) {
      let size = length;
      if (length === VARIABLE) {
        if (at >= end) return -1;
        size = bytes[at] as number;
        at += 1;
        if (size === 255) {
          if (end - at < 2) return -1;
          size = bytes.readUInt16BE(at);
          at += 2;
        }
      }
      if (end - at < size) return -1;
      if (id >= 0 && size > 0) this.#field(id, bytes, at, size, clock);
      at += size;
    }
    this.#finish(clock);
    return at;
  }

  #clear(): void {
    const { facts } = this;
    this.hasAddresses = false;
    this.sampling = 0;
    this.sampler = -1;
    this.#firstMillis = Number.NaN;
    this.#lastMillis = Number.NaN;
    this.#durationMillis = Number.NaN;
    this.#packets = 0;
    this.#bytes = 0;
    this.#interval = 0;
    this.#space = -1;
    this.#size = 0;
    this.#population = 0;
    facts.sourcePort = 0;
    facts.destinationPort = 0;
    facts.protocol = 0;
    facts.tcpFlags = -1;
    facts.icmpType = -1;
    facts.isIpv6 = false;
  }

  #field(id: number, bytes: Buffer, at: number, size: number, clock: ExportClock): void {
    const { facts } = this;
    switch (id) {
      case 1:
      case 85:
      case 231:
        this.#bytes = unsigned(bytes, at, size);
        break;
      case 2:
      case 86:
      case 298:
        this.#packets = unsigned(bytes, at, size);
        break;
      case 4:
        facts.protocol = unsigned(bytes, at, size) & 0xff;
        break;
      case 6:
        facts.tcpFlags = unsigned(bytes, at, size) & 0xff;
        break;
      case 7:
      case 180:
      case 182:
        facts.sourcePort = unsigned(bytes, at, size) & 0xffff;
        break;
      case 11:
      case 181:
      case 183:
        facts.destinationPort = unsigned(bytes, at, size) & 0xffff;
        break;
      case 8:
        if (size === 4) this.#source4(bytes.readInt32BE(at));
        break;
      case 12:
        if (size === 4) this.#destination4(bytes.readInt32BE(at));
        break;
      case 27:
        if (size === 16) this.#source6(bytes, at);
        break;
      case 28:
        if (size === 16) this.#destination6(bytes, at);
        break;
      case 32:
      case 139:
        facts.icmpType = (unsigned(bytes, at, size) >> 8) & 0xff;
        break;
      case 176:
      case 178:
        facts.icmpType = unsigned(bytes, at, size) & 0xff;
        break;
      case 34:
      case 50:
        this.sampling = unsigned(bytes, at, size);
        break;
      case 48:
      case 302:
        this.sampler = unsigned(bytes, at, size);
        break;
      case 305:
        this.#interval = unsigned(bytes, at, size);
        break;
      case 306:
        this.#space = unsigned(bytes, at, size);
        break;
      case 309:
        this.#size = unsigned(bytes, at, size);
        break;
      case 310:
        this.#population = unsigned(bytes, at, size);
        break;
      case 160:
        if (size === 8) clock.bootMillis = unsigned(bytes, at, size);
        break;
      case 161:
        this.#durationMillis = unsigned(bytes, at, size);
        break;
      default:
        this.#time(id, bytes, at, size, clock);
    }
  }

  #time(id: number, bytes: Buffer, at: number, size: number, clock: ExportClock): void {
    switch (id) {
      case 21:
        this.#lastMillis = clock.bootMillis + unsigned(bytes, at, size);
        break;
      case 22:
        this.#firstMillis = clock.bootMillis + unsigned(bytes, at, size);
        break;
      case 150:
        this.#firstMillis = unsigned(bytes, at, size) * 1000;
        break;
      case 151:
        this.#lastMillis = unsigned(bytes, at, size) * 1000;
        break;
      case 152:
      case 323:
        this.#firstMillis = unsigned(bytes, at, size);
        break;
      case 153:
        this.#lastMillis = unsigned(bytes, at, size);
        break;
      case 154:
      case 156:
        if (size === 8) this.#firstMillis = ntpMillis(bytes, at);
        break;
      case 155:
      case 157:
        if (size === 8) this.#lastMillis = ntpMillis(bytes, at);
        break;
      case 158:
        this.#firstMillis = clock.sentMillis - unsigned(bytes, at, size) / 1000;
        break;
      case 159:
        this.#lastMillis = clock.sentMillis - unsigned(bytes, at, size) / 1000;
        break;
    }
  }

  #finish(clock: ExportClock): void {
    const { facts } = this;
    if (this.#interval > 0 && this.#space >= 0)
      this.sampling = (this.#interval + this.#space) / this.#interval;
    else if (this.#interval > 0) this.sampling = this.#interval;
    else if (this.#size > 0 && this.#population > 0) this.sampling = this.#population / this.#size;
    if (this.sampling !== 0) this.sampling = soundSampling(this.sampling);
    let first = this.#firstMillis;
    let last = this.#lastMillis;
    if (Number.isNaN(first)) first = Number.isNaN(last) ? clock.sentMillis : last;
    if (Number.isNaN(last)) last = first + (this.#durationMillis >= 0 ? this.#durationMillis : 0);
    setTimes(facts, first, last, clock);
    facts.packets = this.#packets;
    facts.bytes = this.#bytes;
    finishFacts(facts);
  }

  #source4(word: number): void {
    const { facts } = this;
    facts.s0 = 0;
    facts.s1 = 0;
    facts.s2 = MAPPED_IPV4;
    facts.s3 = word;
  }

  #destination4(word: number): void {
    const { facts } = this;
    facts.d0 = 0;
    facts.d1 = 0;
    facts.d2 = MAPPED_IPV4;
    facts.d3 = word;
    this.hasAddresses = true;
  }

  /** Some templates have both families in one record, the one that is not meant being zero. */
  #source6(bytes: Buffer, at: number): void {
    if (isZero(bytes, at)) return;
    const { facts } = this;
    facts.s0 = bytes.readInt32BE(at);
    facts.s1 = bytes.readInt32BE(at + 4);
    facts.s2 = bytes.readInt32BE(at + 8);
    facts.s3 = bytes.readInt32BE(at + 12);
    facts.isIpv6 = true;
  }

  #destination6(bytes: Buffer, at: number): void {
    if (isZero(bytes, at)) return;
    const { facts } = this;
    facts.d0 = bytes.readInt32BE(at);
    facts.d1 = bytes.readInt32BE(at + 4);
    facts.d2 = bytes.readInt32BE(at + 8);
    facts.d3 = bytes.readInt32BE(at + 12);
    facts.isIpv6 = true;
    this.hasAddresses = true;
  }
}

/** Flows last minutes, at most a day or so: what lies further from when they were sent is a clock gone wrong. */
const MOST_MILLIS_APART = 7 * 86_400_000;

/** Times of a flow, put right where the exporter's counter of milliseconds ran over (every 49.7 days). */
export function setTimes(facts: TrafficFacts, first: number, last: number, clock: ExportClock): void {
  let [from, to] = [first, last];
  if (from - clock.sentMillis > 2 ** 31) from -= 2 ** 32;
  if (to - clock.sentMillis > 2 ** 31) to -= 2 ** 32;
  if (!(Math.abs(to - clock.sentMillis) <= MOST_MILLIS_APART)) to = clock.sentMillis;
  if (!(from <= to && to - from <= MOST_MILLIS_APART)) from = to;
  facts.firstMicros = Math.round(from * 1000);
  facts.lastMicros = Math.round(to * 1000);
}

/** What of a flow is known only by its protocol. */
export function finishFacts(facts: TrafficFacts): void {
  if (facts.protocol === ICMP || facts.protocol === ICMPV6) {
    // Exporters write type and code into the destination port.
    if (facts.icmpType < 0) facts.icmpType = facts.destinationPort >> 8;
    facts.sourcePort = 0;
    facts.destinationPort = 0;
  }
  if (facts.protocol !== TCP) facts.tcpFlags = -1;
}

function ntpMillis(bytes: Buffer, at: number): number {
  return (bytes.readUInt32BE(at) - NTP_EPOCH_SECONDS) * 1000 + (bytes.readUInt32BE(at + 4) / 2 ** 32) * 1000;
}

/** A number of any length (RFC 7011 6.2 allows shorter ones); beyond 2^53 it loses its last digits, which changes nothing. */
function unsigned(bytes: Buffer, at: number, size: number): number {
  let value = 0;
  const end = at + Math.min(size, 8);
  for (let place = at; place < end; place += 1) value = value * 256 + (bytes[place] as number);
  return value;
}

function isZero(bytes: Buffer, at: number): boolean {
  for (let index = 0; index < 16; index += 1) if (bytes[at + index] !== 0) return false;
  return true;
}
