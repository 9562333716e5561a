import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { message } from '../../records/kinds/message.js';
import type { Case } from '../model/case.js';
import { calibrate, DEFAULT_COST, KeyRing, seal, unseal } from './keys.js';
import { aCase } from './testing/a-case.js';
import { aMessage, anEntry, anEvidenceItem, fillCase } from './testing/fill.js';
import { NOW, newVault, PASSPHRASES, reopened, temporaryFolder } from './testing/open-vault.js';
import type { Vault } from './vault.js';
import { VaultError } from './vault-error.js';

const DESTROYING = {
  at: NOW,
  clockSource: 'system',
  monotonicMs: 1,
  actor: 'analyst 1',
  reason: 'asked for',
};
const { folder, remove } = temporaryFolder();
let vault: Vault;
let dir: string;
let vaults = 0;

beforeEach(async () => {
  vaults += 1;
  dir = join(folder, `vault ${vaults}`);
  vault = await newVault(dir);
});
afterEach(() => vault.close());
afterAll(remove);

/** The closed files as one piece of bytes. */
function bytesOnDisk(): Buffer {
  return Buffer.concat(readdirSync(dir).map((name) => readFileSync(join(dir, name))));
}

/** Stores messages with these texts. */
function messages(kept: Case, ...texts: readonly string[]): void {
  const run = vault.runs.begin({ caseId: kept.id, startedAt: NOW });
  for (const text of texts) run.record(aMessage(text), message);
  run.flush();
}

const texts = (typed: string, caseId?: string): (string | null)[] =>
  vault.records
    .search(typed, { limit: 50, ...(caseId === undefined ? {} : { caseId }) })
    .hits.map(({ stored }) => (stored.record as unknown as { text: string | null }).text);

describe('cases', () => {
  it('have codes of their year that are not given out again', () => {
    const first = vault.cases.open(aCase());
    expect(first.code).toBe('V-2026-0001');
    expect(vault.cases.open(aCase({ openedAt: '2025-01-01T00:00:00.000000Z' })).code).toBe('V-2025-0001');
    vault.destroyCase(first.id, DESTROYING);
    expect(vault.cases.open(aCase()).code).toBe('V-2026-0002');
  });

  it('are still there when the vault is opened again, and found by code and by id', async () => {
    const kept = fillCase(vault);
    const before = JSON.stringify([
      vault.cases.list(),
      vault.identities.get(kept.id),
      vault.runs.list(kept.id),
    ]);
    vault.lock();
    vault = await reopened(dir);

    expect(
      JSON.stringify([vault.cases.list(), vault.identities.get(kept.id), vault.runs.list(kept.id)]),
    ).toBe(before);
    expect(vault.cases.get(kept.code)).toEqual(vault.cases.get(kept.id));
    expect(vault.cases.get('V-2026-0099')).toBeNull();
  });

  it('do not change when a transaction fails, nor do keys and numbers that it made', () => {
    const kept = vault.cases.open(aCase());
    const failing = (): never =>
      vault.transaction(() => {
        vault.cases.update({ ...kept, summary: 'changed' });
        const other = vault.cases.open(aCase());
        vault.identities.set(other.id, {
          name: 'n',
          contacts: [],
          safeHours: '',
          forbiddenChannels: [],
          duressWord: '',
          note: '',
        });
        throw new Error('broken off');
      });
    expect(failing).toThrow('broken off');
    expect(vault.cases.list()).toEqual([kept]);
    const next = vault.cases.open(aCase());
    expect(next.code).toBe('V-2026-0002');
    expect(vault.identities.get(next.id)).toBeNull();
    expect(vault.verify()).toEqual([]);
  });

  it('count their evidence, each for itself', () => {
    const [one, two] = [vault.cases.open(aCase()), vault.cases.open(aCase())];
    const labels = [one, one, two].map(({ id }) => vault.evidence.take(anEvidenceItem(id)).label);
    expect(labels).toEqual(['E-001', 'E-002', 'E-001']);
    expect(vault.evidence.byLabel(one.id, 'E-002')?.caseId).toBe(one.id);
    expect(vault.evidence.byLabel(two.id, 'E-002')).toBeNull();
  });
});

