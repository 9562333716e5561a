import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../core/contracts.js';
import { folderDigest } from './hash-files.js';
import { Hasher } from './hasher.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** The worker as the build makes it. */
function compiledWorker(): URL {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of ['hash-worker', 'hash-files']) {
    const source = readFileSync(new URL(`./${name}.ts`, import.meta.url), 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2023,
        verbatimModuleSyntax: true,
      },
    });
    writeFileSync(join(folder, `${name}.js`), outputText);
  }
  return pathToFileURL(join(folder, 'hash-worker.js'));
}

describe('hashing beside the reading', () => {
  it.each([true, false])(
    'gives SHA-256 in order and null for what cannot be read (own thread: %s)',
    async (own) => {
      const large = Buffer.alloc(3_500_000, 7);
      writeFileSync(join(folder, 'a'), 'one');
      writeFileSync(join(folder, 'b'), large);
      writeFileSync(join(folder, 'c'), '');
      const events: ProgressEvent[] = [];
      const progress = (event: ProgressEvent): void => void events.push(event);
      const hasher = new Hasher({ progress, ...(own ? { workerUrl: compiledWorker() } : {}) });
      const paths = ['b', 'missing', 'a', 'c'].map((name) => join(folder, name));
      const [first, second] = [hasher.hash(paths, 3_500_003), hasher.hash(paths.slice(2, 3), 3)];
      expect(await first).toEqual([sha256(large), null, sha256('one'), sha256('')]);
      expect(await second).toEqual([sha256('one')]);
      expect(hasher.usesWorker).toBe(own);
      expect(events.at(-1)).toEqual({ stage: 'hashing', doneBytes: 3_500_006, totalBytes: 3_500_006 });
      await hasher.close();
    },
  );

  it('gives null for what is not hashed yet when closed', async () => {
    writeFileSync(join(folder, 'a'), Buffer.alloc(200_000_000));
    const hasher = new Hasher();
    const pending = hasher.hash([join(folder, 'a')], 200_000_000);
    await hasher.close();
    expect(await pending).toEqual([null]);
    expect(await hasher.hash([join(folder, 'a')], 0)).toEqual([null]);
  });

  it('hashes on the main thread when the worker breaks', async () => {
    const broken = join(folder, 'broken.js');
    writeFileSync(broken, 'throw new Error("no");');
    writeFileSync(join(folder, 'a'), 'one');
    const hasher = new Hasher({ workerUrl: pathToFileURL(broken) });
    expect(await hasher.hash([join(folder, 'a')], 3)).toEqual([sha256('one')]);
    await hasher.close();
  });
});

describe('the hash of a folder', () => {
  it('is that of the lines of sha256sum sorted by path bytes', () => {
    const files = ['b.txt', 'a/z.txt', 'a.txt', 'ñ', 'Z'].map((path) => ({ path, sha256: sha256(path) }));
    const text = ['Z', 'a.txt', 'a/z.txt', 'b.txt', 'ñ'].map((path) => `${sha256(path)}  ${path}\n`).join('');
    expect(folderDigest(files)).toBe(sha256(text));
  });

  it('escapes line ends in names as sha256sum does, so that no two folders share a text', () => {
    const digest = sha256('');
    expect(folderDigest([{ path: 'a\nb\\c', sha256: digest }])).toBe(sha256(`\\${digest}  a\\nb\\\\c\n`));
  });

  it('is null when a file could not be hashed', () => {
    expect(folderDigest([{ path: 'a', sha256: null }])).toBeNull();
  });
});
