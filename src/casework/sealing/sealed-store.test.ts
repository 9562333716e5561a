import { createHash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pack } from 'tar-stream';
import { afterAll, describe, expect, it } from 'vitest';
import { openEvidence } from '../../evidence/open-evidence.js';
import { SealedStore } from './sealed-store.js';

const lab = mkdtempSync(join(tmpdir(), 'vigia-sealing-'));
afterAll(() => rmSync(lab, { recursive: true, force: true, maxRetries: 3 }));

const secrets = { names: Buffer.alloc(32, 1), identity: Buffer.alloc(32, 2) };
const others = { names: Buffer.alloc(32, 3), identity: Buffer.alloc(32, 4) };
let count = 0;

function folder(): string {
  count += 1;
  const path = join(lab, String(count));
  mkdirSync(path);
  return path;
}

function fileOf(bytes: Uint8Array): { path: string; sha256: string } {
  const path = join(folder(), 'evidence.bin');
  writeFileSync(path, bytes);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function hashOf(path: string): Promise<string> {
  const opened = await openEvidence([path], {});
  const sha256 = await opened.given[0]?.sha256;
  await opened.close();
  return sha256 ?? '';
}

const FILES = {
  'Manifest.plist': 'a',
  'ab/abcdef': 'b'.repeat(200_000),
  'vacío.txt': '',
  [`${'a long name '.repeat(12)}.txt`]: 'c',
};

function aFolder(): string {
  const root = folder();
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

describe('the sealed store', () => {
  it('seals a file, and gives it back as it was', async () => {
    const store = new SealedStore(folder());
    const bytes = randomBytes(300_000);
    const { path, sha256 } = fileOf(bytes);
    const item = await store.seal(path, sha256, secrets);
    const out = join(folder(), 'copy.bin');
    await store.unseal(item, sha256, secrets, out);

    expect(item).toEqual({ name: expect.stringMatching(/^[0-9a-f]{64}$/), form: 'file' });
    expect(readFileSync(out).equals(bytes)).toBe(true);
    const sealed = readFileSync(store.pathOf(item.name));
    expect(sealed.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
    expect(sealed.includes(bytes.subarray(1000, 1032))).toBe(false);
  });

  it('names nothing by what anybody could compute', async () => {
    const store = new SealedStore(folder());
    const { path, sha256 } = fileOf(Buffer.from('a published sample'));
    const [mine, theirs] = [await store.seal(path, sha256, secrets), await store.seal(path, sha256, others)];

    expect(mine.name).not.toBe(sha256);
    expect(theirs.name).not.toBe(mine.name);
    expect((await store.seal(path, sha256, secrets)).name).toBe(mine.name);
    expect(readdirSync(dirname(store.pathOf(mine.name)))).toEqual([mine.name]);
  });

  it('seals a folder under the hash that evidence has, and gives its files back', async () => {
    const store = new SealedStore(folder());
    const root = aFolder();
    const sha256 = await hashOf(root);
    const item = await store.seal(root, sha256, secrets);
    const out = join(folder(), 'copy');
    await store.unseal(item, sha256, secrets, out);

    expect(item.form).toBe('folder');
    for (const [name, text] of Object.entries(FILES))
      expect(readFileSync(join(out, name), 'utf8')).toBe(text);
    expect(await hashOf(out)).toBe(sha256);
  });

  it.skipIf(process.platform === 'win32')('follows no link out of a folder', async () => {
    const store = new SealedStore(folder());
    const root = aFolder();
    symlinkSync('/etc/hostname', join(root, 'link'));
    const sha256 = await hashOf(root);
    const item = await store.seal(root, sha256, secrets);
    const out = join(folder(), 'copy');
    await store.unseal(item, sha256, secrets, out);

    expect(readdirSync(out).sort()).toEqual(readdirSync(aFolder()).sort());
  });

  it('does not seal what changed since it was taken in, and leaves nothing behind', async () => {
    const home = folder();
    const store = new SealedStore(home);
    const { path, sha256 } = fileOf(Buffer.from('before'));
    writeFileSync(path, 'after');

    await expect(store.seal(path, sha256, secrets)).rejects.toMatchObject({ code: 'changed', detail: path });
    await expect(store.seal(join(lab, 'nothing'), sha256, secrets)).rejects.toMatchObject({
      code: 'unreadable',
    });
    expect(readdirSync(home, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())).toEqual(
      [],
    );
  });

  it('says what is missing, changed, cut, of another case, or in the way', async () => {
    const store = new SealedStore(folder());
    const { path, sha256 } = fileOf(randomBytes(200_000));
    const item = await store.seal(path, sha256, secrets);
    const check = (): Promise<string> =>
      store.unseal(item, sha256, secrets, null).then(
        () => 'same',
        (error: { code: string }) => error.code,
      );
    const whole = readFileSync(store.pathOf(item.name));
    const changed = (change: (bytes: Buffer) => Buffer): Promise<string> => {
      writeFileSync(store.pathOf(item.name), change(Buffer.from(whole)));
      return check();
    };

    expect(await check()).toBe('same');
    for (const place of [3, 60, 130, 170, 400, 100_000, whole.length - 1]) {
      const flipped = (bytes: Buffer): Buffer => {
        bytes[place] = (bytes[place] ?? 0) ^ 1;
        return bytes;
      };
      expect(await changed(flipped), `byte ${place}`).toBe('damaged');
    }
    expect(await changed((bytes) => bytes.subarray(0, 100_000))).toBe('damaged');
    expect(await changed(() => Buffer.alloc(0))).toBe('damaged');
    expect(await changed((bytes) => bytes)).toBe('same');
    await expect(store.unseal(item, sha256, others, null)).rejects.toMatchObject({ code: 'damaged' });
    await expect(store.unseal(item, sha256, secrets, path)).rejects.toMatchObject({
      code: 'output-exists',
      detail: path,
    });
    await store.remove(item.name);
    expect(await check()).toBe('missing');
  });

  it('takes in what comes from elsewhere only when it is what it is said to be', async () => {
    const store = new SealedStore(folder());
    const bytes = Buffer.from('from another desk');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const taken = await store.take('file', chunksOf(bytes), sha256, secrets);
    await store.unseal(taken, sha256, secrets, null);

    await expect(store.take('file', chunksOf(bytes), '0'.repeat(64), secrets)).rejects.toMatchObject({
      code: 'damaged',
    });
    await expect(store.take('folder', chunksOf(bytes), sha256, secrets)).rejects.toMatchObject({
      code: 'damaged',
    });
    for (const name of ['../outside', '/outside', 'a/../../outside', 'C:/outside', 'a\\..\\outside']) {
      const archive = pack();
      archive.entry({ name }, 'x');
      archive.finalize();
      const parts: Buffer[] = [];
      for await (const part of archive) parts.push(Buffer.from(part as Uint8Array));
      await expect(store.take('folder', chunksOf(...parts), sha256, secrets), name).rejects.toMatchObject({
        code: 'damaged',
      });
    }
  });
});

async function* chunksOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
