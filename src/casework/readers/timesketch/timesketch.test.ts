import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvidenceError } from '../../../core/evidence-error.js';
import { expectSoundTexts } from '../../../core/testing/texts.js';
import { readInMemory, recognises } from '../../../evidence/testing/read-in-memory.js';
import { redact } from '../../sharing/redact.js';
import { plantedCase, wholeText } from '../../sharing/testing/planted-case.js';
import { timesketchCsv, timesketchJsonl } from '../../sharing/timesketch.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { reader } from './timesketch.js';

const DATA = new URL('../../../../../shared/data/casework/timesketch/', import.meta.url);
const HEADER = 'message,timestamp,datetime,timestamp_desc,data_type,tag';
const read = (content: string | Uint8Array) => readInMemory(reader, { timeline: content });
const readData = (name: string) => read(readFileSync(new URL(name, DATA)));

describe('casework/timesketch', () => {
  it('reads events, datetime before timestamp, every other column kept', async () => {
    const text = `${HEADER}\n"A, b",1532703487000000,2018-07-27T10:58:07+00:00,Access Time,fs:stat,x\n`;
    const { records, problems } = await read(text);

    expect(await recognises(reader, Buffer.from(text))).toBe(true);
    expect(problems).toEqual([]);
    expect(records).toEqual([
      {
        kind: 'timeline-event',
        at: '2018-07-27T10:58:07.000000Z',
        source: { evidence: 'e1', path: 'timeline', locator: 'row 2' },
        message: 'A, b',
        timeOf: 'Access Time',
        dataType: 'fs:stat',
        fields: { tag: 'x' },
      },
    ]);
  });

  it('takes timestamp where there is no datetime, whatever its unit', async () => {
    const rows = ['1532689087', '1532689087000', '1532689087000001', '1532689087000001999'];
    const { records } = await read(
      `message,timestamp,timestamp_desc\n${rows.map((row) => `m,${row},x`).join('\n')}\n`,
    );

    expect(records.map(({ at }) => at)).toEqual([
      '2018-07-27T10:58:07.000000Z',
      '2018-07-27T10:58:07.000000Z',
      '2018-07-27T10:58:07.000001Z',
      '2018-07-27T10:58:07.000001Z',
    ]);
  });

  it('names what it could not read and goes on', async () => {
    const { records, problems } = await read(
      [
        HEADER,
        'a,1,never,x,y,',
        'b,1,2024-01-01 10:00:00,x,y,',
        ',1,2024-01-01T10:00:00Z,x,y,',
        'c,,,x,y,',
      ].join('\n'),
    );

    expect(records).toMatchObject([
      { message: 'b', at: '2024-01-01T10:00:00.000000Z', atZone: 'assumed-utc' },
    ]);
    expect(problems).toMatchObject([
      { code: 'bad-row', effect: 'lost', count: 1, source: { locator: 'row 4' } },
      { code: 'bad-time', effect: 'lost', count: 2, source: { locator: 'row 2' } },
      { code: 'time-zone-assumed', effect: 'note', count: 1, source: { locator: 'row 3' } },
    ]);
  });

  it('goes on after a broken line of JSON, and keeps lists and numbers as text', async () => {
    const line = {
      message: 'a',
      datetime: '2024-01-01T10:00:00.123456Z',
      timestamp_desc: 'x',
      tag: ['b'],
      n: 7,
    };
    const { records, problems } = await read(
      `${JSON.stringify(line)}\n{"message": oops}\n${JSON.stringify({ ...line, message: 'z' })}\n`,
    );

    expect(records.map(({ message }) => message)).toEqual(['a', 'z']);
    expect(records[0]).toMatchObject({ at: '2024-01-01T10:00:00.123456Z', fields: { tag: '["b"]', n: '7' } });
    expect(problems).toMatchObject([{ code: 'bad-row', effect: 'lost' }]);
  });

  it('reads what we export, to the microsecond', async () => {
    const shared = redact(plantedCase(), 'for-prosecutor');
    const [table, lines] = [
      await read(await wholeText(timesketchCsv(shared))),
      await read(await wholeText(timesketchJsonl(shared))),
    ];

    expect(table.problems).toEqual([]);
    expect(table.records.map(({ at }) => at)).toEqual(lines.records.map(({ at }) => at));
    expect(table.records[0]?.at).toBe('2024-03-12T17:04:10.123456Z');
  });

  it('leaves tables of others alone', async () => {
    for (const text of [
      'message,datetime,sender\nhola,2024-01-01,x\n',
      'timestamp_desc is a word\n',
      '{"message":"a","datetime":"b"}\n',
      '[1]',
    ])
      expect(await recognises(reader, Buffer.from(text))).toBe(false);
    await expect(read('a,b\n1,2\n')).rejects.toMatchObject({ code: 'wrong-format' });
  });

  it('keeps names that mean something to programs as ordinary ones', async () => {
    const { records } = await read(
      '{"message":"a","datetime":"2024-01-01T10:00:00Z","timestamp_desc":"x","__proto__":"p","constructor":"c"}\n',
    );

    expect(Object.entries(records[0]?.fields ?? {})).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
  });

  it('survives any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(`${HEADER}\n`, '{"message":"a","datetime":"x","timestamp_desc":"y"}\n'),
        fc.string({ unit: 'binary', maxLength: 2_000 }),
        async (head, text) => {
          // A typed error, where the text is no longer a time line.
          await read(head + text).catch((error: unknown) => expect(error).toBeInstanceOf(EvidenceError));
        },
      ),
    );
  });

  it('says the same in both languages', () => {
    expectSoundTexts({ es, en }, { count: 1 }, { count: 2 });
  });
});

