import { describe, expect, it } from 'vitest';
import { memorySource } from '../evidence/testing/memory-source.js';
import type {
  Detector,
  EvidenceRecord,
  EvidenceSource,
  FindingDraft,
  IndicatorMatcher,
  PassedOver,
  Problem,
  Reader,
  RecordKind,
  SweepReader,
  Tally,
} from './contracts.js';
import coreEn from './en.json' with { type: 'json' };
import coreEs from './es.json' with { type: 'json' };
import { EvidenceError, type EvidenceErrorCode } from './evidence-error.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import type { Indicator } from './indicator.js';
import { createTranslator, flattenMessages } from './language.js';
import { type PipelineInput, runPipeline } from './pipeline.js';
import { type Result, resultSchema } from './result.js';
import { NO_INDICATORS } from './testing/run.js';

interface Word extends EvidenceRecord {
  readonly kind: 'word';
  readonly text: string;
}

const wordKind: RecordKind<Word> = {
  kind: 'word',
  schema: { parse: (value) => value },
  observables: () => [],
  timeline: () => [],
};

/** One record per line; a line "!" is a bad row, "throw CODE" an error of the evidence, "bug" one of the reader. */
const wordReader: Reader<Word> = {
  id: 'test/words',
  emits: ['word'],
  artifacts: [
    { in: ['files'], path: '**/*.words' },
    { in: ['phone'], path: 'Home/a.words' },
  ],
  recognises: (probe) => new TextDecoder().decode(probe.head).startsWith('WORDS'),
  async *read(file) {
    const lines = new TextDecoder().decode(await file.bytes({ maxBytes: 10_000 })).split('\n');
    for (const [index, text] of lines.entries()) {
      const source = { evidence: file.source.id, path: file.path, locator: `line ${index + 1}` };
      if (text === '!') yield { kind: 'problem', code: 'bad-row', effect: 'lost', source } satisfies Problem;
      else if (text.startsWith('throw ')) throw new EvidenceError(text.slice(6) as EvidenceErrorCode, source);
      else if (text === 'bug') throw new TypeError('x is not a function');
      else if (text !== '' && text !== 'WORDS')
        yield { kind: 'word', at: `2020-01-0${index + 1}T00:00:00.000000Z`, source, text };
    }
  },
};

const lookout: Detector<Word> = {
  id: 'test/lookout',
  version: 3,
  watches: ['word'],
  references: [],
  start() {
    const drafts: FindingDraft[] = [];
    return {
      see(record) {
        if (record.text === 'explode') throw new Error('broken rule');
        if (!['low', 'high'].includes(record.text)) return;
        drafts.push({
          severity: record.text === 'high' ? 'high' : 'low',
          confidence: 'medium',
          values: { word: record.text },
          variant: record.text,
          at: record.at,
          evidence: [record.source],
        });
      },
      end: () => drafts,
    };
  },
};

const texts = {
  'readers.test/words.name': 'Palabras',
  'readers.test/anything.name': 'Anything',
  'detectors.test/lookout.title': 'Palabra {word}',
  'detectors.test/lookout.explanation': 'Se vio {word}.',
  'detectors.test/lookout.benignCauses.0': 'Azar.',
  'detectors.test/lookout.nextSteps.0': 'Nada.',
  'detectors.test/lookout.variants.high.explanation': 'Se vio algo grande.',
};
const translate = createTranslator('es', { ...flattenMessages(coreEs), ...texts }, 'UTC', (link) => link);

