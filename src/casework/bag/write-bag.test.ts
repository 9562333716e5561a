import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEvidence } from '../../evidence/open-evidence.js';
import { openBagSource } from './bag-source.js';
import { type Bag, readBag } from './read-bag.js';
import { digestOf } from './testing/bag-fixture.js';
import { type FileForBag, writeBag } from './write-bag.js';

const NOW = new Date('2026-03-04T23:30:00Z');
const INFO = [
  ['Source-Organization', 'Mesa de ayuda'],
  ['External-Identifier', 'C-2026-007'],
] as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-bag-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, ...chunks: (string | Uint8Array)[]): FileForBag => ({
  name,
  chunks: chunks.map((chunk) => Buffer.from(chunk)),
});
const FILES = [
  file('data/case.json', '{"a":', '', '1}'),
  file('data/evidence/E-001 señal 100%.bin', new Uint8Array(300_000).fill(7)),
  file('data/empty'),
  file('custody.jsonl', '{}\n'),
  file('LEEME.txt', 'Léame\n'),
];

async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function written(
  files: AsyncIterable<FileForBag> | Iterable<FileForBag> = FILES,
  info: readonly (readonly [string, string])[] = INFO,
): Promise<string> {
  const path = join(folder, 'bag.zip');
  await pipeline(writeBag(files, info, { now: NOW }), createWriteStream(path));
  return path;
}

async function readAt(path: string): Promise<Bag> {
  return readBag(await openBagSource(path));
}

