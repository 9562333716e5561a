import { describe, expect, test } from 'vitest';
import { InitialKeys } from './initial-keys.js';
import { longHeader } from './long-header.js';
import { type QuicVersion, quicVersion } from './versions.js';

/** Of the examples in RFC 9001 appendix A and RFC 9369 appendix A. */
const ID = Buffer.from('8394c8f03e515708', 'hex');

describe('keys of Initial packets', () => {
  test.each([
    [
      1,
      false,
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ],
    [
      1,
      true,
      'cf3a5331653c364c88f0f379b6067e37',
      '0ac1493ca1905853b0bba03e',
      'c206b8d9b9f0f37644430b490eeaa314',
    ],
    [
      0x6b3343cf,
      false,
      '8b1a0bc121284290a29e0971b5cd045d',
      '91f73e2351d8fa91660e909f',
      '45b95e15235d6f45a6b19cbcb0294ba9',
    ],
    [
      0x6b3343cf,
      true,
      '82db637861d55e1d011f19ea71d5d2a7',
      'dd13c276499c0249d3310652',
      'edf6d05c83121201b436e16877593c3a',
    ],
  ])('of version %i, server %s, are those of the RFC', (version, isServer, key, iv, headerKey) => {
    const keys = new InitialKeys(versionOf(version), ID, isServer);
    expect(keys.key.toString('hex')).toBe(key);
    expect(keys.iv.toString('hex')).toBe(iv);
    expect(keys.headerKey.toString('hex')).toBe(headerKey);
  });

  test('the mask of the header is that of RFC 9001 A.2', () => {
    const keys = new InitialKeys(versionOf(1), ID, false);
    const mask = keys.mask(Buffer.from('d1b1c98dd7689fb8ec11d242b123dc9b', 'hex'));
    expect(mask.subarray(0, 5).toString('hex')).toBe('437b9aec36');
  });

  test('the packet of the server in RFC 9001 A.3 opens, and with one bit changed it does not', () => {
    const packet = Buffer.from(
      'cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee',
      'hex',
    );
    const header = longHeader(packet, 0, packet.length);
    expect(header).toMatchObject({ isInitial: true, idStart: 6, idEnd: 6, numberAt: 18, end: packet.length });
    const keys = new InitialKeys(versionOf(1), ID, true);
    const content = keys.open(packet, 0, 18, packet.length);
    expect(content?.toString('hex')).toMatch(/^02000000000600405a020000560303eefce7f7b37b/);
    packet[60] = (packet[60] as number) ^ 1;
    expect(keys.open(packet, 0, 18, packet.length)).toBeNull();
  });
});

function versionOf(number: number): QuicVersion {
  const version = quicVersion(number);
  if (version === null) throw new Error('not known');
  return version;
}
