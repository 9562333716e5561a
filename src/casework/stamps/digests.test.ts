import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, newDigest, PROOF_HASHES } from './digests.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('hashes of proofs', () => {
  it.each([
    // The authors' page of RIPEMD-160 (Bosselaers).
    ['ripemd160', '', '9c1185a5c5e9fc54612808977ee8f548b2258d31'],
    ['ripemd160', 'a', '0bdc9d2d256b3ee9daae347be6f4dc835a467ffe'],
    ['ripemd160', 'abc', '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc'],
    ['ripemd160', 'message digest', '5d0689ef49d2fae572b881b123a85ffa21595f36'],
    ['ripemd160', 'a'.repeat(1_000_000), '52783243c1697bdbe16d37f97f68f08325dc1528'],
    // Keccak team's test vectors of 2011, and lengths around the block of 136 bytes.
    ['keccak256', '', 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
    ['keccak256', 'abc', '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
    ['keccak256', 'a'.repeat(135), '34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446'],
    ['keccak256', 'a'.repeat(136), 'a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e'],
    ['keccak256', 'a'.repeat(137), 'd869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39'],
    ['sha1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['sha256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ] as const)('%s of known texts (%#)', (name, input, expected) => {
    expect(hex(digestOf(name, text(input)))).toBe(expected);
  });

  it('RIPEMD-160 agrees with OpenSSL, where that still has it', ({ skip }) => {
    try {
      createHash('ripemd160');
    } catch {
      skip('this OpenSSL has no RIPEMD-160');
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(hex(digestOf('ripemd160', bytes))).toBe(createHash('ripemd160').update(bytes).digest('hex'));
      }),
    );
  });

  it('gives the same however the bytes come', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PROOF_HASHES),
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }),
        (name, pieces) => {
          const running = newDigest(name);
          for (const piece of pieces) running.update(piece);
          expect(hex(running.digest())).toBe(hex(digestOf(name, Buffer.concat(pieces))));
        },
      ),
    );
  });
});
