/**
 * Dates in a form that was described: POSIX strftime, and what GoAccess adds to it (`%f` microseconds and `%*`
 * milliseconds since 1970).
 */
import { dayNumber, fourDigits, monthAt, twoDigits } from '../clock.js';
import { isDigit, isLetter, isSpace } from '../scan.js';

/** One step: a letter of strftime, or a byte that must stand there. */
export interface DateStep {
  readonly letter: string;
  readonly byte: number;
}

const SHORT_FORMS: Readonly<Record<string, string>> = {
  T: '%H:%M:%S',
  R: '%H:%M',
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  h: '%b',
  c: '%a %b %e %H:%M:%S %Y',
};
const LETTERS = new Set('YymbBdeHIMSpzZaAsf*jnt%'.split(''));

/** The steps of a form, or the place in it where it is not understood. */
export function dateSteps(form: string): readonly DateStep[] | number {
  const steps: DateStep[] = [];
  for (let at = 0; at < form.length; at += 1) {
    const char = form[at] as string;
    if (char !== '%') {
      for (const byte of Buffer.from(char)) steps.push({ letter: '', byte });
      continue;
    }
    let letter = form[at + 1] ?? '';
    let next = at + 1;
    // GNU: `%-d` does not pad.
    if (letter === '-' || letter === '_') {
      next += 1;
      letter = form[next] ?? '';
    }
    const long = Object.hasOwn(SHORT_FORMS, letter) ? SHORT_FORMS[letter] : undefined;
    if (long !== undefined) {
      const inner = dateSteps(long);
      if (typeof inner !== 'number') steps.push(...inner);
    } else if (letter === '%') {
      steps.push({ letter: '', byte: 0x25 });
    } else if (LETTERS.has(letter)) {
      steps.push({ letter, byte: 0 });
    } else {
      return at;
    }
    at = next;
  }
  return steps;
}

/** A date put together from its pieces, which may stand apart in a line. */
export class DatePieces {
  year = 0;
  month = 0;
  day = 0;
  hour = 0;
  minute = 0;
  second = 0;
  milliseconds = 0;
  zoneMinutes = 0;
  /** Unix seconds, when the form has them. */
  epoch = -1;
  isAfternoon = false;
  isHalfDay = false;

  reset(): void {
    this.year = 0;
    this.month = 0;
    this.day = 0;
    this.hour = 0;
    this.minute = 0;
    this.second = 0;
    this.milliseconds = 0;
    this.zoneMinutes = 0;
    this.epoch = -1;
    this.isAfternoon = false;
    this.isHalfDay = false;
  }

  /** Unix seconds, or -1 when the pieces make no time. */
  get seconds(): number {
    if (this.epoch !== -1) return this.epoch;
    const day = dayNumber(this.year, this.month, this.day);
    if (day === -1) return -1;
    let hour = this.hour;
    if (this.isHalfDay) {
      if (hour < 1 || hour > 12) return -1;
      hour = (hour % 12) + (this.isAfternoon ? 12 : 0);
    }
    return day * 86_400 + hour * 3600 + this.minute * 60 + this.second - this.zoneMinutes * 60;
  }

  /** @returns the place behind what was read, or -1 */
  read(bytes: Buffer, start: number, end: number, steps: readonly DateStep[]): number {
    let at = start;
    for (const { letter, byte } of steps) {
      if (letter === '') {
        if (at >= end || bytes[at] !== byte) return -1;
        at += 1;
      } else {
        at = this.#step(bytes, at, end, letter);
        if (at === -1) return -1;
      }
    }
    return at;
  }

