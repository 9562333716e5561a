import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CanonicalError, canonicalise, type JsonValue } from './canonical-json.js';
import { type CustodyEntry, makeEntry, verifyLog } from './custody-log.js';
import { isSignedBy, publicKeyOf, signer } from './keys.js';
import { dailyRoots, isIncluded, merkleProof, merkleRoot } from './merkle.js';
import { receiptCode, receiptText, receiptWords } from './receipt.js';

const SHARED = new URL('../../../../shared/data/casework/', import.meta.url);
const hasShared = existsSync(SHARED);
const shared = (path: string): string => readFileSync(new URL(path, SHARED), 'utf8');

const SEED = Buffer.alloc(32, 7);
const KEY = publicKeyOf(SEED);

function logOf(count: number, seed: Uint8Array = SEED, start: CustodyEntry | null = null): CustodyEntry[] {
  const entries: CustodyEntry[] = [];
  let last = start;
  for (let index = 0; index < count; index += 1) {
    last = makeEntry(
      last,
      {
        at: `2026-03-0${1 + Math.floor(index / 10)}T00:00:00.000000Z`,
        clockSource: 'system',
        monotonicMs: index,
        actor: 'op-01',
        action: 'open',
        evidenceId: null,
        detail: { note: `entry ${index}`, more: [1, true, null] },
      },
      signer(seed),
    );
    entries.push(last);
  }
  return entries;
}

const linesOf = (entries: readonly CustodyEntry[]): string[] =>
  entries.map((entry) => canonicalise({ ...entry }));

describe('canonical JSON', () => {
  it.skipIf(!hasShared)('is that of RFC 8785, byte for byte (skipped without ../shared)', () => {
    const names = readdirSync(new URL('jcs/input/', SHARED));
    expect(names).toHaveLength(6);
    for (const name of names) {
      const text = canonicalise(JSON.parse(shared(`jcs/input/${name}`)) as JsonValue);
      expect(text, name).toBe(shared(`jcs/output/${name}`));
      const hex = shared(`jcs/outhex/${name.replace('.json', '.txt')}`).replace(/\s+/g, '');
      expect(Buffer.from(text, 'utf8').toString('hex'), name).toBe(hex);
    }
  });

  it('orders keys by their UTF-16 code units and writes numbers as ECMAScript does', () => {
    expect(canonicalise({ b: 1e21, a: -0, '\u{1f600}': 1, '\ufb33': 2, é: 0.000001 })).toBe(
      '{"a":0,"b":1e+21,"é":0.000001,"\u{1f600}":1,"\ufb33":2}',
    );
  });

  it('of what JSON cannot hold is refused, with its place', () => {
    expect(() => canonicalise({ a: [Number.NaN] })).toThrow(new CanonicalError('not-finite', '/a/0'));
    expect(() => canonicalise({ a: '\ud800' })).toThrow(new CanonicalError('lone-surrogate', '/a'));
    let deep: JsonValue = 1;
    for (let level = 0; level < 1_000; level += 1) deep = [deep];
    expect(() => canonicalise(deep)).toThrow(CanonicalError);
  });

  it('is read back as the same value, and does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = canonicalise(value as JsonValue);
        expect(canonicalise(JSON.parse(text) as JsonValue)).toBe(text);
      }),
    );
  });
});

