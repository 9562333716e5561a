import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Message, message } from '../../records/kinds/message.js';
import { type UrlVisit, urlVisit } from '../../records/kinds/url-visit.js';
import type { CaseTimeline, LineFilter } from './case-timeline.js';
import { aCase } from './testing/a-case.js';
import { aMessage } from './testing/fill.js';
import { NOW, newVault, temporaryFolder } from './testing/open-vault.js';
import type { Vault } from './vault.js';

const ALL: LineFilter = { from: null, to: null, kinds: [], text: '' };
const { folder, remove } = temporaryFolder();
let vault: Vault;
beforeAll(async () => {
  vault = await newVault(join(folder, 'vault'));
});
afterAll(() => {
  vault.close();
  remove();
});

const second = (number: number): string => `2026-01-01T00:00:${String(number).padStart(2, '0')}.000000Z`;
const placed = (number: number) => ({ evidence: 'e1', path: 'sms.db', locator: `ROWID ${number}` });

function visit(at: string | null, title: string, number: number): UrlVisit {
  return {
    kind: 'url-visit',
    at,
    source: placed(number),
    browser: 'safari',
    url: 'https://news.example/',
    title,
    visitId: null,
    redirectSourceVisitId: null,
    redirectDestinationVisitId: null,
  };
}

/** The line of a new case with these records, stored in this order. */
function lineOf(records: readonly (Message | UrlVisit)[]): CaseTimeline {
  const { id } = vault.cases.open(aCase());
  const run = vault.runs.begin({ caseId: id, startedAt: NOW });
  for (const record of records) {
    if (record.kind === 'message') run.record(record, message);
    else run.record(record, urlVisit);
  }
  run.flush();
  return vault.records.timelineOf(id);
}

const locatorsOf = (page: { moments: readonly { stored: { record: { source: { locator: string } } } }[] }) =>
  page.moments.map(({ stored }) => stored.record.source.locator);

