/** Sets of addresses: read, looked up, joined, written. */
import { type AddressWords, addressOf, readAddress } from '../hits/client-address.js';

/** Addresses that begin with the same bits. Of an IPv4 network only the first word counts. */
export interface Network {
  readonly ipVersion: 4 | 6;
  readonly ip0: number;
  readonly ip1: number;
  readonly ip2: number;
  readonly ip3: number;
  /** Bits that are the same: up to 32, or up to 128. */
  readonly bits: number;
}

/** The first of two words of an address, and its version: what a client is counted by. */
export interface ClientAddress {
  readonly ipVersion: 0 | 4 | 6;
  readonly ip0: number;
  readonly ip1: number;
}

/** Private and local ranges: RFC 1918, 6598, 3927, 1122, 4193, 4291. Never blocked, whatever a log says of them. */
export const PRIVATE_NETWORKS: readonly Network[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
].map((text) => readNetwork(text) as Network);

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32`, or an address alone. Bits behind the prefix are dropped.
 *
 * @example
 * networkText(readNetwork('192.0.2.9/24')); // '192.0.2.0/24'
 */
export function readNetwork(text: string): Network | null {
  const trimmed = text.trim();
  if (trimmed.length > 64) return null;
  const slash = trimmed.indexOf('/');
  const address = slash === -1 ? trimmed : trimmed.slice(0, slash);
  const suffix = slash === -1 ? null : trimmed.slice(slash + 1);
  // An IPv4 address with a port, or one in brackets, is no network.
  if (!/^[0-9a-fA-F.:]+$/.test(address) || (address.includes('.') && /:\d+$/.test(address))) return null;
  const bytes = Buffer.from(address, 'latin1');
  const words: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
  readAddress(bytes, 0, bytes.length, words);
  const { ipVersion } = words;
  if (ipVersion === 0) return null;
  const most = ipVersion === 4 ? 32 : 128;
  let bits = most;
  if (suffix !== null) {
    if (!/^\d{1,3}$/.test(suffix)) return null;
    bits = Number(suffix);
    // `::ffff:192.0.2.0/120` speaks of the bits of the IPv6 address.
    if (ipVersion === 4 && address.includes(':')) bits -= 96;
    if (bits < 0 || bits > most) return null;
  }
  return cut({ ...words, ipVersion, bits });
}

/** The network of a client: its address, or the /64 of its IPv6 address. */
export function networkOfClient({ ipVersion, ip0, ip1 }: ClientAddress): Network | null {
  if (ipVersion === 0) return null;
  return { ipVersion, ip0, ip1: ipVersion === 6 ? ip1 : 0, ip2: 0, ip3: 0, bits: ipVersion === 6 ? 64 : 32 };
}

/** The network of so many bits around it. */
export function widened(network: Network, bits: number): Network {
  return cut({ ...network, bits: Math.min(bits, network.bits) });
}

function cut(network: Network): Network {
  const word = (value: number, index: number): number => (value & maskOf(network.bits - index * 32)) >>> 0;
  return {
    ipVersion: network.ipVersion,
    ip0: word(network.ip0, 0),
    ip1: network.ipVersion === 6 ? word(network.ip1, 1) : 0,
    ip2: network.ipVersion === 6 ? word(network.ip2, 2) : 0,
    ip3: network.ipVersion === 6 ? word(network.ip3, 3) : 0,
    bits: network.bits,
  };
}

/** A word of which the first bits are ones. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

/** `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/64`: what every program reads. A single address has no `/32`. */
export function networkText(network: Network): string {
  const address = addressOf(network);
  return network.bits === (network.ipVersion === 4 ? 32 : 128) ? address : `${address}/${network.bits}`;
}

/** By version, then address, then larger first. */
export function compareNetworks(a: Network, b: Network): number {
  return (
    a.ipVersion - b.ipVersion ||
    a.ip0 - b.ip0 ||
    a.ip1 - b.ip1 ||
    a.ip2 - b.ip2 ||
    a.ip3 - b.ip3 ||
    a.bits - b.bits
  );
}

/** The same addresses in as few networks as possible: what lies in another is left out, complete halves are joined. */
export function joined(networks: Iterable<Network>): readonly Network[] {
  const sorted = [...networks].map(cut).sort(compareNetworks);
  const stack: Network[] = [];
  for (const network of sorted) {
    const top = stack.at(-1);
    if (top && covers(top, network)) continue;
    stack.push(network);
    for (;;) {
      const second = stack.at(-1);
      const first = stack.at(-2);
      if (!first || !second || first.bits !== second.bits || first.bits === 0) break;
      const parent = widened(first, first.bits - 1);
      if (!covers(parent, second)) break;
      stack.length -= 2;
      stack.push(parent);
    }
  }
  return stack;
}

/** Whether all addresses of one lie in another. */
export function covers(wide: Network, narrow: Network): boolean {
  if (wide.ipVersion !== narrow.ipVersion || wide.bits > narrow.bits) return false;
  const around = widened(narrow, wide.bits);
  return (
    around.ip0 === wide.ip0 && around.ip1 === wide.ip1 && around.ip2 === wide.ip2 && around.ip3 === wide.ip3
  );
}

/** Networks, to be asked whether an address lies in one. One look-up for each length of prefix. */
export class NetworkSet {
  readonly #v4 = new Map<number, Set<number>>();
  readonly #v6 = new Map<number, Set<string>>();

  constructor(networks: Iterable<Network>) {
    for (const network of networks) {
      if (network.ipVersion === 4) setOf(this.#v4, network.bits).add(network.ip0);
      else setOf(this.#v6, network.bits).add(keyOf(network));
    }
  }

  has(address: Readonly<AddressWords>): boolean {
    if (address.ipVersion === 4) {
      for (const [bits, starts] of this.#v4) {
        if (starts.has((address.ip0 & maskOf(bits)) >>> 0)) return true;
      }
      return false;
    }
    if (address.ipVersion === 0) return false;
    for (const [bits, starts] of this.#v6) {
      if (starts.has(keyOf(cut({ ...address, ipVersion: 6, bits })))) return true;
    }
    return false;
  }

  /** Whether any network shares addresses with this one. */
  overlaps(network: Network): boolean {
    if (this.has(network)) return true;
    if (network.ipVersion === 4) {
      for (const [bits, starts] of this.#v4) {
        if (bits <= network.bits) continue;
        for (const start of starts) if ((start & maskOf(network.bits)) >>> 0 === network.ip0) return true;
      }
      return false;
    }
    for (const [bits, starts] of this.#v6) {
      if (bits <= network.bits) continue;
      for (const key of starts) {
        const [ip0 = 0, ip1 = 0, ip2 = 0, ip3 = 0] = key.split(' ').map(Number);
        if (covers(network, { ipVersion: 6, ip0, ip1, ip2, ip3, bits })) return true;
      }
    }
    return false;
  }
}

function setOf<V>(map: Map<number, Set<V>>, bits: number): Set<V> {
  let set = map.get(bits);
  if (!set) {
    set = new Set();
    map.set(bits, set);
  }
  return set;
}

function keyOf({ ip0, ip1, ip2, ip3 }: Network): string {
  return `${ip0} ${ip1} ${ip2} ${ip3}`;
}

/** Lines of addresses and networks; `#` begins a comment. What is neither is given back with its line. */
export function readNetworkList(text: string): {
  readonly networks: readonly Network[];
  readonly wrong: readonly { readonly line: number; readonly text: string }[];
} {
  const networks: Network[] = [];
  const wrong: { line: number; text: string }[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const value = line.replace(/#.*$/, '').trim();
    if (value === '') continue;
    const network = readNetwork(value);
    if (network) networks.push(network);
    else wrong.push({ line: index + 1, text: value.slice(0, 80) });
  }
  return { networks, wrong };
}