async function run(
  files: Record<string, string>,
  options: Partial<PipelineInput> & {
    source?: Partial<EvidenceSource>;
    kind?: string;
    fixedPlaces?: boolean;
  } = {},
): Promise<Result> {
  const { source: change = {}, kind = 'folder', fixedPlaces = false, ...rest } = options;
  const base = await memorySource(files, { kind, fixedPlaces, probeLooseFiles: !fixedPlaces });
  const source: EvidenceSource = Object.assign(base, change);
  const entry = {
    id: 'e1',
    path: 'given',
    kind,
    sha256: Promise.resolve('00'),
    sizeBytes: 1,
    details: {},
    problems: [],
  };
  const { result } = await runPipeline({
    sources: [source],
    evidence: [entry],
    readers: [wordReader],
    detectors: [lookout],
    kinds: new Map<string, RecordKind>([['word', wordKind]]),
    matcher: NO_INDICATORS,
    feedsIn: () => [],
    translate,
    clock: () => '2026-01-01T00:00:00.000Z',
    toolVersion: '1.2.3',
    consent: null,
    ...rest,
  });
  await source.close();
  return resultSchema.parse(JSON.parse(JSON.stringify(result)));
}

describe('the pipeline', () => {
  it('tells the same in another language, with the same facts', async () => {
    const source = await memorySource(
      { 'a.words': 'WORDS\nhigh' },
      { kind: 'folder', fixedPlaces: false, probeLooseFiles: true },
    );
    const told = await runPipeline({
      sources: [source],
      evidence: [],
      readers: [wordReader],
      detectors: [lookout],
      kinds: new Map<string, RecordKind>([['word', wordKind]]),
      matcher: NO_INDICATORS,
      feedsIn: () => [],
      translate,
      clock: () => new Date().toISOString(),
      toolVersion: '1.2.3',
      consent: null,
    });
    await source.close();
    const english = { ...flattenMessages(coreEn), ...texts, 'detectors.test/lookout.title': 'Word {word}' };
    const other = told.inLanguageOf(createTranslator('en', english, 'UTC', (link) => link));

    expect(told.result.findings.map(({ title }) => title)).toEqual(['Palabra high']);
    expect(other.findings.map(({ title }) => title)).toEqual(['Word high']);
    expect(other.tool).toEqual({ ...told.result.tool, language: 'en' });
    expect(other.verdict.code).toBe(told.result.verdict.code);
    expect(other.verdict.text).not.toBe(told.result.verdict.text);
  });

  it('reads, detects, explains and accounts for what it read', async () => {
    const result = await run({ 'a.words': 'one\nhigh\nlow' });

    expect(result.counts).toEqual({ word: 3 });
    expect(result.coverage).toMatchObject([
      {
        reader: 'test/words',
        name: 'Palabras',
        artifact: 'a.words',
        status: 'read',
        records: { word: 3 },
        firstAt: '2020-01-01T00:00:00.000000Z',
        lastAt: '2020-01-03T00:00:00.000000Z',
        problems: [],
      },
    ]);
    expect(result.findings).toMatchObject([
      {
        id: 'f1',
        severity: 'high',
        title: 'Palabra high',
        explanation: 'Se vio algo grande.',
        benignCauses: ['Azar.'],
        evidence: [{ evidence: 'e1', path: 'a.words', locator: 'line 2' }],
      },
      { id: 'f2', severity: 'low', explanation: 'Se vio low.' },
    ]);
    expect(result.verdict.code).toBe('unclear');
    expect(exitCodeOf(result, null)).toBe(EXIT.ran);
    expect(exitCodeOf(result, 'high')).toBe(EXIT.failOnReached);
    expect(exitCodeOf(result, 'critical')).toBe(EXIT.ran);
  });

  it('merges what readers counted, and gives the whole to the detectors that weigh it', async () => {
    const tallyOf = (letters: number): Tally & { letters: number } => ({
      kind: 'tally',
      of: 'letters',
      letters,
      merge(other) {
        this.letters += (other as Tally & { letters: number }).letters;
      },
    });
    const counting: Reader = {
      ...wordReader,
      async *read(file) {
        const letters = (await file.bytes({ maxBytes: 100 })).byteLength;
        yield { kind: 'passed-over', of: 'word', count: 1 } satisfies PassedOver;
        yield tallyOf(letters);
      },
    };
    const weighed: number[] = [];
    const scale: Detector = {
      ...lookout,
      id: 'test/scale',
      tallies: ['letters', 'nothing'],
      start: () => ({
        see: () => undefined,
        weigh: (tally) => weighed.push((tally as Tally & { letters: number }).letters),
        end: () => [],
      }),
    };
    const result = await run(
      { 'a.words': 'abc', 'b.words': 'defgh' },
      { readers: [counting], detectors: [lookout, scale] },
    );

    expect(weighed).toEqual([8]);
    expect(result.coverage.map(({ status, passedOver }) => [status, passedOver])).toEqual([
      ['read', { word: 1 }],
      ['read', { word: 1 }],
    ]);
  });

  it('finds a renamed file by its content, and counts what nobody recognises', async () => {
    const result = await run({ 'copy (1).bin': 'WORDS\none', 'photo.jpg': 'x' });

    expect(result.counts).toEqual({ word: 1 });
    expect(result.evidence[0]?.details).toMatchObject({
      unrecognisedFiles: 1,
      unrecognisedExamples: ['photo.jpg'],
    });
    expect(result.verdict.code).toBe('none');
  });

  it('gives a reader of last resort only what no other reader recognises', async () => {
    const anything: Reader<Word> = { ...wordReader, id: 'test/anything', artifacts: [], lastResort: true };
    const eager: Reader<Word> = { ...anything, recognises: () => true };
    const result = await run({ 'a.txt': 'WORDS\none', 'b.txt': 'two' }, { readers: [eager, wordReader] });

    expect(result.coverage.map(({ reader, artifact }) => `${reader} ${artifact}`).sort()).toEqual([
      'test/anything b.txt',
      'test/words a.txt',
    ]);
  });

  it('says when there were too many files to look into all of them', async () => {
    const files: Record<string, string> = {};
    for (let n = 0; n < 20_003; n += 1) files[`${n}.txt`] = 'x';
    files['last.bin'] = 'WORDS\none';
    const result = await run({ 'a.words': 'one', ...files });

    expect(result.evidence[0]?.problems).toMatchObject([{ code: 'files-not-looked-into', count: 4 }]);
    expect(exitCodeOf(result, null)).toBe(EXIT.someEvidenceUnreadable);
  });

  it('goes on after a bad row and says that something was lost', async () => {
    const result = await run({ 'a.words': 'one\n!\ntwo' });

    expect(result.coverage).toMatchObject([
      {
        status: 'partial',
        records: { word: 2 },
        problems: [{ code: 'bad-row', locator: 'line 2', count: 1 }],
      },
    ]);
    expect(exitCodeOf(result, null)).toBe(EXIT.someEvidenceUnreadable);
  });

  it('folds many problems of one kind into a count', async () => {
    const result = await run({ 'a.words': `one\n${'!\n'.repeat(500)}` });
    const problems = result.coverage[0]?.problems ?? [];

    expect(problems).toHaveLength(11);
    expect(problems.reduce((sum, problem) => sum + problem.count, 0)).toBe(500);
  });

  it('never lets a file that failed look clean', async () => {
    const result = await run({
      'a.words': 'throw damaged',
      'b.words': 'bug',
      'c.words': 'one\nthrow damaged',
    });

    expect(result.coverage.map(({ artifact, status }) => [artifact, status])).toEqual([
      ['a.words', 'unreadable'],
      ['b.words', 'unreadable'],
      ['c.words', 'partial'],
    ]);
    expect(result.coverage[1]?.problems[0]?.message).toContain('x is not a function');
    expect(exitCodeOf(result, null)).toBe(EXIT.someEvidenceUnreadable);
  });

  it('has no result when nothing could be read', async () => {
    expect((await run({ 'a.words': 'throw damaged' })).verdict.code).toBe('nothing-read');
    expect((await run({ 'photo.jpg': 'x' })).verdict.code).toBe('nothing-read');
    expect(exitCodeOf(await run({}), null)).toBe(EXIT.someEvidenceUnreadable);
  });

  it('says what is absent where a place was expected', async () => {
    const result = await run({ 'Home/b.words': 'one' }, { kind: 'phone', fixedPlaces: true });

    expect(result.coverage).toMatchObject([{ artifact: 'Home/a.words', status: 'absent', records: {} }]);
    expect(result.verdict.code).toBe('nothing-read');
  });

  it('says what stays encrypted without a password', async () => {
    const result = await run(
      { 'Home/a.words': 'one' },
      { kind: 'phone', fixedPlaces: true, source: { locked: 'wrong-password' } },
    );

    expect(result.coverage).toMatchObject([{ status: 'encrypted', problems: [{ code: 'wrong-password' }] }]);
    expect(result.verdict.code).toBe('nothing-read');
    expect(exitCodeOf(result, null)).toBe(EXIT.someEvidenceUnreadable);
  });

  it('keeps going when a detector breaks, and says that its check gave no result', async () => {
    const result = await run({ 'a.words': 'high\nexplode\nlow' });

    expect(result.findings).toEqual([]);
    expect(result.coverage[0]?.problems).toMatchObject([{ code: 'detector-failed', locator: 'line 2' }]);
  });

  it('gives records to sinks one by one and waits for a slow one', async () => {
    const seen: string[] = [];
    const sink = {
      record: async (record: EvidenceRecord) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.push(record.source.locator);
      },
    };
    await run({ 'a.words': 'one\ntwo' }, { sinks: [sink] });

    expect(seen).toEqual(['line 1', 'line 2']);
  });

  it.each([
    [
      'at once',
      (): void => {
        throw new Error('disk full');
      },
    ],
    ['later', (): Promise<void> => Promise.reject(new Error('disk full'))],
  ])('ends when a sink fails %s, and does not blame the evidence', async (_when, record) => {
    await expect(run({ 'a.words': 'one' }, { sinks: [{ record }] })).rejects.toThrow('disk full');
  });

  it('stops when asked to', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));

    await expect(run({ 'a.words': 'one' }, { signal })).rejects.toThrow('stopped');
  });

  it('reports evidence that changed during the run', async () => {
    const source = { evidence: 'e1', path: 'given', locator: '' };
    const result = await run(
      { 'a.words': 'one' },
      { rehash: async () => [{ kind: 'problem', code: 'evidence-changed', effect: 'lost', source }] },
    );

    expect(result.evidence[0]?.problems).toMatchObject([{ code: 'evidence-changed' }]);
    expect(exitCodeOf(result, null)).toBe(EXIT.someEvidenceUnreadable);
  });
});

