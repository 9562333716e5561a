/** ipset: a file for `ipset restore`. Reference: ipset(8): hash:net, timeout at most 2147483 s, maxelem 65536 unless given. */
import { networkText } from '../networks.js';
import { addressesOnly, comment, header, networksOf, type Target } from './target.js';

const MAX_TIMEOUT_SECONDS = 2_147_483;
const LEAST_ELEMENTS = 65_536;

export const ipset: Target = {
  id: 'ipset',
  knowsSites: false,
  exempts: false,
  adapt: addressesOnly,
  write(defence) {
    const { rules, translate } = defence;
    const t = (key: string): string => translate(`floods.defence.ipset.${key}`);
    const timeout = Math.min(defence.lifetimeSeconds, MAX_TIMEOUT_SECONDS);
    const blocked = networksOf(rules);
    const lines = ([4, 6] as const).flatMap((version) => {
      const networks = blocked.filter(({ ipVersion }) => ipVersion === version);
      const name = `vigia${version}`;
      // hash:net holds no network of all addresses; none is ever written.
      const room = Math.max(LEAST_ELEMENTS, 2 ** Math.ceil(Math.log2(networks.length + 1)));
      return [
        `create ${name} hash:net family ${version === 4 ? 'inet' : 'inet6'} timeout ${timeout} maxelem ${room} -exist`,
        `flush ${name}`,
        ...networks.map((network) => `add ${name} ${networkText(network)} -exist`),
      ];
    });
    const text = `${comment(header('ipset', defence, { test: t('test'), undo: t('undo') }))}${comment([t('place')])}${lines.join('\n')}\n`;
    return [{ name: 'vigia.ipset', text }];
  },
};
