/**
 * Dates of access logs, read out of bytes. Nothing is allocated: a log has ten million of them, mostly of a few days.
 *
 * CLF dates: Apache mod_log_config, `%t`. RFC 3339, 5.6. Unix times in seconds, milliseconds, microseconds, nanoseconds.
 */

/** A log of before the web, or of after 2200, is damage or another number. */
const FIRST_YEAR = 1990;
const LAST_YEAR = 2199;
const LATEST_SECONDS = 7_258_118_399;
const SECONDS_PER_DAY = 86_400;
/** UTC+14 is the furthest clock there is; some have been at +15:13:42 (before 1900) only. */
const MAX_ZONE_MINUTES = 15 * 60;

const [PLUS, COMMA, DASH, POINT, SLASH, COLON, SPACE] = [43, 44, 45, 46, 47, 58, 32];
const [LETTER_T, LETTER_Z, SMALL_T, SMALL_Z] = [84, 90, 116, 122];

const FIRST_DATE = Buffer.from('01/Jan/1990:00:00:00 +0000');

/** Days from 1970-01-01 in the Gregorian calendar. Counts years from March, so that a leap day is the last of its year. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The same, or -1 when there is no such day or it is out of range. */
export function dayNumber(year: number, month: number, day: number): number {
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12) return -1;
  if (day < 1 || day > daysOfMonth(year, month)) return -1;
  return daysFromCivil(year, month, day);
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** 1 to 12 for an English month of three letters (`Jan`, in any case) at this place, else 0. */
export function monthAt(bytes: Uint8Array, at: number): number {
  const packed =
    (((bytes[at] as number) | 0x20) << 16) |
    (((bytes[at + 1] as number) | 0x20) << 8) |
    ((bytes[at + 2] as number) | 0x20);
  switch (packed) {
    case 0x6a616e:
      return 1;
    case 0x666562:
      return 2;
    case 0x6d6172:
      return 3;
    case 0x617072:
      return 4;
    case 0x6d6179:
      return 5;
    case 0x6a756e:
      return 6;
    case 0x6a756c:
      return 7;
    case 0x617567:
      return 8;
    case 0x736570:
      return 9;
    case 0x6f6374:
      return 10;
    case 0x6e6f76:
      return 11;
    case 0x646563:
      return 12;
    default:
      return 0;
  }
}

/** Two digits, or -1. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 0x30;
  const ones = (bytes[at + 1] as number) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** Four digits, or -1. */
export function fourDigits(bytes: Uint8Array, at: number): number {
  const high = twoDigits(bytes, at);
  const low = twoDigits(bytes, at + 2);
  return high === -1 || low === -1 ? -1 : high * 100 + low;
}

