import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  makeRequest,
  readReply,
  readRequest,
  type StampProblemCode,
  type StampVerdict,
  verifyReply,
} from './rfc3161.js';
import { StampError } from './stamp-error.js';
import {
  type AuthorityOptions,
  type ReplyOptions,
  type SyntheticAuthority,
  TIME_STAMPING,
  timeStampAuthority,
} from './testing/time-stamp-authority.js';

const DIGEST = new Uint8Array(createHash('sha256').update('one day of a log').digest());
const NONCE = new Uint8Array(Buffer.from('f00dcafe01020304', 'hex'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

// Keys are made once per kind of authority: RSA keys take their time.
const authorities = new Map<string, Promise<SyntheticAuthority>>();
function authority(options: AuthorityOptions = {}): Promise<SyntheticAuthority> {
  const key = JSON.stringify(options);
  const known = authorities.get(key) ?? timeStampAuthority(options);
  authorities.set(key, known);
  return known;
}

async function verdictOf(
  authorityOptions: AuthorityOptions,
  replyOptions: Partial<ReplyOptions> = {},
): Promise<StampVerdict> {
  const made = await authority(authorityOptions);
  const reply = readReply(await made.reply({ digest: DIGEST, nonce: NONCE, ...replyOptions }));
  return verifyReply(reply, { digest: DIGEST, nonce: NONCE, trustedCertificates: [made.rootPem] });
}

const codes = (verdict: StampVerdict): StampProblemCode[] => verdict.problems.map(({ code }) => code);

/** Code of the error that reading ends in, or "read". */
function outcome(bytes: Uint8Array, read: (bytes: Uint8Array) => unknown = readReply): string {
  try {
    read(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof StampError) return error.code;
    throw error;
  }
}

describe('requests', () => {
  it('are what RFC 3161 describes, byte by byte', () => {
    expect(hex(makeRequest(DIGEST, NONCE))).toBe(
      `3044020101${'3031300d060960864801650304020105000420'}${hex(DIGEST)}020900f00dcafe010203040101ff`,
    );
  });

  it.each([
    ['sha256', 32],
    ['sha384', 48],
    ['sha512', 64],
  ] as const)('are read back, with %s', (digestName, length) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: length, maxLength: length }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        (digest, nonce) => {
          expect(readRequest(makeRequest(digest, nonce))).toEqual({
            digestName,
            digest,
            nonce: BigInt(`0x${hex(nonce)}`).toString(16),
            wantsCertificates: true,
          });
        },
      ),
    );
  });

  it('are not made for digests that no accepted hash has, nor with endless nonces', () => {
    for (const length of [0, 16, 20, 28, 33, 65]) {
      expect(() => makeRequest(new Uint8Array(length), NONCE)).toThrow(
        new StampError('not-supported', `digest of ${length} bytes`),
      );
    }
    expect(() => makeRequest(DIGEST, new Uint8Array(300).fill(1))).toThrow(StampError);
  });

  it('of others are read or refused with a typed error, whatever they hold', () => {
    const request = makeRequest(DIGEST, NONCE);
    // SHA-1's OID in place of SHA-256's would need another length: a version 2 and a strange hash must do.
    expect(outcome(request.with(4, 2), readRequest)).toBe('not-supported');
    expect(outcome(request.with(19, 9), readRequest)).toBe('not-supported');
    fc.assert(
      fc.property(fc.nat(request.length - 1), fc.nat(255), fc.uint8Array(), (at, byte, tail) => {
        outcome(Uint8Array.from([...request.with(at, byte), ...tail]), readRequest);
        outcome(tail, readRequest);
      }),
    );
  });
});

