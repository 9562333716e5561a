import { networkText } from '../defence/networks.js';
import type { Decision } from './decision.js';

const TABLE = 'inet vigia_watch';

/**
 * The table that watching fills, as `nft -f` and `nft -i` take it: made when it is not there, left as it is when it is. Elements end
 * by themselves, so that a watch that dies unblocks everybody within the longest time to live. Only the ports of the web
 * are closed. Reference: nft(8).
 */
export function nftTable(): string {
  const chain = ['4', '6']
    .flatMap((version) => {
      const address = version === '4' ? 'ip' : 'ip6';
      return [
        `add rule ${TABLE} prerouting ${address} saddr @block${version} tcp dport { 80, 443 } counter drop`,
        `add rule ${TABLE} prerouting ${address} saddr @block${version} udp dport 443 counter drop`,
      ];
    })
    .join('\n');
  return `add table ${TABLE}
add set ${TABLE} block4 { type ipv4_addr; flags interval, timeout; }
add set ${TABLE} block6 { type ipv6_addr; flags interval, timeout; }
add chain ${TABLE} prerouting { type filter hook prerouting priority -150; policy accept; }
flush chain ${TABLE} prerouting
${chain}
`;
}

/** Addresses a line: a line is one step of `nft -i`, and the fewer there are, the faster it is. */
const MAX_A_LINE = 200;

/**
 * Blocks, each line of them one step of `nft -i`. (`nft -f -` would do nothing before the end of its input, and all of it
 * in one step, in which an address cannot be taken out that was added with a time.) To add an element that is there does
 * not lengthen its time: it is added (so that it can be taken out), taken out, and added with its time.
 */
export function nftBatch(decisions: readonly Decision[]): string {
  const latest = new Map<string, Decision>();
  for (const decision of decisions) {
    if (decision.action === 'block') latest.set(networkText(decision.subject), decision);
  }
  let batch = '';
  for (const version of [4, 6]) {
    const own = [...latest].filter(([, { subject }]) => subject.ipVersion === version);
    for (let from = 0; from < own.length; from += MAX_A_LINE) {
      const part = own.slice(from, from + MAX_A_LINE);
      const set = `${TABLE} block${version}`;
      const addresses = part.map(([address]) => address).join(', ');
      const timed = part.map(([address, { ttlSeconds }]) => `${address} timeout ${ttlSeconds}s`).join(', ');
      batch += `add element ${set} { ${addresses} }; delete element ${set} { ${addresses} }; add element ${set} { ${timed} }\n`;
    }
  }
  return batch;
}

/** Takes everything back. */
export function nftOff(): string {
  return `add table ${TABLE}\ndelete table ${TABLE}\n`;
}