/** Seconds of the day in `HH:MM:SS` at this place, or -1. A leap second counts as the one before (as Unix time does). */
export function timeOfDay(bytes: Uint8Array, at: number): number {
  const hour = twoDigits(bytes, at);
  const minute = twoDigits(bytes, at + 3);
  const second = twoDigits(bytes, at + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  if (bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return -1;
  return hour * 3600 + minute * 60 + (second === 60 ? 59 : second);
}

/**
 * Reads dates and keeps the last day and zone it met, so that most lines cost the digits of their time only.
 * What was read stands in the fields until the next call; each log has a clock of its own.
 *
 * @example
 * const clock = new Clock();
 * const after = clock.readClf(bytes, bracket + 1, end);
 * if (after !== -1) hit.seconds = clock.seconds;
 */
export class Clock {
  /** Unix seconds, UTC. */
  seconds = -1;
  /** 0 to 999. */
  milliseconds = 0;
  /** Minutes east of UTC, as written; 0 for `Z` and where no zone is written. */
  zoneMinutes = 0;
  /** Whether a zone was written. */
  hasZone = false;

  // The last day as packed bytes, and the seconds at its (written) midnight; the last zone likewise.
  #day0 = 0;
  #day1 = 0;
  #day2 = 0;
  #midnight = 0;
  #zone0 = 0;
  #zone1 = 0;
  #zone = 0;

  constructor() {
    // So that what is kept is always a day that was checked: a line of zero bytes would match zeros.
    this.readClf(FIRST_DATE, 0, FIRST_DATE.length);
    this.seconds = -1;
  }

  /**
   * `10/Oct/2000:13:55:36 -0700`, as between the brackets of a CLF line; the zone may be missing.
   * @returns the place behind it, or -1
   */
  readClf(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 20) return -1;
    const day0 = pack4(bytes, start);
    const day1 = pack4(bytes, start + 4);
    const day2 = pack4(bytes, start + 8);
    if (day0 !== this.#day0 || day1 !== this.#day1 || day2 !== this.#day2) {
      if (bytes[start + 2] !== SLASH || bytes[start + 6] !== SLASH || bytes[start + 11] !== COLON) return -1;
      const day = dayNumber(fourDigits(bytes, start + 7), monthAt(bytes, start + 3), twoDigits(bytes, start));
      if (day === -1) return -1;
      this.#day0 = day0;
      this.#day1 = day1;
      this.#day2 = day2;
      this.#midnight = day * SECONDS_PER_DAY;
    }
    const ofDay = timeOfDay(bytes, start + 12);
    if (ofDay === -1) return -1;
    let at = start + 20;
    this.milliseconds = 0;
    // HAProxy and some proxies write fractions.
    if (at < end && bytes[at] === POINT) at = this.#fraction(bytes, at + 1, end);
    if (at + 6 > end || bytes[at] !== SPACE || !isSign(bytes[at + 1] as number)) {
      this.zoneMinutes = 0;
      this.hasZone = false;
      this.seconds = this.#midnight + ofDay;
      return at;
    }
    const zone0 = pack4(bytes, at + 1);
    const zone1 = bytes[at + 5] as number;
    if (zone0 !== this.#zone0 || zone1 !== this.#zone1) {
      const hours = twoDigits(bytes, at + 2);
      const minutes = twoDigits(bytes, at + 4);
      const zone = hours * 60 + minutes;
      if (hours < 0 || minutes < 0 || minutes > 59 || zone > MAX_ZONE_MINUTES) return -1;
      this.#zone0 = zone0;
      this.#zone1 = zone1;
      this.#zone = bytes[at + 1] === DASH ? -zone : zone;
    }
    this.zoneMinutes = this.#zone;
    this.hasZone = true;
    this.seconds = this.#midnight + ofDay - this.#zone * 60;
    return at + 6;
  }

  /**
   * `2000-10-10T13:55:36.123-07:00`: `T` or a space between, fractions of any length, zone `Z`, `±hh:mm`, `±hhmm`, `±hh`,
   * or none (read as UTC).
   * @returns the place behind it, or -1
   */
  readRfc3339(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 19) return -1;
    const between = bytes[start + 10];
    if (between !== LETTER_T && between !== SPACE && between !== SMALL_T) return -1;
    if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return -1;
    const ofDay = timeOfDay(bytes, start + 11);
    if (ofDay === -1) return -1;
    const day0 = pack4(bytes, start);
    const day1 = pack4(bytes, start + 4);
    const day2 = (bytes[start + 8] as number) | ((bytes[start + 9] as number) << 8);
    if (day0 !== this.#day0 || day1 !== this.#day1 || day2 !== this.#day2) {
      const day = dayNumber(
        fourDigits(bytes, start),
        twoDigits(bytes, start + 5),
        twoDigits(bytes, start + 8),
      );
      if (day === -1) return -1;
      this.#day0 = day0;
      this.#day1 = day1;
      this.#day2 = day2;
      this.#midnight = day * SECONDS_PER_DAY;
    }
    let at = start + 19;
    this.milliseconds = 0;
    const mark = at < end ? bytes[at] : 0;
    if (mark === POINT || mark === COMMA) at = this.#fraction(bytes, at + 1, end);
    return this.#zoneAt(bytes, at, end, this.#midnight + ofDay);
  }

  /**
   * `2021/12/01 13:53:33`, as nginx writes before errors: local time, given as if it were UTC.
   * @returns the place behind it, or -1
   */
  readSlashed(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 19 || bytes[start + 4] !== SLASH || bytes[start + 7] !== SLASH) return -1;
    if (bytes[start + 10] !== SPACE) return -1;
    const day = dayNumber(fourDigits(bytes, start), twoDigits(bytes, start + 5), twoDigits(bytes, start + 8));
    const ofDay = timeOfDay(bytes, start + 11);
    if (day === -1 || ofDay === -1) return -1;
    this.#local(day, ofDay);
    return start + 19;
  }

  /**
   * `Wed Oct 11 14:32:52.123456 2000`, as Apache writes before errors and C's asctime everywhere: local time, given as if
   * it were UTC. The fraction may be missing.
   * @returns the place behind it, or -1
   */
  readAsctime(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 24 || bytes[start + 3] !== SPACE || bytes[start + 7] !== SPACE) return -1;
    const month = monthAt(bytes, start + 4);
    const isOneDigit = bytes[start + 8] === SPACE;
    const day = isOneDigit ? (bytes[start + 9] as number) - 0x30 : twoDigits(bytes, start + 8);
    const ofDay = timeOfDay(bytes, start + 11);
    if (ofDay === -1 || bytes[start + 10] !== SPACE) return -1;
    let at = start + 19;
    let milliseconds = 0;
    if (bytes[at] === POINT) {
      at = this.#fraction(bytes, at + 1, end);
      milliseconds = this.milliseconds;
    }
    if (at + 5 > end || bytes[at] !== SPACE) return -1;
    const number = dayNumber(fourDigits(bytes, at + 1), month, day);
    if (number === -1) return -1;
    this.#local(number, ofDay);
    this.milliseconds = milliseconds;
    return at + 5;
  }

  #local(day: number, ofDay: number): void {
    this.seconds = day * SECONDS_PER_DAY + ofDay;
    this.milliseconds = 0;
    this.zoneMinutes = 0;
    this.hasZone = false;
  }

  /** The zone of RFC 3339 at this place, which is applied; none is UTC. */
  #zoneAt(bytes: Uint8Array, at: number, end: number, local: number): number {
    this.zoneMinutes = 0;
    this.hasZone = false;
    this.seconds = local;
    if (at >= end) return at;
    const sign = bytes[at] as number;
    if (sign === LETTER_Z || sign === SMALL_Z) {
      this.hasZone = true;
      return at + 1;
    }
    if (!isSign(sign) || at + 3 > end) return at;
    const hours = twoDigits(bytes, at + 1);
    if (hours === -1) return at;
    let next = at + 3;
    let minutes = 0;
    const second = next < end && bytes[next] === COLON ? next + 1 : next;
    if (second + 2 <= end) {
      const read = twoDigits(bytes, second);
      if (read !== -1) {
        minutes = read;
        next = second + 2;
      }
    }
    const zone = hours * 60 + minutes;
    if (minutes > 59 || zone > MAX_ZONE_MINUTES) return -1;
    this.zoneMinutes = sign === DASH ? -zone : zone;
    this.hasZone = true;
    this.seconds = local - this.zoneMinutes * 60;
    return next;
  }

  /**
   * Unix time over the whole range: seconds with or without a fraction, else milliseconds, microseconds or nanoseconds,
   * told apart by the number of digits (seconds have 9 or 10 from 1973 to 2286).
   */
  readEpoch(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    let seconds = 0;
    let digits = 0;
    // The first ten digits are the seconds, whatever the unit: milliseconds, micro- and nanoseconds only add digits.
    for (; at < end; at += 1) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) break;
      digits += 1;
      if (digits <= 10) seconds = seconds * 10 + digit;
    }
    if (digits < 9 || (digits > 10 && digits !== 13 && digits !== 16 && digits !== 19)) return false;
    this.milliseconds = 0;
    if (digits > 10) {
      for (let place = start + 10; place < start + 13; place += 1) {
        this.milliseconds = this.milliseconds * 10 + (bytes[place] as number) - 0x30;
      }
    }
    if (at < end) {
      if (bytes[at] !== POINT && bytes[at] !== COMMA) return false;
      const after = digits <= 10 ? this.#fraction(bytes, at + 1, end) : skipDigits(bytes, at + 1, end);
      if (after !== end) return false;
    }
    if (seconds > LATEST_SECONDS || seconds < 631_152_000) return false;
    this.seconds = seconds;
    this.zoneMinutes = 0;
    this.hasZone = true;
    return true;
  }

  /** Takes the first three digits as milliseconds and passes over the rest. */
  #fraction(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    let value = 0;
    let scale = 100;
    for (; at < end; at += 1) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) break;
      value += digit * scale;
      scale = scale === 100 ? 10 : scale === 10 ? 1 : 0;
    }
    this.milliseconds = value;
    return at;
  }
}

function isSign(byte: number): boolean {
  return byte === PLUS || byte === DASH;
}

function skipDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at += 1;
  return at;
}

function pack4(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
