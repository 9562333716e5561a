import { existsSync, readFileSync } from 'node:fs';
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalise } from '../custody/canonical-json.js';
import { type CustodyEntry, makeEntry, verifyLog } from '../custody/custody-log.js';
import { publicKeyOf, signer } from '../custody/keys.js';
import { dailyRoots } from '../custody/merkle.js';
import { receiptCode, receiptWords } from '../custody/receipt.js';
import { CUSTODY_ACTIONS } from '../model/vocabularies.js';
import { type LogResult, loadChecks } from './testing/checks.js';

const SHARED = new URL('../../../../shared/data/casework/custody/', import.meta.url);
const hasShared = existsSync(SHARED);
const checks = loadChecks();
// Most lines of a changed log are unchanged: each signature is worked out once.
const answers = new Map<string, boolean>();
const { isSigned } = checks;
checks.isSigned = (...parts) => {
  const name = parts.map((part) => Buffer.from(part).toString('base64')).join();
  const answer = answers.get(name) ?? isSigned(...parts);
  answers.set(name, answer);
  return answer;
};
const SEED = Buffer.alloc(32, 5);
const OTHER_SEED = Buffer.alloc(32, 6);
const KEYS = [publicKeyOf(OTHER_SEED), publicKeyOf(SEED)];

function logOf(count: number): CustodyEntry[] {
  const entries: CustodyEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const body = {
      at: `2026-03-0${1 + Math.floor(index / 4)}T10:00:0${index % 10}.000000Z`,
      clockSource: 'system',
      monotonicMs: index * 1.5,
      actor: index % 2 === 0 ? 'op-01' : 'Zoë 😀',
      action: CUSTODY_ACTIONS[index % CUSTODY_ACTIONS.length] ?? 'open',
      evidenceId: index % 3 === 0 ? null : 'E-001',
      detail: { note: `línea\n${index}`, list: [1, -0.5, 1e21, null, { b: true, a: '' }], '€': 'ﬀ' },
    } as const;
    entries.push(makeEntry(entries.at(-1) ?? null, body, signer(index < 6 ? SEED : OTHER_SEED)));
  }
  return entries;
}

const ENTRIES = logOf(10);
const [{ hash: _hash, sig: _sig, ...FIRST_BODY }] = ENTRIES as [CustodyEntry];
const LINES = ENTRIES.map((entry) => canonicalise({ ...entry }));

/** Both verifiers on the same bytes. The log is given as bytes, as it lies on the disk. */
async function bothOn(log: Uint8Array, keys: readonly Uint8Array[] = KEYS): Promise<[unknown, unknown]> {
  const lines = Buffer.from(log).toString('utf8').split('\n');
  const theirs = await verifyLog(lines, keys);
  const mine = checkOf(log, keys);
  return [
    {
      ok: mine.problems.length === 0,
      entries: mine.lines,
      headHash: mine.headHash,
      firstBadSeq: mine.firstBadSeq,
      problems: mine.problems.map(({ seq, line, code }) => ({ seq, line, code })),
    },
    theirs,
  ];
}

function checkOf(log: Uint8Array, keys: readonly Uint8Array[], step = 97): LogResult {
  const check = new checks.LogCheck(keys);
  for (let at = 0; at < log.length; at += step) check.push(log.subarray(at, at + step));
  return check.end();
}

const isUtf8 = (bytes: Uint8Array): boolean => checks.fromUtf8(bytes) !== null;

