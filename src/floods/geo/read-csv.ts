/**
 * Tables of ip-location-db, as comma separated lines: first and last address of a range, then the number of the network
 * and its organisation, or two letters of a country. Addresses are written out or as decimal numbers (`-num.csv`).
 * README of the npm packages @ip-location-db/asn and asn-country, "CSV Format".
 */
import { type AddressWords, readAddress } from '../hits/client-address.js';
import { RangeRows } from './range-table.js';

const [LINE_FEED, RETURN, COMMA, QUOTE] = [10, 13, 0x2c, 0x22];
/** A longer name is no name. */
const MAX_NAME_BYTES = 200;

/** What is read of one table. */
export interface RangeFile {
  readonly ipv4: RangeRows;
  readonly ipv6: RangeRows;
  /** Lines that could not be read; empty ones do not count. */
  damaged: number;
}

/** Names of organisations, by number of their network. One buffer for all: 84,000 strings would need ten times the room. */
export class NameTable {
  /** Number + 1, so that 0 is an empty place. */
  #keys = new Float64Array(1 << 12);
  #offsets = new Uint32Array(1 << 12);
  #text = Buffer.alloc(1 << 16);
  #used = 0;
  size = 0;

  #place(keys: Float64Array, number: number): number {
    const mask = keys.length - 1;
    let at = (Math.imul(number, 0x9e3779b1) >>> 7) & mask;
    while (keys[at] !== 0 && keys[at] !== number + 1) at = (at + 1) & mask;
    return at;
  }

  /** Keeps the first name that a number comes with. */
  add(number: number, bytes: Uint8Array, start: number, end: number): void {
    const at = this.#place(this.#keys, number);
    if (this.#keys[at] !== 0) return;
    this.#keys[at] = number + 1;
    this.#offsets[at] = this.#used;
    this.#write(bytes, start, end);
    this.size += 1;
    if (this.size * 2 > this.#keys.length) this.#grow();
  }

  /** Quotes around a name go, doubled ones within become one (RFC 4180), control bytes become spaces. */
  #write(bytes: Uint8Array, start: number, end: number): void {
    if (this.#used + MAX_NAME_BYTES + 1 > this.#text.length)
      this.#text = Buffer.concat([this.#text], this.#text.length * 2);
    const quoted = bytes[start] === QUOTE;
    let to = this.#used + 1;
    const most = to + MAX_NAME_BYTES;
    for (let at = quoted ? start + 1 : start; at < end && to < most; at += 1) {
      let byte = bytes[at] as number;
      if (quoted && byte === QUOTE) {
        if (bytes[at + 1] !== QUOTE || at + 1 >= end) break;
        at += 1;
      }
      if (byte < 0x20 || byte === 0x7f) byte = 0x20;
      this.#text[to] = byte;
      to += 1;
    }
    this.#text[this.#used] = to - this.#used - 1;
    this.#used = to;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const offsets = new Uint32Array(keys.length);
    for (let old = 0; old < this.#keys.length; old += 1) {
      const key = this.#keys[old] as number;
      if (key === 0) continue;
      const at = this.#place(keys, key - 1);
      keys[at] = key;
      offsets[at] = this.#offsets[old] as number;
    }
    this.#keys = keys;
    this.#offsets = offsets;
  }

  /** Gives back room that is not used. */
  trim(): void {
    this.#text = Buffer.from(this.#text.subarray(0, this.#used));
  }

  find(number: number): string | null {
    const at = this.#place(this.#keys, number);
    if (this.#keys[at] === 0) return null;
    const offset = this.#offsets[at] as number;
    const length = this.#text[offset] as number;
    const name = this.#text.toString('utf8', offset + 1, offset + 1 + length).trim();
    return name === '' ? null : name;
  }
}

/** Lines of an IPv4 table are about as long as this, those of IPv6 twice. */
const LINE_BYTES = 48;

/** Empty tables to read into, with room for what so many bytes may hold. */
export function newRangeFile(bytes = 0): RangeFile {
  const rows = Math.ceil(bytes / LINE_BYTES);
  return { ipv4: new RangeRows(rows), ipv6: new RangeRows(Math.ceil(rows / 4)), damaged: 0 };
}

/** Reads lines `first,last,number,name`. Several files may go into one table. */
export function readNetworks(bytes: Uint8Array, into: RangeFile, names: NameTable): void {
  let lastNumber = 0;
  readLines(bytes, into, (from, end) => {
    const comma = commaBefore(bytes, from, end);
    const number = decimal(bytes, from, comma);
    if (number <= 0 || number > 0xffffffff) return 0;
    // Neighbours are often of one network.
    if (comma < end && number !== lastNumber) names.add(number, bytes, comma + 1, end);
    lastNumber = number;
    return number;
  });
}

/** Reads lines `first,last,CC`. */
export function readCountries(bytes: Uint8Array, into: RangeFile): void {
  readLines(bytes, into, (from, end) => {
    const [first, second] = [bytes[from] as number, bytes[from + 1] as number];
    const stop = bytes[from + 2] as number;
    if (end < from + 2 || (end > from + 2 && stop !== COMMA)) return 0;
    return isCapital(first) && isCapital(second) ? first * 256 + second : 0;
  });
}

/** The ends of the range that was read last. */
const first: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
const last: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };

/** `valueAt` reads what follows the two addresses; 0 when it is nothing. */
function readLines(bytes: Uint8Array, into: RangeFile, valueAt: (from: number, end: number) => number): void {
  let at = 0;
  while (at < bytes.length) {
    let next = bytes.indexOf(LINE_FEED, at);
    if (next === -1) next = bytes.length;
    let end = next;
    if (end > at && bytes[end - 1] === RETURN) end -= 1;
    if (end > at && !readRange(bytes, at, end, into, valueAt)) into.damaged += 1;
    at = next + 1;
  }
}

function readRange(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: RangeFile,
  valueAt: (from: number, end: number) => number,
): boolean {
  let second = readPlain(bytes, start, end, first);
  if (second !== -1) second = readPlain(bytes, second + 1, end, last);
  if (second === -1) {
    const comma = commaBefore(bytes, start, end);
    second = commaBefore(bytes, comma + 1, end);
    if (second >= end) return false;
    readWords(bytes, start, comma, first);
    readWords(bytes, comma + 1, second, last);
  }
  if (first.ipVersion === 0 || first.ipVersion !== last.ipVersion) return false;
  const value = valueAt(second + 1, end);
  if (value === 0) return false;
  return first.ipVersion === 4
    ? into.ipv4.add(first.ip0, 0, last.ip0, 0xffffffff, value)
    : into.ipv6.add(first.ip0, first.ip1, last.ip0, last.ip1, value);
}

/** IPv4 as a number, which most lines are, in one go. @returns where its comma is; -1 when it is anything else */
function readPlain(bytes: Uint8Array, start: number, end: number, into: AddressWords): number {
  let number = 0;
  let at = start;
  for (; at < end; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  if (at === start || at === end || bytes[at] !== COMMA || number > 0xffffffff) return -1;
  into.ipVersion = 4;
  into.ip0 = number;
  return at;
}

/** Where the next comma is, at most 50 bytes on: addresses and numbers are shorter. `end` when there is none. */
function commaBefore(bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + 50);
  for (let at = start; at < stop; at += 1) if (bytes[at] === COMMA) return at;
  return end;
}

/** An address written out, or as one decimal number: up to ten digits IPv4, more IPv6. */
function readWords(bytes: Uint8Array, start: number, end: number, into: AddressWords): void {
  const quoted = bytes[start] === QUOTE && bytes[end - 1] === QUOTE && end - start > 2;
  if (quoted) readBareWords(bytes, start + 1, end - 1, into);
  else readBareWords(bytes, start, end, into);
}

function readBareWords(bytes: Uint8Array, start: number, end: number, into: AddressWords): void {
  const number = decimal(bytes, start, end);
  if (number >= 0 && number <= 0xffffffff) {
    into.ipVersion = 4;
    into.ip0 = number;
  } else if (number > 0) {
    readLongDecimal(bytes, start, end, into);
  } else {
    readAddress(bytes, start, end, into);
  }
}

function readLongDecimal(bytes: Uint8Array, start: number, end: number, into: AddressWords): void {
  into.ipVersion = 0;
  if (end - start > 39) return;
  const upper = BigInt(Buffer.from(bytes.subarray(start, end)).toString('latin1')) >> 64n;
  if (upper >> 64n !== 0n) return;
  into.ipVersion = 6;
  into.ip0 = Number(upper >> 32n);
  into.ip1 = Number(upper & 0xffffffffn);
}

/** A number of digits only; -1 for anything else. Past 2^53 only its size is right. */
function decimal(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function isCapital(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}