describe('a case that is destroyed', () => {
  it('has no key, no row and no word left; a trace of its log is', async () => {
    const word = 'chapulinete';
    const kept = fillCase(vault, (place) => `${word}${place.replace('-', '')}`);
    const other = fillCase(vault, (place) => `other ${place}`);
    const secret = vault.caseSecret(kept.id, 'sealed store').toString('hex');
    const report = vault.destroyCase(kept.id, DESTROYING);

    expect(vault.cases.list().map(({ id }) => id)).toEqual([other.id]);
    for (const work of [
      () => vault.identities.get(kept.id),
      () => vault.evidence.list(kept.id),
      () => vault.runs.list(kept.id),
      () => [...vault.records.all(kept.id)],
      () => [...vault.custody.lines(kept.id)],
      () => vault.caseSecret(kept.id, 'sealed store'),
      () => vault.records.count(kept.id),
      () => vault.destroyCase(kept.id, DESTROYING),
    ])
      expect(work).toThrow(VaultError);
    expect(texts(`${word}*`)).toEqual([]);
    expect([...vault.records.observables()].flat().filter(({ value }) => value.includes(word))).toEqual([]);
    expect(vault.records.search('other', { limit: 1 }).hits).toHaveLength(1);
    expect(report).toMatchObject({
      compacted: true,
      tombstone: { id: kept.id, code: kept.code, reason: 'asked for' },
    });
    expect(report.tombstone.custody.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(report.originals).toEqual([`/media/${word}path`]);
    expect(report.departures.map(({ recipient }) => recipient)).toEqual([`${word}recipient`]);
    expect(report.cannotErase).toContain('departures');
    expect(vault.destroyed()).toEqual([report.tombstone]);
    // The free space is given back.
    vault.close();
    expect(bytesOnDisk().includes(word)).toBe(false);
    vault = await reopened(dir);
    expect(vault.verify()).toEqual([]);
    expect(JSON.stringify(vault.destroyed())).not.toContain(word);
    expect(JSON.stringify(vault.cases.list())).not.toContain(secret);
  });

  it('is smaller on disk than before', () => {
    vault.cases.open(aCase());
    const kept = fillCase(vault, (place) => place, 5_000);
    vault.close();
    const before = bytesOnDisk().length;
    return reopened(dir).then((again) => {
      vault = again;
      vault.destroyCase(kept.id, DESTROYING);
      vault.close();
      expect(bytesOnDisk().length).toBeLessThan(before / 2);
    });
  });

  it('is not destroyed while it is on hold', () => {
    const kept = vault.cases.open(aCase({ retention: { span: '1y', hold: true, holdReason: 'trial' } }));
    expect(() => vault.destroyCase(kept.id, DESTROYING)).toThrow(
      expect.objectContaining({ code: 'hold', detail: kept.code }),
    );
    expect(vault.cases.list()).toEqual([kept]);
    expect(vault.custody.last(kept.id)).toBeNull();
    vault.cases.update({ ...kept, retention: { span: '1y', hold: false, holdReason: '' } });
    expect(vault.destroyCase(kept.id, DESTROYING).tombstone.code).toBe(kept.code);
  });

  it('is due when its time is over, unless it is held or open', () => {
    const closed = { closedAt: '2026-01-01T00:00:00.000000Z', state: 'closed' } as const;
    const kept = vault.cases.open(aCase({ ...closed }));
    vault.cases.open(aCase({ ...closed, retention: { span: '1y', hold: true, holdReason: 'trial' } }));
    vault.cases.open(aCase());
    expect(vault.cases.due('2026-12-31T23:59:59.000000Z')).toEqual([]);
    expect(vault.cases.due('2027-01-01T00:00:00.000000Z').map(({ id }) => id)).toEqual([kept.id]);
  });
});

describe('the passphrase', () => {
  const [present, next] = PASSPHRASES;

  it('is changed: the old one opens nothing, the new one everything', async () => {
    const kept = fillCase(vault);
    await vault.changePassphrase({ passphrase: present }, { passphrase: next });
    // Still open, and it goes on.
    vault.cases.update({ ...kept, summary: 'after' });
    vault.close();

    await expect(reopened(dir)).rejects.toMatchObject({ code: 'wrong-passphrase-or-key-file' });
    vault = await reopened(dir, { passphrase: next });
    expect(vault.cases.get(kept.id)?.summary).toBe('after');
    expect(vault.verify()).toEqual([]);
    expect(readdirSync(dir)).not.toContain('vault.json.new');
  });

  it('gets a key file beside it, or loses it', async () => {
    const keyFile = Buffer.from('a file');
    await vault.changePassphrase({ passphrase: present }, { passphrase: present, keyFile });
    vault.close();
    await expect(reopened(dir)).rejects.toMatchObject({ code: 'wrong-passphrase-or-key-file' });
    vault = await reopened(dir, { keyFile });
    await vault.changePassphrase({ passphrase: present, keyFile }, { passphrase: present });
    vault.close();
    vault = await reopened(dir);
    expect(vault.cases.list()).toEqual([]);
  });

  it('is not changed by somebody who does not know it, nor made cheap, nor in a vault that is locked', async () => {
    const header = readFileSync(join(dir, 'vault.json'));
    await expect(vault.changePassphrase({ passphrase: next }, { passphrase: next })).rejects.toMatchObject({
      code: 'wrong-passphrase-or-key-file',
    });
    await expect(
      vault.changePassphrase(
        { passphrase: present },
        { passphrase: next, argon2: { memoryKiB: 4, passes: 1, lanes: 1 } },
      ),
    ).rejects.toMatchObject({ code: 'weak-parameters' });
    vault.lock();
    await expect(vault.changePassphrase({ passphrase: present }, { passphrase: next })).rejects.toMatchObject(
      {
        code: 'closed',
      },
    );
    expect(readFileSync(join(dir, 'vault.json'))).toEqual(header);
  });
});

describe('the search', () => {
  it('finds words whatever their accents and case, phrases, and beginnings', () => {
    const kept = vault.cases.open(aCase());
    messages(kept, 'La REUNIÓN es mañana', 'mañana no hay reunión', 'reuniones', 'otra cosa');

    expect(texts('reunion')).toEqual(['mañana no hay reunión', 'La REUNIÓN es mañana']);
    expect(texts('MANANA reunión')).toEqual(['mañana no hay reunión', 'La REUNIÓN es mañana']);
    expect(texts('"no hay"')).toEqual(['mañana no hay reunión']);
    expect(texts('"hay no"')).toEqual([]);
    expect(texts('reunion*')).toEqual(['reuniones', 'mañana no hay reunión', 'La REUNIÓN es mañana']);
    expect(texts('reunion cosa')).toEqual([]);
    expect(texts('')).toEqual([]);
    expect(texts('*')).toEqual([]);
  });

  it('marks what it found in a piece of the text', () => {
    const kept = vault.cases.open(aCase());
    messages(kept, `${'x '.repeat(400)}La reunión es mañana${' y'.repeat(400)}`);
    const [hit] = vault.records.search('REUNION manana', { limit: 1 }).hits;
    const { text = '', marks = [] } = hit?.snippet ?? {};

    expect(marks.map(([start, end]) => text.slice(start, end))).toEqual(['reunión', 'mañana']);
    expect(text.length).toBeLessThanOrEqual(160);
  });

  it('goes over all cases or one, says that there is more, and knows nothing of one that was destroyed', () => {
    const [one, two] = [vault.cases.open(aCase()), vault.cases.open(aCase())];
    messages(one, 'colibri uno', 'colibri tres');
    messages(two, 'colibri dos');

    expect(texts('colibri')).toEqual(['colibri dos', 'colibri tres', 'colibri uno']);
    expect(texts('colibri', one.id)).toEqual(['colibri tres', 'colibri uno']);
    expect(vault.records.search('colibri', { limit: 2 }).more).toBe(true);
    expect(vault.records.search('colibri', { limit: 3 }).more).toBe(false);
    vault.destroyCase(one.id, DESTROYING);
    expect(texts('colibri')).toEqual(['colibri dos']);
    expect(texts('tres')).toEqual([]);
    expect(texts('uno*')).toEqual([]);
  });

  it('takes any text that a person may type, and is quick about it', () => {
    const kept = vault.cases.open(aCase());
    messages(
      kept,
      'one AND two OR three NOT four NEAR five',
      'a "quoted" text: (with) {brackets} ^ + - * text',
    );
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '"',
        '*',
        'AND',
        'OR',
        'NOT',
        'NEAR(',
        ')',
        'text:',
        '{',
        '}',
        '^',
        '+',
        '-',
        "'",
        ';',
        '--',
        '\0',
        'ñ',
        '%',
        '\ud800',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const started = performance.now();
        const { hits } = vault.records.search(pieces.join(' '), { limit: 10 });
        for (const { snippet } of hits)
          for (const [start, end] of snippet.marks)
            expect(start < end && end <= snippet.text.length).toBe(true);
        expect(performance.now() - started).toBeLessThan(500);
      }),
      { numRuns: 1_000 },
    );
    expect(texts('NOT five')).toHaveLength(1);
    expect(texts('text:')).toHaveLength(1);
    expect(texts('x'.repeat(1_000_000))).toEqual([]);
    expect(texts('a '.repeat(100_000))).toHaveLength(1);
  });

  it('stores any record and finds it again as it was', () => {
    const kept = vault.cases.open(aCase());
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 1, maxLength: 5 }),
        (given) => {
          const run = vault.runs.begin({ caseId: kept.id, startedAt: NOW });
          const records = given.map((text) => aMessage(text, { senderName: text, links: [text] }));
          for (const record of records) run.record(record, message);
          run.finish([], NOW);
          const stored = [...vault.records.all(kept.id)].flat().filter(({ runId }) => runId === run.id);
          expect(stored.map(({ record }) => record)).toEqual(records);
        },
      ),
      { numRuns: 100 },
    );
    expect(vault.verify()).toEqual([]);
  });
});

