import { anubis } from './anubis.js';
import { apache, htaccess } from './apache.js';
import { banjax } from './banjax.js';
import { caddy } from './caddy.js';
import { cidr } from './cidr.js';
import { cloudflare } from './cloudflare.js';
import { crowdsec } from './crowdsec.js';
import { fail2ban } from './fail2ban.js';
import { ipset } from './ipset.js';
import { nftables } from './nftables.js';
import { nginx } from './nginx.js';
import type { Target, TargetId } from './target.js';

/** Every output, by the word after `--for`. */
export const OUTPUTS: Readonly<Record<TargetId, Target>> = {
  nginx,
  apache,
  htaccess,
  caddy,
  nftables,
  ipset,
  cidr,
  cloudflare,
  crowdsec,
  fail2ban,
  banjax,
  anubis,
};
