/**
 * Common Log Format and what grew out of it.
 *
 * Apache mod_log_config (`%h %l %u %t "%r" %>s %b`, combined, vhost_combined; escapes `\"`, `\\`, `\xHH`, `\n`, `\t`),
 * nginx ngx_http_log_module (`combined`; escapes `\xHH`), varnishncsa (request with an absolute address), Traefik
 * (`reqcount "router" "backend" Nms` at the end).
 */
import { type AddressWords, readAddress } from '../../hits/client-address.js';
import type { Hit } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { afterPrefix } from '../line-prefix.js';
import { noteZone } from '../log-zone.js';
import { isHostName, isNothing, isSpace, numberAt, skipSpaces, threeDigits, wordEnd } from '../scan.js';
import { readExtra, readNamedExtra } from './extra-fields.js';

const [SPACE, QUOTE, DASH, SLASH, OPEN, CLOSE, BACKSLASH] = [0x20, 0x22, 0x2d, 0x2f, 0x5b, 0x5d, 0x5c];
const [COMMA, COLON, EQUALS, BAR, RETURN, ZERO, NINE] = [0x2c, 0x3a, 0x3d, 0x7c, 0x0d, 0x30, 0x39];
/** Custom formats have some twenty fields. What stands behind this many is not looked at. */
const MAX_EXTRA_FIELDS = 64;
/** Words that may stand between the date and the request (`$host`, `$server_port`). HAProxy and S3, which have more, are others' formats. */
const MAX_WORDS_BEFORE_REQUEST = 2;