describe.skipIf(!existsSync(DATA))(
  'casework/timesketch on published time lines (skipped without ../shared)',
  () => {
    it('lets datetime win, also as the last column', async () => {
      const { records, problems } = await readData('csv_datetime_last_column.csv');

      expect(records.map(({ at }) => at)).toEqual([
        '2018-07-27T10:58:07.000000Z',
        '2018-07-27T11:35:05.000000Z',
        '2018-07-27T11:56:33.000000Z',
        '2018-07-27T12:24:50.000000Z',
      ]);
      expect(problems).toEqual([]);
    });

    it('reads microseconds in the datetime column', async () => {
      const { records, problems } = await readData('csv_timestamp_as_datetime.csv');

      expect(records[0]?.at).toBe('2024-08-12T15:03:14.349345Z');
      expect(records).toHaveLength(4);
      expect(problems).toEqual([]);
    });

    it.each(['validate_time_precision.csv', 'validate_time_precision_jsonl.jsonl'])(
      'keeps microseconds of %s',
      async (name) => {
        const { records, problems } = await readData(name);

        expect(records.map(({ at }) => at)).toEqual([
          '2024-07-24T10:57:02.877297Z',
          '2015-07-24T19:01:01.000000Z',
        ]);
        expect(problems).toEqual([]);
      },
    );

    it('skips the row without a date, and notes times without a zone', async () => {
      const { records, problems } = await readData('invalid_datetime.csv');

      expect(records.map(({ dataType }) => dataType)).toEqual([
        'Missing_timezone_info',
        'wrong_timestamp',
        'long_timestamp',
      ]);
      expect(problems).toMatchObject([
        { code: 'bad-time', effect: 'lost', count: 1, source: { locator: 'row 5' } },
        { code: 'time-zone-assumed', effect: 'note', count: 3 },
      ]);
    });

    it.each([
      ['sigma_events.csv', 4],
      ['sigma_events.jsonl', 5],
    ])('keeps the extra columns of %s', async (name, least) => {
      const { records, problems } = await readData(name);

      expect(records.length).toBeGreaterThanOrEqual(least);
      expect(records[0]).toMatchObject({ message: 'A message', fields: { extra_field_1: 'foo' } });
      expect(problems).toEqual([]);
    });
  },
);
