/**
 * Exits of Tor, from a list that the user gives. Readers and sources of those who need this program come through them:
 * being an exit is a reason for more patience, never for a block.
 */
import { type AddressWords, readAddress } from '../hits/client-address.js';

/** There are some 2,000 exits; a list of this length is something else. */
const MAX_EXITS = 200_000;
const LINE_FEED = 10;
/** Lines of the longer form: `ExitAddress 192.0.2.1 2026-06-01 10:00:00` (TorDNSEL exit lists, metrics.torproject.org). */
const LONG_FORM = Buffer.from('ExitAddress ');

/** Addresses of exits. */
export class TorExits {
  readonly #ipv4: ReadonlySet<number>;
  readonly #ipv6: ReadonlySet<string>;

  private constructor(ipv4: ReadonlySet<number>, ipv6: ReadonlySet<string>) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
  }

  /** How many addresses the list had. */
  get size(): number {
    return this.#ipv4.size + this.#ipv6.size;
  }

  /** A list without an address. */
  static none(): TorExits {
    return new TorExits(new Set(), new Set());
  }

  /** Reads a bulk exit list (one address per line) or the longer form of `exit-addresses`. Other lines are passed over. */
  static parse(bytes: Uint8Array): TorExits {
    const ipv4 = new Set<number>();
    const ipv6 = new Set<string>();
    const words: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
    let at = 0;
    while (at < bytes.length && ipv4.size + ipv6.size < MAX_EXITS) {
      let next = bytes.indexOf(LINE_FEED, at);
      if (next === -1) next = bytes.length;
      const start = afterLabel(bytes, at, next);
      readAddress(bytes, start, endOfWord(bytes, start, next), words);
      if (words.ipVersion === 4) ipv4.add(words.ip0);
      else if (words.ipVersion === 6) ipv6.add(keyOf(words.ip0, words.ip1, words.ip2, words.ip3));
      at = next + 1;
    }
    return new TorExits(ipv4, ipv6);
  }

  /** Whether the list has the address. */
  has(ipVersion: 0 | 4 | 6, ip0: number, ip1: number, ip2: number, ip3: number): boolean {
    if (ipVersion === 4) return this.#ipv4.has(ip0);
    return ipVersion === 6 && this.#ipv6.size > 0 && this.#ipv6.has(keyOf(ip0, ip1, ip2, ip3));
  }
}

function keyOf(ip0: number, ip1: number, ip2: number, ip3: number): string {
  return `${ip0},${ip1},${ip2},${ip3}`;
}

function afterLabel(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === 0x20) at += 1;
  for (let index = 0; index < LONG_FORM.length; index += 1) {
    if (bytes[at + index] !== LONG_FORM[index]) return at;
  }
  return at + LONG_FORM.length;
}

function endOfWord(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) > 0x20 && bytes[at] !== 0x2c) at += 1;
  return at;
}
