import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePcap, writePcapng } from '../../../fixtures/captures/pcap.js';
import type { EvidenceFile } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { memorySource } from '../../evidence/testing/memory-source.js';
import { isNativeInstalled } from '../yara/native-engine.js';
import type { PieceResult, ScanJob, ScanReady } from './job.js';
import { PieceScanner } from './piece-scanner.js';
import { OwnHand, ProcessHand, type ScanHand, ThreadHand } from './scan-hands.js';
import { ScanPool, type ScanPoolOptions } from './scan-pool.js';
import { type SweepOptions, type SweptFile, sweepFiles } from './sweep-files.js';
import { compiledSweep } from './testing/compiled.js';

const NEEDLE = 'rule needle { strings: $a = "needle" $b = "thread" condition: any of them }';
const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');

async function sweep(
  files: Readonly<Record<string, Uint8Array | string>> | AsyncIterable<EvidenceFile>,
  rules: string,
  options: SweepOptions & { readonly pool?: ScanPoolOptions } = {},
): Promise<SweptFile[]> {
  const own: ScanPoolOptions = { start: [(start) => new OwnHand(start)] };
  const pool = new ScanPool([{ name: 'test', source: rules }], { ...own, ...options.pool });
  const isList = Symbol.asyncIterator in files;
  const found = isList
    ? (files as AsyncIterable<EvidenceFile>)
    : (await memorySource(files as Record<string, string>)).find(['**']);
  const list: SweptFile[] = [];
  try {
    for await (const swept of sweepFiles(found, pool, options)) list.push(swept);
  } finally {
    pool.end();
  }
  return list;
}

const foundIn = (swept: SweptFile | undefined): [string, number][] =>
  (swept?.hits[0]?.strings ?? []).map(({ text, offset }) => [text, offset]);