describe('the log as the verifier checks it', () => {
  it('holds as it was written, with or without the last line feed, and says its head', async () => {
    for (const text of [`${LINES.join('\n')}\n`, LINES.join('\n'), `\n${LINES.join('\n\n')}`, '']) {
      const [mine, theirs] = await bothOn(Buffer.from(text));
      expect(mine).toEqual(theirs);
      expect(mine).toMatchObject({ ok: true });
    }
  });

  it('says the same as the code that keeps the log, whatever was done to it', async () => {
    const at = fc.nat({ max: LINES.length - 1 });
    const change = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.tuple(fc.constant('byte' as const), at, fc.nat(), fc.integer({ min: 1, max: 255 })),
      },
      fc.tuple(fc.constant('cut-byte' as const), at, fc.nat(), fc.constant(0)),
      fc.tuple(fc.constant('remove' as const), at, fc.constant(0), fc.constant(0)),
      fc.tuple(fc.constant('move' as const), at, at, fc.constant(0)),
      fc.tuple(fc.constant('double' as const), at, at, fc.constant(0)),
      fc.tuple(fc.constant('swap-signatures' as const), at, at, fc.constant(0)),
      fc.tuple(fc.constant('keep-first' as const), at, fc.constant(0), fc.constant(0)),
      fc.tuple(fc.constant('rewrite' as const), at, fc.nat({ max: REWRITES.length - 1 }), fc.constant(0)),
      fc.tuple(fc.constant('any' as const), at, fc.nat({ max: 20 }), fc.constant(0)),
    );
    let broken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
        let lines = LINES.map((line) => Buffer.from(line));
        for (const [kind, first, second, by] of changes) {
          const line = lines[first % lines.length] ?? Buffer.alloc(0);
          const place = first % Math.max(1, lines.length);
          if (kind === 'byte' && line.length > 0) {
            const changed = Buffer.from(line);
            changed[second % line.length] = (changed[second % line.length] ?? 0) ^ by;
            lines = lines.with(place, changed);
          }
          if (kind === 'cut-byte' && line.length > 0)
            lines = lines.with(
              place,
              Buffer.concat([
                line.subarray(0, second % line.length),
                line.subarray((second % line.length) + 1),
              ]),
            );
          if (kind === 'remove') lines = lines.toSpliced(place, 1);
          if (kind === 'move') lines = lines.toSpliced(place, 1).toSpliced(second % lines.length, 0, line);
          if (kind === 'double') lines = lines.toSpliced(second % lines.length, 0, line);
          if (kind === 'keep-first') lines = lines.slice(0, Math.max(1, place));
          if (kind === 'rewrite')
            lines = lines.with(place, Buffer.from(REWRITES[second]?.(line.toString()) ?? ''));
          if (kind === 'any')
            lines = lines.with(place, Buffer.from(ANY_LINES[second % ANY_LINES.length] ?? ''));
          if (kind === 'swap-signatures') {
            const other = lines[second % lines.length] ?? line;
            const signatureOf = (text: Buffer): string =>
              /"sig":"(\w*)"/.exec(text.toString())?.[1] ?? 'none';
            const [mine, theirs] = [signatureOf(line), signatureOf(other)];
            lines = lines.with(place, Buffer.from(line.toString().replace(mine, theirs)));
          }
          if (lines.length === 0) lines = [Buffer.alloc(0)];
        }
        const log = Buffer.concat(lines.flatMap((line) => [line, Buffer.of(10)]));
        const [mine, theirs] = await bothOn(log);
        if (isUtf8(log)) expect(mine).toEqual(theirs);
        else {
          // Their lines come decoded; what cannot be decoded is wrong for both, each in its way.
          const found = (verdict: unknown): unknown => (verdict as { firstBadSeq: number }).firstBadSeq;
          expect(found(mine)).toBe(found(theirs));
          expect(mine).toMatchObject({ ok: false });
        }
        if (!(theirs as { ok: boolean }).ok) broken += 1;
      }),
      { numRuns: 2000 },
    );
    expect(broken).toBeGreaterThan(1500);
  }, 120_000);

  it('is not that of somebody else', async () => {
    const [mine, theirs] = await bothOn(Buffer.from(LINES.join('\n')), [publicKeyOf(Buffer.alloc(32, 9))]);
    expect(mine).toEqual(theirs);
    expect(mine).toMatchObject({ firstBadSeq: 1 });
  });

  it('is wrong where a byte is no UTF-8, also where a lenient reader would not see it', () => {
    const entry = makeEntry(null, { ...FIRST_BODY, actor: '\ufffd' }, signer(SEED));
    const good = Buffer.from(canonicalise({ ...entry }));
    const place = good.indexOf(Buffer.from('\ufffd'));
    const bad = Buffer.concat([good.subarray(0, place), Buffer.of(0xff), good.subarray(place + 3)]);
    expect(checkOf(good, KEYS).problems).toEqual([]);
    expect(checkOf(bad, KEYS).problems).toMatchObject([{ code: 'bad-json' }]);
  });

  it('has no line that is too long, however long', () => {
    const piece = new Uint8Array(1_000_000).fill(0x61);
    const check = new checks.LogCheck(KEYS);
    for (let index = 0; index < 20; index += 1) check.push(piece);
    check.push(Buffer.from(`\n${LINES[0]}\n`));
    expect(check.end().problems).toMatchObject([
      { line: 1, code: 'bad-json' },
      { line: 2, code: 'wrong-seq' },
    ]);
  });

  it('nested as deep as can be is a bad line, and no crash', () => {
    const line = (LINES[0] ?? '').replace('"ﬀ"', `${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(checkOf(Buffer.from(line), KEYS, 65_536).problems).toHaveLength(1);
  });

  it('is checked without signatures where there is no key', () => {
    const check = new checks.LogCheck(null);
    check.push(Buffer.from(LINES.map((line) => line.replace(/"sig":"./, '"sig":"0')).join('\n')));
    expect([...new Set(check.end().problems.map(({ code }) => code))]).toEqual([]);
  });

  it.skipIf(!hasShared)(
    'is the published example, and its edited one at entry 3 (skipped without ../shared)',
    () => {
      const read = (name: string): Buffer => readFileSync(new URL(name, SHARED));
      const expected = JSON.parse(read('expected.json').toString()) as {
        publicKeyEd25519Hex: string;
        headHash: string;
        merkleRootRfc6962: string;
        hashes: string[];
        receiptCode20Hex: string;
      };
      const keys = checks.readKeys(expected.publicKeyEd25519Hex).keys;
      const good = checkOf(read('custody.jsonl'), keys);
      const edited = checkOf(read('custody-edited-entry-3.jsonl'), keys);
      expect(good).toMatchObject({ problems: [], headHash: expected.headHash, lines: 5 });
      expect(good.entries.map(({ hash }) => hash)).toEqual(expected.hashes);
      expect(checks.dailyRoots(good.entries)).toMatchObject([{ root: expected.merkleRootRfc6962 }]);
      expect(checks.receiptCode(expected.headHash)).toBe(expected.receiptCode20Hex);
      expect(edited.firstBadSeq).toBe(3);
      expect([...new Set(edited.problems.map(({ seq }) => seq))]).toEqual([3]);
    },
  );
});

describe('days and receipts of the verifier', () => {
  it('are those of the code that keeps the log', () => {
    for (const count of [1, 2, 3, 7, 10]) {
      const entries = ENTRIES.slice(0, count);
      const theirs = dailyRoots(entries).map((day) => ({ ...day, root: day.root.toString('hex') }));
      expect(checks.dailyRoots(entries)).toEqual(theirs);
    }
    for (const { hash } of ENTRIES) {
      expect(checks.receiptCode(hash)).toBe(receiptCode(hash));
      expect(checks.receiptWords(hash, english)).toEqual(receiptWords(hash, 'en'));
      const words = receiptWords(hash, 'es');
      expect(
        checks.receiptWords(
          hash,
          spanish.map((word) => word.normalize('NFC')),
        ),
      ).toEqual(words);
      for (const typed of [
        receiptCode(hash)
          .replace(/(.{4})/g, '$1 ')
          .toUpperCase(),
        receiptWords(hash, 'en').join(', '),
        words.join('  ').toUpperCase(),
        words.join(' ').normalize('NFD').replace(/\p{M}/gu, ''),
      ]) {
        const read = checks.readReceipt(typed, [spanish, english]);
        expect(read?.prefix?.length).toBeGreaterThanOrEqual(20);
        expect(hash.startsWith(read?.prefix ?? 'none')).toBe(true);
      }
    }
  });

  it('say what is wrong with a receipt that was typed badly', () => {
    const read = (text: string): unknown => checks.readReceipt(text, [spanish, english]);
    expect(read('  ')).toBeNull();
    expect(read('7c46 6840')).toEqual({ problem: 'digits' });
    expect(read('labor crew awake')).toEqual({ problem: 'count' });
    expect(read('labor crew awake rail spin social output scatter')).toHaveProperty('prefix');
    expect(read('labor crew awake rail spin social output qwerty')).toEqual({ problem: 'words' });
  });
});

/** Other ways to write the same entry, or nearly. */
const REWRITES: readonly ((line: string) => string)[] = [
  (line) => line.replace('{', '{ '),
  (line) => `${line} `,
  (line) => `${line}\r`,
  (line) => `\ufeff${line}`,
  (line) => line.replace(/"seq":(\d+)/, '"seq":$1.0'),
  (line) => line.replace(/"seq":(\d+)/, '"seq":$1e0'),
  (line) => line.replace(/"seq":10/, '"seq":1e1'),
  (line) => line.replace('{', '{"seq":1,'),
  (line) => line.replace('1e+21', '1000000000000000000000'),
  (line) => line.replace('1e+21', '1e999'),
  (line) => line.replace('-0.5', '-0.50'),
  (line) => line.replace('true', '-0'),
  (line) => line.replace('línea', 'l\\u00ednea'),
  (line) => line.replace('línea', '\\ud800'),
  (line) => line.replace('"€"', '"\\udc00"'),
  (line) => line.replace('línea', 'l\\u0069nea'.normalize('NFD')),
  (line) => line.replace('\\n', '\\u000a'),
  (line) => line.replace('"evidenceId":null', '"evidenceId":""'),
  (line) => line.replace('"clockSource":"system",', ''),
  (line) => line.replace('{', '{"Z":1,'),
  (line) => line.replace(/"hash":"(\w+)"/, (_, hash: string) => `"hash":"${hash.toUpperCase()}"`),
  (line) => line.replace(/"detail":\{.*?\}\],/, '"detail":[{}],'),
  (line) => line.replace(/"seq":\d+/, '"seq":9007199254740993'),
  (line) => line.replace(/"seq":\d+/, '"seq":0'),
  (line) => line.replace('"monotonicMs":', '"monotonicMs":-'),
  (line) => line.replace('""', `${'['.repeat(120)}${']'.repeat(120)}`),
  (line) => line.replace(/"action":"[a-z-]+"/, '"action":"borrow"'),
];

const ANY_LINES = ['', '{}', '[]', 'null', '7', '"', '{"seq":1}', '\u0000', '[[[[', 'true '];
