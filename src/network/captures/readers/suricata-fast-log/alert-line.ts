import type { LocalTime } from '../../../../formats/local-time.js';
import type { NetworkEnds } from '../../../../records/network-ends.js';
import { portOf } from '../../../scans/scan-values.js';
import { isFromServer } from '../../logs/likely-client.js';
import { hasPorts, protocolNumbered, statedAddress } from '../../logs/stated-values.js';

export interface AlertLine {
  readonly engine: 'suricata' | 'snort';
  /** Null where the line has no year. */
  readonly local: LocalTime | null;
  readonly signatureId: number;
  readonly signature: string;
  readonly category: string | null;
  readonly priority: number | null;
  readonly isBlocked: boolean;
  readonly ends: NetworkEnds;
  /** Whether the packet likely came from the server. */
  readonly fromServer: boolean;
}

/** Longer lines are no alerts. */
const MAX_LINE = 16_384;
const MARK = '[**]';
/** `10/05/2021-12:34:56.789012`; Snort leaves the year out or writes two digits. */
const TIME = /^(\d\d)\/(\d\d)(?:\/(\d{4}|\d\d))?-(\d\d):(\d\d):(\d\d)\.(\d{1,9})\s/;
/** ` [1:2210050:2] ` before the text. */
const RULE = /^\s{0,8}\[(\d{1,10}):(\d{1,10}):(\d{1,10})\]/;
const CATEGORY = /\[Classification: ([^\]]{0,400})\]/;
const PRIORITY = /\[Priority: (\d{1,3})\]/;
const ENDS = /\{([^}]{1,40})\}\s{1,8}(\S{1,80})\s{1,8}->\s{1,8}(\S{1,80})\s*$/;
const BLOCKED = /\[w?(?:drop|block|reject)\]/i;

/**
 * One line of fast.log; null when it is none.
 *
 * @example
 * alertLine('10/05/2021-12:34:56.789012  [**] [1:1:1] a [**] [Priority: 3] {TCP} 192.0.2.1:80 -> 10.0.0.2:5000');
 */
export function alertLine(line: string): AlertLine | null {
  if (line.length > MAX_LINE) return null;
  const time = TIME.exec(line);
  if (time === null) return null;
  const first = line.indexOf(MARK);
  // The text may hold anything; the last mark ends it.
  const last = line.lastIndexOf(MARK);
  if (first === -1 || last <= first) return null;
  const between = line.slice(first + MARK.length, last);
  const rule = RULE.exec(between);
  const after = line.slice(last + MARK.length);
  const tail = ENDS.exec(after.slice(-400));
  if (rule === null || tail === null) return null;
  const transport = transportOf(tail[1] ?? '');
  const [source, sourcePort] = endIn(tail[2] ?? '', transport);
  const [destination, destinationPort] = endIn(tail[3] ?? '', transport);
  if (source === null || destination === null) return null;
  const fromServer = isFromServer(source, sourcePort, destination, destinationPort);
  const [client, clientPort, server, serverPort] = fromServer
    ? [destination, destinationPort, source, sourcePort]
    : [source, sourcePort, destination, destinationPort];
  // Rules without a class are written so.
  const category = CATEGORY.exec(after)?.[1]?.trim();
  const priority = PRIORITY.exec(after)?.[1];
  return {
    // Only Suricata writes the whole year.
    engine: time[3]?.length === 4 ? 'suricata' : 'snort',
    local: localOf(time),
    signatureId: Number(rule[2]),
    signature: unquoted(between.slice(rule[0].length).trim()),
    category: category === undefined || category === '' || category === '(null)' ? null : category,
    priority: priority === undefined ? null : Number(priority),
    isBlocked: BLOCKED.test(line.slice(0, first)),
    ends: { transport, clientAddress: client, clientPort, serverAddress: server, serverPort },
    fromServer,
  };
}

function localOf(time: RegExpExecArray): LocalTime | null {
  const [, month, day, year, hour, minute, second, fraction = ''] = time;
  if (year === undefined) return null;
  return {
    year: year.length === 2 ? 2000 + Number(year) : Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    microsecond: Number(fraction.slice(0, 6).padEnd(6, '0')),
  };
}

function transportOf(stated: string): string {
  const [, number] = /^(?:PROTO:)?(\d{1,3})$/i.exec(stated) ?? [];
  return number === undefined ? stated.toLowerCase() : protocolNumbered(Number(number));
}

/** `192.0.2.1:80`, `2001:db8:0:…:1:80`: what follows the last colon is the port, of ICMP a number that is none. */
function endIn(text: string, transport: string): readonly [address: string | null, port: number | null] {
  const colon = text.lastIndexOf(':');
  const before = colon === -1 ? null : statedAddress(text.slice(0, colon).replace(/^\[|\]$/g, ''));
  // Snort writes no port where there is none.
  const whole = before === null || colon === text.indexOf(':') ? null : statedAddress(text);
  if (before === null) return [statedAddress(text), null];
  const isWithoutPort = whole !== null && !hasPorts(transport) && text.split(':').length <= 8;
  if (isWithoutPort) return [whole, null];
  return [before, hasPorts(transport) ? portOf(text.slice(colon + 1)) : null];
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
