/**
 * Packets of NetFlow 5, 9 and IPFIX, one behind the other in a file, as collectors write their payloads down. Cisco,
 * "NetFlow Export Datagram Format" (version 5); RFC 3954 (version 9); RFC 7011 (IPFIX).
 */
import { MAPPED_IPV4, TrafficFacts } from '../../records/tallies/packet-traffic.js';
import { type FlowSink, soundSampling } from './flow-sink.js';
import {
  type ExportClock,
  FlowRecord,
  finishFacts,
  setTimes,
  type Template,
  type TemplateField,
  templateOf,
} from './template.js';

const [V5, V9, IPFIX] = [5, 9, 10];
const [V5_HEADER, V5_RECORD, V5_MOST] = [24, 48, 30];
const [V9_HEADER, IPFIX_HEADER, SET_HEADER] = [20, 16, 4];
/** Numbers of sets that hold templates and templates of options, of version 9 and of IPFIX. */
const [V9_TEMPLATES, V9_OPTIONS, IPFIX_TEMPLATES, IPFIX_OPTIONS] = [0, 1, 2, 3];
/** Sets of data have the number of their template, from here on. */
const FIRST_TEMPLATE = 256;
const ENTERPRISE = 0x8000;
/** Held in memory: templates of all sources, and data that came before its template. */
const MOST_TEMPLATES = 4_096;
const MOST_HELD_BYTES = 8 * 1024 * 1024;
const MOST_SAMPLERS = 4_096;
/** Routers have counted flows since 1996; what says to be of before 2000 or after 2100 is no header. */
const [EARLIEST, LATEST] = [946_684_800, 4_102_444_800];

/** A set of data before its template. */
interface HeldSet {
  readonly bytes: Buffer;
  readonly clock: ExportClock;
}

export class FlowPackets {
  readonly #sink: FlowSink;
  #carry: Buffer = Buffer.alloc(0);
  readonly #facts = new TrafficFacts();
  readonly #record: FlowRecord;
  readonly #templates = new Map<string, Template>();
  readonly #sampling = new Map<string, number>();
  readonly #held = new Map<string, HeldSet[]>();
  #heldBytes = 0;
  /** Version 9 does not say how long its packets are: sets belong to the last header. */
  #domain = '';
  #isInside = false;
  #clock: ExportClock = { bootMillis: Number.NaN, sentMillis: 0 };
  /** Whether the last place could not be read: one hole is told once. */
  #isLost = false;

  packets = 0;
  flows = 0;
  /** Bytes in which no packet was found, and holes. */
  lostBytes = 0;
  holes = 0;
  /** Sets of data of which the template never came, or came too late. */
  setsWithoutTemplate = 0;
  /** Records that state no addresses: of switches, of names. */
  recordsWithoutAddresses = 0;
  templatesRefused = 0;
  /** The file ends inside a packet. */
  isCut = false;
  readonly versions = new Set<number>();

  constructor(sink: FlowSink) {
    this.#sink = sink;
    this.#record = new FlowRecord(this.#facts);
    this.#facts.flows = 1;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const all = this.#carry.length > 0 ? Buffer.concat([this.#carry, bytes]) : bytes;
    const at = this.#read(all);
    this.#carry = Buffer.from(all.subarray(at));
  }

  end(): void {
    const at = this.#read(this.#carry);
    if (at < this.#carry.length) {
      this.isCut = true;
      this.lostBytes += this.#carry.length - at;
    }
    for (const sets of this.#held.values()) this.setsWithoutTemplate += sets.length;
    this.#held.clear();
  }

  /** Reads whole packets; the place of what is left. */
  #read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length) {
      const next = this.#one(bytes, at);
      if (next > at) {
        this.#isLost = false;
        at = next;
      } else if (next === WAIT) {
        return at;
      } else {
        if (!this.#isLost) this.holes += 1;
        this.#isLost = true;
        this.#isInside = false;
        const found = nextHeader(bytes, at + 1);
        this.lostBytes += found - at;
        at = found;
      }
    }
    return at;
  }

