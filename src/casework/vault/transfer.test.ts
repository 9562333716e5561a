import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyLog } from '../custody/custody-log.js';
import type { Case } from '../model/case.js';
import { aCase } from './testing/a-case.js';
import { fillCase } from './testing/fill.js';
import { NOW, newVault, reopened, temporaryFolder } from './testing/open-vault.js';
import type { CasePart } from './transfer.js';
import type { Vault } from './vault.js';
import { VaultError } from './vault-error.js';

type Parts = readonly (readonly [name: string, content: string])[];
const ORDER = [
  'case.json',
  'identity.json',
  'consents.jsonl',
  'evidence.jsonl',
  'departures.jsonl',
  'withdrawals.jsonl',
  'stamps.jsonl',
  'notes.jsonl',
  'reviews.jsonl',
  'runs.jsonl',
  'records.jsonl',
  'custody-keys.json',
  'custody.jsonl',
];
const DESTROYING = { at: NOW, clockSource: 'system', monotonicMs: 1, actor: 'analyst 1', reason: 'done' };

const { folder, remove } = temporaryFolder();
let from: Vault;
let sent: Case;
let whole: Parts;
let into: Vault;
let vaults = 0;

beforeAll(async () => {
  from = await newVault(join(folder, 'from'));
  sent = fillCase(from, (place) => `${place} ñ "quoted" 🦜`);
  whole = await exported(from, sent.id);
});
beforeEach(async () => {
  vaults += 1;
  into = await newVault(join(folder, `into ${vaults}`));
});
afterEach(() => into.close());
afterAll(() => {
  from.close();
  remove();
});

async function exported(vault: Vault, caseId: string, identity = true): Promise<Parts> {
  const parts: [string, string][] = [];
  for await (const { name, chunks } of vault.exportCase(caseId, { identity })) {
    const pieces: Uint8Array[] = [];
    for await (const chunk of chunks) pieces.push(chunk);
    parts.push([name, Buffer.concat(pieces).toString('utf8')]);
  }
  return parts;
}

/** As files come in: in pieces that end anywhere. */
async function* given(
  parts: readonly (readonly [string, string | Uint8Array])[],
  pieceBytes = 1_000,
): AsyncIterable<CasePart> {
  for (const [name, content] of parts) yield { name, chunks: pieces(Buffer.from(content), pieceBytes) };
}