describe('writing a bag', () => {
  it('gives a bag that reads back without a problem, byte by byte', async () => {
    const bag = await readAt(await written());
    expect(bag.problems).toEqual([]);
    expect(bag.files.map(({ name }) => name)).toEqual([
      'LEEME.txt',
      'bag-info.txt',
      'bagit.txt',
      'custody.jsonl',
      'data/case.json',
      'data/empty',
      'data/evidence/E-001 señal 100%.bin',
      'manifest-sha256.txt',
    ]);
    for (const { name, chunks } of FILES) {
      expect(await bytesOf(bag.open(name))).toEqual(Buffer.concat([...(chunks as Iterable<Uint8Array>)]));
    }
    expect(bag.info).toEqual([
      ...INFO,
      ['Bagging-Date', '2026-03-04'],
      ['Payload-Oxum', '300007.3'],
      ['Bag-Software-Agent', 'Vigia'],
    ]);
  });

  it('gives exactly the files of the format', async () => {
    const bag = await readAt(await written([file('data/100%', 'x')], []));
    const text = async (name: string): Promise<string> => (await bytesOf(bag.open(name))).toString();
    expect(await text('bagit.txt')).toBe('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
    expect(await text('manifest-sha256.txt')).toBe(`${digestOf('x')}  data/100%25\n`);
  });

  it('gives a zip that opens as evidence too', async () => {
    const evidence = await openEvidence([await written()]);
    try {
      const [source] = evidence.sources;
      const tags = await source?.file('tagmanifest-sha256.txt');
      const lines = Buffer.from((await tags?.bytes({ maxBytes: 10_000 })) ?? [])
        .toString()
        .split('\n');
      expect(lines.map((line) => line.slice(66))).toEqual([
        'LEEME.txt',
        'bag-info.txt',
        'bagit.txt',
        'custody.jsonl',
        'manifest-sha256.txt',
        '',
      ]);
      expect(evidence.given[0]?.problems).toEqual([]);
    } finally {
      await evidence.close();
    }
  });

  it('gives the same bytes whenever and wherever it is done', async () => {
    const zone = process.env.TZ;
    const digests = new Set<string>();
    try {
      for (const other of ['UTC', 'America/Mexico_City', 'Pacific/Kiritimati']) {
        process.env.TZ = other;
        digests.add(digestOf(await bytesOf(writeBag(FILES, INFO, { now: NOW }))));
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    expect(digests.size).toBe(1);
  });

  const unzip = spawnSync('unzip', ['-v']);
  it.skipIf(unzip.status !== 0)('gives a zip that unzip accepts (skipped without unzip)', async () => {
    const { status, stdout } = spawnSync('unzip', ['-t', await written()], { encoding: 'utf8' });
    expect(stdout).toContain('No errors detected');
    expect(status).toBe(0);
  });

  it('lets large content through without holding it, at the pace of whoever takes it', async () => {
    const chunk = Buffer.alloc(1024 ** 2, 'evidence ');
    let made = 0;
    let taken = 0;
    let ahead = 0;
    async function* large(): AsyncGenerator<Uint8Array, void, undefined> {
      for (let count = 0; count < 200; count += 1) {
        made += chunk.byteLength;
        yield chunk;
      }
    }
    for await (const piece of writeBag([{ name: 'data/large', chunks: large() }], [], { now: NOW })) {
      taken += piece.byteLength;
      ahead = Math.max(ahead, made - taken);
    }
    expect(taken).toBeGreaterThan(200 * chunk.byteLength);
    expect(ahead).toBeLessThan(16 * chunk.byteLength);
  });
});

describe('a bag that cannot be written', () => {
  it.each([
    '',
    '/data/x',
    '../x',
    'data/../x',
    'data/./x',
    'data//x',
    'data/',
    'data',
    'Data/x',
    'C:x',
    'data/a:b',
    'data\\x',
    'data/a\nb',
    'data/a\0',
    'data/\ud800',
    'data/nin\u0303o',
    'bagit.txt',
    'BAG-INFO.txt',
    'fetch.txt',
    'manifest-md5.txt',
    'tagmanifest-sha256.txt',
  ])('has the name %j', async (name) => {
    await expect(bytesOf(writeBag([file(name, 'x')], [], { now: NOW }))).rejects.toThrow(RangeError);
  });

  it.each([
    ['data/a', 'data/a'],
    ['data/a', 'data/A'],
    ['keys/Ñ.pub', 'KEYS/ñ.pub'],
    ['data/a', 'data/a/b'],
    ['data/A/b', 'data/a'],
  ])('has the names %j and %j', async (...names) => {
    const files = names.map((name) => file(name, 'x'));
    await expect(bytesOf(writeBag(files, [], { now: NOW }))).rejects.toThrow(RangeError);
  });

  it.each([
    ['Payload-Oxum', '1.1'],
    ['bagging-date', '2020-01-01'],
    ['', 'x'],
    [' A', 'x'],
    ['A:B', 'x'],
    ['A', 'x\nB: y'],
    ['A', 'x\r'],
  ])('has the information %j: %j', async (label, value) => {
    await expect(bytesOf(writeBag([], [[label, value]], { now: NOW }))).rejects.toThrow(RangeError);
  });

  it('has a file that cannot be read to its end', async () => {
    async function* broken(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from('x');
      throw new Error('disk gone');
    }
    const files = [{ name: 'data/a', chunks: broken() }];
    await expect(bytesOf(writeBag(files, [], { now: NOW }))).rejects.toThrow('disk gone');
    function* brokenList(): Generator<FileForBag, void, undefined> {
      yield file('data/a', 'x');
      throw new Error('list gone');
    }
    await expect(bytesOf(writeBag(brokenList(), [], { now: NOW }))).rejects.toThrow('list gone');
  });

  it('leaves nothing open when whoever takes it stops', async () => {
    let closed = 0;
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        for (;;) yield Buffer.alloc(65_536);
      } finally {
        closed += 1;
      }
    }
    function* list(): Generator<FileForBag, void, undefined> {
      try {
        for (let count = 0; ; count += 1) yield { name: `data/${count}`, chunks: endless() };
      } finally {
        closed += 10;
      }
    }
    let taken = 0;
    for await (const piece of writeBag(list(), [], { now: NOW })) {
      taken += piece.byteLength;
      if (taken > 1_000_000) break;
    }
    expect(closed).toBe(11);
  });
});

describe('a written bag of which a byte is changed', () => {
  it('is never taken for whole, and the file is named', async () => {
    const files = [
      file('data/a.bin', 'a'.repeat(50)),
      file('data/b.bin', 'b'.repeat(50)),
      file('custody.jsonl', '{}\n'),
    ];
    const whole = await bytesOf(writeBag(files, INFO, { now: NOW }));
    const path = join(folder, 'changed.zip');
    for (const [name, content] of [
      ['data/a.bin', 'a'.repeat(50)],
      ['data/b.bin', 'b'.repeat(50)],
      ['custody.jsonl', '{}\n'],
    ] as const) {
      const start = whole.indexOf(content);
      for (let at = start; at < start + content.length; at += 1) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 0x01;
        writeFileSync(path, changed);
        const bag = await readAt(path);
        expect(bag.problems.map((problem) => problem.file)).toContain(name);
      }
    }
  });

  it('anywhere at all is either told or reads as the same files', async () => {
    const whole = await bytesOf(
      writeBag(
        FILES.filter(({ name }) => !name.endsWith('.bin')),
        INFO,
        { now: NOW },
      ),
    );
    const path = join(folder, 'changed.zip');
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.byteLength - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const changed = Buffer.from(whole);
          changed[at] = (changed[at] ?? 0) ^ by;
          writeFileSync(path, changed);
          const source = await openBagSource(path).catch(() => null);
          if (source === null) return;
          const bag = await readBag(source);
          if (bag.problemCount > 0) return;
          expect((await bytesOf(bag.open('data/case.json'))).toString()).toBe('{"a":1}');
          expect(bag.files.length).toBe(7);
        },
      ),
      { numRuns: 300 },
    );
  });
});