describe('the line of time', () => {
  it('is in order over cases, page by page, within bounds', () => {
    const [one, two] = [vault.cases.open(aCase()), vault.cases.open(aCase())];
    const at = (number: number): string => `2026-01-${String(number).padStart(2, '0')}T00:00:00.000001Z`;
    for (const [kept, days] of [
      [one, [9, 3, 5, 1]],
      [two, [4, 2, 8]],
    ] as const) {
      const run = vault.runs.begin({ caseId: kept.id, startedAt: NOW });
      for (const day of days) run.record(aMessage('m', { at: at(day) }), message);
      run.record(aMessage('without a time', { at: null }), message);
      run.flush();
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = vault.records.timeline({ limit: 2, ...(after === null ? {} : { after }) });
      seen.push(...page.moments.map((moment) => moment.at));
      after = page.next;
    } while (after !== null);

    expect(seen).toEqual([1, 2, 3, 4, 5, 8, 9].map(at));
    const within = vault.records.timeline({ limit: 9, from: at(3), to: at(5), caseId: one.id });
    expect(within.moments.map((moment) => moment.at)).toEqual([at(3), at(5)]);
    expect(vault.records.timeline({ limit: 9, kinds: ['visit'] }).moments).toEqual([]);
    expect(vault.records.timeline({ limit: 9, after: "1'; DROP TABLE x.b" }).moments).toHaveLength(7);
  });
});

