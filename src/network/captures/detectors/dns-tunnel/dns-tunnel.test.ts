import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingDraft, TextValues } from '../../../../core/contracts.js';
import { detect } from '../../../../core/testing/run.js';
import { expectSoundTexts } from '../../../../core/testing/texts.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import { dns, frame, momentAt } from '../../testing/traffic.js';
import { detector } from './dns-tunnel.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { nameShape } from './name-shape.js';

const find = (records: readonly Dns[]): readonly FindingDraft[] => detect(detector, records);

/** A label of letters without pattern, the same for the same number. */
function label(number: number, length: number): string {
  let seed = number * 7919 + 1;
  let text = '';
  while (text.length < length) {
    seed = (seed * 48_271) % 2_147_483_647;
    text += 'abcdefghijklmnopqrstuvwxyz234567'[seed % 32];
  }
  return text;
}

/** Questions for so many names under a parent, one every so many seconds. */
function questions(count: number, gap: number, part: Partial<Dns> = {}, length = 32): Dns[] {
  return Array.from({ length: count }, (_, n) =>
    dns(`${label(n, length)}.t.example.org`, [], {
      at: momentAt(n * gap),
      type: 'TXT',
      source: frame(n + 1),
      ...part,
    }),
  );
}

describe('data in names of the DNS', () => {
  it('is told once for each device and parent, with the first questions', () => {
    const [found, ...others] = find(questions(200, 0.2));

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'medium',
      confidence: 'medium',
      shows: 'oddity',
      at: momentAt(0),
      reasons: [{ code: 'names' }, { code: 'labels' }, { code: 'types', values: { count: 200 } }],
      details: {
        device: '192.168.43.17',
        parent: 'example.org',
        questions: 200,
        namesInMinute: 64,
        types: { TXT: 200 },
        firstAt: momentAt(0),
      },
    });
    expect(found?.evidence.slice(0, 2)).toEqual([frame(1), frame(2)]);
    expect(found?.evidence).toHaveLength(10);
  });

  it('is told by raw bytes, and by answers that are not to be kept', () => {
    const raw = Array.from({ length: 60 }, (_, n) =>
      dns(`\\200\\201${label(n, 30)}.t.example.org`, [], { at: momentAt(n) }),
    );
    expect(find(raw)[0]).toMatchObject({ severity: 'medium', details: { rawNames: 60 } });
    const unkept = questions(60, 1, {
      type: 'A',
      answers: [{ name: 'x', type: 'A', ttlSeconds: 0, data: '192.0.2.1' }],
    });
    expect(find(unkept)[0]).toMatchObject({ severity: 'medium', details: { answersNotKept: 60 } });
  });

  it('is told when it goes slowly, by types or by more letters than a hash has', () => {
    const [slow, ...others] = find(questions(120, 10));
    expect(others).toEqual([]);
    expect(slow).toMatchObject({
      severity: 'medium',
      confidence: 'low',
      values: { pace: 'slow', names: 100 },
      reasons: [{ code: 'names-slow' }, { code: 'labels' }, { code: 'types' }],
      details: { questions: 120, namesInMinute: 6, pace: 'slow' },
    });
    const address = Array.from({ length: 120 }, (_, n) =>
      dns(`${label(n, 60)}.${label(n + 500, 60)}.t.example.org`, ['192.0.2.1'], {
        at: momentAt(n * 10),
        source: frame(n + 1),
      }),
    );
    expect(find(address)).toMatchObject([
      { severity: 'low', reasons: [{ code: 'names-slow' }, { code: 'labels' }, { code: 'letters' }] },
    ]);
  });

  it('is not told of slow questions for addresses under names like a hash, nor of a few', () => {
    expect(find(questions(500, 10, { type: 'A' }, 60))).toEqual([]);
    expect(find(questions(99, 10))).toEqual([]);
  });

  it('is of low severity when only the names are odd, and information of services that ask so', () => {
    expect(find(questions(60, 1, { type: 'A' }))).toMatchObject([{ severity: 'low', confidence: 'low' }]);
    const lookups = Array.from({ length: 60 }, (_, n) =>
      dns(`${label(n, 32)}.sophosxl.net`, [], { at: momentAt(n), type: 'TXT' }),
    );
    expect(find(lookups)).toMatchObject([{ severity: 'info', details: { parent: 'sophosxl.net' } }]);
  });

  it.each([
    ['forty names in a minute', questions(40, 1)],
    ['a thousand addresses in as many minutes', questions(1_000, 60, { type: 'A' })],
    ['one name a hundred times', questions(1, 1).flatMap((one) => Array.from({ length: 100 }, () => one))],
    ['short names', questions(100, 0.5, {}, 8)],
    [
      'names of words',
      Array.from({ length: 80 }, (_, n) =>
        dns(`static-${n}.images.news.example.org`, [], { at: momentAt(n / 2) }),
      ),
    ],
    ['names of the own network', questions(100, 0.5, { service: 'mdns' })],
    ['questions without a time', questions(100, 0.5, { at: null })],
    [
      'addresses looked up backwards',
      Array.from({ length: 80 }, (_, n) =>
        dns(`${[...label(n, 32)].join('.')}.ip6.arpa`, [], { at: momentAt(n / 2), type: 'PTR' }),
      ),
    ],
    [
      'different parents',
      Array.from({ length: 80 }, (_, n) =>
        dns(`${label(n, 32)}.a${n}.example`, [], { at: momentAt(n / 2), type: 'TXT' }),
      ),
    ],
  ])('is not %s', (_what, records) => {
    expect(find(records)).toEqual([]);
  });

  it('is told apart by device, and the same in any order', () => {
    const other = questions(70, 0.4, { clientAddress: '192.168.43.20' });
    const all = [...questions(90, 0.3), ...other];
    const expected = find(all);
    expect(expected.map(({ details }) => details?.device)).toEqual(['192.168.43.17', '192.168.43.20']);
    expect(find(all.toReversed())).toEqual(expected);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (records) => {
        expect(find(records)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('has sound texts', () => {
    const [found] = find(questions(60, 1));
    const values = { ...found?.values, count: 2, types: 'TXT', bits: 3.9, letters: 2 } as TextValues;
    expectSoundTexts(
      { es, en },
      values,
      { ...values, grade: 'low', isCut: 'yes', leftOut: 4, count: 1 },
      { ...values, grade: 'info' },
      { ...values, pace: 'slow' },
    );
  });
});

describe('the shape of a name', () => {
  it('is that of the labels below what somebody registered', () => {
    expect(nameShape('aa.bb.example.co.uk')).toEqual({
      parent: 'example.co.uk',
      longest: 2,
      letters: 4,
      entropyMilli: 1000,
      hasOddBytes: false,
    });
    expect(nameShape('\\001\\255x\\.y.T.Example.ORG')).toMatchObject({
      parent: 'example.org',
      longest: 5,
      letters: 6,
      hasOddBytes: true,
    });
    expect(nameShape('example.org')).toBeNull();
    expect(nameShape('localhost')).toBeNull();
    expect(nameShape('')).toBeNull();
  });

  it('is a value or nothing for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const shape = nameShape(name);
        expect(shape === null || shape.letters >= 0).toBe(true);
      }),
    );
  });
});
