import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalise, type JsonValue } from '../custody/canonical-json.js';
import { isSignedBy } from '../custody/keys.js';
import { loadChecks } from './testing/checks.js';

const SHARED = new URL('../../../../shared/data/casework/', import.meta.url);
const hasShared = existsSync(SHARED);
const checks = loadChecks();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex');

describe('hashes of the verifier', () => {
  // FIPS 180-4 examples and NIST's short ones.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('are those of SHA-256 (%#)', (text, expected) => {
    expect(hex(checks.sha256(Buffer.from(text)))).toBe(expected);
  });

  it.each([
    [
      '',
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
    ],
    [
      'abc',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
    [
      'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
      '8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909',
    ],
  ])('are those of SHA-512 (%#)', (text, expected) => {
    expect(hex(checks.sha512(Buffer.from(text)))).toBe(expected);
  });

  it('do not depend on how the bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (parts) => {
        const whole = Buffer.concat(parts);
        expect(hex(checks.sha256(...parts))).toBe(createHash('sha256').update(whole).digest('hex'));
        expect(hex(checks.sha512(whole))).toBe(createHash('sha512').update(whole).digest('hex'));
      }),
    );
  });
});

describe('signatures of the verifier', () => {
  // RFC 8032, 7.1: key, message, signature.
  const VECTORS = [
    [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ] as const;
  const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

  it.each(VECTORS)('are those of RFC 8032 (%#)', (key, message, signature) => {
    expect(checks.isSigned(bytesOf(key), bytesOf(message), bytesOf(signature))).toBe(true);
    expect(checks.isSigned(bytesOf(key), bytesOf(`${message}00`), bytesOf(signature))).toBe(false);
  });

  it('with S at or above the order of the group are refused, though the equation holds', () => {
    for (const [key, message, signature] of VECTORS) {
      const bytes = bytesOf(signature);
      const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + ORDER;
      const changed = Buffer.concat([
        bytes.subarray(0, 32),
        Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(),
      ]);
      expect(checks.isSigned(bytesOf(key), bytesOf(message), changed)).toBe(false);
    }
  });

  it('agree with OpenSSL on keys and points at the edges, and on any bytes', () => {
    // Points of small order, each also with the sign bit and as a y that is not below 2^255 - 19.
    const edges = [
      '0100000000000000000000000000000000000000000000000000000000000000',
      '0100000000000000000000000000000000000000000000000000000000000080',
      '0000000000000000000000000000000000000000000000000000000000000000',
      '0000000000000000000000000000000000000000000000000000000000000080',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
      '0200000000000000000000000000000000000000000000000000000000000000',
    ].map(bytesOf);
    let accepted = 0;
    for (const key of edges) {
      for (const r of edges) {
        for (const s of [0, 1]) {
          // A point of small order vanishes for some of the messages.
          for (let message = 0; message < 4; message += 1) {
            const signature = Buffer.concat([r, Buffer.of(s), Buffer.alloc(31)]);
            const digest = Buffer.alloc(32, message);
            const mine = checks.isSigned(key, digest, signature);
            if (mine !== isSignedBy(key, digest, signature))
              expect([hex(key), hex(r), s, message, mine]).toBe('as OpenSSL');
            accepted += mine ? 1 : 0;
          }
        }
      }
    }
    expect(accepted).toBeGreaterThan(20);
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        (key, signature) => {
          expect(checks.isSigned(key, key, signature)).toBe(isSignedBy(key, key, signature));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('agree with OpenSSL on signatures with a bit turned', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const message = randomBytes(32);
    const good = sign(null, message, privateKey);
    expect(checks.isSigned(key, message, good)).toBe(true);
    for (let bit = 0; bit < 512; bit += 5) {
      const bad = Buffer.from(good);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verify(null, message, createPublicKey(privateKey), bad)).toBe(false);
      expect(checks.isSigned(key, message, bad)).toBe(false);
    }
  });
});

describe('canonical text of the verifier', () => {
  it.skipIf(!hasShared)('is that of RFC 8785 (skipped without ../shared)', () => {
    for (const name of readdirSync(new URL('jcs/input/', SHARED))) {
      const read = (folder: string): string => readFileSync(new URL(`jcs/${folder}/${name}`, SHARED), 'utf8');
      expect(checks.canonical(JSON.parse(read('input'))), name).toBe(read('output'));
    }
  });

  it('is that of the code that keeps the log', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud83d\ude00', '\u0007"\\/', 'é'));
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(null, true, -0, 1e21, 1e-7, 5e-324),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(text, tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (any) => {
        const parsed = JSON.parse(JSON.stringify(any)) as JsonValue;
        expect(checks.canonical(parsed)).toBe(canonicalise(parsed));
      }),
      { numRuns: 1000 },
    );
  });

  it('is not there for half of a pair, what is too deep, or a name that programs drop', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100; level += 1) deep = [deep];
    expect(checks.canonical(deep)).not.toBeNull();
    expect(checks.canonical([deep])).toBeNull();
    expect(checks.canonical({ a: '\ud800' })).toBeNull();
    expect(checks.canonical({ '\udc00': 1 })).toBeNull();
    expect(checks.canonical(JSON.parse('{"__proto__":1}'))).toBeNull();
  });

  it('reads and writes UTF-8 as others do, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        const written = checks.toUtf8(any);
        expect(hex(written)).toBe(Buffer.from(any).toString('hex'));
        expect(checks.fromUtf8(written)).toBe(any);
      }),
    );
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const hostile = fc.array(
      fc.constantFrom(0x41, 0x80, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff),
    );
    fc.assert(
      fc.property(hostile, (numbers) => {
        const bytes = Uint8Array.from(numbers);
        let expected: string | null = null;
        try {
          expected = strict.decode(bytes);
        } catch {}
        expect(checks.fromUtf8(bytes)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('unpacking of the verifier', () => {
  const inflate = (packed: Uint8Array, step: number): Buffer => {
    const pieces: Uint8Array[] = [];
    const unpacker = new checks.Inflate((bytes) => pieces.push(bytes));
    for (let at = 0; at < packed.length; at += step) unpacker.push(packed.subarray(at, at + step));
    unpacker.end();
    return Buffer.concat(pieces);
  };

  it('gives back what was deflated, in pieces of any size', () => {
    const long = Buffer.concat([randomBytes(70_000), Buffer.alloc(100_000, 'ab'), randomBytes(300)]);
    for (const level of [0, 1, 9]) {
      for (const strategy of [0, 1, 2, 3, 4]) {
        const packed = deflateRawSync(long, { level, strategy });
        for (const step of [509, 65_536, packed.length])
          expect(inflate(packed, step).equals(long)).toBe(true);
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 1, max: 40 }), (bytes, step) => {
        expect(hex(inflate(deflateRawSync(bytes), step))).toBe(hex(bytes));
      }),
    );
  });

  it('of anything else ends with an error, and of something cut too', () => {
    const packed = deflateRawSync(Buffer.from('some text that is long enough, some text'));
    for (let length = 0; length < packed.length - 1; length += 1)
      expect(() => inflate(packed.subarray(0, length), 7)).toThrow();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          inflate(bytes, 100);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(cut|damaged)$/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
