import { networkText } from '../defence/networks.js';
import type { Decision } from './decision.js';

const TABLE = 'inet vigia_watch';

/**
 * The table that watching fills, as `nft -f` takes it: made when it is not there, left as it is when it is. Elements end
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

/**
 * Blocks as one step of `nft -f`. To add an element that is there does not lengthen its time: it is added (so that it can
 * be taken out), taken out, and added with its time.
 */
export function nftBatch(decisions: readonly Decision[]): string {
  const latest = new Map<string, Decision>();
  for (const decision of decisions) {
    if (decision.action === 'block') latest.set(networkText(decision.subject), decision);
  }
  return [...latest]
    .map(([address, { subject, ttlSeconds }]) => {
      const set = `${TABLE} block${subject.ipVersion}`;
      return `add element ${set} { ${address} }\ndelete element ${set} { ${address} }\nadd element ${set} { ${address} timeout ${ttlSeconds}s }\n`;
    })
    .join('');
}

/** Takes everything back. */
export function nftOff(): string {
  return `add table ${TABLE}\ndelete table ${TABLE}\n`;
}
