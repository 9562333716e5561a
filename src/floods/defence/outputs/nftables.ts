/**
 * nftables: one table of its own, replaced in one step. Elements have a time to live, so that everything ends by itself.
 * Only the ports of the web are closed: nobody is locked out of the machine. Reference: nft(8).
 */
import { type Network, networkText } from '../networks.js';
import { addressesOnly, comment, header, networksOf, type Target } from './target.js';

export const nftables: Target = {
  id: 'nftables',
  knowsSites: false,
  exempts: true,
  adapt: addressesOnly,
  write(defence) {
    const { rules, sparing, translate, lifetimeSeconds } = defence;
    const t = (key: string): string => translate(`floods.defence.nftables.${key}`);
    const of = (version: 4 | 6, networks: readonly Network[]): readonly string[] =>
      networks.filter(({ ipVersion }) => ipVersion === version).map(networkText);
    const blocked = networksOf(rules);
    const text = `${comment(header('nftables', defence, { test: t('test'), undo: t('undo') }))}
table inet vigia
delete table inet vigia
table inet vigia {
${set('allow4', 'ipv4_addr', of(4, sparing.spared), null)}${set('allow6', 'ipv6_addr', of(6, sparing.spared), null)}${set('block4', 'ipv4_addr', of(4, blocked), lifetimeSeconds)}${set('block6', 'ipv6_addr', of(6, blocked), lifetimeSeconds)}    chain prerouting {
        type filter hook prerouting priority -150; policy accept;
        ip saddr @allow4 accept
        ip6 saddr @allow6 accept
        ip saddr @block4 tcp dport { 80, 443 } counter drop
        ip saddr @block4 udp dport 443 counter drop
        ip6 saddr @block6 tcp dport { 80, 443 } counter drop
        ip6 saddr @block6 udp dport 443 counter drop
    }
}
`;
    return [{ name: 'vigia.nft', text }];
  },
};

function set(
  name: string,
  type: string,
  elements: readonly string[],
  lifetimeSeconds: number | null,
): string {
  const lines = [
    `type ${type}`,
    // Networks need the flag `interval`; without it nft takes single addresses only.
    lifetimeSeconds === null ? 'flags interval' : 'flags interval, timeout',
    ...(lifetimeSeconds === null ? [] : [`timeout ${lifetimeSeconds}s`]),
    ...(elements.length > 0
      ? [`elements = {\n            ${elements.join(',\n            ')}\n        }`]
      : []),
  ];
  return `    set ${name} {\n${lines.map((line) => `        ${line}\n`).join('')}    }\n`;
}
