import { compareText } from '../../../core/compare-text.js';
import { isIP } from '../../../core/ip-address.js';
import { SampledMap } from '../../../core/sampled-map.js';
import { Smallest } from '../../../core/smallest.js';
import { canonicalAddress } from '../../../indicators/matcher-addresses.js';
import type { Dns } from '../../../records/kinds/dns.js';

/** Addresses whose names are kept. */
const MAX_ADDRESSES = 100_000;
/** Of one address, of each kind: servers that many sites share have hundreds. */
const MAX_NAMES = 16;
/** RFC 1035 2.3.4. */
const MAX_NAME_LETTERS = 253;

/** The names a capture gives for one address. */
export interface NamesOfAddress {
  /** Those the device itself named when it spoke to the address first, then those whose look-up answered with it. */
  readonly names: readonly string[];
  readonly isCut: boolean;
}

interface Names {
  readonly named: Smallest<string>;
  readonly lookedUp: Smallest<string>;
}

const NONE: NamesOfAddress = { names: [], isCut: false };

/**
 * All names that a capture gives for each address. An address may stand for many: none of them wins for having been seen
 * first (a fault of SpyGuard and TinyCheck, where the first answer labels a shared address for good).
 */
export class HostNames {
  readonly #names = new SampledMap<Names>(MAX_ADDRESSES);

  /** A name the device said to the address: server name of TLS, Host of HTTP. */
  named(evidence: string, address: string | null, name: string | null): void {
    if (address !== null && name !== null) this.#add(evidence, address, name, 'named');
  }

  /** The name asked for belongs to every address of the answer, also behind aliases: the device knows it by that name. */
  answered(record: Dns): void {
    if (record.service !== 'dns') return;
    for (const { type, data } of record.answers) {
      if (type === 'A' || type === 'AAAA') this.#add(record.source.evidence, data, record.name, 'lookedUp');
    }
  }

  of(evidence: string, address: string): NamesOfAddress {
    const known = this.#names.get(keyOf(evidence, address));
    if (!known) return NONE;
    const names = [...new Set([...known.named.values(), ...known.lookedUp.values()])];
    return { names, isCut: known.named.isCut || known.lookedUp.isCut };
  }

  #add(evidence: string, address: string, name: string, how: keyof Names): void {
    const plain = plainName(name);
    if (plain === '' || isIP(plain) !== 0) return;
    const key = keyOf(evidence, plainAddress(address));
    this.#names.at(key, newNames)?.[how].add(plain);
  }
}

/** An address in its one form; as it stands where it is none. */
export function plainAddress(address: string): string {
  // IPv4 has one form already.
  return address.includes(':') ? (canonicalAddress(address) ?? address) : address;
}

/** A name in lower case without its final dot. */
export function plainName(name: string): string {
  const lower = name.slice(0, MAX_NAME_LETTERS + 1).toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

function newNames(): Names {
  return { named: new Smallest(MAX_NAMES, compareText), lookedUp: new Smallest(MAX_NAMES, compareText) };
}

function keyOf(evidence: string, address: string): string {
  return `${evidence} ${address}`;
}