describe('the line of time of a case', () => {
  it('goes on where a page ended, jumps to a place, and says of how many', async () => {
    const line = lineOf(
      [4, 2, 0, 3, 1].map((at, index) => aMessage('x', { at: second(at), source: placed(index) })),
    );
    const first = await line.page(ALL, null, 2);
    expect([locatorsOf(first), first.offset, first.total]).toEqual([['ROWID 2', 'ROWID 4'], 0, 5]);
    const next = await line.page(ALL, first.next, 2);
    expect([locatorsOf(next), next.offset]).toEqual([['ROWID 1', 'ROWID 3'], 2]);
    const last = await line.page(ALL, next.next, 2);
    expect([locatorsOf(last), last.offset, last.next]).toEqual([['ROWID 0'], 4, null]);
    expect(await line.page(ALL, 3, 2)).toMatchObject({ offset: 3, next: null, total: 5 });
    expect(await line.page(ALL, 99, 2)).toMatchObject({ moments: [], next: null, total: 5 });
    for (const nonsense of ['', 'x', '1.2', 'a.b.c', '; DROP TABLE moments'])
      expect(await line.page(ALL, nonsense, 2), nonsense).toMatchObject({ offset: 0, total: 5 });
  });

  it('goes on after a cursor under another filter, which counts anew', async () => {
    const line = lineOf(
      [0, 1, 2, 3].map((at) =>
        aMessage(at % 2 === 0 ? 'even' : 'odd', { at: second(at), source: placed(at) }),
      ),
    );
    const { next } = await line.page(ALL, null, 2);
    const odd = await line.page({ ...ALL, text: 'odd' }, next, 2);
    expect([locatorsOf(odd), odd.offset, odd.total]).toEqual([['ROWID 3'], 1, 2]);
  });

  it('has times before 1970 and to the microsecond', async () => {
    const times = [
      '1601-01-01T00:00:00.000000Z',
      '1969-12-31T23:59:59.999999Z',
      '2026-01-01T00:00:00.000001Z',
    ];
    const line = lineOf(
      [...times].reverse().map((at, index) => aMessage('x', { at, source: placed(index) })),
    );
    expect((await line.page(ALL, null, 9)).moments.map(({ at }) => at)).toEqual(times);
    const records = [...vault.records.timeline({ limit: 9, to: times[1] ?? '' }).moments];
    expect(records.map(({ at }) => at)).toEqual(times.slice(0, 2));
    const second = await line.page({ ...ALL, from: times[1] ?? null, to: times[1] ?? null }, null, 9);
    expect(second.moments.map(({ at }) => at)).toEqual([times[1]]);
  });

  it('counts from the first moment to the last, and kinds whatever kinds are chosen', async () => {
    const line = lineOf([
      ...[0, 1, 9].map((at) => aMessage('hola', { at: second(at), source: placed(at) })),
      visit(second(5), 'hola', 5),
      visit(null, 'hola', 6),
    ]);
    const histogram = {
      from: second(0),
      to: second(9),
      stepSeconds: 2,
      kinds: [
        { kind: 'message', count: 3 },
        { kind: 'url-visit', count: 1 },
      ],
      undated: 1,
    };
    expect(await line.histogram(ALL, 5)).toEqual({ ...histogram, counts: [2, 0, 1, 0, 1] });
    expect(await line.histogram({ ...ALL, kinds: ['message'] }, 5)).toEqual({
      ...histogram,
      counts: [2, 0, 0, 0, 1],
    });
    expect(await line.histogram({ ...ALL, text: 'nada' }, 5)).toEqual({
      from: null,
      to: null,
      stepSeconds: 0,
      counts: [],
      kinds: [],
      undated: 0,
    });
  });

  it('has records without a time apart, by kind and words', async () => {
    const line = lineOf([
      aMessage('uno', { at: null, source: placed(0) }),
      aMessage('dos', { at: second(1), source: placed(1) }),
      visit(null, 'uno', 2),
      visit(null, 'dos', 3),
    ]);
    const undated = async (filter: Partial<LineFilter>, after = 0, limit = 9) => {
      const { records, next } = await line.undated({ ...ALL, ...filter }, after, limit);
      return [records.map(({ record }) => record.source.locator), next];
    };
    expect(await undated({})).toEqual([['ROWID 0', 'ROWID 2', 'ROWID 3'], null]);
    expect(await undated({ text: 'uno' })).toEqual([['ROWID 0', 'ROWID 2'], null]);
    expect(await undated({ text: 'uno', kinds: ['url-visit'] })).toEqual([['ROWID 2'], null]);
    const [first, next] = await undated({}, 0, 1);
    expect(first).toEqual(['ROWID 0']);
    expect(await undated({}, Number(next))).toEqual([['ROWID 2', 'ROWID 3'], null]);
  });

  it('of a case without records is empty', async () => {
    const line = lineOf([]);
    expect(await line.page(ALL, null, 10)).toEqual({ moments: [], offset: 0, next: null, total: 0 });
    expect(await line.histogram(ALL, 10)).toMatchObject({ counts: [], undated: 0 });
    expect(await line.undated(ALL, 0, 10)).toEqual({ records: [], next: null });
  });

  it('has in its pages, put together, the sorted filter of all records, each once', async () => {
    const words = ['alfa', 'beta', 'gamma', 'alfalfa'];
    const aRecord = fc.record({
      isVisit: fc.boolean(),
      at: fc.option(fc.nat({ max: 9 }), { nil: null }),
      readAt: fc.option(fc.nat({ max: 9 }), { nil: null }),
      words: fc.array(fc.constantFrom(...words), { maxLength: 3 }),
    });
    const aFilter = fc.record({
      from: fc.option(fc.nat({ max: 9 }), { nil: null }),
      to: fc.option(fc.nat({ max: 9 }), { nil: null }),
      kinds: fc.uniqueArray(fc.constantFrom('message', 'url-visit', 'unheard-of'), { maxLength: 2 }),
      text: fc.constantFrom('', 'alfa', 'alfa beta', 'alf*', 'ALFÁ'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(aRecord, { maxLength: 30 }),
        aFilter,
        fc.integer({ min: 1, max: 7 }),
        async (given, { from, to, kinds, text }, limit) => {
          const timed = (at: number | null): string | null => (at === null ? null : second(at));
          const line = lineOf(
            given.map(({ isVisit, at, readAt, words: said }, index) =>
              isVisit
                ? visit(timed(at), said.join(' '), index)
                : aMessage(said.join(' '), { at: timed(at), readAt: timed(readAt), source: placed(index) }),
            ),
          );
          const passes = (said: readonly string[]): boolean =>
            text === 'alf*'
              ? said.some((word) => word.startsWith('alf'))
              : (text === '' ? [] : text.toLowerCase().replace('á', 'a').split(' ')).every((word) =>
                  said.includes(word),
                );
          const expected = given
            .flatMap(({ isVisit, at, readAt, words: said }, index) => {
              const kind = isVisit ? 'url-visit' : 'message';
              if ((kinds.length > 0 && !kinds.includes(kind)) || !passes(said)) return [];
              return (isVisit ? [at] : [at, readAt])
                .filter((time) => time !== null)
                .filter((time) => (from === null || time >= from) && (to === null || time <= to))
                .map((time) => ({ time, index }));
            })
            .sort((a, b) => a.time - b.time || a.index - b.index)
            .map(({ time, index }) => `${second(time)} ROWID ${index}`);

          const filter = { from: timed(from), to: timed(to), kinds, text };
          const shown: string[] = [];
          const keys: string[] = [];
          let cursor: string | null = null;
          do {
            const page = await line.page(filter, cursor, limit);
            expect([page.offset, page.total]).toEqual([shown.length, expected.length]);
            const jumped = await line.page(filter, page.offset, limit);
            expect(jumped.moments.map(({ key }) => key)).toEqual(page.moments.map(({ key }) => key));
            for (const { at, key, stored } of page.moments) {
              shown.push(`${at} ${stored.record.source.locator}`);
              keys.push(key);
            }
            cursor = page.next;
          } while (cursor !== null);
          expect(shown).toEqual(expected);
          expect(new Set(keys).size).toBe(keys.length);
          const { counts } = await line.histogram(filter, 4);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(expected.length);
        },
      ),
      { numRuns: 80 },
    );
  });
});
