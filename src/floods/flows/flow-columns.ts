/** Rows of flows as text, by the names of their columns: nfdump's, and those of tools around it. */
import type { ReadingOfTimes } from '../../core/contracts.js';
import { type LocalTime, storedTime } from '../../formats/local-time.js';
import { MAPPED_IPV4, TrafficFacts } from '../../records/tallies/packet-traffic.js';
import { readAddress } from '../hits/client-address.js';
import { soundSampling } from './flow-sink.js';
import { finishFacts } from './template.js';

/** What is read of a row. */
const COLUMNS = {
  first: ['ts', 'first', 'firstseen', 'datefirstseen', 'start', 'starttime', 'flowstart', 'tstart', 'stime'],
  last: ['te', 'last', 'lastseen', 'datelastseen', 'end', 'endtime', 'flowend', 'tend'],
  duration: ['td', 'duration', 'dur'],
  source: [
    'sa',
    'srcaddr',
    'srcip',
    'srcipaddr',
    'sourceip',
    'sourceaddress',
    'src4addr',
    'src6addr',
    'src',
    'ipsrc',
    'saddr',
  ],
  destination: [
    'da',
    'dstaddr',
    'dstip',
    'dstipaddr',
    'destinationip',
    'destip',
    'destinationaddress',
    'dst4addr',
    'dst6addr',
    'dst',
    'ipdst',
    'daddr',
  ],
  sourcePort: ['sp', 'srcport', 'srcpt', 'sourceport', 'sport', 'portsrc', 'l4srcport'],
  destinationPort: ['dp', 'dstport', 'dstpt', 'destport', 'destinationport', 'dport', 'portdst', 'l4dstport'],
  protocol: ['pr', 'proto', 'protocol', 'prot'],
  flags: ['flg', 'flags', 'tcpflags'],
  packets: ['ipkt', 'pkt', 'packets', 'inpackets', 'inpkts', 'pkts', 'dpkts', 'totpkts'],
  bytes: ['ibyt', 'byt', 'bytes', 'inbytes', 'octets', 'doctets', 'totbytes'],
  flows: ['fl', 'flows'],
  sampling: ['sampling', 'samplinginterval', 'samplingrate', 'sampl'],
} as const;
type Column = keyof typeof COLUMNS;

/** Without these a row says nothing about an attack. */
const NEEDED: readonly Column[] = ['source', 'destination', 'protocol', 'packets', 'bytes'];
const SEPARATORS = [',', ';', '\t', '|'] as const;
const MOST_COLUMNS = 200;
const LONGEST_HEADER = 4_096;

const PROTOCOLS: Readonly<Record<string, number>> = Object.assign(Object.create(null) as object, {
  ICMP: 1,
  IGMP: 2,
  IPIP: 4,
  TCP: 6,
  UDP: 17,
  DCCP: 33,
  IPV6: 41,
  GRE: 47,
  ESP: 50,
  AH: 51,
  ICMP6: 58,
  ICMPV6: 58,
  'IPV6-ICMP': 58,
  SCTP: 132,
  UDPLITE: 136,
});
const FLAGS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, C: 128 };
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Where each column stands in the rows of a file. */
export interface FlowHeader {
  readonly separator: string;
  readonly columns: Readonly<Partial<Record<Column, number>>>;
}

/** Null when a line is no header of flows. */
export function flowHeader(line: string): FlowHeader | null {
  if (line.length > LONGEST_HEADER) return null;
  const separator = SEPARATORS.find((each) => line.includes(each));
  if (separator === undefined) return null;
  const names = line
    .split(separator, MOST_COLUMNS)
    .map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ''));
  const columns: Partial<Record<Column, number>> = {};
  for (const [column, known] of Object.entries(COLUMNS)) {
    const at = names.findIndex((name) => (known as readonly string[]).includes(name));
    if (at !== -1) columns[column as Column] = at;
  }
  return NEEDED.every((column) => columns[column] !== undefined) ? { separator, columns } : null;
}

/** Reads rows under a header into facts, which are used again. */
export class FlowRows {
  readonly facts = new TrafficFacts();
  /** Whether times without a zone were taken as UTC. */
  hasAssumedZone = false;
  /** Largest rate that rows state; nfdump has multiplied by it already. */
  sampling = 1;
  readonly #header: FlowHeader;
  readonly #times: ReadingOfTimes | undefined;
  readonly #address = { ipVersion: 0 as 0 | 4 | 6, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
  readonly #bytes = Buffer.alloc(80);
  /** Micros at the full hour of the last time read. */
  #hour = '';
  #hourMicros = Number.NaN;

  constructor(header: FlowHeader, times: ReadingOfTimes | undefined) {
    this.#header = header;
    this.#times = times;
  }

