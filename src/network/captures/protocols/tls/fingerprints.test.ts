import { describe, expect, test } from 'vitest';
import { type ClientHelloParts, clientHelloMessage } from '../../../../../fixtures/captures/tls-hello.js';
import { type ClientHello, parseClientHello } from './client-hello.js';
import { isGrease, ja3, ja3s, ja4 } from './fingerprints.js';
import type { ServerHello } from './server-hello.js';

const CHROME: ClientHelloParts = {
  serverName: 'www.example.org',
  alpn: ['h2', 'http/1.1'],
  ciphers: [
    0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
    0x009d, 0x002f, 0x0035,
  ],
  groups: [0x2a2a, 0x001d, 0x0017, 0x0018],
  signatureAlgorithms: [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
  versions: [0x4a4a, 0x0304, 0x0303],
  extensions: [
    [0x1a1a, Buffer.alloc(0)],
    ...[0x0005, 0x0012, 0x0017, 0x001b, 0x0023, 0x002d, 0x0033, 0x4469, 0xff01].map(
      (type): [number, Uint8Array] => [type, Buffer.alloc(1)],
    ),
    [0xfafa, Buffer.of(0)],
  ],
  paddingBytes: 10,
};

describe('fingerprints of hellos', () => {
  test('JA4 of a browser, as its description gives it', () => {
    expect(ja4(helloOf(CHROME), 'tls')).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
    expect(ja4(helloOf(CHROME), 'quic')).toBe('q13d1516h2_8daaf6152771_e5627efa2ab1');
  });

  test('the order of ciphers and extensions does not change JA4, that of signature algorithms does', () => {
    const ciphers = [...(CHROME.ciphers ?? [])].reverse();
    const extensions = [...(CHROME.extensions ?? [])].reverse();
    expect(ja4(helloOf({ ...CHROME, ciphers, extensions }), 'tls')).toBe(ja4(helloOf(CHROME), 'tls'));
    const signatureAlgorithms = [...(CHROME.signatureAlgorithms ?? [])].reverse();
    expect(ja4(helloOf({ ...CHROME, signatureAlgorithms }), 'tls')).not.toBe(ja4(helloOf(CHROME), 'tls'));
  });

  test.each([
    [{ alpn: [] }, '00'],
    [{ alpn: ['h'] }, 'hh'],
    [{ alpn: ['http/1.1'] }, 'h1'],
    // ASCII that is no letter or digit: hexadecimal of the whole.
    [{ alpn: [' '] }, '20'],
    [{ alpn: ['a '] }, '60'],
    [{ alpn: [Buffer.from([0x30, 0x31, 0x2d])] }, '3d'],
    [{ alpn: [Buffer.from([0xba, 0xbd]), 'http/1.1'] }, '99'],
    [{ alpn: [Buffer.from([0x78, 0xff])] }, 'x9'],
  ])('letters of the protocol %j are %s', (parts, letters) => {
    expect(ja4(helloOf(parts), 'tls').slice(8, 10)).toBe(letters);
  });

  test.each<[ClientHelloParts, string]>([
    [{ versions: [0x0303, 0x0304] }, '13'],
    [{ versions: [], legacyVersion: 0x0301 }, '10'],
    [{ versions: [], legacyVersion: 0x0300 }, 's3'],
    [{ versions: [0x7f1c] }, '00'],
    [{ versions: [0xfefd, 0xfefc] }, 'd3'],
    [{ versions: [], legacyVersion: 0xfeff }, 'd1'],
    [{ versions: [0x5a5a], legacyVersion: 0x0303 }, '12'],
  ])('version of %j is %s', (parts, version) => {
    expect(ja4(helloOf(parts), 'tls').slice(1, 3)).toBe(version);
  });

  test('a hello without extensions has zeros for them', () => {
    const bare = helloOf({ groups: [], pointFormats: [], signatureAlgorithms: [], versions: [] });
    expect(ja4(bare, 'tls')).toMatch(/^t12i050000_[0-9a-f]{12}_000000000000$/);
  });

  test('counts end at 99', () => {
    const many = helloOf({ ciphers: Array.from({ length: 150 }, (_, index) => index + 1) });
    expect(ja4(many, 'dtls').slice(0, 6)).toBe('d13i99');
  });

  // The three examples that JA3 was published with.
  test('JA3 and JA3S of the published examples', () => {
    const none = { legacyVersion: 769, extensions: [], groups: [], pointFormats: [] };
    const ciphers = [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4];
    const hello = { ...none, ciphers, extensions: [0, 10, 11], groups: [23, 24, 25], pointFormats: [0] };
    expect(ja3(hello as unknown as ClientHello)).toBe('ada70206e40642a3e4461f35503241d5');
    const bare = { ...none, ciphers: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99] };
    expect(ja3(bare as unknown as ClientHello)).toBe('de350869b8c85de67a350c8d186f11e6');
    const answer = { legacyVersion: 769, cipher: 47, extensions: [65281, 0, 11, 35, 5, 16] };
    expect(ja3s(answer as unknown as ServerHello)).toBe('836ce314215654b5b1f85f97c73e506f');
  });

  test('values without meaning are those of RFC 8701', () => {
    const values = Array.from({ length: 0x10000 }, (_, value) => value).filter(isGrease);
    expect(values).toHaveLength(16);
    expect(values).toContain(0x0a0a);
    expect(values).toContain(0xfafa);
    expect(isGrease(0x0a1a)).toBe(false);
  });
});

function helloOf(parts: ClientHelloParts): ClientHello {
  const message = clientHelloMessage(parts);
  const hello = parseClientHello(message, 4, message.length, false);
  if (hello === null) throw new Error('no hello');
  return hello;
}