describe('a sweep', () => {
  it('gives for each file its hashes, and the rules that fit it with their places', async () => {
    const list = await sweep({ 'a/x': 'no', 'a/y': 'a thread, a needle', b: '', c: 'needl' }, NEEDLE);

    expect(list.map(({ file }) => file.path)).toEqual(['a/x', 'a/y', 'b', 'c']);
    expect(list[1]?.hashes).toEqual({
      sha256: sha256('a thread, a needle'),
      sha1: createHash('sha1').update('a thread, a needle').digest('hex'),
      md5: createHash('md5').update('a thread, a needle').digest('hex'),
    });
    expect(list.map(({ hits }) => hits.length)).toEqual([0, 1, 0, 0]);
    expect(list[1]?.hits[0]).toEqual({
      pack: 0,
      rule: 'needle',
      tags: [],
      strings: [
        { id: '$b', offset: 2, length: 6, text: 'thread' },
        { id: '$a', offset: 12, length: 6, text: 'needle' },
      ],
      stringsTotal: 2,
    });
    expect(
      list.every(({ failure, gaveUp, pieces }) => failure === null && gaveUp === null && pieces === 1),
    ).toBe(true);
  });

  it('hashes without any rule', async () => {
    const [only] = await sweep({ a: 'needle' }, '');

    expect(only?.hashes?.sha256).toBe(sha256('needle'));
    expect(only?.hits).toEqual([]);
  });

  it('keeps the first hundred places of a rule and counts all', async () => {
    const [only] = await sweep({ a: 'needle'.repeat(3_000) }, NEEDLE);

    expect(only?.hits[0]?.strings).toHaveLength(100);
    expect(only?.hits[0]?.strings.at(-1)?.offset).toBe(99 * 6);
    expect(only?.hits[0]?.stringsTotal).toBe(3_000);
  });

  it('gives one result per file with right hashes, whatever the files and the size of pieces', async () => {
    const content = fc.uint8Array({ maxLength: 700 });
    const trees = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), content, { maxKeys: 12 });
    await fc.assert(
      fc.asyncProperty(trees, fc.integer({ min: 40, max: 400 }), async (tree, pieceBytes) => {
        const list = await sweep(tree, '', { pieceBytes, overlapBytes: pieceBytes >> 2 });
        expect(list.map(({ file, hashes }) => [file.path, hashes?.sha256])).toEqual(
          Object.entries(tree).map(([path, bytes]) => [path, sha256(bytes)]),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('a capture of network traffic', () => {
  const packet = { bytes: Buffer.from('a thread, a needle') };
  const capture = writePcap(Array.from({ length: 40 }, () => packet));

  it('is neither read nor compared with rules, whole or in pieces', async () => {
    for (const options of [{}, { pieceBytes: 512, overlapBytes: 64 }]) {
      const list = await sweep(
        { 'a.pcap': capture, 'b.txt': 'a thread, a needle', 'c.pcapng': writePcapng([packet]) },
        NEEDLE,
        options,
      );
      expect(list.map(({ hits, leftAs }) => [hits.length, leftAs])).toEqual([
        [0, 'capture'],
        [1, null],
        [0, 'capture'],
      ]);
      expect(list[0]?.hashes).toBeNull();
      expect(list[1]?.hashes?.sha256).toBe(sha256(Buffer.from('a thread, a needle')));
      expect(list[0]?.gaveUp).toBeNull();
    }
  });

  it('is told by more than its first four bytes', async () => {
    const [only] = await sweep(
      { a: Buffer.concat([capture.subarray(0, 4), packet.bytes, packet.bytes]) },
      NEEDLE,
    );
    expect(only?.leftAs).toBeNull();
    expect(only?.hits).toHaveLength(1);
  });
});

describe('a file larger than a piece', () => {
  const PIECE = { pieceBytes: 1_000, overlapBytes: 100 };
  const text = (places: Readonly<Record<number, string>>, length: number): Buffer => {
    const bytes = Buffer.alloc(length, '.');
    for (const [at, word] of Object.entries(places)) bytes.write(word, Number(at), 'latin1');
    return bytes;
  };

  it('is scanned in pieces that overlap: each text is found once, at its place in the file', async () => {
    const places = {
      0: 'needle',
      898: 'needle',
      905: 'thread',
      997: 'needle',
      1898: 'thread',
      3494: 'needle',
    };
    const content = text(places, 3_500);
    const [only] = await sweep({ a: content }, NEEDLE, PIECE);

    expect(only?.pieces).toBe(4);
    expect(only?.hashes?.sha256).toBe(sha256(content));
    expect(foundIn(only)).toEqual(Object.entries(places).map(([at, word]) => [word, Number(at)]));
    expect(only?.hits[0]?.stringsTotal).toBe(6);
  });

  it('keeps a text of the shared part when only the next piece has the rest of the rule', async () => {
    const both = 'rule both { strings: $a = "needle" $b = "thread" condition: all of them }';
    const [only] = await sweep({ a: text({ 950: 'needle', 1500: 'thread' }, 1_800) }, both, PIECE);

    expect(foundIn(only)).toEqual([
      ['needle', 950],
      ['thread', 1_500],
    ]);
  });

  it('is one piece when it just fits, and its first bytes are those of the file', async () => {
    const first = 'rule first { strings: $a = "needle" condition: $a at 0 }';
    const fits = text({ 0: 'needle' }, 1_000);
    const list = await sweep({ a: fits, b: text({ 0: 'needle', 900: 'x' }, 1_001) }, first, PIECE);

    expect(list.map(({ pieces, hits }) => [pieces, hits.length])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('may follow small files without being announced', async () => {
    async function* files(): AsyncGenerator<EvidenceFile> {
      for await (const file of (
        await memorySource({ a: 'x', b: text({ 1200: 'needle' }, 2_500), c: 'thread' })
      ).find(['**'])) {
        yield { ...file, sizeBytes: null };
      }
    }
    const list = await sweep(files(), NEEDLE, PIECE);

    expect(list.map(({ pieces }) => pieces)).toEqual([1, 3, 1]);
    expect(list.map(foundIn)).toEqual([[], [['needle', 1_200]], [['thread', 0]]]);
  });
});

describe('a file that cannot be read', () => {
  /** Fails behind so many bytes. */
  function failing(file: EvidenceFile, after: number): EvidenceFile {
    return {
      ...file,
      async *stream() {
        yield Buffer.alloc(after, 'needle');
        throw new EvidenceError('damaged', { evidence: 'e1', path: file.path, locator: '' });
      },
    };
  }

  it.each([0, 10, 5_000])(
    'is told with the reason, and the others are read (%i bytes before)',
    async (after) => {
      async function* files(): AsyncGenerator<EvidenceFile> {
        for await (const file of (await memorySource({ a: 'thread', b: 'b', c: 'needle' })).find(['**'])) {
          yield file.path === 'b' ? failing(file, after) : file;
        }
      }
      const list = await sweep(files(), NEEDLE, { pieceBytes: 1_000, overlapBytes: 100 });

      expect(list.map(({ hashes }) => hashes?.sha256 ?? null)).toEqual([
        sha256('thread'),
        null,
        sha256('needle'),
      ]);
      expect(list.map(({ failure }) => failure instanceof EvidenceError)).toEqual([false, true, false]);
      expect([foundIn(list[0]), foundIn(list[2])]).toEqual([[['thread', 0]], [['needle', 0]]]);
      // What was read before is compared all the same.
      expect(foundIn(list[1]).length > 0).toBe(after > 1_000);
    },
  );
});

/** A hand that breaks or never ends at files with a name like that. */
class TestHand implements ScanHand {
  static made = 0;
  readonly ready: Promise<ScanReady> = Promise.resolve({ ruleCount: 1, problems: [] });
  readonly #scanner = new PieceScanner({
    ruleCount: 1,
    problems: [],
    scan: () => [],
    scanEach: (_buffer, parts) =>
      parts.map(() => [{ pack: '0', rule: 'any', tags: [], strings: [{ id: '$a', offset: 0, length: 1 }] }]),
    close: () => {},
  });
  #end: (error: Error) => void = () => {};

  constructor() {
    TestHand.made += 1;
  }

  async run({ pieces, buffer }: ScanJob): Promise<readonly PieceResult[]> {
    const bad = pieces.find(
      ({ path, scan, offset }) => scan && (path !== 'late' || offset > 0) && /bad|late|hang/.test(path),
    );
    if (bad?.path.includes('hang')) await new Promise((_, reject) => (this.#end = reject));
    if (bad) throw new Error('broken');
    return this.#scanner.run(new Uint8Array(buffer), pieces);
  }

  end(): void {
    this.#end(new Error('ended'));
  }
}

describe('who scans', () => {
  const pool = (hands = 1): ScanPoolOptions => ({
    hands,
    start: [() => new TestHand()],
    limitMilliseconds: () => 50,
  });

  beforeEach(() => {
    TestHand.made = 0;
  });

  it.each([1, 2])(
    'is replaced when it dies or hangs; the file is named, the others are scanned (%i)',
    async (hands) => {
      const files = { a: 'a', bad: 'b', c: 'c', hang: 'd', z: 'e' };
      const list = await sweep(files, NEEDLE, { pool: pool(hands) });

      expect(list.map(({ file, gaveUp }) => [file.path, gaveUp])).toEqual([
        ['a', null],
        ['bad', 'engine'],
        ['c', null],
        ['hang', 'time'],
        ['z', null],
      ]);
      expect(list.map(({ hashes }) => hashes?.sha256)).toEqual(Object.values(files).map(sha256));
      expect(list.map(({ hits }) => hits.length)).toEqual([1, 0, 1, 0, 1]);
      expect(TestHand.made).toBeGreaterThan(2);
    },
  );

  it('leaves out only the pieces of a large file at which it does not end', async () => {
    const content = Buffer.alloc(2_500, 'x');
    const [only] = await sweep({ late: content }, NEEDLE, {
      pool: pool(),
      pieceBytes: 1_000,
      overlapBytes: 100,
    });

    expect(only?.gaveUp).toBe('engine');
    expect(only?.hashes?.sha256).toBe(sha256(content));
    // The first piece was scanned.
    expect(only?.hits).toHaveLength(1);
  });

  it('is spared further rules when too many files made it fail', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`bad${index + 100}`, 'x']));
    const list = await sweep(files, NEEDLE, { pool: pool() });

    expect(list.map(({ gaveUp }) => gaveUp)).toEqual([
      ...Array(20).fill('engine'),
      ...Array(20).fill('stopped'),
    ]);
    expect(list.every(({ hashes }) => hashes?.sha256 === sha256('x'))).toBe(true);
  });

  it('stops when the run is stopped', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('stopped by hand')), 20);
    const slow: ScanPoolOptions = { ...pool(), limitMilliseconds: () => 60_000 };

    await expect(sweep({ hang: 'x' }, NEEDLE, { pool: slow, signal: abort.signal })).rejects.toThrow(
      'stopped by hand',
    );
  });

  it('is the next in line when the first cannot start', async () => {
    const broken: ScanHand = {
      ready: Promise.reject(new Error('no such program')),
      run: () => Promise.reject(new Error('never')),
      end: () => {},
    };
    const [only] = await sweep({ a: 'needle' }, NEEDLE, {
      pool: { start: [() => broken, (start) => new OwnHand(start)] },
    });

    expect(only?.hits).toHaveLength(1);
  });
});

describe('compiled', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const SLOW = `rule slow {
    condition: filesize > 50000 and
      for all i in (0..filesize - 1) : (for all j in (0..filesize - 1) : (uint8(i) + uint8(j) < 1000))
  }`;
  const FILES = {
    big: Buffer.alloc(2_500_000, 'x'),
    empty: '',
    hit: 'a needle',
    slow: Buffer.alloc(200_000, 'y'),
    zlast: 'thread',
  };

  async function expectSwept(list: readonly SweptFile[]): Promise<void> {
    expect(list.map(({ hashes }) => hashes?.sha256)).toEqual(Object.values(FILES).map(sha256));
    expect(list.map(foundIn)).toEqual([[], [], [['needle', 2]], [], [['thread', 0]]]);
    expect(list.map(({ gaveUp }) => gaveUp)).toEqual(['time', null, null, 'time', null]);
  }

  it('scans in a thread, which is ended when a rule does not come to an end', async () => {
    const file = new URL('scan-thread.js', compiledSweep(folder));
    const start: ScanPoolOptions['start'] = [(with_) => new ThreadHand(file, with_)];
    const list = await sweep(FILES, `${NEEDLE} ${SLOW}`, { pool: { start, limitMilliseconds: () => 1_000 } });

    await expectSwept(list);
  });

  it.skipIf(!isNativeInstalled())(
    'scans in a process where the native engine is installed (skipped without @litko/yara-x)',
    async () => {
      const file = new URL('scan-process.js', compiledSweep(folder));
      const start: ScanPoolOptions['start'] = [(with_) => new ProcessHand(file, with_)];
      const list = await sweep(FILES, `${NEEDLE} ${SLOW}`, {
        pool: { start, limitMilliseconds: () => 1_000 },
      });

      await expectSwept(list);
    },
  );
});