describe('replies of an authority', () => {
  it('hold when everything is right, and say all they state', async () => {
    const verdict = await verdictOf({});
    expect(verdict).toMatchObject({
      holds: true,
      problems: [],
      status: 'granted',
      nonceCompared: true,
      stated: {
        at: '2026-03-04T05:06:07.250000Z',
        accuracy: 1_020_003,
        policy: '1.3.6.1.4.1.32473.2',
        serial: '1267',
        ordering: true,
        nonce: 'f00dcafe01020304',
        authority: null,
      },
      signer: {
        subject: 'CN=Synthetic stamp signer',
        issuer: 'CN=Synthetic intermediate',
        serial: 'beef',
        validFrom: '2020-01-01T00:00:00.000000Z',
        validTo: '2040-01-01T00:00:00.000000Z',
      },
      trustedBy: { subject: 'CN=Synthetic root' },
    });
  });

  it.each([
    { key: 'rsa', hash: 'SHA-256' },
    { key: 'rsa', hash: 'SHA-512' },
    { key: 'rsa-pss', hash: 'SHA-256' },
    { key: 'rsa-pss', hash: 'SHA-384' },
    { key: 'ecdsa-p256', hash: 'SHA-384' },
    { key: 'ecdsa-p384', hash: 'SHA-512' },
  ] as const)('hold with $key and $hash', async (options) => {
    expect(codes(await verdictOf(options))).toEqual([]);
  });

  it.each([
    ['SHA-384', 48],
    ['SHA-512', 64],
  ])('hold over %s digests', async (_, length) => {
    const digest = new Uint8Array(length).fill(3);
    const made = await authority();
    const reply = readReply(await made.reply({ digest, nonce: NONCE }));
    const trustedCertificates = [made.rootPem];
    expect(codes(verifyReply(reply, { digest, nonce: NONCE, trustedCertificates }))).toEqual([]);
    const other = digest.with(0, 4);
    expect(codes(verifyReply(reply, { digest: other, trustedCertificates }))).toEqual(['imprint-mismatch']);
    expect(codes(verifyReply(reply, { digest: DIGEST, trustedCertificates }))).toEqual(['imprint-mismatch']);
  });

  it.each<[string, AuthorityOptions, Partial<ReplyOptions>, StampProblemCode[]]>([
    ['another digest', {}, { digest: DIGEST.with(5, 0) }, ['imprint-mismatch']],
    [
      'the same bytes called another hash',
      {},
      { digestOid: '2.16.840.1.101.3.4.2.8' },
      ['unsupported-algorithm'],
    ],
    ['a SHA-1 digest', {}, { digest: DIGEST.slice(0, 20) }, ['unsupported-algorithm']],
    ['another nonce', {}, { nonce: NONCE.with(7, 5) }, ['nonce-mismatch']],
    ['a rejection', {}, { status: 2, withoutToken: true }, ['not-granted']],
    ['a notice of revocation', {}, { status: 5 }, ['not-granted']],
    ['a warning of revocation', {}, { status: 4 }, ['not-granted']],
    ['no token', {}, { withoutToken: true }, ['no-token']],
    [
      'a purpose besides',
      { purposes: [TIME_STAMPING, '1.3.6.1.5.5.7.3.1'] },
      {},
      ['no-timestamping-purpose'],
    ],
    ['another purpose', { purposes: ['1.3.6.1.5.5.7.3.3'] }, {}, ['no-timestamping-purpose']],
    ['any purpose', { purposes: ['2.5.29.37.0'] }, {}, ['no-timestamping-purpose']],
    ['no purpose', { purposes: null }, {}, ['no-timestamping-purpose']],
    ['a purpose that is not critical', { purposesCritical: false }, {}, ['no-timestamping-purpose']],
    ['a key also for encryption', { keyUsage: 0xa0 }, {}, ['no-timestamping-purpose']],
    ['a key for nothing', { keyUsage: 0 }, {}, ['no-timestamping-purpose']],
    [
      'a time before the certificate',
      {},
      { at: new Date('2019-12-31T23:59:59Z') },
      ['outside-validity', 'outside-validity'],
    ],
    [
      'a time after it',
      { signerValid: ['2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z'] },
      {},
      ['outside-validity'],
    ],
    [
      'an intermediate that had expired',
      { intermediateValid: ['2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z'] },
      {},
      ['outside-validity'],
    ],
    ['an intermediate that is no authority', { intermediateIsAuthority: false }, {}, ['untrusted-signer']],
    [
      'an intermediate with an unknown condition',
      { intermediateUnknownCritical: true },
      {},
      ['untrusted-signer'],
    ],
    ['a root that allows no intermediate', { rootPathLength: 0 }, {}, ['untrusted-signer']],
    ['the intermediate left out', {}, { certificates: 'signer' }, ['untrusted-signer']],
    ['all certificates left out', {}, { certificates: 'none' }, ['no-signer-certificate']],
    ['the hash of another certificate', {}, { names: 'v2-other' }, ['signer-not-bound']],
    ['no hash of the certificate', {}, { names: 'none' }, ['signer-not-bound']],
    ['a wrong signature', {}, { signature: 'wrong' }, ['bad-signature']],
    ['a wrong digest of the content', {}, { messageDigest: 'wrong' }, ['bad-signature']],
    ['another content type', {}, { contentType: '1.2.840.113549.1.7.1' }, ['bad-signature']],
    ['no signer', {}, { signers: 0 }, ['bad-signature']],
    ['two signers', {}, { signers: 2 }, ['bad-signature']],
    ['an unknown condition in the stamp', {}, { criticalExtension: true }, ['unknown-critical-extension']],
    ['a short key', { key: 'rsa-1024' }, {}, ['unsupported-algorithm']],
    ['a SHA-1 signature', { hash: 'SHA-1' }, {}, ['unsupported-algorithm']],
  ])('do not hold with %s', async (_, authorityOptions, replyOptions, expected) => {
    const verdict = await verdictOf(authorityOptions, replyOptions);
    expect(codes(verdict)).toEqual(expected);
    expect(verdict.holds).toBe(false);
  });

  it.each<[string, AuthorityOptions, Partial<ReplyOptions>]>([
    ['granted with changes', {}, { status: 1 }],
    ['the older name of the certificate, by SHA-1', {}, { names: 'v1' }],
    ['no key usage', { keyUsage: null }, {}],
    ['key usage for signing documents', { keyUsage: 0xc0 }, {}],
    [
      'the very last second of the certificate',
      { signerValid: ['2020-01-01T00:00:00Z', '2026-03-04T05:06:07Z'] },
      {},
    ],
  ])('hold with %s', async (_, authorityOptions, replyOptions) => {
    expect(codes(await verdictOf(authorityOptions, replyOptions))).toEqual([]);
  });

  it('say why they were refused', async () => {
    const verdict = await verdictOf(
      {},
      {
        status: 2,
        statusText: 'Ask again on Monday',
        failure: Uint8Array.of(0x80, 0, 0, 0x40),
        withoutToken: true,
      },
    );
    expect(verdict).toMatchObject({
      status: 'rejected',
      statusTexts: ['Ask again on Monday'],
      failures: ['bad-algorithm', 'system-failure'],
      stated: null,
    });
  });

  it('are compared with a nonce only when there is one, and say so', async () => {
    const made = await authority();
    const trustedCertificates = [made.rootPem];
    const without = readReply(await made.reply({ digest: DIGEST }));
    expect(codes(verifyReply(without, { digest: DIGEST, nonce: NONCE, trustedCertificates }))).toEqual([
      'nonce-mismatch',
    ]);
    expect(verifyReply(without, { digest: DIGEST, trustedCertificates })).toMatchObject({
      holds: true,
      nonceCompared: false,
    });
    const withNonce = readReply(await made.reply({ digest: DIGEST, nonce: NONCE }));
    const { nonce } = readRequest(makeRequest(DIGEST, NONCE));
    expect(verifyReply(withNonce, { digest: DIGEST, nonce: nonce ?? '', trustedCertificates }).holds).toBe(
      true,
    );
  });

  it('need a certificate that the person trusts', async () => {
    const made = await authority();
    const stranger = await authority({ key: 'ecdsa-p384' });
    const reply = readReply(await made.reply({ digest: DIGEST }));
    const check = (...trustedCertificates: string[]): StampVerdict =>
      verifyReply(reply, { digest: DIGEST, trustedCertificates });
    expect(codes(check())).toEqual(['untrusted-signer']);
    // Same names, other keys.
    expect(codes(check(stranger.rootPem))).toEqual(['untrusted-signer']);
    expect(check(stranger.rootPem, made.rootPem).holds).toBe(true);
    expect(check(`Notes before\n${stranger.rootPem}\nand between\n${made.rootPem}`).holds).toBe(true);
    // The signer's own certificate, pinned.
    expect(check(made.signerPem)).toMatchObject({ holds: true, trustedBy: { serial: 'beef' } });
    const bare = readReply(await made.reply({ digest: DIGEST, certificates: 'none' }));
    expect(verifyReply(bare, { digest: DIGEST, trustedCertificates: [made.signerPem] }).holds).toBe(true);
  });

  it('are not compared at all with a file that holds no certificate', async () => {
    const reply = readReply(await (await authority()).reply({ digest: DIGEST }));
    const check = (pem: string) => () => verifyReply(reply, { digest: DIGEST, trustedCertificates: [pem] });
    expect(check('hello')).toThrow(new StampError('wrong-format', 'certificate file 1'));
    expect(check('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrow(
      new StampError('wrong-format', 'certificate 1'),
    );
    expect(() => verifyReply(reply, { digest: new Uint8Array(20), trustedCertificates: [] })).toThrow(
      new StampError('not-supported', 'digest of 20 bytes'),
    );
  });
});

describe('hostile replies', () => {
  it('a change of a bit in any byte never makes another stamp that holds', async () => {
    const made = await authority();
    const bytes = await made.reply({ digest: DIGEST, nonce: NONCE, certificates: 'all' });
    const expected = { digest: DIGEST, nonce: NONCE, trustedCertificates: [made.rootPem] };
    const right = verifyReply(readReply(bytes), expected);
    expect(right.holds).toBe(true);
    let falseAccepts = 0;
    let stillHeld = 0;
    for (const [index, byte] of bytes.entries()) {
      // Another bit in every byte: trying all eight takes half a minute, and made no false accept either.
      const changed = bytes.with(index, byte ^ (1 << ((5 * index + 3) & 7)));
      try {
        const verdict = verifyReply(readReply(changed), expected);
        if (!verdict.holds) continue;
        stillHeld += 1;
        // What is not signed (an unused certificate, the version of a wrapper) may change; what is said may not.
        const says = JSON.stringify([verdict.stated, verdict.signer, verdict.trustedBy]);
        if (says !== JSON.stringify([right.stated, right.signer, right.trustedBy])) falseAccepts += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(StampError);
      }
    }
    expect(falseAccepts).toBe(0);
    // The root that came along is not used, as the trusted one is: a third of the reply.
    expect(stillHeld / bytes.length).toBeLessThan(0.4);
  });

  it('a cut at any byte is an error', async () => {
    const bytes = await (await authority()).reply({ digest: DIGEST });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(outcome(bytes.subarray(0, length))).not.toBe('read');
    }
    expect(outcome(Uint8Array.from([...bytes, 0]))).toBe('trailing-bytes');
  });

  it('a stamp cannot be taken over by another certificate with the same name and number', async () => {
    const made = await authority();
    const twin = await authority({ purposes: [TIME_STAMPING] });
    const reply = readReply(await made.reply({ digest: DIGEST }));
    const foreign = readReply(await twin.reply({ digest: DIGEST }));
    if (reply.token === null || foreign.token === null) throw new Error('no token');
    const swapped = { ...reply, token: { ...reply.token, certificates: foreign.token.certificates } };
    const verdict = verifyReply(swapped, { digest: DIGEST, trustedCertificates: [twin.rootPem] });
    expect(codes(verdict)).toEqual(['bad-signature', 'signer-not-bound']);
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'empty'],
    ['text', Buffer.from('HTTP/1.1 500'), 'wrong-format'],
    ['a length beyond the end', Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff), 'damaged'],
    ['a length of many bytes', Uint8Array.of(0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1), 'damaged'],
    ['an indefinite length without an end', Uint8Array.of(0x30, 0x80, 0x05, 0x00), 'damaged'],
    ['a status nobody knows', Uint8Array.of(0x30, 5, 0x30, 3, 2, 1, 9), 'not-supported'],
    ['a negative status', Uint8Array.of(0x30, 5, 0x30, 3, 2, 1, 0x80), 'damaged'],
    ['depth without end', new Uint8Array(200_000).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80)), 'limit-depth'],
    ['elements without end', nulls(20_000), 'limit-count'],
    ['more than 256 kB', new Uint8Array(300_000).fill(0x30), 'limit-bytes'],
  ])('%s is refused by name', (_, bytes, code) => {
    expect(outcome(bytes)).toBe(code);
  });

  it('any bytes give a reply or a typed error', async () => {
    const made = await authority();
    const right = await made.reply({ digest: DIGEST, nonce: NONCE, certificates: 'all' });
    const expected = { digest: DIGEST, nonce: NONCE, trustedCertificates: [made.rootPem] };
    const at = fc.nat(right.length);
    const edit = fc.tuple(at, fc.nat(8), fc.uint8Array({ maxLength: 8 }));
    const mutated = fc.array(edit, { maxLength: 6 }).map((edits) => {
      let bytes = [...right];
      for (const [start, removed, added] of edits) {
        bytes = [...bytes.slice(0, start), ...added, ...bytes.slice(start + removed)];
      }
      return Uint8Array.from(bytes);
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), { weight: 4, arbitrary: mutated }), (bytes) => {
        try {
          const verdict = verifyReply(readReply(bytes), expected);
          if (verdict.holds) expect(verdict.stated).toMatchObject({ serial: '1267', nonce: hex(NONCE) });
        } catch (error) {
          expect(error).toBeInstanceOf(StampError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('elements of the right shape with wrong contents give a reply or a typed error', () => {
    // Random trees of the tags that replies use reach further than random bytes.
    const { tree } = fc.letrec<{ tree: number[]; leaf: number[]; branch: number[] }>((tie) => ({
      tree: fc.oneof({ maxDepth: 8, withCrossShrink: true }, tie('leaf'), tie('branch')),
      leaf: fc
        .tuple(
          fc.constantFrom(0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x17, 0x18, 0x80),
          fc.array(fc.nat(255), { maxLength: 6 }),
        )
        .map(([tag, content]) => [tag, content.length, ...content]),
      branch: fc
        .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa1), fc.array(tie('tree'), { maxLength: 5 }))
        .map(([tag, parts]) => [tag, 0x80, ...parts.flat(), 0, 0]),
    }));
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (parts) => {
        const bytes = Uint8Array.from([0x30, 0x80, 0x30, 3, 2, 1, 0, ...parts.flat(), 0, 0]);
        outcome(bytes);
        outcome(Uint8Array.from([0x30, 0x80, ...parts.flat(), 0, 0]), readRequest);
      }),
      { numRuns: 1_000 },
    );
  });
});

