import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes } from '../../../../fixtures/captures/packets.js';
import { isIP } from '../../../core/ip-address.js';
import { addressText } from './address-text.js';

describe('an address as text', () => {
  it('of IPv4 has dots, wherever it stands', () => {
    expect(addressText(Buffer.from([9, 9, 192, 0, 2, 255, 9]), 2, 4)).toBe('192.0.2.255');
  });

  // RFC 5952, sections 4 and 5.
  it.each([
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['fe80:0:0:0:0:0:0:0', 'fe80::'],
    ['2001:0DB8:0:0:ABCD:0:0:1', '2001:db8::abcd:0:0:1'],
    ['0:0:0:0:0:ffff:c000:201', '::ffff:192.0.2.1'],
  ])('of IPv6 %s is %s', (long, short) => {
    expect(addressText(addressBytes(long), 0, 6)).toBe(short);
  });

  it('of IPv6 means the same address, whichever it is', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        fc.pre(!(groups.slice(0, 5).every((one) => one === 0) && groups[5] === 0xffff));
        const bytes = Buffer.from(groups.flatMap((one) => [one >> 8, one & 0xff]));
        const text = addressText(bytes, 0, 6);

        expect(isIP(text)).toBe(6);
        expect(addressBytes(text)).toEqual(bytes);
      }),
    );
  });
});
