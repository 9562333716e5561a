import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressWords, addressOf, readAddress } from './client-address.js';

function read(text: string): AddressWords {
  const into: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
  const bytes = Buffer.from(text);
  readAddress(bytes, 0, bytes.length, into);
  return into;
}
const written = (text: string): string => addressOf(read(text));

describe('the address of a client', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['192.0.2.1:51234', '192.0.2.1'],
    ['::1', '::1'],
    ['::', '::'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8:0000:0001:0000:0000:0000:0001', '2001:db8:0:1::1'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
    ['::ffff:c000:209', '192.0.2.9'],
    ['2001:db8::', '2001:db8::'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is %s', (text, expected) => {
    expect(written(text)).toBe(expected);
  });

  it.each([
    '',
    '-',
    'host.example',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.1.5',
    '1:2:3',
    ':::',
    '1::2::3',
    '12345::',
    '2001:db8::1:',
    ':1',
    '1:2:3:4:5:6:7:8:9',
    '192.0.2.1x',
    'unknown',
    '::ffff:1.2.3',
    '1.2.3.4:port',
  ])('"%s" is none', (text) => {
    expect(read(text).ipVersion).toBe(0);
  });

  it('comes back as it was written, whatever it is', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => written(text) === text));
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const once = read(text);
        const twice = read(addressOf(once));
        return once.ipVersion !== 0 && JSON.stringify(once) === JSON.stringify(twice);
      }),
    );
  });

  it('is read out of any bytes without a failure', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const into: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
        readAddress(bytes, 0, bytes.length, into);
        return [0, 4, 6].includes(into.ipVersion);
      }),
    );
  });
});