class ClfFormat implements LogFormat {
  readonly id = 'clf';
  readonly #clock = new Clock();
  readonly #probe: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
  /** The zone that was noted for other formats of the same file. No zone is so far off. */
  #zone = 100_000;
  /** The rest of this line does not escape its quotes. */
  #isRaw = false;

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    let from = start;
    let to = end;
    const first = bytes[from] as number;
    if (to > from && bytes[to - 1] === RETURN) to -= 1;
    // Nearly all lines are `address - - [date] "request"`: no need to look for anything.
    let word = from;
    while (word < to && bytes[word] !== SPACE) word += 1;
    if (
      bytes[word + 1] === DASH &&
      bytes[word + 2] === SPACE &&
      bytes[word + 3] === DASH &&
      bytes[word + 4] === SPACE &&
      bytes[word + 5] === OPEN &&
      word + 6 < to
    ) {
      const stop = this.#clock.readClf(bytes, word + 6, to);
      if (stop !== -1 && stop + 2 < to && bytes[stop] === CLOSE && bytes[stop + 2] === QUOTE) {
        hit.reset(bytes);
        hit.setClient(from, word);
        if (hit.ipVersion !== 0) {
          this.#take(bytes, stop + 2, to, hit);
          return LINE.hit;
        }
      }
    }
    // A year and a dash, a letter, a mark: perhaps a prefix.
    if (first < ZERO || first > NINE || bytes[from + 4] === DASH) {
      from = afterPrefix(bytes, from, to);
      if (from < to && bytes[from] === QUOTE && isWholeLineQuoted(bytes, from, to)) {
        from += 1;
        if (bytes[to - 1] === QUOTE) to -= 1;
        const doubled = withoutDoubledQuotes(bytes, from, to);
        if (doubled !== null) return this.#line(doubled, 0, doubled.length, hit);
      }
    }
    return this.#line(bytes, from, to, hit);
  }

  #line(bytes: Buffer, from: number, to: number, hit: Hit): number {
    const clock = this.#clock;
    // The date is the one right before the first quote: what a client calls itself (`%u`) stands before it and may look
    // like a date, but cannot hold a quote, which servers escape.
    let at = from < to && bytes[from] === QUOTE ? afterQuoted(bytes, from, to) : from;
    let bracket = -1;
    let request = -1;
    let loose = -1;
    for (; at < to; at += 1) {
      const byte = bytes[at] as number;
      if (byte === OPEN) {
        const stop = clock.readClf(bytes, at + 1, to);
        if (stop === -1 || stop >= to || bytes[stop] !== CLOSE) continue;
        const next = skipSpaces(bytes, stop + 1, to);
        if (next < to && bytes[next] === QUOTE) {
          bracket = at;
          request = next;
          break;
        }
        loose = at;
      } else if (byte === QUOTE) {
        break;
      }
    }
    let dateEnd = -1;
    if (bracket === -1) {
      // `[date] www.example.org "request"`. `at` is at the quote.
      if (loose === -1 || at >= to) return LINE.foreign;
      dateEnd = clock.readClf(bytes, loose + 1, to) + 1;
      if (!clock.hasZone || countWords(bytes, dateEnd, at) > MAX_WORDS_BEFORE_REQUEST) return LINE.foreign;
      bracket = loose;
      request = at;
    }
    if (bracket === from) return LINE.foreign;

    hit.reset(bytes);
    if (!this.#head(bytes, from, bracket, hit)) return LINE.foreign;
    if (dateEnd !== -1) readWords(bytes, dateEnd, request, hit);
    this.#take(bytes, request, to, hit);
    return LINE.hit;
  }

  /** The date the clock has read, and the line from the quote of its request on. */
  #take(bytes: Buffer, request: number, to: number, hit: Hit): void {
    const clock = this.#clock;
    hit.seconds = clock.seconds;
    hit.milliseconds = clock.milliseconds;
    hit.zoneMinutes = clock.zoneMinutes;
    if (clock.zoneMinutes !== this.#zone && clock.hasZone) {
      this.#zone = clock.zoneMinutes;
      noteZone(hit, this.#zone);
    }
    this.#isRaw = false;
    this.#request(bytes, request, to, hit);
  }

  /** Who asked: what stands before the date. */
  #head(bytes: Buffer, from: number, bracket: number, hit: Hit): boolean {
    let stop = bracket;
    while (stop > from && isSpace(bytes[stop - 1] as number)) stop -= 1;
    if (stop === from) return false;
    const firstEnd = wordEnd(bytes, from, stop);
    hit.setClient(from, firstEnd);
    let at = skipSpaces(bytes, firstEnd, stop);
    if (
      hit.ipVersion === 0 ||
      (at < stop && bytes[at] !== DASH && this.#isAddress(bytes, at, wordEnd(bytes, at, stop)))
    ) {
      at = this.#unusualHead(bytes, from, stop, hit);
      if (at === -1) return false;
    }
    // `- user`, of which either may be missing; a user may hold spaces.
    if (at >= stop) return true;
    let identityEnd = wordEnd(bytes, at, stop);
    const userStart = skipSpaces(bytes, identityEnd, stop);
    if (userStart < stop) {
      at = userStart;
      identityEnd = stop;
    }
    if (identityEnd - at === 1 && bytes[at] === DASH) return true;
    this.#user(bytes, at, identityEnd, hit);
    return true;
  }

  /** `user`, `- -`, or `- www.example.org` where a host was put behind the user. */
  #user(bytes: Buffer, start: number, end: number, hit: Hit): void {
    let from = start;
    let to = end;
    while (to - from > 2 && bytes[to - 1] === DASH && bytes[to - 2] === SPACE) to -= 2;
    if (to - from > 2 && bytes[from] === DASH && bytes[from + 1] === SPACE) {
      from += 2;
      if (isHostName(bytes, from, to)) {
        if (hit.hostStart === -1) hit.setHost(from, to);
        return;
      }
    }
    if (isNothing(bytes, from, to)) return;
    hit.userStart = from;
    hit.userEnd = to;
  }

  /**
   * The first word is no address, or the second is one too: a site before the client, a list of X-Forwarded-For, a
   * client by name, a quoted client, the name of a container.
   * @returns where identity and user begin, -1 when this is no head of a line
   */
  #unusualHead(bytes: Buffer, start: number, stop: number, hit: Hit): number {
    let from = start;
    let firstEnd = wordEnd(bytes, from, stop);
    let second = skipSpaces(bytes, firstEnd, stop);
    // docker compose: `web_1  | line`.
    if (bytes[second] === BAR && second + 2 < stop && bytes[second + 1] === SPACE) {
      from = skipSpaces(bytes, second + 1, stop);
      firstEnd = wordEnd(bytes, from, stop);
      second = skipSpaces(bytes, firstEnd, stop);
    }
    if (from >= stop) return -1;
    const list = listEnd(bytes, from, stop);
    if (list !== firstEnd || hasComma(bytes, from, firstEnd)) {
      if (list !== -1) return this.#forwardedFirst(bytes, from, list, stop, hit);
    }
    const secondEnd = wordEnd(bytes, second, stop);
    const isSecondAddress = second < stop && this.#isAddress(bytes, second, secondEnd);
    if (isSecondAddress) {
      const isFirstAddress = this.#isAddress(bytes, from, firstEnd);
      if (isFirstAddress && !hasPort(bytes, from, firstEnd)) {
        // `%{X-Forwarded-For}i %h`, or a site by its address: it counts only where the client is a proxy.
        hit.forwardedStart = from;
        hit.forwardedEnd = firstEnd;
      } else if (!isNothing(bytes, from, firstEnd)) {
        hit.setHost(from, firstEnd);
      }
      hit.setClient(second, secondEnd);
      return skipSpaces(bytes, secondEnd, stop);
    }
    if (bytes[from] === QUOTE && firstEnd - from > 2) {
      const inner = bytes[firstEnd - 1] === QUOTE ? firstEnd - 1 : firstEnd;
      hit.setClient(from + 1, inner);
      return second;
    }
    if (isNothing(bytes, from, firstEnd)) {
      hit.clientStart = -1;
      hit.clientEnd = -1;
      return second;
    }
    // `site client.example.net - -` when servers look up names; a client named `h` is followed by its identity.
    const third = skipSpaces(bytes, secondEnd, stop);
    const isSite =
      hasPort(bytes, from, firstEnd) ||
      (third < stop &&
        bytes[third] === DASH &&
        !isNothing(bytes, second, secondEnd) &&
        skipSpaces(bytes, third + 1, stop) < stop &&
        isHostName(bytes, second, secondEnd));
    if (isSite && second < stop && !isNothing(bytes, second, secondEnd)) {
      hit.setHost(from, firstEnd);
      hit.setClient(second, secondEnd);
      return third;
    }
    hit.setClient(from, firstEnd);
    return second;
  }

  /** `203.0.113.5, 10.0.0.1 - - [`: of a list, the last is the nearest; an address behind the list is nearer still. */
  #forwardedFirst(bytes: Buffer, start: number, end: number, stop: number, hit: Hit): number {
    const next = skipSpaces(bytes, end, stop);
    const nextEnd = wordEnd(bytes, next, stop);
    hit.forwardedStart = start;
    hit.forwardedEnd = end;
    if (next < stop && this.#isAddress(bytes, next, nextEnd)) {
      hit.setClient(next, nextEnd);
      return skipSpaces(bytes, nextEnd, stop);
    }
    let comma = end - 1;
    while (comma > start && bytes[comma] !== COMMA) comma -= 1;
    hit.forwardedEnd = comma;
    hit.setClient(skipSpaces(bytes, comma + 1, end), end);
    return next;
  }

  #isAddress(bytes: Buffer, start: number, end: number): boolean {
    const first = bytes[start] as number;
    if (end - start < 2 || end - start > 80 || first === OPEN) return false;
    readAddress(bytes, start, end, this.#probe);
    return this.#probe.ipVersion !== 0;
  }

  /** From the quote of the request to the end of the line. */
  #request(bytes: Buffer, quote: number, to: number, hit: Hit): void {
    let close = this.#closing(bytes, quote + 1, to);
    if (close === -1) {
      // The line was cut inside the request. What there is of it was asked for all the same.
      hit.setRequest(quote + 1, to);
      hit.malformed = true;
      return;
    }
    let at = skipSpaces(bytes, close + 1, to);
    let status = statusAt(bytes, at, to);
    if (status === -1 && !endsInProtocol(bytes, quote + 1, close)) {
      // Some servers do not escape quotes: the request ends where a status follows.
      for (let next = close + 1; next + 4 < to; next += 1) {
        if (bytes[next] !== QUOTE || bytes[next + 1] !== SPACE) continue;
        const found = threeDigits(bytes, next + 2, to);
        if (found === -1) continue;
        close = next;
        at = next + 2;
        status = found;
        break;
      }
    }
    hit.setRequest(quote + 1, close);
    if (status === -1) {
      this.#fields(bytes, at, to, hit, false);
      return;
    }
    hit.status = status;
    at = skipSpaces(bytes, wordEnd(bytes, at, to), to);
    const sizeEnd = wordEnd(bytes, at, to);
    hit.bytesOut = numberAt(bytes, at, sizeEnd);
    at = skipSpaces(bytes, sizeEnd, to);
    if (at < to && bytes[at] === QUOTE) {
      const refererEnd = this.#closing(bytes, at + 1, to);
      const agent = refererEnd === -1 ? to : skipSpaces(bytes, refererEnd + 1, to);
      if (agent < to && bytes[agent] === QUOTE) {
        this.#referer(bytes, at + 1, refererEnd, hit);
        let agentEnd = this.#closing(bytes, agent + 1, to);
        // Cut inside.
        if (agentEnd === -1) agentEnd = to;
        this.#agent(bytes, agent + 1, agentEnd, hit);
        if (agentEnd + 1 < to) this.#extras(bytes, agentEnd + 1, to, hit);
        return;
      }
    }
    if (at < to) this.#fields(bytes, at, to, hit, true);
  }

  #referer(bytes: Buffer, start: number, end: number, hit: Hit): void {
    if (isNothing(bytes, start, end)) return;
    hit.refererStart = start;
    hit.refererEnd = end;
  }

  #agent(bytes: Buffer, start: number, end: number, hit: Hit): void {
    if (isNothing(bytes, start, end)) return;
    hit.agentStart = start;
    hit.agentEnd = end;
  }

  /** What stands behind the agent. */
  #extras(bytes: Buffer, start: number, to: number, hit: Hit): void {
    let at = start;
    for (let count = 0; count < MAX_EXTRA_FIELDS; count += 1) {
      at = skipSpaces(bytes, at, to);
      if (at >= to) return;
      at = this.#extra(bytes, at, to, hit);
    }
  }

  /** One field, quoted or not, perhaps with its name (`rt=0.012`, `xff="203.0.113.5"`). @returns where it ends */
  #extra(bytes: Buffer, start: number, to: number, hit: Hit): number {
    if (bytes[start] === QUOTE) {
      const found = this.#closing(bytes, start + 1, to);
      const end = found === -1 ? to : found;
      readExtra(bytes, start + 1, end, true, hit);
      return end + 1;
    }
    let at = start;
    let equals = -1;
    for (; at < to && !isSpace(bytes[at] as number); at += 1) {
      if (equals === -1 && bytes[at] === EQUALS) {
        equals = at;
        if (at + 1 < to && bytes[at + 1] === QUOTE) {
          const found = this.#closing(bytes, at + 2, to);
          const end = found === -1 ? to : found;
          readNamedExtra(bytes, start, equals, at + 2, end, hit);
          return end + 1;
        }
      }
    }
    if (equals === -1) readExtra(bytes, start, at, false, hit);
    else readNamedExtra(bytes, start, equals, equals + 1, at, hit);
    return at;
  }

  /**
   * Fields of a line that has not the order of combined behind its request: status and size are the first numbers, the
   * first two quoted fields behind them referer and agent.
   */
  #fields(bytes: Buffer, start: number, to: number, hit: Hit, hasStatus: boolean): void {
    let at = start;
    let isStatusKnown = hasStatus;
    let isSizeKnown = hasStatus;
    let quoted = 0;
    for (let count = 0; count < MAX_EXTRA_FIELDS; count += 1) {
      at = skipSpaces(bytes, at, to);
      if (at >= to) break;
      if (bytes[at] === QUOTE && isStatusKnown && quoted < 2) {
        const found = this.#closing(bytes, at + 1, to);
        const end = found === -1 ? to : found;
        if (quoted === 0) this.#referer(bytes, at + 1, end, hit);
        else this.#agent(bytes, at + 1, end, hit);
        quoted += 1;
        at = end + 1;
        continue;
      }
      if (bytes[at] !== QUOTE && !isSizeKnown) {
        const end = wordEnd(bytes, at, to);
        if (!isStatusKnown) {
          const status = threeDigits(bytes, at, to);
          if (status !== -1) {
            hit.status = status;
            isStatusKnown = true;
            at = end;
            continue;
          }
        } else {
          hit.bytesOut = numberAt(bytes, at, end);
          isSizeKnown = true;
          at = end;
          continue;
        }
      }
      at = this.#extra(bytes, at, to, hit);
    }
    // A lone quoted field is an agent, unless it is an address.
    if (quoted === 1 && hit.refererStart !== -1 && !hasScheme(bytes, hit.refererStart, hit.refererEnd)) {
      hit.agentStart = hit.refererStart;
      hit.agentEnd = hit.refererEnd;
      hit.refererStart = -1;
      hit.refererEnd = -1;
    }
  }

  /**
   * The quote that ends a field: not escaped, and followed by a space or the end. Where none is, the log escapes
   * nothing, and a backslash before the quote is the client's own.
   */
  #closing(bytes: Buffer, start: number, to: number): number {
    // The search of the runtime may go on to a quote of the next line; none of them is passed over more than a few times.
    let at = bytes.indexOf(QUOTE, start);
    if (!this.#isRaw) {
      for (; at !== -1 && at < to; at = bytes.indexOf(QUOTE, at + 1)) {
        if (at + 1 !== to && !isSpace(bytes[at + 1] as number)) continue;
        if (bytes[at - 1] !== BACKSLASH || !isEscaped(bytes, start, at)) return at;
      }
      // Once for a line: else a line of such fields would be read once for each of them.
      this.#isRaw = true;
      at = bytes.indexOf(QUOTE, start);
    }
    for (; at !== -1 && at < to; at = bytes.indexOf(QUOTE, at + 1)) {
      if (at + 1 === to || isSpace(bytes[at + 1] as number)) return at;
    }
    return -1;
  }
}