function nulls(count: number): Uint8Array {
  const bytes = new Uint8Array(4 + 2 * count);
  bytes.set([0x30, 0x82, (2 * count) >> 8, (2 * count) & 0xff]);
  for (let i = 0; i < count; i += 1) bytes[4 + 2 * i] = 5;
  return bytes;
}

const SHARED = new URL('../../../../shared/data/casework/rfc3161/', import.meta.url);
const shared = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, SHARED)));

describe.skipIf(!existsSync(SHARED))('the sample of OpenSSL (skipped without ../shared)', () => {
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
  const verdict = (file: string): StampVerdict =>
    verifyReply(readReply(shared('response.tsr')), {
      digest: sha256(shared(file)),
      nonce: readRequest(shared('request.tsq')).nonce ?? '',
      trustedCertificates: [Buffer.from(shared('ca.pem')).toString()],
    });

  it('holds over its data, with every value of the table', () => {
    expect(hex(sha256(shared('data.txt')))).toBe(
      '19109f243b18b7557e4f5edcc517f94149a0089c9b944bd5dca424cd23e11a12',
    );
    expect(verdict('data.txt')).toMatchObject({
      holds: true,
      status: 'granted',
      nonceCompared: true,
      stated: {
        at: '2026-11-22T09:41:07.000000Z',
        accuracy: 1_500_000,
        policy: '1.3.6.1.4.1.32473.1',
        serial: '2',
        ordering: true,
        nonce: 'd4d532e9b71cb3bd',
        authority: 'CN=Vigia synthetic TSA',
      },
      signer: { subject: 'CN=Vigia synthetic TSA', validTo: expect.stringMatching(/^2046-/) },
      trustedBy: { subject: 'CN=Vigia synthetic test root' },
    });
  });

  it('does not hold over other data', () => {
    expect(codes(verdict('other-data.txt'))).toEqual(['imprint-mismatch']);
  });

  it('answers a request that we would have written the same', () => {
    const { digest, nonce } = readRequest(shared('request.tsq'));
    expect(hex(digest)).toBe(hex(sha256(shared('data.txt'))));
    expect(makeRequest(digest, Buffer.from(nonce ?? '', 'hex'))).toEqual(shared('request.tsq'));
  });
});