  /** The place after a packet or a set of version 9; WAIT when more bytes are needed; LOST when it is neither. */
  #one(bytes: Buffer, at: number): number {
    const left = bytes.length - at;
    if (left < SET_HEADER) return WAIT;
    const version = bytes.readUInt16BE(at);
    if (this.#isInside && (version === V9_TEMPLATES || version === V9_OPTIONS || version >= FIRST_TEMPLATE)) {
      const length = bytes.readUInt16BE(at + 2);
      if (length < SET_HEADER) return LOST;
      if (length > left) return WAIT;
      this.#set(version, bytes, at + SET_HEADER, at + length, V9);
      return at + length;
    }
    if (version === V5) return this.#v5(bytes, at, left);
    if (version === V9) return this.#v9(bytes, at, left);
    if (version === IPFIX) return this.#ipfix(bytes, at, left);
    return LOST;
  }

  #v5(bytes: Buffer, at: number, left: number): number {
    const count = bytes.readUInt16BE(at + 2);
    if (count < 1 || count > V5_MOST) return LOST;
    if (left < 16) return WAIT;
    if (!isMoment(bytes.readUInt32BE(at + 8))) return LOST;
    const length = V5_HEADER + count * V5_RECORD;
    if (left < length) return WAIT;
    this.#begin(V5);
    this.#isInside = false;
    const clock = this.#clock;
    clock.sentMillis = bytes.readUInt32BE(at + 8) * 1000 + Math.floor(bytes.readUInt32BE(at + 12) / 1e6);
    clock.bootMillis = clock.sentMillis - bytes.readUInt32BE(at + 4);
    // Two bits say how it was sampled, the rest one of how many; many exporters leave the two bits alone.
    const sampling = soundSampling(bytes.readUInt16BE(at + 22) & 0x3fff);
    for (let record = at + V5_HEADER; record < at + length; record += V5_RECORD)
      this.#v5Record(bytes, record, sampling);
    return at + length;
  }

  #v5Record(bytes: Buffer, at: number, sampling: number): void {
    const facts = this.#facts;
    const clock = this.#clock;
    facts.isIpv6 = false;
    facts.s0 = 0;
    facts.s1 = 0;
    facts.s2 = MAPPED_IPV4;
    facts.s3 = bytes.readInt32BE(at);
    facts.d0 = 0;
    facts.d1 = 0;
    facts.d2 = MAPPED_IPV4;
    facts.d3 = bytes.readInt32BE(at + 4);
    facts.packets = bytes.readUInt32BE(at + 16);
    facts.bytes = bytes.readUInt32BE(at + 20);
    facts.sourcePort = bytes.readUInt16BE(at + 32);
    facts.destinationPort = bytes.readUInt16BE(at + 34);
    facts.tcpFlags = bytes[at + 37] as number;
    facts.protocol = bytes[at + 38] as number;
    facts.icmpType = -1;
    const first = clock.bootMillis + bytes.readUInt32BE(at + 24);
    setTimes(facts, first, clock.bootMillis + bytes.readUInt32BE(at + 28), clock);
    finishFacts(facts);
    this.#give(sampling);
  }

  #v9(bytes: Buffer, at: number, left: number): number {
    if (left < V9_HEADER) return WAIT;
    const seconds = bytes.readUInt32BE(at + 8);
    if (!isMoment(seconds)) return LOST;
    this.#begin(V9);
    this.#isInside = true;
    this.#domain = `9 ${bytes.readUInt32BE(at + 16)}`;
    const sentMillis = seconds * 1000;
    this.#clock = { sentMillis, bootMillis: sentMillis - bytes.readUInt32BE(at + 4) };
    return at + V9_HEADER;
  }

  #ipfix(bytes: Buffer, at: number, left: number): number {
    const length = bytes.readUInt16BE(at + 2);
    if (length < IPFIX_HEADER) return LOST;
    if (left < 8) return WAIT;
    const seconds = bytes.readUInt32BE(at + 4);
    if (!isMoment(seconds)) return LOST;
    if (left < length) return WAIT;
    this.#begin(IPFIX);
    this.#isInside = false;
    this.#domain = `10 ${bytes.readUInt32BE(at + 12)}`;
    this.#clock = { sentMillis: seconds * 1000, bootMillis: Number.NaN };
    const end = at + length;
    for (let set = at + IPFIX_HEADER; end - set >= SET_HEADER; ) {
      const setLength = bytes.readUInt16BE(set + 2);
      if (setLength < SET_HEADER || setLength > end - set) {
        this.holes += 1;
        this.lostBytes += end - set;
        break;
      }
      this.#set(bytes.readUInt16BE(set), bytes, set + SET_HEADER, set + setLength, IPFIX);
      set += setLength;
    }
    return end;
  }

  #begin(version: number): void {
    this.packets += 1;
    this.versions.add(version);
  }

  #set(id: number, bytes: Buffer, start: number, end: number, version: number): void {
    if (version === V9 && id === V9_TEMPLATES) this.#plainTemplates(bytes, start, end, false);
    else if (version === V9 && id === V9_OPTIONS) this.#v9Options(bytes, start, end);
    else if (version === IPFIX && id === IPFIX_TEMPLATES) this.#plainTemplates(bytes, start, end, true);
    else if (version === IPFIX && id === IPFIX_OPTIONS) this.#ipfixOptions(bytes, start, end);
    else if (id >= FIRST_TEMPLATE) this.#data(id, bytes, start, end);
  }

  /** RFC 3954 5.2, RFC 7011 3.4.1. */
  #plainTemplates(bytes: Buffer, start: number, end: number, hasEnterprise: boolean): void {
    let at = start;
    while (end - at >= 4) {
      const id = bytes.readUInt16BE(at);
      const count = bytes.readUInt16BE(at + 2);
      at += 4;
      // Padding of zeros; a template without fields is one taken back (RFC 7011 8.1).
      if (id < FIRST_TEMPLATE) return;
      if (count === 0) {
        this.#templates.delete(`${this.#domain} ${id}`);
        continue;
      }
      const fields: TemplateField[] = [];
      at = fieldsAt(bytes, at, end, count, hasEnterprise, fields);
      if (at < 0) {
        this.templatesRefused += 1;
        return;
      }
      this.#learn(id, fields, false);
    }
  }

  /** RFC 3954 6.1: lengths in bytes, fields of four. */
  #v9Options(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (end - at >= 6) {
      const id = bytes.readUInt16BE(at);
      const scopeBytes = bytes.readUInt16BE(at + 2);
      const optionBytes = bytes.readUInt16BE(at + 4);
      at += 6;
      if (id < FIRST_TEMPLATE) return;
      const scopes: TemplateField[] = [];
      const fields: TemplateField[] = [];
      const behind = fieldsAt(bytes, at, end, scopeBytes >> 2, false, scopes);
      at = behind < 0 ? -1 : fieldsAt(bytes, behind, end, optionBytes >> 2, false, fields);
      if (at < 0) {
        this.templatesRefused += 1;
        return;
      }
      // Numbers of scopes are others than those of fields.
      this.#learn(id, [...scopes.map(({ length }) => ({ id: -1, length })), ...fields], true);
    }
  }

  /** RFC 7011 3.4.2.2. */
  #ipfixOptions(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (end - at >= 6) {
      const id = bytes.readUInt16BE(at);
      const count = bytes.readUInt16BE(at + 2);
      if (id < FIRST_TEMPLATE) return;
      if (count === 0) {
        this.#templates.delete(`${this.#domain} ${id}`);
        at += 4;
        continue;
      }
      const fields: TemplateField[] = [];
      at = fieldsAt(bytes, at + 6, end, count, true, fields);
      if (at < 0) {
        this.templatesRefused += 1;
        return;
      }
      this.#learn(id, fields, true);
    }
  }

  #learn(id: number, fields: readonly TemplateField[], isOptions: boolean): void {
    const key = `${this.#domain} ${id}`;
    const template = templateOf(fields, isOptions);
    if (template === null || (this.#templates.size >= MOST_TEMPLATES && !this.#templates.has(key))) {
      this.templatesRefused += 1;
      return;
    }
    this.#templates.set(key, template);
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    for (const { bytes, clock } of held) {
      this.#heldBytes -= bytes.length;
      this.#records(template, bytes, 0, bytes.length, clock);
    }
  }

  #data(id: number, bytes: Buffer, start: number, end: number): void {
    const key = `${this.#domain} ${id}`;
    const template = this.#templates.get(key);
    if (template) {
      this.#records(template, bytes, start, end, this.#clock);
      return;
    }
    if (this.#heldBytes + end - start > MOST_HELD_BYTES) {
      this.setsWithoutTemplate += 1;
      return;
    }
    this.#heldBytes += end - start;
    const held = { bytes: Buffer.from(bytes.subarray(start, end)), clock: { ...this.#clock } };
    const known = this.#held.get(key);
    if (known) known.push(held);
    else this.#held.set(key, [held]);
  }

  #records(template: Template, bytes: Buffer, start: number, end: number, clock: ExportClock): void {
    const record = this.#record;
    let at = start;
    // What is shorter than a record is padding.
    while (end - at >= template.shortest) {
      const next = record.read(template, bytes, at, end, clock);
      if (next <= at) return;
      at = next;
      if (template.isOptions) this.#options(record);
      else if (!record.hasAddresses) this.recordsWithoutAddresses += 1;
      else this.#give(record.sampling || this.#rateOf(record.sampler));
    }
  }

  #options({ sampling, sampler }: FlowRecord): void {
    if (sampling <= 0 || this.#sampling.size >= MOST_SAMPLERS) return;
    this.#sampling.set(`${this.#domain} ${sampler}`, sampling);
    // Where one rate is known, it is that of flows which name no sampler.
    if (sampler >= 0) this.#sampling.set(`${this.#domain} -1`, sampling);
  }

  #rateOf(sampler: number): number {
    return this.#sampling.get(`${this.#domain} ${sampler}`) ?? this.#sampling.get(`${this.#domain} -1`) ?? 1;
  }

  #give(sampling: number): void {
    const facts = this.#facts;
    this.flows += 1;
    facts.place = this.flows;
    // Some templates leave packets out.
    if (facts.packets === 0) facts.packets = 1;
    facts.packets *= sampling;
    facts.bytes *= sampling;
    this.#sink.flow(facts, sampling);
  }
}

