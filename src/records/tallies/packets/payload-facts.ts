import { HeavyCounts, TextCounts } from './heavy-counts.js';
import type { TrafficFacts } from './traffic-facts.js';

const [TCP, UDP] = [6, 17];
const [DNS, NTP] = [53, 123];
/** Different values held. */
const MOST = 64;
const LONGEST_URI = 200;
const LONGEST_AGENT = 300;
/** Heads of requests are looked at so far. */
const LONGEST_HEAD = 2_048;
/** So many packets of a vector are looked at each, then one of sixteen: texts cost more than numbers. */
const LOOKED_AT_FIRST = 500;
const THEN_ONE_OF = 16;
const GET = 0x47455420;
const POST = 0x504f5354;
const HEAD = 0x48454144;
const [SPACE, CARRIAGE_RETURN, LINE_FEED] = [0x20, 0x0d, 0x0a];

/** What packets of one vector ask or answer, where it is DNS, NTP or HTTP in the clear. */
export class PayloadFacts {
  #seen = 0;
  readonly dnsNames = new TextCounts(MOST);
  readonly dnsTypes = new HeavyCounts(MOST);
  readonly ntpCodes = new HeavyCounts(MOST);
  readonly uris = new TextCounts(MOST);
  readonly methods = new TextCounts(MOST);
  readonly agents = new TextCounts(MOST);

  add(facts: TrafficFacts): void {
    this.#seen += 1;
    if (this.#seen > LOOKED_AT_FIRST && this.#seen % THEN_ONE_OF !== 0) return;
    const weight = this.#seen > LOOKED_AT_FIRST ? THEN_ONE_OF : 1;
    if (facts.protocol === TCP) this.#http(facts, weight);
    else if (facts.sourcePort === DNS || facts.destinationPort === DNS) this.#dns(facts, weight);
    else this.#ntp(facts, weight);
  }

  merge(other: PayloadFacts): void {
    this.#seen += other.#seen;
    this.dnsNames.merge(other.dnsNames);
    this.dnsTypes.merge(other.dnsTypes);
    this.ntpCodes.merge(other.ntpCodes);
    this.uris.merge(other.uris);
    this.methods.merge(other.methods);
    this.agents.merge(other.agents);
  }

  /** The first question (RFC 1035 4.1.2). */
  #dns({ payload, payloadStart, payloadEnd }: TrafficFacts, weight: number): void {
    if (payloadEnd - payloadStart < 17 || payload[payloadStart + 4] !== 0 || payload[payloadStart + 5] === 0)
      return;
    let name = '';
    let at = payloadStart + 12;
    for (;;) {
      const length = payload[at] as number;
      if (at >= payloadEnd || length > 63 || at + 1 + length > payloadEnd) return;
      at += 1;
      if (length === 0) break;
      if (name.length + length > 253) return;
      if (name !== '') name += '.';
      for (const end = at + length; at < end; at += 1) name += letter(payload[at] as number);
    }
    if (payloadEnd - at < 4) return;
    this.dnsNames.add(name.toLowerCase(), weight);
    this.dnsTypes.add(((payload[at] as number) << 8) | (payload[at + 1] as number), weight);
  }

  /** Request code of mode 7, the private one of ntpd ("monlist" is 42): ntp_request.h of the reference implementation. */
  #ntp({ payload, payloadStart, payloadEnd }: TrafficFacts, weight: number): void {
    if (payloadEnd - payloadStart < 4 || ((payload[payloadStart] as number) & 7) !== 7) return;
    this.ntpCodes.add(payload[payloadStart + 3] as number, weight);
  }

  /** RFC 9112 3. */
  #http({ payload, payloadStart, payloadEnd }: TrafficFacts, weight: number): void {
    const end = Math.min(payloadEnd, payloadStart + LONGEST_HEAD);
    let at = payloadStart;
    while (at < end && payload[at] !== SPACE) at += 1;
    this.methods.add(textOf(payload, payloadStart, at, 8), weight);
    const uri = at + 1;
    at = uri;
    while (at < end && payload[at] !== SPACE && payload[at] !== CARRIAGE_RETURN && payload[at] !== LINE_FEED)
      at += 1;
    this.uris.add(textOf(payload, uri, at, LONGEST_URI), weight);
    for (;;) {
      const line = payload.indexOf(LINE_FEED, at) + 1;
      if (line === 0 || line + 12 > end) return;
      if (isAgent(payload, line)) {
        let stop = line + 11;
        while (payload[stop] === SPACE) stop += 1;
        const start = stop;
        while (stop < end && payload[stop] !== CARRIAGE_RETURN && payload[stop] !== LINE_FEED) stop += 1;
        this.agents.add(textOf(payload, start, stop, LONGEST_AGENT), weight);
        return;
      }
      at = line;
    }
  }
}

/** Whether there is something in a packet to look at. Cheap: it is asked of each. */
export function hasPayloadFacts(facts: TrafficFacts): boolean {
  const { payload, payloadStart, payloadEnd } = facts;
  if (facts.protocol === UDP) {
    if (payloadEnd - payloadStart < 4) return false;
    return facts.sourcePort === DNS || facts.sourcePort === NTP || facts.destinationPort === DNS;
  }
  if (facts.protocol !== TCP || payloadEnd - payloadStart < 14) return false;
  const word =
    ((payload[payloadStart] as number) << 24) |
    ((payload[payloadStart + 1] as number) << 16) |
    ((payload[payloadStart + 2] as number) << 8) |
    (payload[payloadStart + 3] as number);
  return word === GET || word === POST || word === HEAD;
}

function isAgent(bytes: Uint8Array, at: number): boolean {
  const name = 'user-agent:';
  for (let index = 0; index < name.length; index += 1)
    if (((bytes[at + index] as number) | 0x20) !== name.charCodeAt(index)) return false;
  return true;
}

function textOf(bytes: Uint8Array, start: number, end: number, most: number): string {
  let text = '';
  const stop = Math.min(end, start + most);
  for (let at = start; at < stop; at += 1) text += letter(bytes[at] as number);
  return text;
}

/** Printable ASCII as it is; anything else as a question mark, as it goes into files for others. */
function letter(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? ' ' : '?';
}
