import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EvidenceRecord, RecordKind } from '../core/contracts.js';
import { OutputError, openOutputs } from './outputs.js';
import { PdfError } from './pdf/typeset.js';
import { failWrites } from './testing/full-disk.js';
import { finding, reportTranslator, result } from './testing/results.js';

const { typeset } = vi.hoisted(() => ({ typeset: vi.fn() }));
vi.mock('./pdf/typeset.js', async (original) => {
  const module = await original<typeof import('./pdf/typeset.js')>();
  typeset.mockImplementation(module.typeset);
  return { ...module, typeset };
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-out-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const FILES = ['records.jsonl', 'report.html', 'report.pdf', 'result.json', 'timeline.csv'];
const AT = '2024-02-12T20:05:33.123456Z';
const source = { evidence: 'e1', path: 'sms.db', locator: 'message ROWID 1' };

const kind: RecordKind = {
  kind: 'message',
  schema: { parse: (value) => value },
  observables: () => [],
  timeline: () => [
    { at: AT, event: 'message-received', text: 'hola' },
    { at: AT, event: 'message-read', text: 'hola' },
  ],
};

type TestRecord = EvidenceRecord & { readonly text: string; readonly id?: bigint };

const message = (text: string): TestRecord => ({ kind: 'message', at: AT, source, text });

describe('the output folder', () => {
  it('gets its five files, for the owner only', async () => {
    const out = join(folder, 'new', 'case');
    const outputs = await openOutputs(out, reportTranslator());
    const record: TestRecord = { ...message('ñ \ud800'), id: 9_007_199_254_740_993n };
    await outputs.sinks[0]?.record(record, kind);
    const files = await outputs.finish(result({ findings: [finding()] }));

    expect([...files].sort()).toEqual(FILES);
    expect((await readdir(out)).sort()).toEqual(FILES);
    const line = JSON.parse(await readFile(join(out, 'records.jsonl'), 'utf8'));
    expect(line).toEqual({ ...message('ñ \ud800'), id: '9007199254740993' });
    expect((await readFile(join(out, 'timeline.csv'), 'utf8')).split('\n')).toHaveLength(5);
    if (process.platform !== 'win32') {
      for (const file of FILES) expect((await stat(join(out, file))).mode & 0o777).toBe(0o600);
      expect((await stat(out)).mode & 0o777).toBe(0o700);
    }
  });

  it('names in the report the hash of the result it comes from', async () => {
    const outputs = await openOutputs(folder, reportTranslator());
    await outputs.finish(result());

    const json = await readFile(join(folder, 'result.json'));
    const sha256 = createHash('sha256').update(json).digest('hex');
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain(sha256);
    expect(JSON.parse(json.toString('utf8'))).toEqual(result());
  });

  it('does without report.pdf where the engine is not, and leaves none of an earlier run', async () => {
    typeset.mockRejectedValueOnce(new PdfError('no-engine', new Error('Cannot find native binding')));
    await writeFile(join(folder, 'report.pdf'), 'earlier');
    const outputs = await openOutputs(folder, reportTranslator());
    const files = await outputs.finish(result());
    const others = FILES.filter((file) => file !== 'report.pdf');

    expect([...files].sort()).toEqual(others);
    expect((await readdir(folder)).sort()).toEqual(others);
  });

  it('has a file for each kind of picture, and none of an earlier run', async () => {
    await writeFile(join(folder, 'people.svg'), 'earlier');
    const outputs = await openOutputs(folder, reportTranslator());
    const picture = { kind: 'servers' as const, bars: [{ label: 'México', count: 2 }], spans: [] };
    const files = await outputs.finish(result({ findings: [finding({ picture })] }));

    expect([...files].sort()).toEqual([...FILES, 'servers.svg'].sort());
    expect((await readdir(folder)).sort()).toEqual([...FILES, 'servers.svg'].sort());
    expect(await readFile(join(folder, 'servers.svg'), 'utf8')).toContain('>México<');
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('>México<');
  });

  it('has the letters of findings in a folder, none of an earlier run, and leaves other files there alone', async () => {
    const letters = join(folder, 'letters');
    await mkdir(letters);
    for (const name of ['incident-7-abuse.es.txt', 'incident-1-abuse.en.txt.unfinished', 'mine.txt'])
      await writeFile(join(letters, name), 'earlier');
    const outputs = await openOutputs(folder, reportTranslator());
    const attachments = [
      { name: 'incident-1-abuse.es.txt', text: 'Estimado equipo:\n' },
      { name: '../incident-1-abuse.es.txt', text: 'never written' },
    ];
    const files = await outputs.finish(result({ findings: [finding({ attachments })] }));

    expect([...files].sort()).toEqual(['letters/', ...FILES].sort());
    expect((await readdir(letters)).sort()).toEqual(['incident-1-abuse.es.txt', 'mine.txt']);
    expect(await readFile(join(letters, 'incident-1-abuse.es.txt'), 'utf8')).toBe('Estimado equipo:\n');
    expect(await readFile(join(letters, 'mine.txt'), 'utf8')).toBe('earlier');
    const report = await readFile(join(folder, 'report.html'), 'utf8');
    expect(report.replaceAll('<wbr>', '')).toContain('letters/incident-1-abuse.es.txt');
    if (process.platform !== 'win32')
      expect((await stat(join(letters, 'incident-1-abuse.es.txt'))).mode & 0o777).toBe(0o600);
  });

  it('keeps the files of an earlier run until the new ones are whole', async () => {
    for (const file of FILES) await writeFile(join(folder, file), 'earlier');
    const outputs = await openOutputs(folder, reportTranslator());
    await outputs.sinks[0]?.record(message('x'), kind);
    for (const file of FILES) expect(await readFile(join(folder, file), 'utf8')).toBe('earlier');
    await outputs.abort();
    await outputs.abort();

    expect((await readdir(folder)).sort()).toEqual(FILES);
    for (const file of FILES) expect(await readFile(join(folder, file), 'utf8')).toBe('earlier');
  });

  it('takes away what a killed run left, and nothing else', async () => {
    const leftovers = [
      'records.jsonl.unfinished',
      'timeline.csv.unfinished',
      'timeline.csv.unfinished.part12',
    ];
    for (const file of [...leftovers, 'notes.unfinished']) await writeFile(join(folder, file), 'x');
    const outputs = await openOutputs(folder, reportTranslator());
    await outputs.finish(result());

    expect((await readdir(folder)).sort()).toEqual(['notes.unfinished', ...FILES].sort());
  });

  it('says that the folder cannot be made or written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openOutputs(join(folder, 'file'), reportTranslator())).rejects.toThrow(OutputError);
    await expect(openOutputs(join(folder, 'file', 'inside'), reportTranslator())).rejects.toMatchObject({
      path: join(folder, 'file', 'inside'),
    });
  });

  it('says that the disk is full while records come, and leaves nothing half-written', async () => {
    const outputs = await openOutputs(folder, reportTranslator());
    await failWrites(folder, 1);
    await rm(join(folder, 'probe.tmp'));
    const record = message('x'.repeat(300_000));
    const write = async (): Promise<void> => {
      for (let index = 0; index < 5; index += 1) await outputs.sinks[0]?.record(record, kind);
    };
    await expect(write()).rejects.toThrow(OutputError);
    await expect(outputs.finish(result())).rejects.toThrow('ENOSPC');
    await outputs.abort();

    expect(await readdir(folder)).toEqual([]);
  });

  it('says that the disk is full at the end', async () => {
    const outputs = await openOutputs(folder, reportTranslator());
    await outputs.sinks[0]?.record(message('x'), kind);
    await failWrites(folder);
    await rm(join(folder, 'probe.tmp'));

    await expect(outputs.finish(result())).rejects.toThrow(OutputError);
    expect(await readdir(folder)).toEqual([]);
  });
});