const WAIT = -1;
const LOST = -2;

/** Puts fields of a template into a list; the place after them, or -1. */
function fieldsAt(
  bytes: Buffer,
  start: number,
  end: number,
  count: number,
  hasEnterprise: boolean,
  into: TemplateField[],
): number {
  let at = start;
  for (let field = 0; field < count; field += 1) {
    if (end - at < 4) return -1;
    const id = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    at += 4;
    if (hasEnterprise && id & ENTERPRISE) {
      if (end - at < 4) return -1;
      at += 4;
      into.push({ id: -1, length });
    } else into.push({ id, length });
  }
  return at;
}

/** Where the next packet may begin, or the end but for what may be cut. */
function nextHeader(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at += 1) {
    const first = bytes.indexOf(0, at);
    if (first === -1) return bytes.length;
    at = first;
    if (mayBeHeader(bytes, at)) return at;
  }
  return bytes.length;
}

/** Whether a packet may begin at a place, as far as there are bytes. */
export function mayBeHeader(bytes: Uint8Array, at: number): boolean {
  const left = bytes.length - at;
  if (left < 2) return left > 0 && bytes[at] === 0;
  const version = half(bytes, at);
  if (version !== V5 && version !== V9 && version !== IPFIX) return false;
  if (left < 4) return true;
  const second = half(bytes, at + 2);
  if (version === V5 && (second < 1 || second > V5_MOST)) return false;
  if (version === IPFIX && second < IPFIX_HEADER) return false;
  if (version === V9 && second === 0) return false;
  const seconds = version === IPFIX ? 4 : 8;
  if (left < seconds + 4) return true;
  return isMoment(half(bytes, at + seconds) * 65_536 + half(bytes, at + seconds + 2));
}

function isMoment(seconds: number): boolean {
  return seconds >= EARLIEST && seconds <= LATEST;
}

function half(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