describe('entries that leave no record', () => {
  const passedOver = (
    count: number,
    firstAt: string | null = null,
    lastAt: string | null = null,
  ): PassedOver => ({
    kind: 'passed-over',
    of: 'word',
    count,
    firstAt,
    lastAt,
  });
  const scan = (items: readonly (Word | Problem | PassedOver)[]): Reader<Word> => ({
    ...wordReader,
    async *read() {
      yield* items;
    },
  });
  const source = { evidence: 'e1', path: 'a.words', locator: 'line 1' };
  const lost: Problem = { kind: 'problem', code: 'bad-row', effect: 'lost', source };

  it('count as read: nothing found is not nothing read', async () => {
    const items = [
      passedOver(50_000, '2013-02-01T00:00:00.000000Z', '2013-02-09T00:00:00.000000Z'),
      passedOver(7, '2012-12-01T00:00:00.000000Z', null),
    ];
    const result = await run({ 'a.words': 'x' }, { readers: [scan(items)] });

    expect(result.coverage).toMatchObject([
      {
        status: 'read',
        records: {},
        passedOver: { word: 50_007 },
        firstAt: '2012-12-01T00:00:00.000000Z',
        lastAt: '2013-02-09T00:00:00.000000Z',
      },
    ]);
    expect(result.counts).toEqual({});
    expect(result.verdict.code).toBe('none');
    expect(result.verdict.coverage).toContain('Se leyó 1 parte de 1');
    expect(exitCodeOf(result, null)).toBe(EXIT.ran);
  });

  it('say nothing of a device when all that was read is about a site', async () => {
    const ofSite: Reader<Word> = { ...scan([passedOver(3)]), about: 'site' };
    expect((await run({ 'a.words': 'x' }, { readers: [ofSite] })).verdict).toMatchObject({
      code: 'none-on-site',
      text: expect.not.stringContaining('equipo'),
    });
  });

  it('stand beside records and losses', async () => {
    const word: Word = { kind: 'word', at: null, source, text: 'one' };
    const both = await run({ 'a.words': 'x' }, { readers: [scan([passedOver(3), word])] });
    const damaged = await run({ 'a.words': 'x' }, { readers: [scan([passedOver(3), lost])] });

    expect(both.coverage).toMatchObject([{ status: 'read', records: { word: 1 }, passedOver: { word: 3 } }]);
    expect(damaged.coverage).toMatchObject([{ status: 'partial', records: {}, passedOver: { word: 3 } }]);
    expect(exitCodeOf(damaged, null)).toBe(EXIT.someEvidenceUnreadable);
  });

  it('are not told of a reader that passes nothing over', async () => {
    const result = await run({ 'a.words': 'one', 'b.words': '' });

    expect(result.coverage.map(({ status }) => status)).toEqual(['read', 'empty']);
    for (const entry of result.coverage) expect(entry).not.toHaveProperty('passedOver');
  });

  it('move the progress on, and an abort is noticed among them', async () => {
    const progress: number[] = [];
    await run(
      { 'a.words': 'x' },
      {
        readers: [scan([passedOver(50_000), passedOver(50_000)])],
        progress: (event) => {
          if (event.stage === 'reading') progress.push(event.records);
        },
      },
    );
    const abort = new AbortController();
    const endless: Reader<Word> = {
      ...wordReader,
      async *read() {
        for (;;) {
          yield passedOver(50_000);
          abort.abort(new Error('stopped'));
        }
      },
    };

    expect(progress).toEqual([0, 50_000, 100_000]);
    await expect(run({ 'a.words': 'x' }, { readers: [endless], signal: abort.signal })).rejects.toThrow(
      'stopped',
    );
  });
});