/** Common, combined, with or without a site before it, and with anything behind it. */
export const clf: LogFormatKind = { id: 'clf', open: () => new ClfFormat() };

/** A status, or 0 for `-`: the connection ended before there was one. Else -1. */
function statusAt(bytes: Buffer, at: number, end: number): number {
  if (bytes[at] === DASH && at + 1 < end && isSpace(bytes[at + 1] as number)) return 0;
  return threeDigits(bytes, at, end);
}

/** Whether an odd number of backslashes stands before this place. */
function isEscaped(bytes: Buffer, start: number, at: number): boolean {
  let before = at;
  while (before > start && bytes[before - 1] === BACKSLASH) before -= 1;
  return (at - before) % 2 === 1;
}

/** Words up to more than are allowed. */
function countWords(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  let at = skipSpaces(bytes, start, end);
  while (at < end && count <= MAX_WORDS_BEFORE_REQUEST) {
    count += 1;
    at = skipSpaces(bytes, wordEnd(bytes, at, end), end);
  }
  return count;
}

/** Words between date and request: a site is told by its shape. */
function readWords(bytes: Buffer, start: number, end: number, hit: Hit): void {
  let at = skipSpaces(bytes, start, end);
  while (at < end) {
    const stop = wordEnd(bytes, at, end);
    if (hit.hostStart === -1 && isHostName(bytes, at, stop)) hit.setHost(at, stop);
    at = skipSpaces(bytes, stop, end);
  }
}

