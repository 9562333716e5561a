/** Every output, by the word after `--for`. Alone here, so that a command line can know them and load nothing. */
export const TARGETS = [
  'nginx',
  'apache',
  'htaccess',
  'caddy',
  'nftables',
  'ipset',
  'cidr',
  'cloudflare',
  'crowdsec',
  'fail2ban',
  'banjax',
  'anubis',
] as const;
export type TargetId = (typeof TARGETS)[number];