describe.skipIf(!hasShared)('the published example (skipped without ../shared)', () => {
  const expected = hasShared
    ? (JSON.parse(shared('custody/expected.json')) as {
        publicKeyEd25519Hex: string;
        canonicalBodyOfEntry1: string;
        hashes: string[];
        headHash: string;
        receiptCode20Hex: string;
        merkleRootRfc6962: string;
      })
    : null;
  const key = Buffer.from(expected?.publicKeyEd25519Hex ?? '', 'hex');
  const lines = (name: string): string[] =>
    shared(`custody/${name}`)
      .split('\n')
      .filter((line) => line !== '');

  it('verifies, with the hashes, the head, the code and the root that are given', async () => {
    const verdict = await verifyLog(lines('custody.jsonl'), [key]);
    const entries = lines('custody.jsonl').map((line) => JSON.parse(line) as CustodyEntry);

    expect(verdict).toEqual({
      ok: true,
      entries: 5,
      headHash: expected?.headHash,
      firstBadSeq: null,
      problems: [],
    });
    expect(entries.map(({ hash }) => hash)).toEqual(expected?.hashes);
    expect(receiptCode(verdict.headHash ?? '')).toBe(expected?.receiptCode20Hex);
    const [{ hash: _, sig: __, ...body }] = entries as [CustodyEntry];
    expect(canonicalise({ ...body })).toBe(expected?.canonicalBodyOfEntry1);
    const root = merkleRoot(entries.map(({ hash }) => Buffer.from(hash, 'hex')));
    expect(root.toString('hex')).toBe(expected?.merkleRootRfc6962);
  });

  it('fails at entry 3, and only there, when that was edited', async () => {
    const verdict = await verifyLog(lines('custody-edited-entry-3.jsonl'), [key]);

    expect(verdict).toMatchObject({ ok: false, firstBadSeq: 3 });
    expect([...new Set(verdict.problems.map(({ seq }) => seq))]).toEqual([3]);
  });

  it('names the evidence that it is about', () => {
    const digest = createHash('sha256').update(shared('custody/evidence-E-001.txt')).digest('hex');

    expect(lines('custody.jsonl').filter((line) => line.includes(digest))).toHaveLength(3);
  });
});

describe('a custody log', () => {
  const entries = logOf(25);
  const lines = linesOf(entries);

  it('verifies as it was written', async () => {
    expect(await verifyLog(lines, [KEY])).toMatchObject({
      ok: true,
      entries: 25,
      headHash: entries.at(-1)?.hash,
    });
    expect(await verifyLog([], [KEY])).toMatchObject({ ok: true, entries: 0, headHash: null });
  });

  it('names the first entry that is not as it was written, whatever was done', async () => {
    const changed = lines.with(11, (lines[11] as string).replace('entry 11', 'entry 99'));
    const removed = lines.toSpliced(11, 1);
    const swapped = lines.with(11, lines[12] as string).with(12, lines[11] as string);
    const doubled = lines.toSpliced(12, 0, lines[11] as string);
    const forked = [
      ...lines.slice(0, 11),
      ...linesOf(logOf(14, Buffer.alloc(32, 9), entries[10] as CustodyEntry)),
    ];
    const spaced = lines.with(11, (lines[11] as string).replace('{', '{ '));
    const twice = lines.with(11, (lines[11] as string).replace('{', '{"seq":12,'));

    for (const [log, first] of [
      [changed, 12],
      [removed, 12],
      [swapped, 12],
      [doubled, 13],
      [forked, 12],
      [spaced, 12],
      [twice, 12],
    ] as const) {
      expect(await verifyLog(log, [KEY])).toMatchObject({ ok: false, firstBadSeq: first });
    }
  });

  it('does not show that its end was cut off, nor that all of it was made anew: receipts do', async () => {
    const cut = await verifyLog(lines.slice(0, 20), [KEY]);
    const anew = await verifyLog(linesOf(logOf(25).map((entry) => entry)), [KEY]);

    expect(cut.ok).toBe(true);
    expect(anew.ok).toBe(true);
    expect(receiptCode(cut.headHash ?? '')).not.toBe(receiptCode(entries.at(-1)?.hash ?? ''));
  });

  it('is not that of somebody else', async () => {
    const verdict = await verifyLog(lines, [publicKeyOf(Buffer.alloc(32, 9))]);

    expect(verdict.problems[0]).toEqual({ seq: 1, line: 1, code: 'bad-signature' });
  });

  it('is broken by any change of any byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 24 }),
        fc.nat(),
        fc.integer({ min: 1, max: 127 }),
        async (at, place, by) => {
          const bytes = Buffer.from(lines[at] as string);
          const index = place % bytes.length;
          bytes[index] = (bytes[index] as number) ^ by;
          const text = bytes.toString('latin1');
          if (text.includes('\n')) return;
          const verdict = await verifyLog(lines.with(at, text), [KEY]);
          expect(verdict.firstBadSeq).toBe(at + 1);
        },
      ),
    );
  });

  it('nested deeper than any entry is not canonical, and nothing else happens', async () => {
    const [first] = logOf(1);
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const line = JSON.stringify({ ...first, detail: 0 }).replace('"detail":0', `"detail":${deep}`);
    const verdict = await verifyLog([line], [KEY]);

    expect(verdict).toMatchObject({
      ok: false,
      firstBadSeq: 1,
      problems: [{ seq: 1, code: 'not-canonical' }],
    });
  });

  it('of any lines whatever gives a verdict', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.json())), async (any) => {
        const verdict = await verifyLog(any, [KEY]);
        expect(verdict.ok).toBe(any.every((line) => line === ''));
      }),
    );
  });
});

