import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKind, isMulticastOrBroadcast, isOwnSide } from './addresses.js';

describe('the own side of a conversation', () => {
  it.each([
    ['10.215.173.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.43.17', 'private'],
    ['100.64.0.1', 'shared'],
    ['100.127.255.255', 'shared'],
    ['169.254.10.20', 'link-local'],
    ['127.0.0.1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['192.0.0.4', 'protocol'],
    ['224.0.0.251', 'multicast'],
    ['239.255.255.250', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['fe80::1%wlan0', 'link-local'],
    ['febf::1', 'link-local'],
    ['fec0::1', 'private'],
    ['fc00::1', 'private'],
    ['FD12:3456::1', 'private'],
    ['ff02::fb', 'multicast'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:a00:1', 'private'],
    ['64:ff9b::192.168.0.1', 'private'],
  ])('holds %s (%s)', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
    expect(isOwnSide(address)).toBe(true);
    expect(isMulticastOrBroadcast(address)).toBe(kind === 'multicast' || kind === 'broadcast');
  });

  it.each([
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '169.253.0.1',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.1',
    '192.0.2.1',
    '192.167.0.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.9',
    '223.255.255.255',
    '2001:db8::1',
    '2002:c0a8:1::1',
    'fbff::1',
    'fe00::1',
    '::2',
    '::ffff:203.0.113.9',
    '64:ff9b::cb00:7109',
    '64:ff9b:1::a00:1',
    '1::ffff:10.0.0.1',
  ])('does not hold %s', (address) => {
    expect(addressKind(address)).toBe('public');
    expect(isOwnSide(address)).toBe(false);
    expect(isMulticastOrBroadcast(address)).toBe(false);
  });

  it.each([
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '1:2:3:4:5:6:7::8',
    '12345::',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.1.',
    '10.0.0.0.1',
    'fe80:',
    'fe80::1:',
    'fe80::g',
    '::10.0.0.1:1',
    'host.example',
    'fd00.example',
  ])('does not hold what is no address: "%s"', (text) => {
    expect(addressKind(text)).toBeNull();
    expect(isOwnSide(text)).toBe(false);
  });

  it('does not hold an address that is not known', () => {
    expect(isOwnSide(null)).toBe(false);
    expect(isMulticastOrBroadcast(null)).toBe(false);
  });

  it('takes for addresses what Node takes for them', () => {
    const anyAddress = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.stringMatching(/^[0-9a-f:.]{0,24}$/),
      fc.ipV6().map((address) => address.slice(0, -1)),
    );
    fc.assert(
      fc.property(anyAddress, (address) => {
        // Node refuses leading zeros in IPv4, which some logs write.
        fc.pre(!/(?:^|[.:])0\d+(?:\.|$)/.test(address));
        expect([address, addressKind(address) !== null]).toEqual([address, isIP(address) !== 0]);
      }),
    );
  });

  it('is asked of any text without failing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof isOwnSide(text) === 'boolean'));
  });
});