describe('a hunt', () => {
  it('says what is new once, of each case', () => {
    const [one, two] = [vault.cases.open(aCase()), vault.cases.open(aCase())];
    for (const kept of [one, two]) {
      const run = vault.runs.begin({ caseId: kept.id, startedAt: NOW });
      for (const number of [1, 2])
        run.record(
          aMessage('m', { links: [`https://h${number}.example/`, 'https://all.example/'] }),
          message,
        );
      run.flush();
    }
    const observables = [...vault.records.observables()].flat();
    const all = observables.filter(({ value }) => value === 'https://all.example/');
    expect(all.map(({ caseId, records }) => [caseId, records])).toEqual([
      [one.id, 2],
      [two.id, 2],
    ]);
    const matches = all.map((observable) => ({
      caseId: observable.caseId,
      observable,
      indicator: { type: 'domain', value: 'all.example', feed: 'f' },
    }));
    expect(vault.hunts.keepNew([...matches, ...matches])).toHaveLength(2);
    expect(vault.hunts.keepNew(matches)).toEqual([]);
    const other = matches.map((match) => ({ ...match, indicator: { ...match.indicator, feed: 'g' } }));
    expect(vault.hunts.keepNew(other)).toHaveLength(2);
    vault.destroyCase(one.id, DESTROYING);
    expect([...vault.records.observables()].flat().every(({ caseId }) => caseId === two.id)).toBe(true);
  });
});

