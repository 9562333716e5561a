/**
 * Bans of the older Banjax, which swabber carried out (equalitie/banjax, src/ban_ip_list: `ban_ip_list.log`): `client, [time],
 * reason, …, flagged` or `banned`. What stands between differs by version: rule, address asked for, site, agent.
 */
import { EVENT, type Hit } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { afterPrefix } from '../line-prefix.js';
import { find, is, isDigit, isHostName, isSpace, startsWith } from '../scan.js';

const [COMMA, OPEN, CLOSE, SPACE, RETURN, QUOTE, DASH, SLASH] = [
  0x2c, 0x5b, 0x5d, 0x20, 0x0d, 0x22, 0x2d, 0x2f,
];
const MAX_FIELDS = 32;

class SwabberFormat implements LogFormat {
  readonly id = 'swabber';
  readonly #clock = new Clock();

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    const isAddress = isHexadecimal(bytes[start] as number) && bytes[start + 4] !== DASH;
    const from = isAddress ? start : afterPrefix(bytes, start, to);
    let comma = from;
    // An address is no longer.
    while (comma < to && comma < from + 46 && bytes[comma] !== COMMA) comma += 1;
    if (comma + 24 > to || bytes[comma] !== COMMA || bytes[comma + 1] !== SPACE || bytes[comma + 2] !== OPEN)
      return LINE.foreign;
    const timeStart = comma + 3;
    const clock = this.#clock;
    let timeEnd = clock.readRfc3339(bytes, timeStart, to);
    if (timeEnd === -1) timeEnd = clock.readClf(bytes, timeStart, to);
    if (timeEnd === -1 || bytes[timeEnd] !== CLOSE || bytes[timeEnd + 1] !== COMMA) return LINE.foreign;
    hit.reset(bytes);
    hit.setClient(from, comma);
    if (hit.ipVersion === 0) return LINE.foreign;
    hit.seconds = clock.seconds;
    hit.milliseconds = clock.milliseconds;
    hit.zoneMinutes = clock.zoneMinutes;
    hit.event = EVENT.other;
    let at = timeEnd + 2;
    for (let count = 0; at < to && count < MAX_FIELDS; count += 1) {
      while (at < to && isSpace(bytes[at] as number)) at += 1;
      let stop = at;
      const isQuoted = bytes[at] === QUOTE;
      if (isQuoted) {
        stop = at + 1;
        while (stop < to && !(bytes[stop] === QUOTE && (stop + 1 >= to || bytes[stop + 1] === COMMA)))
          stop += 1;
        this.#field(bytes, at + 1, stop, hit);
        while (stop < to && bytes[stop] !== COMMA) stop += 1;
      } else {
        while (stop < to && bytes[stop] !== COMMA) stop += 1;
        this.#field(bytes, at, stop, hit);
      }
      at = stop + 1;
    }
    // What was done is the last word; agents, which clients choose, stand before it.
    let word = to;
    while (word > timeEnd && bytes[word - 1] !== COMMA) word -= 1;
    while (word < to && isSpace(bytes[word] as number)) word += 1;
    if (is(bytes, word, to, 'banned') || is(bytes, word, to, 'blocked')) hit.event = EVENT.blocked;
    else if (is(bytes, word, to, 'flagged') || is(bytes, word, to, 'challenged'))
      hit.event = EVENT.challenged;
    return LINE.event;
  }

  #field(bytes: Buffer, start: number, end: number, hit: Hit): void {
    if (end - start < 4) return;
    if (startsWith(bytes, start, end, 'http://') || startsWith(bytes, start, end, 'https://')) {
      if (hit.targetStart === -1) hit.setTarget(start, end);
    } else if (bytes[start] === SLASH) {
      if (hit.targetStart === -1) hit.setTarget(start, end);
    } else if (isHostName(bytes, start, end)) {
      if (hit.hostStart === -1) hit.setHost(start, end);
    } else if (hit.agentStart === -1 && find(bytes, start, Math.min(end, start + 64), '/') > start) {
      hit.agentStart = start;
      hit.agentEnd = end;
    }
  }
}

/** Bans of swabber and the older Banjax. */
export const swabber: LogFormatKind = { id: 'swabber', open: () => new SwabberFormat() };

function isHexadecimal(byte: number): boolean {
  const small = byte | 0x20;
  return isDigit(byte) || (small >= 0x61 && small <= 0x66) || byte === 0x3a;
}