describe('signatures', () => {
  it('are those of RFC 8032', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');

    expect(Buffer.from(publicKeyOf(seed)).toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
    expect(
      Buffer.from(signer(seed)(Buffer.alloc(0)))
        .toString('hex')
        .slice(0, 16),
    ).toBe('e5564300c360ac72');
  });

  it('of nonsense are false', () => {
    expect(isSignedBy(Buffer.alloc(32), Buffer.alloc(32), Buffer.alloc(64))).toBe(false);
    expect(isSignedBy(Buffer.alloc(3), Buffer.alloc(32), Buffer.alloc(64))).toBe(false);
  });
});

describe('Merkle trees', () => {
  const leaves = (count: number): Buffer[] =>
    Array.from({ length: count }, (_, index) => createHash('sha256').update(`${index}`).digest());

  it('prove each of their leaves, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (count, pick) => {
        const hashes = leaves(count);
        const index = pick % count;
        const proof = merkleProof(hashes, index);
        const root = merkleRoot(hashes);
        const leaf = hashes[index] as Buffer;
        expect(isIncluded(leaf, index, count, proof, root)).toBe(true);
        expect(isIncluded(Buffer.alloc(32, 1), index, count, proof, root)).toBe(false);
        if (count > 1) {
          expect(isIncluded(leaf, (index + 1) % count, count, proof, root)).toBe(false);
          expect(isIncluded(leaf, index, count, proof.slice(1), root)).toBe(false);
        }
      }),
    );
  });

  it('have a root for each day', () => {
    const entries = logOf(25);
    const days = dailyRoots(entries);

    expect(days.map(({ day, entries: count }) => [day, count])).toEqual([
      ['2026-03-01', 10],
      ['2026-03-02', 10],
      ['2026-03-03', 5],
    ]);
    expect(days[2]?.root).toEqual(merkleRoot(entries.slice(20).map(({ hash }) => Buffer.from(hash, 'hex'))));
  });
});

describe('a receipt', () => {
  it('has eight words of the first 88 bits, other ones for another head', () => {
    const zero = '0'.repeat(64);
    const one = `${'0'.repeat(21)}1${'0'.repeat(42)}`;

    expect(receiptWords(zero, 'en')).toEqual(new Array(8).fill('abandon'));
    expect(receiptWords(one, 'en').at(-1)).toBe('ability');
    expect(receiptWords(zero, 'es')).toEqual(new Array(8).fill('ábaco'));
  });

  it.each(['es', 'en'] as const)('says what it is for (%s)', (language) => {
    const text = receiptText({
      caseCode: 'V-2026-0001',
      headHash: `3c447c3da806a1004b70${'0'.repeat(44)}`,
      seq: 5,
      at: '2026-03-02T15:04:05.000000Z',
      language,
    });

    expect(text).toContain('3c44 7c3d a806 a100 4b70');
    expect(text).toContain('V-2026-0001');
    expect(text).toContain('2026-03-02T15:04:05Z');
    expect(text.split('\n')).toHaveLength(10);
  });
});