describe('sweeps', () => {
  function sweepReader(): { reader: SweepReader<Word>; swept: string[] } {
    const swept: string[] = [];
    const reader: SweepReader<Word> = {
      id: 'test/words',
      emits: ['word'],
      sweeps: ['files'],
      async *sweep(source) {
        swept.push(source.id);
        for await (const file of source.find(['**'])) {
          const place = { evidence: source.id, path: file.path, locator: '' };
          if (file.path === 'broken') throw new EvidenceError('damaged', place);
          yield { kind: 'word', at: null, source: place, text: file.path };
        }
      },
    };
    return { reader, swept };
  }

  it('go once over every source, whatever its files are', async () => {
    const { reader, swept } = sweepReader();
    const second = await memorySource({ c: 'x' }, { id: 'e2' });
    const first = await memorySource({ 'a.words': 'WORDS\none', b: 'x' });
    const result = await run({}, { readers: [reader, wordReader], sources: [first, second] });

    expect(swept).toEqual(['e1', 'e2']);
    expect(result.coverage.map(({ evidence, artifact, records }) => [evidence, artifact, records])).toEqual([
      ['e1', 'a.words', { word: 1 }],
      ['e1', '**', { word: 2 }],
      ['e2', '**', { word: 1 }],
    ]);
    for (const source of [first, second]) await source.close();
  });

  it('leave backups alone, whose layout is known, and what is locked', async () => {
    const { reader, swept } = sweepReader();
    await run({ 'Home/a.words': 'one' }, { readers: [reader], kind: 'ios-backup', fixedPlaces: true });
    await run({ 'a.words': 'one' }, { readers: [reader], source: { locked: 'password-needed' } });

    expect(swept).toEqual([]);
  });

  it('keep what they read when they fail, and say so', async () => {
    const { reader } = sweepReader();
    const result = await run({ a: 'x', broken: 'x' }, { readers: [reader] });

    expect(result.coverage).toMatchObject([
      { status: 'partial', records: { word: 1 }, problems: [{ code: 'damaged' }] },
    ]);
  });
});

