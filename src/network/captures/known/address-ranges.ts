/** Address ranges of known services: a look-up is a few steps, whatever their number. */
import { addressBits } from './address-bits.js';

const MAX_ASKED = 10_000;

/**
 * A table of ranges (`203.0.113.0/24`, `2001:db8::/32`) or single addresses with what they belong to.
 *
 * @example
 * const ranges = new AddressRanges([['Example', ['203.0.113.0/24']]]);
 * ranges.of('203.0.113.7'); // 'Example'
 */
export class AddressRanges<V extends string> {
  /** Length of the text form of the network's bits -> that text -> owner. */
  readonly #byLength = new Map<number, Map<string, V>>();
  /** Answers given: a capture asks for the same few servers a million times. */
  readonly #asked = new Map<string, V | null>();

  constructor(owners: Iterable<readonly [V, readonly string[]]>) {
    for (const [owner, ranges] of owners) for (const range of ranges) this.#add(owner, range);
  }

  /** Whose the address is; null when nobody's that is known, or no address. */
  of(address: string): V | null {
    const known = this.#asked.get(address);
    if (known !== undefined) return known;
    const owner = this.#find(address);
    if (this.#asked.size >= MAX_ASKED) this.#asked.clear();
    this.#asked.set(address, owner);
    return owner;
  }

  #find(address: string): V | null {
    const bits = addressBits(address);
    if (bits === null) return null;
    for (const [length, networks] of this.#byLength) {
      if (length > bits.length) continue;
      const owner = networks.get(bits.slice(0, length));
      if (owner !== undefined) return owner;
    }
    return null;
  }

  #add(owner: V, range: string): void {
    const [address = '', prefix] = range.split('/');
    const bits = addressBits(address);
    if (bits === null) throw new Error(`not an address range: ${range}`);
    // One letter says which version it is; see addressBits.
    const length = prefix === undefined ? bits.length : 1 + Number(prefix);
    const networks = this.#byLength.get(length) ?? new Map<string, V>();
    this.#byLength.set(length, networks);
    networks.set(bits.slice(0, length), owner);
  }
}
