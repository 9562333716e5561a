import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from './digests.js';
import {
  type BlockHeader,
  infoText,
  MAX_PROOF_BYTES,
  type OtsProof,
  readBlockHeader,
  readProof,
  verifyProof,
} from './opentimestamps.js';
import { StampError } from './stamp-error.js';
import {
  append,
  attestation,
  inBlock,
  otsProof,
  type ProofPart,
  pending,
  prepend,
  STEP,
  unsigned,
} from './testing/ots-proof.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const DIGEST = new Uint8Array(createHash('sha256').update('a file').digest());
const CALENDAR = 'https://calendar.example.org';

/** Code of the error that reading ends in, or "read". */
function outcome(bytes: Uint8Array): string {
  try {
    readProof(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof StampError) return error.code;
    throw error;
  }
}

/** The first block of the chain, which every copy of Bitcoin carries in its source. */
const GENESIS_ROOT = '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b';
const GENESIS =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f61' +
  '7fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c';

/** A header that fits whatever message the proof ends in. */
function fittingHeader(proof: OtsProof, height: number): BlockHeader {
  const end = proof.attested.find(({ attestation: { kind } }) => kind === 'bitcoin');
  return readBlockHeader(height, hex((end?.message ?? new Uint8Array()).toReversed()));
}

describe('reading OpenTimestamps proofs', () => {
  it('applies every operation on the way', () => {
    const proof = readProof(
      otsProof(
        'sha256',
        DIGEST,
        append(Uint8Array.of(1, 2)),
        STEP.sha1,
        prepend(Uint8Array.of(3)),
        STEP.ripemd160,
        STEP.keccak256,
        STEP.hexlify,
        STEP.reverse,
        STEP.sha256,
        pending(CALENDAR),
      ),
    );
    const sha1 = createHash('sha1')
      .update(Buffer.concat([DIGEST, Uint8Array.of(1, 2)]))
      .digest();
    const keccak = digestOf('keccak256', digestOf('ripemd160', Buffer.concat([Uint8Array.of(3), sha1])));
    const reversed = Buffer.from(hex(keccak), 'latin1').toReversed();
    expect(hex(proof.attested[0]?.message ?? new Uint8Array())).toBe(
      createHash('sha256').update(reversed).digest('hex'),
    );
    expect(proof).toMatchObject({ version: 1, fileHash: 'sha256', operationCount: 8 });
    expect(infoText(proof)).toBe(
      [
        `File sha256 hash: ${hex(DIGEST)}`,
        'Timestamp:',
        'append 0102',
        'sha1',
        'prepend 03',
        'ripemd160',
        'keccak256',
        'hexlify',
        'reverse',
        'sha256',
        `verify PendingAttestation('${CALENDAR}')`,
        '',
      ].join('\n'),
    );
  });

  it('shows forks inside forks, attestations of every kind, and keeps what it does not know', () => {
    const proof = readProof(
      otsProof(
        'sha256',
        DIGEST,
        STEP.fork,
        pending(CALENDAR),
        STEP.fork,
        append(Uint8Array.of(9)),
        inBlock(500_000),
        STEP.sha256,
        STEP.fork,
        STEP.reverse,
        inBlock(7, 'litecoin'),
        attestation('0102030405060708', Uint8Array.of(0x78, 0x79)),
      ),
    );
    expect(proof.attested.map(({ attestation: { kind }, forkDepth }) => [kind, forkDepth])).toEqual([
      ['pending', 1],
      ['bitcoin', 1],
      ['litecoin', 1],
      ['unknown', 0],
    ]);
    const sha = createHash('sha256').update(DIGEST).digest();
    expect(infoText(proof).split('\n').slice(2)).toEqual([
      `verify PendingAttestation('${CALENDAR}')`,
      ' -> append 09',
      '    verify BitcoinBlockHeaderAttestation(500000)',
      `    # Bitcoin block merkle root 09${hex(DIGEST.toReversed())}`,
      ' -> sha256',
      '    verify UnknownAttestation(0102030405060708, 7879)',
      '    reverse',
      '    verify LitecoinBlockHeaderAttestation(7)',
      `    # Litecoin block merkle root ${hex(sha)}`,
      '',
    ]);
    expect(proof.attested[3]?.attestation).toEqual({
      kind: 'unknown',
      tag: '0102030405060708',
      payload: Uint8Array.of(0x78, 0x79),
    });
  });

  it('does not change with the bytes it was read from', () => {
    const bytes = Buffer.from(otsProof('sha256', DIGEST, append(Uint8Array.of(1)), inBlock(1)));
    const proof = readProof(bytes);
    const before = infoText(proof);
    bytes.fill(0);
    expect(infoText(proof)).toBe(before);
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'empty'],
    ['another format', Buffer.from('PK\x03\x04'), 'wrong-format'],
    [
      'a magic number changed in its last byte',
      otsProof('sha256', DIGEST, inBlock(1)).with(30, 0),
      'wrong-format',
    ],
    ['another version', otsProof('sha256', DIGEST, inBlock(1)).with(31, 2), 'not-supported'],
    ['a file hash nobody knows', otsProof('sha256', DIGEST, inBlock(1)).with(32, 0x55), 'not-supported'],
    [
      'an operation nobody knows',
      otsProof('sha256', DIGEST, Uint8Array.of(0x55), inBlock(1)),
      'not-supported',
    ],
    ['no attestation', otsProof('sha256', DIGEST), 'damaged'],
    ['a fork without its second branch', otsProof('sha256', DIGEST, STEP.fork, inBlock(1)), 'damaged'],
    ['two forks at once', otsProof('sha256', DIGEST, STEP.fork, STEP.fork, inBlock(1)), 'not-supported'],
    ['bytes after the end', otsProof('sha256', DIGEST, inBlock(1), Uint8Array.of(0)), 'trailing-bytes'],
    [
      'bytes after a height',
      otsProof('sha256', DIGEST, attestation('0588960d73d71901', Uint8Array.of(1, 1))),
      'trailing-bytes',
    ],
    [
      'a height beyond all blocks',
      otsProof('sha256', DIGEST, attestation('0588960d73d71901', unsigned(2 ** 33))),
      'damaged',
    ],
    [
      'a number that never ends',
      otsProof('sha256', DIGEST, attestation('0588960d73d71901', new Uint8Array(12).fill(0x80))),
      'damaged',
    ],
    ['an address with a line end in it', otsProof('sha256', DIGEST, pending('https://x\nverify')), 'damaged'],
    ['an empty operand', otsProof('sha256', DIGEST, append(new Uint8Array()), inBlock(1)), 'damaged'],
  ])('says what is wrong with %s', (_, bytes, code) => {
    expect(outcome(bytes)).toBe(code);
  });

  it.each<[string, ProofPart[], string]>([
    ['messages up to 4,096 bytes', [append(new Uint8Array(4_064))], 'read'],
    ['no longer messages', [append(new Uint8Array(4_065))], 'limit-bytes'],
    ['no longer operands', [append(new Uint8Array(4_097))], 'limit-bytes'],
    ['no doubling beyond that', Array.from({ length: 8 }, () => STEP.hexlify), 'limit-bytes'],
    ['no addresses above 1,000 bytes', [pending('a'.repeat(1_001))], 'limit-bytes'],
    ['payloads up to 8,192 bytes', [STEP.fork, attestation('00'.repeat(8), new Uint8Array(8_192))], 'read'],
    ['no longer payloads', [attestation('00'.repeat(8), new Uint8Array(8_193))], 'limit-bytes'],
    ['1,000 operations on the way', Array.from({ length: 1_000 }, () => STEP.reverse), 'read'],
    ['no longer way', Array.from({ length: 1_001 }, () => STEP.reverse), 'limit-depth'],
    [
      '64 forks on the way',
      Array.from({ length: 64 }, () => [STEP.fork, STEP.sha256, pending('a'), STEP.reverse]).flat(),
      'read',
    ],
    [
      'no more forks on the way',
      Array.from({ length: 65 }, () => [STEP.fork, STEP.sha256, pending('a'), STEP.reverse]).flat(),
      'limit-depth',
    ],
    [
      'no more than 1,000 attestations',
      Array.from({ length: 1_000 }, () => [STEP.fork, pending('a')]).flat(),
      'limit-count',
    ],
    [
      'no more than 10,000 operations',
      Array.from({ length: 12 }, () => [
        STEP.fork,
        ...Array.from({ length: 900 }, () => STEP.reverse),
        pending('a'),
      ]).flat(),
      'limit-count',
    ],
  ])('takes %s', (_, parts, code) => {
    expect(outcome(otsProof('sha256', DIGEST, ...parts, inBlock(1)))).toBe(code);
  });

  it('takes no file above one megabyte', () => {
    const huge = new Uint8Array(MAX_PROOF_BYTES + 1);
    huge.set(otsProof('sha256', DIGEST, inBlock(1)));
    expect(outcome(huge)).toBe('limit-bytes');
  });

  it('is quick with the slowest proof within the limits', () => {
    const branches = Array.from({ length: 999 }, () => [STEP.fork, STEP.keccak256, pending('a')]).flat();
    const started = performance.now();
    readProof(otsProof('sha256', DIGEST, append(new Uint8Array(4_064)), ...branches, inBlock(1)));
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('gives a proof or a typed error for any bytes', () => {
    const start = otsProof('sha256', DIGEST);
    const tag = fc.constantFrom(0, 2, 3, 8, 0x67, 0xf0, 0xf1, 0xf2, 0xf3, 0xff);
    const tree = fc.array(fc.oneof({ weight: 3, arbitrary: tag }, fc.nat(255)), { maxLength: 300 });
    fc.assert(
      fc.property(fc.oneof(tree, fc.array(fc.nat(255))), fc.boolean(), (tail, headed) => {
        const bytes = Uint8Array.from([...(headed ? start : []), ...tail]);
        try {
          const proof = readProof(bytes);
          expect(infoText(proof)).toContain('Timestamp:');
          expect(verifyProof(proof, DIGEST, [readBlockHeader(0, GENESIS)]).holds).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(StampError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('verifying OpenTimestamps proofs', () => {
  const path = [append(Uint8Array.of(1, 2, 3)), STEP.sha256, prepend(Uint8Array.of(4)), STEP.sha256];

  it('holds when the final message is the Merkle root of the block, and tells the time of its header', () => {
    const digest = bytesOf(GENESIS_ROOT);
    const header = readBlockHeader(0, GENESIS);
    expect(header).toEqual({
      chain: 'bitcoin',
      height: 0,
      merkleRoot: GENESIS_ROOT,
      time: '2009-01-03T18:15:05.000000Z',
      blockHash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
    });
    const verdict = verifyProof(readProof(otsProof('sha256', digest, STEP.reverse, inBlock(0))), digest, [
      header,
    ]);
    expect(verdict).toMatchObject({ state: 'anchored', holds: true, weakHash: false });
    expect(verdict.attestations[0]).toMatchObject({
      state: 'anchored',
      message: GENESIS_ROOT,
      headers: [header],
    });
  });

  it('fails a well-formed proof that leads elsewhere', () => {
    const proof = readProof(otsProof('sha256', DIGEST, ...path, inBlock(100)));
    const other = readBlockHeader(100, '11'.repeat(32));
    expect(verifyProof(proof, DIGEST, [other])).toMatchObject({ state: 'mismatch', holds: false });
    expect(verifyProof(proof, DIGEST, [fittingHeader(proof, 100)]).holds).toBe(true);
    // Printed order is the reverse of the proof's: the unreversed root is another number.
    const unreversed = readBlockHeader(100, hex(proof.attested[0]?.message ?? new Uint8Array()));
    expect(verifyProof(proof, DIGEST, [unreversed]).state).toBe('mismatch');
  });

  it('shows nothing by two headers for one height that contradict each other', () => {
    const proof = readProof(otsProof('sha256', DIGEST, ...path, inBlock(100)));
    const headers = [fittingHeader(proof, 100), readBlockHeader(100, '11'.repeat(32))];
    expect(verifyProof(proof, DIGEST, headers)).toMatchObject({ state: 'mismatch', holds: false });
  });

  it('is about no other file, height or chain', () => {
    const proof = readProof(otsProof('sha256', DIGEST, ...path, inBlock(100)));
    const header = fittingHeader(proof, 100);
    expect(verifyProof(proof, DIGEST.with(0, 1), [header])).toMatchObject({
      state: 'wrong-digest',
      holds: false,
    });
    expect(verifyProof(proof, DIGEST, [{ ...header, height: 101 }]).state).toBe('no-header');
    expect(verifyProof(proof, DIGEST, [{ ...header, chain: 'litecoin' }]).state).toBe('no-header');
    expect(verifyProof(proof, DIGEST, [])).toMatchObject({ state: 'no-header', holds: false });
  });

  it('keeps pending and unknown apart from anchored', () => {
    const pendingOnly = readProof(otsProof('sha256', DIGEST, pending(CALENDAR)));
    expect(verifyProof(pendingOnly, DIGEST, [])).toMatchObject({ state: 'pending', holds: false });
    const unknown = readProof(otsProof('sha256', DIGEST, attestation('0102030405060708', new Uint8Array())));
    expect(verifyProof(unknown, DIGEST, [])).toMatchObject({ state: 'unknown', holds: false });
    const both = readProof(otsProof('sha256', DIGEST, STEP.fork, pending(CALENDAR), ...path, inBlock(100)));
    const verdict = verifyProof(both, DIGEST, [fittingHeader(both, 100)]);
    expect(verdict.state).toBe('anchored');
    expect(verdict.attestations.map(({ state }) => state)).toEqual(['pending', 'anchored']);
    // A mismatch must not hide behind what is only pending.
    expect(verifyProof(both, DIGEST, [readBlockHeader(100, '11'.repeat(32))]).state).toBe('mismatch');
  });

  it('warns of SHA-1, as hash of the file and on the way', () => {
    const sha1 = DIGEST.slice(0, 20);
    const ofFile = readProof(otsProof('sha1', sha1, ...path, inBlock(100)));
    const onWay = readProof(otsProof('sha256', DIGEST, STEP.sha1, ...path, inBlock(100)));
    for (const [proof, digest] of [
      [ofFile, sha1],
      [onWay, DIGEST],
    ] as const) {
      const verdict = verifyProof(proof, digest, [fittingHeader(proof, 100)]);
      expect(verdict).toMatchObject({ state: 'anchored', weakHash: true, holds: false });
    }
    const alsoOther = otsProof('sha256', DIGEST, STEP.fork, STEP.sha1, inBlock(100), ...path, inBlock(101));
    const proof = readProof(alsoOther);
    const end = hex((proof.attested[1]?.message ?? new Uint8Array()).toReversed());
    expect(verifyProof(proof, DIGEST, [readBlockHeader(101, end)])).toMatchObject({
      holds: true,
      weakHash: false,
    });
  });

  it('accepts no proof with any bit changed', () => {
    const bytes = otsProof('sha256', DIGEST, ...path, inBlock(100));
    const header = fittingHeader(readProof(bytes), 100);
    let accepted = 0;
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        if (verifyProof(readProof(changed), DIGEST, [header]).holds) accepted += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(StampError);
      }
    }
    expect(accepted).toBe(0);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(outcome(bytes.subarray(0, length))).not.toBe('read');
    }
  });
});

describe('block headers as people give them', () => {
  it.each([
    ['a header with a digit changed', GENESIS.replace('29ab5f49', '29ab5f48')],
    ['a header that claims to be easier than any block was', GENESIS.replace('ffff001d', 'ffff7f20')],
  ])('refuses %s: its work is missing', (_, header) => {
    expect(() => readBlockHeader(0, header)).toThrow(new StampError('damaged', 'block 0'));
  });

  it('does not measure the work of Litecoin, which has another hash', () => {
    expect(readBlockHeader(0, GENESIS.replace('29ab5f49', '29ab5f48'), 'litecoin').blockHash).toBeNull();
  });

  it('refuses what is neither header nor Merkle root, and heights that are none', () => {
    for (const text of ['', 'xyz', 'ab'.repeat(31), `${GENESIS}00`]) {
      expect(() => readBlockHeader(1, text)).toThrow(StampError);
    }
    for (const height of [-1, 1.5, Number.NaN, 2 ** 40]) {
      expect(() => readBlockHeader(height, '11'.repeat(32))).toThrow(StampError);
    }
    fc.assert(
      fc.property(
        fc.integer(),
        fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{160}$/)),
        (height, text) => {
          try {
            readBlockHeader(height, text);
          } catch (error) {
            expect(error).toBeInstanceOf(StampError);
          }
        },
      ),
    );
  });
});

const SHARED = new URL('../../../../shared/data/casework/opentimestamps/', import.meta.url);
const shared = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, SHARED)));

describe.skipIf(!existsSync(SHARED))('published proofs (skipped without ../shared)', () => {
  const ALICE = 'https://alice.btc.calendar.opentimestamps.org';
  const BOB = 'https://bob.btc.calendar.opentimestamps.org';
  const FINNEY = 'https://finney.calendar.eternitywall.com';

  it.each([
    [
      'hello-world.txt',
      688,
      'sha256',
      '03ba204e50d126e4674c005e04d82e84c21366780af1f43bd54a37816b6ab340',
      38,
    ],
    ['incomplete.txt', 175, 'sha256', '05c4f616a8e5310d19d938cfd769864d7f4ccdc2ca8b479b10af83564b097af9', 6],
    ['merkle1.txt', 335, 'sha256', 'd32fee9a827f5a0d580f80beb7edce662dd99fcd6591e4ef8a6244403df0b7c9', 14],
    ['merkle2.txt', 335, 'sha256', '8bd5a5f07b4451c29756df5eb51d194fb5b20c7e89812d877bbad30d871c582f', 14],
    [
      'two-calendars.txt',
      265,
      'sha256',
      'efaa174f68e59705757460f4f7d204bd2b535cfd194d9d945418732129404ddb',
      10,
    ],
    ['ripemd160', 445, 'ripemd160', '0423ced4914bc5e47aeda314b5993b7bd796fe00', 20],
    [
      'unknown-notary.txt',
      175,
      'sha256',
      'dcc21d1d1f42a436a2a07fc915dec04db41b83c898845948c3d664b6660f4f91',
      6,
    ],
  ] as const)('%s has the digest and the operations of the table', (name, size, hash, digest, operations) => {
    const bytes = shared(`${name}.ots`);
    const proof = readProof(bytes);
    expect(bytes.length).toBe(size);
    expect(proof).toMatchObject({ version: 1, fileHash: hash, operationCount: operations });
    expect(hex(proof.digest)).toBe(digest);
    expect(hex(digestOf(proof.fileHash, shared(name)))).toBe(digest);
  });

  it.each([
    [
      'incomplete.txt',
      [[ALICE, 0]],
      '57cfa5c46716df9bd9e83595bce439c58108d8fcc1678f30d4c6731c3f1fa6c79ed712c66fb1ac8d4e4eb0e7',
    ],
    [
      'merkle1.txt',
      [
        [ALICE, 1],
        [BOB, 0],
      ],
      '57d982df8b35bc0a91a93d6d17e0162868dc123bc8b1bbfab22af9268f7fea70376b5cb0b1f26e2e55590477',
    ],
    [
      'merkle2.txt',
      [
        [ALICE, 1],
        [BOB, 0],
      ],
      '57d982df8b35bc0a91a93d6d17e0162868dc123bc8b1bbfab22af9268f7fea70376b5cb0b1f26e2e55590477',
    ],
    [
      'two-calendars.txt',
      [
        [ALICE, 1],
        [BOB, 0],
      ],
      '57d46515fdd8c2334c77b1f204338bb2178d73e523988d7dcda13259d3a099f31623755deadd66b1688d5574',
    ],
    [
      'ripemd160',
      [
        [ALICE, 1],
        [BOB, 1],
        [FINNEY, 0],
      ],
      null,
    ],
  ] as const)('%s is not yet anchored', (name, attestations, firstMessage) => {
    const proof = readProof(shared(`${name}.ots`));
    expect(proof.attested.map((item) => [item.attestation, item.forkDepth])).toEqual(
      attestations.map(([calendar, depth]) => [{ kind: 'pending', calendar }, depth]),
    );
    if (firstMessage !== null) expect(hex(proof.attested[0]?.message ?? new Uint8Array())).toBe(firstMessage);
    expect(verifyProof(proof, proof.digest, [])).toMatchObject({ state: 'pending', holds: false });
  });

  it('merkle1 and merkle2 share one tree', () => {
    const ends = ['merkle1.txt.ots', 'merkle2.txt.ots'].map((name) =>
      readProof(shared(name)).attested.map(({ message }) => hex(message)),
    );
    expect(ends[0]).toEqual(ends[1]);
  });

  it('hello-world leads to block 358391, and to no other root', () => {
    const proof = readProof(shared('hello-world.txt.ots'));
    const root = '8a1b66ecb7cbd07d8139a7e7d7f2c41aab1f5009b8364aaf61d03ad245e47e00';
    expect(proof.attested.map((item) => [item.attestation, item.forkDepth, hex(item.message)])).toEqual([
      [
        { kind: 'bitcoin', height: 358_391 },
        0,
        '007ee445d23ad061af4a36b809501fab1ac4f2d7e7a739817dd0cbb7ec661b8a',
      ],
    ]);
    const digest = digestOf('sha256', shared('hello-world.txt'));
    expect(verifyProof(proof, digest, [readBlockHeader(358_391, root)]).holds).toBe(true);
    expect(verifyProof(proof, digest, [readBlockHeader(358_391, root.replace('8a', '8b'))]).state).toBe(
      'mismatch',
    );
    expect(infoText(proof)).toContain(
      `verify BitcoinBlockHeaderAttestation(358391)\n# Bitcoin block merkle root ${root}\n`,
    );
  });

  it('unknown-notary is kept and shown', () => {
    const proof = readProof(shared('unknown-notary.txt.ots'));
    expect(proof.attested[0]?.attestation).toEqual({
      kind: 'unknown',
      tag: '0102030405060708',
      payload: new Uint8Array(46).fill(0x78),
    });
    expect(infoText(proof)).toContain(`verify UnknownAttestation(0102030405060708, ${'78'.repeat(46)})`);
  });

  it.each(['incomplete.txt.ots', 'merkle2.txt.ots'])(
    'the dump of %s is equal to the published one',
    (name) => {
      expect(infoText(readProof(shared(name)))).toBe(Buffer.from(shared(`${name}.info`)).toString());
    },
  );
});