  #step(bytes: Buffer, at: number, end: number, letter: string): number {
    switch (letter) {
      case 'Y': {
        this.year = at + 4 <= end ? fourDigits(bytes, at) : -1;
        return this.year === -1 ? -1 : at + 4;
      }
      case 'y': {
        const two = at + 2 <= end ? twoDigits(bytes, at) : -1;
        // POSIX: 69 to 99 are of the last century.
        this.year = two + (two >= 69 ? 1900 : 2000);
        return two === -1 ? -1 : at + 2;
      }
      case 'b':
      case 'B': {
        this.month = at + 3 <= end ? monthAt(bytes, at) : 0;
        if (this.month === 0) return -1;
        return letter === 'b' ? at + 3 : skipLetters(bytes, at, end);
      }
      case 'm':
        this.month = numberOf(bytes, at, end);
        return this.month < 1 || this.month > 12 ? -1 : afterNumber(bytes, at, end);
      case 'd':
      case 'e':
        this.day = numberOf(bytes, at, end);
        return this.day < 1 || this.day > 31 ? -1 : afterNumber(bytes, at, end);
      case 'H':
        this.hour = numberOf(bytes, at, end);
        return this.hour < 0 || this.hour > 23 ? -1 : afterNumber(bytes, at, end);
      case 'I':
        this.hour = numberOf(bytes, at, end);
        this.isHalfDay = true;
        return this.hour < 1 || this.hour > 12 ? -1 : afterNumber(bytes, at, end);
      case 'M':
        this.minute = numberOf(bytes, at, end);
        return this.minute < 0 || this.minute > 59 ? -1 : afterNumber(bytes, at, end);
      case 'S':
        this.second = numberOf(bytes, at, end);
        if (this.second < 0 || this.second > 60) return -1;
        if (this.second === 60) this.second = 59;
        return afterNumber(bytes, at, end);
      case 'p':
        if (at + 2 > end) return -1;
        this.isAfternoon = ((bytes[at] as number) | 0x20) === 0x70;
        return at + 2;
      case 'z':
        return this.zone(bytes, at, end);
      case 's':
      case 'f':
      case '*':
        return this.#epoch(bytes, at, end);
      case 'n':
      case 't': {
        let next = at;
        while (next < end && isSpace(bytes[next] as number)) next += 1;
        return next;
      }
      case 'j': {
        let next = at;
        while (next < end && next < at + 3 && isDigit(bytes[next] as number)) next += 1;
        return next === at ? -1 : next;
      }
      default:
        // Names of days and of zones.
        return skipLetters(bytes, at, end);
    }
  }

  /** `+0530`, `+05:30`, `Z`. */
  zone(bytes: Buffer, at: number, end: number): number {
    const sign = at < end ? (bytes[at] as number) : 0;
    if (sign === 0x5a) {
      this.zoneMinutes = 0;
      return at + 1;
    }
    if ((sign !== 0x2b && sign !== 0x2d) || at + 5 > end) return -1;
    const hours = twoDigits(bytes, at + 1);
    const second = bytes[at + 3] === 0x3a ? at + 4 : at + 3;
    const minutes = second + 2 <= end ? twoDigits(bytes, second) : -1;
    if (hours === -1 || hours > 15 || minutes === -1 || minutes > 59) return -1;
    this.zoneMinutes = (hours * 60 + minutes) * (sign === 0x2d ? -1 : 1);
    return second + 2;
  }

  /** Seconds, milliseconds or microseconds since 1970, told apart by their digits (10, 13, 16). */
  #epoch(bytes: Buffer, start: number, end: number): number {
    let at = start;
    let seconds = 0;
    while (at < end && isDigit(bytes[at] as number)) {
      if (at - start < 10) seconds = seconds * 10 + (bytes[at] as number) - 0x30;
      at += 1;
    }
    const digits = at - start;
    if (digits !== 9 && digits !== 10 && digits !== 13 && digits !== 16) return -1;
    if (seconds > 7_258_118_399) return -1;
    this.epoch = seconds;
    if (digits > 10) {
      const tenths = twoDigits(bytes, start + 10);
      this.milliseconds = tenths * 10 + (bytes[start + 12] as number) - 0x30;
    }
    return at;
  }
}

function skipLetters(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isLetter(bytes[at] as number)) at += 1;
  return at === start ? -1 : at;
}

/** One or two digits, perhaps with a space before; -1 when there is none. */
function numberOf(bytes: Buffer, start: number, end: number): number {
  const at = start < end && bytes[start] === 0x20 ? start + 1 : start;
  if (at >= end || !isDigit(bytes[at] as number)) return -1;
  const ones = (bytes[at] as number) - 0x30;
  if (at !== start || at + 1 >= end || !isDigit(bytes[at + 1] as number)) return ones;
  return ones * 10 + (bytes[at + 1] as number) - 0x30;
}

function afterNumber(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] === 0x20) return start + 2;
  return start + 1 < end && isDigit(bytes[start + 1] as number) ? start + 2 : start + 1;
}