  /** False: the row is none. */
  read(line: string): boolean {
    const { separator, columns } = this.#header;
    const cells = line.split(separator, MOST_COLUMNS);
    const cell = (column: Column): string => {
      const at = columns[column];
      return at === undefined ? '' : unquoted(cells[at] ?? '');
    };
    const { facts } = this;
    const protocol = protocolOf(cell('protocol'));
    if (protocol < 0) return false;
    if (!this.#addressOf(cell('source'))) return false;
    const { ipVersion, ip0, ip1, ip2, ip3 } = this.#address;
    facts.isIpv6 = ipVersion === 6;
    facts.s0 = ipVersion === 4 ? 0 : ip0 | 0;
    facts.s1 = ip1 | 0;
    facts.s2 = ipVersion === 4 ? MAPPED_IPV4 : ip2 | 0;
    facts.s3 = ipVersion === 4 ? ip0 | 0 : ip3 | 0;
    if (!this.#addressOf(cell('destination'))) return false;
    const to = this.#address;
    facts.d0 = to.ipVersion === 4 ? 0 : to.ip0 | 0;
    facts.d1 = to.ip1 | 0;
    facts.d2 = to.ipVersion === 4 ? MAPPED_IPV4 : to.ip2 | 0;
    facts.d3 = to.ipVersion === 4 ? to.ip0 | 0 : to.ip3 | 0;
    const packets = amount(cell('packets'));
    const bytes = amount(cell('bytes'));
    if (!(packets >= 0 && bytes >= 0)) return false;
    facts.protocol = protocol;
    facts.packets = packets > 0 ? packets : 1;
    facts.bytes = bytes;
    const flows = amount(cell('flows'));
    facts.flows = flows >= 1 ? Math.floor(flows) : 1;
    this.#ports(cell('sourcePort'), cell('destinationPort'));
    facts.tcpFlags = flagsOf(cell('flags'));
    this.#moments(cell('first'), cell('last'), cell('duration'));
    const sampling = soundSampling(amount(cell('sampling')));
    if (sampling > this.sampling) this.sampling = sampling;
    finishFacts(facts);
    return true;
  }

  /** Of ICMP the destination port is `type.code` in nfdump. */
  #ports(from: string, to: string): void {
    const { facts } = this;
    facts.sourcePort = portOf(from);
    facts.icmpType = -1;
    const dot = to.indexOf('.');
    if (dot > 0) {
      facts.icmpType = portOf(to.slice(0, dot)) & 0xff;
      facts.destinationPort = 0;
    } else facts.destinationPort = portOf(to);
  }

  #moments(first: string, last: string, duration: string): void {
    const { facts } = this;
    const from = this.#micros(first);
    const stated = last === '' ? Number.NaN : this.#micros(last);
    const seconds = duration === '' ? Number.NaN : Number(duration);
    const to = stated >= from ? stated : seconds >= 0 && seconds < 864_000 ? from + seconds * 1e6 : from;
    facts.firstMicros = from;
    facts.lastMicros = to;
  }

  #addressOf(text: string): boolean {
    const length = text.length;
    if (length < 2 || length > this.#bytes.length) return false;
    this.#bytes.write(text, 0, 'latin1');
    readAddress(this.#bytes, 0, length, this.#address);
    return this.#address.ipVersion !== 0;
  }

  /** `2026-01-02 03:04:05.678`, the same with a T and a zone, or Unix seconds with a fraction. NaN for anything else. */
  #micros(text: string): number {
    const found = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/.exec(
      text,
    );
    if (found === null) {
      const seconds = /^\d{9,10}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
      return Math.round(seconds * 1e6);
    }
    const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = ''] =
      found;
    const within =
      (Number(minute) * 60 + Number(second)) * 1e6 + Math.round(Number(`0.${fraction || '0'}`) * 1e6);
    const key = `${year}${month}${day}${hour}${zone}`;
    if (key !== this.#hour) {
      this.#hour = key;
      this.#hourMicros = this.#hourOf(
        {
          year: Number(year),
          month: Number(month),
          day: Number(day),
          hour: Number(hour),
          minute: 0,
          second: 0,
        },
        zone,
      );
    }
    return this.#hourMicros + within;
  }

  #hourOf(local: LocalTime, zone: string): number {
    if (zone !== '') {
      const utc = Date.UTC(local.year, local.month - 1, local.day, local.hour);
      const sign = zone[0] === '-' ? -1 : 1;
      const minutes = zone === 'Z' ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
      return (utc - sign * minutes * 60_000) * 1000;
    }
    const { at } = storedTime(local, this.#times);
    if (at === null) return Number.NaN;
    if (this.#times?.timeZone === undefined) this.hasAssumedZone = true;
    return Date.parse(at) * 1000;
  }
}

function unquoted(cell: string): string {
  const text = cell.trim();
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

function protocolOf(text: string): number {
  if (/^\d{1,3}$/.test(text)) {
    const number = Number(text);
    return number < 256 ? number : -1;
  }
  return PROTOCOLS[text.toUpperCase()] ?? -1;
}

function portOf(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return number < 65_536 ? number : 0;
}

/** `...A..S.`, `0x12`, or a number. */
function flagsOf(text: string): number {
  if (text === '') return -1;
  if (/^0x[0-9a-f]{1,4}$/i.test(text)) return Number(text) & 0xff;
  if (/^\d{1,5}$/.test(text)) return Number(text) & 0xff;
  if (text.length > 16) return -1;
  let flags = 0;
  for (const letter of text) flags |= FLAGS[letter] ?? 0;
  return flags;
}

/** `1234`, or `1.2 M` as nfdump writes for people. NaN for anything else. */
function amount(text: string): number {
  const found = /^(\d{1,18}(?:\.\d{1,9})?) ?([KMGT]?)$/.exec(text);
  return found ? Math.round(Number(found[1]) * (UNITS[found[2] ?? ''] ?? 1)) : Number.NaN;
}
