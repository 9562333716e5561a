import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { publicKeyOf } from '../custody/keys.js';
import { type BagResult, type BagSource, loadChecks } from './testing/checks.js';
import { exampleBag } from './testing/example-bag.js';

const checks = loadChecks();
const BAG = exampleBag('<!doctype html>');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Files = ReadonlyMap<string, Uint8Array>;

function sourcesOf(files: Files, folder = ''): BagSource[] {
  return [...files].map(([path, bytes]) => ({
    path: folder + path,
    size: bytes.length,
    stream: async (onPiece) => {
      for (let at = 0; at < bytes.length; at += 100) onPiece(bytes.subarray(at, at + 100));
    },
  }));
}

async function checked(files: Files, folder = ''): Promise<{ result: BagResult; state: string }> {
  const result = await checks.checkBag(sourcesOf(files, folder), { keys: null });
  return { result, state: checks.verdictOf(result).state };
}

const changed = (...changes: readonly (readonly [string, string | null])[]): Map<string, Uint8Array> => {
  const files = new Map(BAG);
  for (const [path, content] of changes) {
    if (content === null) files.delete(path);
    else files.set(path, Buffer.from(content));
  }
  return files;
};
const textOf = (path: string): string => Buffer.from(BAG.get(path) ?? '').toString();
/** With the manifest of tags made anew, as somebody would who packs the bag again. */
const repacked = (files: Map<string, Uint8Array>): Map<string, Uint8Array> => {
  const tags = [...files].filter(([path]) => !path.startsWith('data/') && path !== 'tagmanifest-sha256.txt');
  return files.set(
    'tagmanifest-sha256.txt',
    Buffer.from(tags.map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`).join('')),
  );
};
const rowsOf = (result: BagResult): string[] =>
  result.rows.filter(({ state }) => state !== 'equal').map(({ path, state }) => `${path} ${state}`);

describe('an export as the verifier checks it', () => {
  it('fits together as it was made, wherever its folder lies', async () => {
    for (const folder of ['', 'export-1/', 'C/de/']) {
      const { result, state } = await checked(BAG, folder);
      expect(state).toBe('fits');
      expect(result).toMatchObject({ manifestNamedBy: 3, keysFrom: 'bag', problems: [] });
      expect(result.rows.find(({ path }) => path === 'data/nota.txt')?.namedBy).toBe(1);
      expect(result.days.map(({ stamped }) => stamped.state)).toEqual(['equal', 'none']);
    }
  });

  it('fits together too when its files were given one by one, without their folders', async () => {
    const flat = new Map([...BAG].map(([path, bytes]) => [path.slice(path.lastIndexOf('/') + 1), bytes]));
    expect(await checked(flat)).toMatchObject({ state: 'fits' });
  });

  it('differs where a file is another, missing, not listed or listed twice', async () => {
    const manifest = textOf('manifest-sha256.txt');
    const cases: [Map<string, Uint8Array>, string[], string[]][] = [
      [changed(['data/nota.txt', 'Nota de entrega: dos memoria USB.\n']), ['data/nota.txt different'], []],
      [changed(['README.txt', 'Other.\n']), ['README.txt different'], []],
      [changed(['LEEME.txt', null]), ['LEEME.txt missing'], []],
      [changed(['extra.txt', 'x']), ['extra.txt unlisted'], []],
      [repacked(changed(['manifest-sha256.txt', manifest + manifest])), [], ['manifest-twice']],
      [
        repacked(changed(['manifest-sha256.txt', `${manifest}${'0'.repeat(64)}  ../secret\n`])),
        [],
        ['manifest-path'],
      ],
      [
        repacked(changed(['manifest-sha256.txt', `\ufeff${manifest}`])),
        ['data/nota.txt unlisted'],
        ['manifest-line'],
      ],
      [repacked(changed(['bagit.txt', `\ufeff${textOf('bagit.txt')}`])), [], ['bagit']],
      [repacked(changed(['bag-info.txt', 'Payload-Oxum: 99.1\n'])), [], ['oxum']],
      [repacked(changed(['keys/custody.txt', `${textOf('keys/custody.txt')}no key\n`])), [], ['keys-line']],
    ];
    for (const [files, rows, codes] of cases) {
      const { result, state } = await checked(files);
      expect([rowsOf(result), result.problems.map(({ code }) => code)]).toEqual([rows, codes]);
      expect(state).toBe('differs');
    }
  });

  it('differs where a name leads out of it or is there twice', async () => {
    const extra = (path: string): BagSource => ({ path, size: 0, stream: async () => undefined });
    const all = [...sourcesOf(BAG), extra('../x'), extra('data\\y'), extra('C:/z'), extra('README.txt')];
    const { problems } = await checks.checkBag(all, { keys: null });
    expect(problems.map(({ code }) => code)).toEqual(['unsafe-path', 'unsafe-path', 'unsafe-path', 'twice']);
  });

  it('differs where a stamped file is over another root, or a file cannot be read', async () => {
    const path = 'stamps/2026-05-04.root.txt';
    const { result, state } = await checked(repacked(changed([path, `${'0'.repeat(64)}\n`])));
    expect(result.days[0]?.stamped.state).toBe('different');
    expect(state).toBe('differs');

    const all = sourcesOf(BAG);
    const last = all.find((file) => file.path === 'custody.jsonl') as BagSource;
    last.stream = async () => {
      throw new Error('gone');
    };
    const broken = await checks.checkBag(all, { keys: null });
    expect(broken.problems).toMatchObject([{ code: 'unreadable', path: 'custody.jsonl' }]);
    expect(checks.verdictOf(broken).state).toBe('differs');
  });

  it('shows by the log that it was packed anew with other files', async () => {
    const other = Buffer.from('Another note.\n');
    const files = repacked(
      changed(
        ['data/nota.txt', other.toString()],
        ['manifest-sha256.txt', `${sha256(other)}  data/nota.txt\n`],
        ['bag-info.txt', 'For people.\n'],
      ),
    );
    const { result, state } = await checked(files);
    // Nothing contradicts itself; but nothing signed vouches for the files any more, and that is said.
    expect(state).toBe('partly');
    expect(result.manifestNamedBy).toBeNull();
    expect(result.rows.find(({ path }) => path === 'data/nota.txt')?.namedBy).toBeNull();
  });

  it('is only partly checked where something is missing, and says what', async () => {
    const without = async (...paths: string[]): Promise<unknown> => {
      const result = await checks.checkBag(
        sourcesOf(changed(...paths.map((path) => [path, null] as const))),
        { keys: null },
      );
      return checks.verdictOf(result);
    };
    const manifests = ['manifest-sha256.txt', 'tagmanifest-sha256.txt'];
    expect(await without(...manifests)).toMatchObject({ state: 'partly', lacks: ['manifests'] });
    expect(await without(...manifests, 'keys/custody.txt')).toMatchObject({
      state: 'partly',
      lacks: ['keys', 'manifests'],
    });
    expect(await without('custody.jsonl', ...manifests)).toMatchObject({ lacks: ['log', 'manifests'] });
    // What was left by the file manager is no difference.
    expect(await checked(changed(['data/.DS_Store', 'x']))).toMatchObject({ state: 'fits' });
  });

  it('is checked with the key from elsewhere, and that one only', async () => {
    const keys = [publicKeyOf(Buffer.alloc(32, 3))];
    const result = await checks.checkBag(sourcesOf(BAG), { keys });
    expect(result.keysFrom).toBe('given');
    expect(result.log?.problems[0]).toEqual({ seq: 1, line: 1, code: 'bad-signature' });
  });

  it('of any files whatever gives a verdict', async () => {
    const path = fc.constantFrom(...BAG.keys(), 'data/x', 'x', 'stamps/2026-05-05.root.txt');
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.constantFrom(...BAG.values()),
      fc
        .constantFrom('%0A', '\n\n', `${'a'.repeat(64)}  data/x\n`)
        .map((text) => new Uint8Array(Buffer.from(text))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(path, content), { maxLength: 12 }), async (files) => {
        expect((await checked(new Map(files))).state).toMatch(/^(fits|differs|partly)$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a zip as the verifier reads it', () => {
  async function zipOf(
    files: Files,
    options: { compress: boolean; forceZip64Format?: boolean },
  ): Promise<Buffer> {
    const zip = new ZipFile();
    for (const [path, bytes] of files) zip.addBuffer(Buffer.from(bytes), path, options);
    zip.addEmptyDirectory('empty/');
    zip.end({ forceZip64Format: options.forceZip64Format === true, comment: 'Of a case.' });
    const parts: Buffer[] = [];
    for await (const part of zip.outputStream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }

  const readerOf = (zip: Uint8Array) => async (offset: number, length: number) =>
    zip.slice(offset, offset + length);

  async function unpacked(zip: Uint8Array): Promise<Map<string, Buffer>> {
    const files = new Map<string, Buffer>();
    const read = readerOf(zip);
    for (const entry of await checks.listZip(zip.length, read)) {
      const pieces: Uint8Array[] = [];
      await checks.unzip(entry, zip.length, read, (bytes) => pieces.push(bytes));
      files.set(entry.path, Buffer.concat(pieces));
    }
    return files;
  }

  it('gives the files that were put into it, stored and deflated, short and long form', async () => {
    const files = new Map([...BAG, ['data/ñandú 😀.bin', new Uint8Array(200_000).fill(7)] as const]);
    for (const compress of [false, true]) {
      for (const forceZip64Format of [false, true]) {
        const found = await unpacked(await zipOf(files, { compress, forceZip64Format }));
        expect([...found.keys()]).toEqual([...files.keys()]);
        for (const [path, bytes] of files) expect(found.get(path)?.equals(bytes), path).toBe(true);
      }
    }
  });

  it('gives no more than it says there is', async () => {
    const zip = await zipOf(new Map([['bomb', new Uint8Array(10_000)]]), { compress: true });
    const central = zip.lastIndexOf(
      Buffer.from('PK\x01\x02', 'latin1'),
      zip.indexOf('empty/', zip.length - 120) - 46 - 8,
    );
    zip.writeUInt32LE(100, central + 24);
    await expect(unpacked(zip)).rejects.toThrow('too-long');
  });

  it('that is cut or damaged ends with an error, or with files', async () => {
    const zip = await zipOf(BAG, { compress: true });
    for (let length = 0; length < zip.length; length += 37)
      await expect(unpacked(zip.subarray(0, length))).rejects.toThrow();
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, by) => {
        const bad = Buffer.from(zip);
        bad[place % zip.length] = (bad[place % zip.length] ?? 0) ^ by;
        await unpacked(bad).catch((error: Error) => expect(error.message).toMatch(/^[a-z-]+$/));
      }),
      { numRuns: 1000 },
    );
  });
});
