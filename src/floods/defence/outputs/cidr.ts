/** A list of addresses and networks, for anything that takes one. */
import { networkText } from '../networks.js';
import { addressesOnly, comment, header, networksOf, type Target } from './target.js';

export const cidr: Target = {
  id: 'cidr',
  knowsSites: false,
  exempts: false,
  adapt: addressesOnly,
  write(defence) {
    const t = (key: string): string => defence.translate(`floods.defence.cidr.${key}`);
    const lines = networksOf(defence.rules).map(networkText);
    const text = `${comment(header('cidr', defence, { test: t('test'), undo: t('undo') }))}${lines.join('\n')}\n`;
    return [{ name: 'vigia-cidr.txt', text }];
  },
};
