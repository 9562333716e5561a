import { describe, expect, it } from 'vitest';
import { MomentIndex, RecordSet } from './moment-index.js';

/** Seconds 10, 20, 20, 30 and 30: the second record twice at the same time. */
const index = new MomentIndex([
  { at: [10e6, 20e6], record: [3, 2], event: [7, 7], kind: [1, 2] },
  { at: [20e6, 30e6, 30e6], record: [2, 1, 4], event: [8, 7, 7], kind: [2, 1, 1] },
]);
const all = { from: null, to: null, kinds: null, records: null };

function records(...ids: number[]): RecordSet {
  const set = new RecordSet(1, 4);
  for (const id of ids) set.add(id);
  return set;
}

describe('a set of records', () => {
  it('knows what was added, once, within its bounds', () => {
    const set = new RecordSet(5, 20);
    for (const id of [5, 13, 13, 20, 4, 21]) set.add(id);
    expect(set.size).toBe(3);
    expect([4, 5, 12, 13, 20, 21].filter((id) => set.has(id))).toEqual([5, 13, 20]);
  });

  it('of no records has none', () => {
    const set = new RecordSet(1, 0);
    set.add(1);
    expect([set.size, set.has(1)]).toEqual([0, false]);
  });
});

describe('moments of a case', () => {
  it('are chosen by time, bounds included, by kind and by record', () => {
    const places = (filter: Partial<Parameters<MomentIndex['select']>[0]>) => [
      ...index.select({ ...all, ...filter }),
    ];
    expect(places({})).toEqual([0, 1, 2, 3, 4]);
    expect(places({ from: 20e6, to: 20e6 })).toEqual([1, 2]);
    expect(places({ from: 20e6 + 1, to: null })).toEqual([3, 4]);
    expect(places({ to: 10e6 - 1 })).toEqual([]);
    expect(places({ from: 30e6, to: 10e6 })).toEqual([]);
    expect(places({ kinds: new Set([2]) })).toEqual([1, 2]);
    expect(places({ kinds: new Set() })).toEqual([]);
    expect(places({ records: records(1, 2), kinds: new Set([1]) })).toEqual([3]);
  });

  it('are counted by kind and by stretch of time', () => {
    const places = index.select(all);
    expect([...index.kinds(places)]).toEqual([
      [1, 3],
      [2, 2],
    ]);
    expect(index.histogram(places, 10e6, 3)).toEqual([1, 2, 2]);
    expect(index.histogram(index.select({ ...all, from: 20e6 }), 20e6, 1)).toEqual([4]);
    expect(index.histogram(new Uint32Array(), 1, 2)).toEqual([0, 0]);
  });

  it('are gone on after, also after one that is not among them', () => {
    const places = index.select({ ...all, kinds: new Set([1]) });
    expect(index.after(places, { at: 10e6, record: 3, event: 7 })).toBe(1);
    expect(index.after(places, { at: 20e6, record: 2, event: 8 })).toBe(1);
    expect(index.after(places, { at: 0, record: 0, event: 0 })).toBe(0);
    expect(index.after(places, { at: 30e6, record: 4, event: 7 })).toBe(3);
  });

  it('tell which records have a time', () => {
    const dated = new RecordSet(1, 9);
    index.addDated(dated);
    expect([dated.size, dated.has(4), dated.has(5)]).toEqual([4, true, false]);
  });
});
