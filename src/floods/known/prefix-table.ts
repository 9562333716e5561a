/** Lists of networks, put together to be searched for every request. */
import { type Network, readNetwork } from '../defence/networks.js';
import { PairTable, RangeRows, WordTable } from '../geo/range-table.js';

/** Networks that share a number. */
export interface PrefixList {
  readonly ranges: readonly string[];
  /** Parts of them that do not belong to it. */
  readonly except?: readonly string[];
}

/** Numbers by network: the first list has 1. Of networks one inside another the inner counts. */
export class PrefixTable {
  readonly #ipv4: WordTable;
  readonly #ipv6: PairTable;

  /** What is no network is left out. An IPv6 network of more than 64 bits counts as its /64. */
  constructor(lists: readonly PrefixList[]) {
    const [ipv4, ipv6] = [new RangeRows(), new RangeRows()];
    const add = (text: string, value: number): void => {
      const network = readNetwork(text);
      if (network) addNetwork(network, value, ipv4, ipv6);
    };
    lists.forEach(({ ranges, except }, index) => {
      for (const range of ranges) add(range, index + 1);
      for (const range of except ?? []) add(range, 0);
    });
    this.#ipv4 = new WordTable(ipv4);
    this.#ipv6 = new PairTable(ipv6);
  }

  /** The number of the list that has the address; 0 for none. */
  find(ipVersion: number, ip0: number, ip1: number): number {
    if (ipVersion === 4) return this.#ipv4.find(ip0);
    return ipVersion === 6 ? this.#ipv6.find(ip0, ip1) : 0;
  }
}

function addNetwork(network: Network, value: number, ipv4: RangeRows, ipv6: RangeRows): void {
  const { ip0, ip1, bits } = network;
  const lastHigh = (ip0 | restOf(bits)) >>> 0;
  if (network.ipVersion === 4) ipv4.add(ip0, 0, lastHigh, 0xffffffff, value);
  else ipv6.add(ip0, ip1, lastHigh, (ip1 | restOf(bits - 32)) >>> 0, value);
}

/** A word of which all but the first bits are ones. */
function restOf(bits: number): number {
  if (bits <= 0) return 0xffffffff;
  return bits >= 32 ? 0 : 0xffffffff >>> bits;
}