/** Whether a request line is complete: ` HTTP/1.1` at its end. */
function endsInProtocol(bytes: Buffer, start: number, end: number): boolean {
  let at = end - 1;
  while (at > start && at > end - 9 && bytes[at] !== SPACE) at -= 1;
  return (
    bytes[at] === SPACE &&
    bytes[at + 1] === 0x48 &&
    bytes[at + 2] === 0x54 &&
    bytes[at + 5] === SLASH &&
    at + 7 <= end
  );
}

/** `"line ..."` rather than `"client" - - ...`. */
function isWholeLineQuoted(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === SPACE) return true;
    if (byte === QUOTE) return false;
  }
  return false;
}

/** Behind a quoted word at this place. */
function afterQuoted(bytes: Buffer, start: number, end: number): number {
  let at = start + 1;
  while (at < end && bytes[at] !== QUOTE && bytes[at] !== SPACE) at += 1;
  return at + 1;
}

/** A line quoted as a CSV field (RFC 4180, 2.7) doubles its quotes: a copy with single ones, or null when it does not. */
function withoutDoubledQuotes(bytes: Buffer, start: number, end: number): Buffer | null {
  let quote = start;
  while (quote < end && bytes[quote] !== QUOTE) quote += 1;
  if (quote + 2 >= end || bytes[quote + 1] !== QUOTE || isSpace(bytes[quote + 2] as number)) return null;
  const copy = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    copy[length] = byte;
    length += 1;
    if (byte === QUOTE && at + 1 < end && bytes[at + 1] === QUOTE) at += 1;
  }
  return copy.subarray(0, length);
}

function hasComma(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === COMMA) return true;
  return false;
}

/** Where a list `a, b, c` that begins here ends: at the first word without a comma behind it. -1 when it never does. */
function listEnd(bytes: Buffer, start: number, end: number): number {
  let at = wordEnd(bytes, start, end);
  while (at < end && at > start && bytes[at - 1] === COMMA) {
    at = wordEnd(bytes, skipSpaces(bytes, at, end), end);
  }
  return at > start && bytes[at - 1] !== COMMA ? at : -1;
}

/** `name:80`, `192.0.2.1:80`, `[2001:db8::1]:80`; not a bare IPv6 address. */
function hasPort(bytes: Buffer, start: number, end: number): boolean {
  let at = end - 1;
  while (at > start && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at -= 1;
  if (at === end - 1 || at <= start || bytes[at] !== COLON || end - at > 6) return false;
  if (bytes[at - 1] === CLOSE) return true;
  for (let before = start; before < at; before += 1) if (bytes[before] === COLON) return false;
  return true;
}

/** `http://` and the like. */
function hasScheme(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at + 2 < end && at < start + 16; at += 1) {
    if (bytes[at] === COLON) return bytes[at + 1] === SLASH && bytes[at + 2] === SLASH;
  }
  return false;
}