describe('a run', () => {
  it('that was broken off keeps what it had flushed, and has no result', async () => {
    const kept = vault.cases.open(aCase());
    const run = vault.runs.begin({ caseId: kept.id, startedAt: NOW });
    run.record(aMessage('kept'), message);
    expect(run.flush()).toBe(1);
    run.record(aMessage('lost'), message);
    vault.close();
    vault = await reopened(dir);

    expect(texts('kept')).toEqual(['kept']);
    expect(texts('lost')).toEqual([]);
    expect(vault.runs.get(run.id)).toMatchObject({ finishedAt: null });
    expect(vault.runs.result(run.id)).toBeNull();
  });

  it('takes nothing more once the vault is closed', () => {
    const kept = vault.cases.open(aCase());
    const run = vault.runs.begin({ caseId: kept.id, startedAt: NOW });
    run.record(aMessage('m'), message);
    vault.close();
    expect(() => run.flush()).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(() => run.record(aMessage('m'), message)).toThrow(expect.objectContaining({ code: 'closed' }));
  });

  it('gives its result in the language asked for, or as it was given', () => {
    const kept = fillCase(vault, (place) => place, 1);
    const [run] = vault.runs.list(kept.id);
    const id = run?.id ?? '';
    expect(vault.runs.resultIn(id, 'en')?.tool.language).toBe('en');
    expect(vault.runs.resultIn(id, 'es')?.verdict.text).toBe('finding');
    expect(vault.runs.results(id)).toHaveLength(2);
  });
});

describe('keys', () => {
  it('are tuned to take 0.8 s, but never to less than the least', async () => {
    const costOf = (seconds: number) => calibrate(async () => seconds);
    expect(await costOf(0.81)).toEqual(DEFAULT_COST);
    expect(await costOf(5)).toEqual(DEFAULT_COST);
    expect((await costOf(0.201)).passes).toBe(12);
    expect((await costOf(0)).passes).toBe(64);
  });

  it('open what they sealed, in its place, and nothing that was changed', () => {
    const random = (count: number): Buffer => Buffer.alloc(count, 7);
    const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const sealed = seal(key, 'here', Buffer.from('text'), random);
    expect(unseal(key, 'here', sealed)?.toString()).toBe('text');
    expect([
      unseal(key, 'there', sealed),
      unseal(other, 'here', sealed),
      unseal(key, 'here', Buffer.alloc(3)),
    ]).toEqual([null, null, null]);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(unseal(key, 'here', changed)).toBeNull();
      expect(unseal(key, 'here', sealed.subarray(0, at))).toBeNull();
    }
  });

  it('are different for each purpose, and gone when they are zeroed', () => {
    const master = Buffer.alloc(32, 9);
    const ring = new KeyRing(master);
    const keys = [ring.database, ring.index, ring.log, ring.cases, ring.vault];
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(5);
    expect(master.every((byte) => byte === 0)).toBe(true);
    ring.zero();
    expect(keys.every((key) => key.every((byte) => byte === 0))).toBe(true);
    expect(() => ring.database).toThrow(expect.objectContaining({ code: 'closed' }));
  });

  it('of a case are secrets of its own for each use', () => {
    const [one, two] = [vault.cases.open(aCase()), vault.cases.open(aCase())];
    const secrets = [one, two].flatMap(({ id }) =>
      ['a', 'b'].map((use) => vault.caseSecret(id, use).toString('hex')),
    );
    expect(new Set(secrets).size).toBe(4);
    expect(vault.caseSecret(one.id, 'a').toString('hex')).toBe(secrets[0]);
  });

  it('sign the custody log, whose entries follow each other', () => {
    const kept = vault.cases.open(aCase());
    const entries = [1, 2, 3].map((number) => vault.custody.append(kept.id, anEntry({ number })));
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(entries[2]?.prev).toBe(entries[1]?.hash);
    expect(vault.custody.last(kept.id)).toEqual(entries[2]);
    expect(vault.custody.publicKeys(kept.id)).toEqual([Buffer.from(vault.custody.publicKey())]);
  });
});