describe('what a reader may ask', () => {
  it('whether an indicator fits, and which rules the check has', async () => {
    const asked: unknown[] = [];
    const indicator: Indicator = {
      type: 'ipv4',
      value: '192.0.2.1',
      family: 'x',
      category: 'spyware',
      role: 'infrastructure',
      feed: 'x',
      file: 'x',
      place: '1',
      licence: null,
      validFrom: null,
      validUntil: null,
      comment: null,
    };
    const matcher: IndicatorMatcher = {
      size: 1,
      match: ({ value }) => (value === indicator.value ? [{ how: 'exact', indicator }] : []),
    };
    const reader: Reader<Word> = {
      ...wordReader,
      async *read(_file, { isListed, rulePacks }) {
        for (const value of ['192.0.2.1', '192.0.2.2']) asked.push(isListed?.({ type: 'host', value }));
        asked.push(rulePacks);
        yield* [];
      },
    };
    await run({ 'a.words': 'x' }, { readers: [reader], matcher });

    expect(asked).toEqual([true, false, []]);
  });
});

describe('servers of a spyware', () => {
  type Shows = NonNullable<FindingDraft['shows']>;
  const drafts = (...shows: Shows[]): Detector<Word> => ({
    ...lookout,
    start: () => ({
      see: () => undefined,
      end: () =>
        shows.map((show) => ({
          severity: 'medium' as const,
          confidence: 'high' as const,
          shows: show,
          values: { word: 'x' },
          at: null,
          picture: {
            kind: 'servers' as const,
            bars: [
              { label: { country: 'MX' }, count: 2 },
              { label: 'Proveedor \u202e', count: 1 },
            ],
            spans: [
              {
                label: '192.0.2.1',
                from: '2013-03-01T00:00:00.000000Z',
                to: null,
                severity: 'medium' as const,
              },
            ],
          },
          evidence: [{ evidence: 'e1', path: 'a.words', locator: '' }],
        })),
    }),
  });
  const codeOf = async (...shows: Shows[]): Promise<string> =>
    (await run({ 'a.words': 'one' }, { detectors: [drafts(...shows)] })).verdict.code;

  it('give a verdict of their own, never stronger than something odd on a device', async () => {
    expect(await codeOf('infrastructure')).toBe('infrastructure');
    expect(await codeOf('infrastructure', 'advice')).toBe('infrastructure');
    expect(await codeOf('infrastructure', 'oddity')).toBe('unclear');
    expect(await codeOf('infrastructure', 'attempt')).toBe('targeted');
    expect(await codeOf('infrastructure', 'trace')).toBe('trace');
    expect(await codeOf('advice')).toBe('none');
  });

  it('are drawn: their picture is in the result, in the language of the reader', async () => {
    const result = await run({ 'a.words': 'one' }, { detectors: [drafts('infrastructure')] });
    const [finding] = result.findings;

    expect(finding?.picture).toEqual({
      kind: 'servers',
      bars: [
        { label: 'México', count: 2 },
        { label: 'Proveedor ⟨U+202E⟩', count: 1 },
      ],
      spans: [{ label: '192.0.2.1', from: '2013-03-01T00:00:00.000000Z', to: null, severity: 'medium' }],
    });
    const wrong = { ...finding, picture: { kind: 'servers', rows: [], marks: [] } };
    expect(resultSchema.safeParse({ ...result, findings: [wrong] }).success).toBe(false);
    const people = { kind: 'people-over-time', rows: ['Ana'], marks: [] };
    expect(resultSchema.safeParse({ ...result, findings: [{ ...finding, picture: people }] }).success).toBe(
      true,
    );
    const unknown = { ...people, kind: 'map' };
    expect(resultSchema.safeParse({ ...result, findings: [{ ...finding, picture: unknown }] }).success).toBe(
      false,
    );
  });
});