async function* pieces(bytes: Buffer, pieceBytes: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** One part with other content. */
function withPart(
  name: string,
  change: (content: string) => string | Uint8Array,
): [string, string | Uint8Array][] {
  return whole.map(([part, content]) => [part, part === name ? change(content) : content]);
}

async function refusal(parts: readonly (readonly [string, string | Uint8Array])[]): Promise<string> {
  try {
    await into.importCase(given(parts));
    return 'taken in';
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return `${error.code} ${error.place} ${error.detail}`;
  }
}

/** Nothing of the case is left: it can still be taken in. */
async function expectNothingLeft(): Promise<void> {
  expect(into.cases.list()).toEqual([]);
  expect(into.records.search('message', { limit: 1 }).hits).toEqual([]);
  expect([...into.records.observables()]).toEqual([]);
  expect(into.records.timeline({ limit: 1 }).moments).toEqual([]);
  expect(into.verify()).toEqual([]);
}

const withoutNumbers = (parts: Parts): Parts =>
  parts.map(([name, content]) => [
    name,
    name === 'records.jsonl' ? content.replaceAll(/^\{"id":\d+,/gm, '{') : content,
  ]);

describe('a case that goes from one vault to another', () => {
  it('is the same there, whatever pieces its files come in', async () => {
    expect(whole.map(([name]) => name)).toEqual(ORDER);
    into.cases.open(aCase());
    fillCase(into);
    const taken = await into.importCase(given(whole, 7));

    expect(withoutNumbers(await exported(into, sent.id)).slice(1)).toEqual(withoutNumbers(whole).slice(1));
    // Another case here has its code.
    expect(taken).toEqual({ ...sent, code: 'V-2026-0003' });
    const log = await verifyLog(into.custody.lines(sent.id), into.custody.publicKeys(sent.id));
    expect(log).toMatchObject({ ok: true, entries: 2 });
    expect(into.records.search('ñ 299', { caseId: sent.id, limit: 5 }).hits).toHaveLength(1);
    expect(into.records.timeline({ caseId: sent.id, limit: 5 }).moments).toHaveLength(5);
    const observables = [...into.records.observables()].flat().filter(({ caseId }) => caseId === sent.id);
    expect(observables).toHaveLength([...from.records.observables()].flat().length);
    expect(into.verify()).toEqual([]);
  });

  it('keeps its code where that is free, and numbers go on from it', async () => {
    await into.importCase(given(whole));

    expect(into.cases.get('V-2026-0001')?.id).toBe(sent.id);
    expect(into.cases.open(aCase()).code).toBe('V-2026-0002');
  });

  it('goes without names and contacts when so asked', async () => {
    const parts = await exported(from, sent.id, false);
    await into.importCase(given(parts));

    expect(parts.map(([name]) => name)).not.toContain('identity.json');
    expect(into.identities.get(sent.id)).toBeNull();
    expect(JSON.stringify(parts)).not.toContain('duress');
  });

  it('has a log that goes on, verified with the keys of both vaults', async () => {
    await into.importCase(given(whole));
    into.custody.append(sent.id, {
      at: NOW,
      clockSource: 'system',
      monotonicMs: 1,
      actor: 'another desk',
      action: 'transfer-in',
      evidenceId: null,
      detail: {},
    });
    const keys = into.custody.publicKeys(sent.id);

    expect(keys).toHaveLength(2);
    expect(await verifyLog(into.custody.lines(sent.id), keys)).toMatchObject({ ok: true, entries: 3 });
    expect((await verifyLog(into.custody.lines(sent.id), keys.slice(0, 1))).firstBadSeq).toBe(3);
  });

  it('is not taken in twice', async () => {
    await into.importCase(given(whole));

    expect(await refusal(whole)).toBe('already-there import V-2026-0001');
    expect(into.records.count(sent.id)).toBe(300);
    expect(into.verify()).toEqual([]);
  });

  it('is not taken in after it was destroyed here', async () => {
    await into.importCase(given(whole));
    into.destroyCase(sent.id, DESTROYING);

    expect(await refusal(whole)).toBe('case-destroyed import V-2026-0001');
  });

  it('that is not there cannot be given', async () => {
    await expect(exported(into, randomUUID())).rejects.toMatchObject({ code: 'not-found' });
  });

  it('and breaks off leaves nothing, also when the vault is opened after its process had ended', async () => {
    async function* broken(): AsyncIterable<CasePart> {
      yield* given(whole.slice(0, -1));
      throw new Error('the stick was pulled out');
    }
    await expect(into.importCase(broken())).rejects.toThrow('pulled out');
    await expectNothingLeft();
    async function* endless(): AsyncIterable<CasePart> {
      yield* given(whole.slice(0, -1));
      into.close();
      yield* given(whole.slice(-1));
    }
    await expect(into.importCase(endless())).rejects.toMatchObject({ code: 'closed' });
    into = await reopened(join(folder, `into ${vaults}`));
    await expectNothingLeft();
  });
});

describe('what is no case', () => {
  it.each([
    ['no part at all', () => [], 'case.json'],
    ['parts without the case', () => whole.slice(1), 'identity.json line 1'],
    ['an unknown part', () => [...whole, ['../vault.db', 'x']], '../vault.db'],
    [
      'a part named like a property',
      () => [...whole, ['constructor', '{}'], ['__proto__', '{}']],
      'constructor',
    ],
    ['two cases', () => withPart('case.json', (text) => text + text), 'case.json line 2'],
    ['no JSON', () => withPart('notes.jsonl', () => '{"id":'), 'notes.jsonl line 1'],
    [
      'empty lines before a bad one',
      () => withPart('notes.jsonl', (text) => `\n\n${text}\nnull\n`),
      'notes.jsonl line 5',
    ],
    [
      'bytes that are no text',
      () =>
        withPart('evidence.jsonl', (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe])])),
      'evidence.jsonl line 2',
    ],
    [
      'a note of another case',
      () => withPart('notes.jsonl', (text) => text.replace(sent.id, randomUUID())),
      'notes.jsonl line 1',
    ],
    ['the same note twice', () => withPart('notes.jsonl', (text) => text + text), 'notes.jsonl line 2'],
    [
      'a record of no run',
      () => withPart('records.jsonl', (text) => text.replace(/"run":"[^"]+"/, `"run":"${randomUUID()}"`)),
      'records.jsonl line 1',
    ],
    [
      'a record that is not of its kind',
      () => withPart('records.jsonl', (text) => text.replace('"direction":"incoming"', '"direction":7')),
      'records.jsonl line 1',
    ],
    [
      'a log with an entry twice',
      () => withPart('custody.jsonl', (text) => text + text),
      'custody.jsonl line 3',
    ],
    [
      'a log near the end of all numbers',
      () => withPart('custody.jsonl', (text) => text.replace('"seq":2', '"seq":9007199254740991')),
      'custody.jsonl line 2',
    ],
    [
      'an item near the end of all numbers',
      () => withPart('evidence.jsonl', (text) => text.replace('E-001', 'E-9007199254740991')),
      'evidence.jsonl line 1',
    ],
    ['a key that is none', () => withPart('custody-keys.json', () => '["00"]'), 'custody-keys.json line 1'],
    [
      'brackets without end',
      () => withPart('notes.jsonl', () => '['.repeat(1_000_000)),
      'notes.jsonl line 1',
    ],
    [
      'nesting without end',
      () =>
        withPart('custody.jsonl', (text) =>
          text.replace('"detail":{', `"detail":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)},`),
        ),
      'custody.jsonl line 1',
    ],
  ] as readonly (readonly [string, () => [string, string | Uint8Array][], string])[])(
    '%s is refused with file and line, and nothing is left',
    async (_name, parts, place) => {
      expect(await refusal(parts())).toBe(`bad-import import ${place}`);
      await expectNothingLeft();
      await into.importCase(given(whole));
      expect(into.records.count(sent.id)).toBe(300);
    },
  );

  it('but has a code near the end of all numbers gets another one', async () => {
    const parts = withPart('case.json', (text) => text.replace('V-2026-0001', 'V-2026-9007199254740991'));
    const taken = await into.importCase(given(parts));

    expect(taken.code).toBe('V-2026-0001');
    expect(into.cases.open(aCase()).code).toBe('V-2026-0002');
    into.destroyCase(sent.id, DESTROYING);
  });

  it('a record of a kind that a later version has is kept and found', async () => {
    const source = { evidence: 'e1', path: 'p', locator: '' };
    const parts = withPart('records.jsonl', (text) => {
      const { run } = JSON.parse(text.split('\n')[0] ?? '');
      return `${text}${JSON.stringify({ run, record: { kind: 'later', at: null, source, more: 'quetzal' } })}\n`;
    });
    await into.importCase(given(parts));

    expect(into.records.search('quetzal', { limit: 5 }).hits).toHaveLength(1);
  });

  it('gives an error of the vault for any bytes in any part, and leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ORDER),
        fc.oneof(
          fc.uint8Array({ maxLength: 500 }),
          fc
            .array(fc.jsonValue(), { maxLength: 4 })
            .map((values) => Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'))),
        ),
        async (name, bytes) => {
          const found = await refusal(withPart(name, () => bytes));
          // Nothing, or only empty lines, is no content and allowed in lists.
          if (found === 'taken in') into.destroyCase(into.cases.list()[0]?.id ?? '', DESTROYING);
          else expect(found).toMatch(/^bad-import import (?:case\.json$|[a-z-]+\.jsonl? line \d+$)/);
          expect(into.cases.list()).toEqual([]);
          if (found === 'taken in') {
            into.close();
            vaults += 1;
            into = await newVault(join(folder, `into ${vaults}`));
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(into.verify()).toEqual([]);
  });

  it('gives an error of the vault or a case that verifies, whatever bytes are changed in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ORDER),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        fc.option(fc.nat()),
        async (name, changes, cut) => {
          const parts = withPart(name, (text) => {
            const bytes = Buffer.from(text);
            for (const [at, value] of changes) bytes[at % bytes.length] = value;
            return cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
          });
          const found = await refusal(parts);
          if (found !== 'taken in') {
            expect(found).toMatch(/^bad-import import (?:case\.json$|[a-z-]+\.jsonl? line \d+$)/);
            expect(into.cases.list()).toEqual([]);
            return;
          }
          expect(into.verify()).toEqual([]);
          const [taken] = into.cases.list();
          const id = taken?.id ?? '';
          await exported(into, id);
          expect(into.records.search('message', { limit: 3 }).hits.length).toBeLessThanOrEqual(3);
          into.destroyCase(id, DESTROYING);
          into.close();
          vaults += 1;
          into = await newVault(join(folder, `into ${vaults}`));
        },
      ),
      { numRuns: 150 },
    );
  });
});
