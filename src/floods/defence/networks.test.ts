import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  covers,
  joined,
  type Network,
  NetworkSet,
  networkText,
  readNetwork,
  readNetworkList,
} from './networks.js';

const network = (text: string): Network => {
  const read = readNetwork(text);
  if (!read) throw new Error(text);
  return read;
};

describe('networks', () => {
  it('are read and written, bits behind the prefix dropped', () => {
    const texts = ['192.0.2.9/24', '192.0.2.7', '2001:db8:1:2:3::/64', '::ffff:192.0.2.1', '0.0.0.0/0'];
    expect(texts.map((text) => networkText(network(text)))).toEqual([
      '192.0.2.0/24',
      '192.0.2.7',
      '2001:db8:1:2::/64',
      '192.0.2.1',
      '0.0.0.0/0',
    ]);
  });

  it.each([
    '',
    'example.org',
    '192.0.2.1/33',
    '192.0.2.1:80',
    '[::1]',
    '192.0.2.1/',
    '1.2.3',
    '::1/129',
    'x/8',
  ])('refuse %j', (text) => expect(readNetwork(text)).toBeNull());

  it('are joined without gaining or losing an address', () => {
    expect(
      joined(
        ['192.0.2.0/25', '192.0.2.128/26', '192.0.2.192/26', '192.0.2.7', '198.51.100.1'].map(network),
      ).map(networkText),
    ).toEqual(['192.0.2.0/24', '198.51.100.1']);
    const small = fc.tuple(fc.nat(15), fc.integer({ min: 28, max: 32 }));
    fc.assert(
      fc.property(fc.array(small, { maxLength: 12 }), (list) => {
        const networks = list.map(([last, bits]) => network(`192.0.2.${last}/${bits}`));
        const after = joined(networks);
        const set = new NetworkSet(after);
        for (let last = 0; last < 32; last += 1) {
          const one = network(`192.0.2.${last}`);
          expect(set.has(one)).toBe(networks.some((wide) => covers(wide, one)));
        }
        expect(after.length).toBeLessThanOrEqual(Math.max(1, networks.length));
      }),
    );
  });

  it('join at 2001:db8::/64 and at the highest addresses', () => {
    expect(joined(['2001:db8::/65', '2001:db8:0:0:8000::/65'].map(network)).map(networkText)).toEqual([
      '2001:db8::/64',
    ]);
    expect(joined(['255.255.255.254', '255.255.255.255'].map(network)).map(networkText)).toEqual([
      '255.255.255.254/31',
    ]);
  });

  it('say whether they share addresses', () => {
    const set = new NetworkSet(['192.0.2.64/26', '2001:db8::1/128'].map(network));
    expect(set.overlaps(network('192.0.2.0/24'))).toBe(true);
    expect(set.overlaps(network('192.0.2.0/26'))).toBe(false);
    expect(set.overlaps(network('2001:db8::/64'))).toBe(true);
    expect(set.overlaps(network('2001:db8:1::/64'))).toBe(false);
  });

  it('of a list keep what is wrong with its line', () => {
    const list = readNetworkList('# own\n192.0.2.1 # office\r\n\nnot an address\n2001:db8::/32\n');
    expect(list.networks.map(networkText)).toEqual(['192.0.2.1', '2001:db8::/32']);
    expect(list.wrong).toEqual([{ line: 4, text: 'not an address' }]);
  });
});
