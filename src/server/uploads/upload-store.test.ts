import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceFile } from '../../core/contracts.js';
import { openEvidence } from '../../evidence/open-evidence.js';
import { API, UPLOAD_PART_BYTES, type Upload } from '../api/api.js';
import { type FakeServer, fakeServer } from '../testing/fake-server.js';

let server: FakeServer;
beforeEach(async () => {
  server = await fakeServer();
});
afterEach(() => server.close());

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const draft = (name: string, bytes: Uint8Array, more: object = {}) => ({
  name,
  sizeBytes: bytes.byteLength,
  lastModifiedMs: 1,
  relativePath: '',
  batch: 'b1',
  ...more,
});

async function begin(name: string, bytes: Uint8Array, more: object = {}): Promise<Upload> {
  const answer = await server.request('POST', '/uploads', draft(name, bytes, more));
  expect(answer.status).toBe(201);
  return (await answer.json()) as Upload;
}

function put(id: string, part: number | string, bytes: Uint8Array, hash = sha256(bytes)): Promise<Response> {
  return Promise.resolve(
    server.app.request(`${API}/uploads/${id}/parts/${part}`, {
      method: 'PUT',
      headers: { 'X-Part-SHA256': hash },
      body: Uint8Array.from(bytes),
    }),
  );
}

async function send(name: string, bytes: Uint8Array, more: object = {}): Promise<Upload> {
  const { id } = await begin(name, bytes, more);
  for (let part = 0; part * UPLOAD_PART_BYTES < bytes.byteLength; part += 1) {
    const own = bytes.subarray(part * UPLOAD_PART_BYTES, (part + 1) * UPLOAD_PART_BYTES);
    expect((await put(id, part, own)).status).toBe(200);
  }
  const answer = await server.request('POST', `/uploads/${id}/complete`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Upload;
}

async function problem(answer: Response | Promise<Response>): Promise<[number, string]> {
  const { status, ...rest } = await answer;
  void rest;
  const { code } = (await (await answer).json()) as { code: string };
  return [status, code];
}

function filesOnDisk(folder = join(server.vault.dir, 'uploads')): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function content(file: EvidenceFile | null | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file?.stream() ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('an upload', () => {
  it('is sealed while it arrives, hashed as a whole, and read again at any place', async () => {
    const bytes = randomBytes(UPLOAD_PART_BYTES + 70_000);
    const { id } = await begin('big.bin', bytes);
    const parts = [bytes.subarray(0, UPLOAD_PART_BYTES), bytes.subarray(UPLOAD_PART_BYTES)] as const;
    // Out of order, and twice.
    expect((await put(id, 1, parts[1])).status).toBe(200);
    expect(await problem(server.request('POST', `/uploads/${id}/complete`))).toEqual([
      409,
      'upload-incomplete',
    ]);
    expect((await put(id, 0, parts[0])).status).toBe(200);
    expect(await (await put(id, 1, parts[1])).json()).toMatchObject({ parts: [0, 1], isComplete: false });
    const done = await (await server.request('POST', `/uploads/${id}/complete`)).json();
    expect(done).toMatchObject({ isComplete: true, sha256: sha256(bytes) });

    for (const path of filesOnDisk()) {
      expect(readFileSync(path).toString('latin1', 0, 21)).toBe('age-encryption.org/v1');
      if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    const { held } = server.uploads.given('b1');
    const opened = held.files[0]?.stored.open({ evidence: '', path: '', locator: '' });
    const at = UPLOAD_PART_BYTES - 10;
    expect(opened?.readAt(at, 40)).toEqual(bytes.subarray(at, at + 40));
    expect(opened?.readAt(bytes.byteLength - 5, 100)).toEqual(bytes.subarray(-5));
    expect(opened?.readAt(bytes.byteLength, 1).byteLength).toBe(0);
    opened?.close();
  });

  it('of nothing is whole at once', async () => {
    expect(await send('empty.txt', Buffer.alloc(0))).toMatchObject({
      sha256: sha256(Buffer.alloc(0)),
      parts: [],
    });
  });

  it('goes on where it was after the page was loaded again, and a changed file is noticed', async () => {
    const bytes = randomBytes(1_000);
    const first = await begin('a.bin', bytes);
    await put(first.id, 0, bytes);
    const again = await begin('a.bin', bytes, { batch: 'b2' });

    expect(again).toMatchObject({ id: first.id, batch: 'b2', parts: [0] });
    expect(await problem(put(first.id, 0, randomBytes(1_000)))).toEqual([409, 'upload-changed']);
    expect(await (await server.request('GET', '/uploads?batch=b2')).json()).toHaveLength(1);
    expect(await (await server.request('GET', '/uploads?batch=b1')).json()).toEqual([]);
  });

  it('leaves nothing of a piece that is cut, longer than announced, or not what its hash says', async () => {
    const bytes = randomBytes(5_000);
    const { id } = await begin('a.bin', bytes);

    expect(await problem(put(id, 0, bytes.subarray(0, 4_000)))).toEqual([400, 'upload-part-cut']);
    expect(await problem(put(id, 0, Buffer.concat([bytes, bytes])))).toEqual([413, 'upload-part-too-long']);
    expect(await problem(put(id, 0, bytes, sha256(Buffer.from('other'))))).toEqual([
      400,
      'upload-part-changed',
    ]);
    expect(await problem(put(id, 0, bytes, 'no hash'))).toEqual([400, 'upload-part-hash']);
    for (const part of [1, -1, '1e3', '99999999999'])
      expect((await put(id, part, bytes)).status, String(part)).toBe(400);
    expect(filesOnDisk()).toEqual([]);
    expect(server.uploads.get(id).parts).toEqual([]);
  });

  it('leaves nothing of a piece whose connection broke', async () => {
    const { id } = await begin('a.bin', randomBytes(5_000));
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield randomBytes(1_000);
      throw new Error('gone');
    }
    await expect(server.uploads.putPart(id, 0, 'a'.repeat(64), broken())).rejects.toThrow('gone');
    expect(filesOnDisk()).toEqual([]);
  });

  it('is refused beyond the quota, and room comes back when it is taken away', async () => {
    await server.close();
    server = await fakeServer({ quotaBytes: 10_000 });
    const { id } = await begin('a.bin', randomBytes(6_000));
    const more = draft('b.bin', randomBytes(6_000));
    expect(await problem(server.request('POST', '/uploads', more))).toEqual([413, 'upload-quota']);
    expect((await server.request('DELETE', `/uploads/${id}`)).status).toBe(204);
    expect((await server.request('POST', '/uploads', more)).status).toBe(201);
  });

  it('is refused when the disk would be full', async () => {
    await server.close();
    server = await fakeServer({ freeBytes: async () => 2 * 1024 ** 3 + 100 });
    expect(await problem(server.request('POST', '/uploads', draft('a', randomBytes(101))))).toEqual([
      413,
      'upload-quota',
    ]);
  });

  it('never becomes a path on disk, whatever its name', async () => {
    const refused = ['..', '.', 'a/b', 'a\\b', 'a\0b', '\ud800', 'é'.repeat(128)];
    for (const name of refused)
      expect((await server.request('POST', '/uploads', draft(name, Buffer.alloc(1)))).status, name).toBe(400);
    const paths = ['../x', 'a/../../x', '/etc/passwd', 'a//b', 'a/\0', `${'d/'.repeat(64)}x`];
    for (const relativePath of paths)
      expect(
        (await server.request('POST', '/uploads', draft('x', Buffer.alloc(1), { relativePath }))).status,
        relativePath,
      ).toBe(400);
    for (const batch of ['', '../b', 'a b', 'a'.repeat(65)])
      expect((await server.request('POST', '/uploads', draft('x', Buffer.alloc(1), { batch }))).status).toBe(
        400,
      );
    for (const name of ['<img src=x onerror=1>', 'con', '‮gpj.exe', 'a:b'])
      expect((await send(name, Buffer.from('x'))).name).toBe(name);
    for (const path of filesOnDisk())
      expect(path).toMatch(/uploads[/\\][0-9a-f]{2}[/\\][0-9a-f]{32}\.0\.[0-9a-f]{8}$/);
  });

  it('is told apart from bodies that are none', async () => {
    for (const body of [[], null, 'x', { ...draft('a', Buffer.alloc(1)), sizeBytes: -1 }, { name: 7 }])
      expect(await problem(server.request('POST', '/uploads', body))).toEqual([400, 'bad-request']);
    expect((await server.request('GET', '/uploads/nothing')).status).toBe(404);
    expect((await server.request('DELETE', '/uploads/nothing')).status).toBe(404);
  });

  it('is gone when the store closes, and what an earlier session left too', async () => {
    await send('a.bin', randomBytes(100));
    await server.uploads.close();
    expect(existsSync(join(server.vault.dir, 'uploads'))).toBe(false);
    expect(await problem(server.request('POST', '/uploads', draft('b', Buffer.alloc(1))))).toEqual([
      423,
      'locked',
    ]);
  });
});

describe('a dropped folder', () => {
  it('looks to readers like the folder, with the same hash', async () => {
    const files = { 'a.txt': 'one', 'sub/b.txt': 'two', 'sub/c.bin': randomBytes(70_000) };
    const folder = join(server.folder, 'thing');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    for (const [path, bytes] of Object.entries(files)) {
      writeFileSync(join(folder, path), bytes);
      await send(path.split('/').at(-1) ?? '', Buffer.from(bytes), { relativePath: `thing/${path}` });
    }
    const { path, name, held } = server.uploads.given('b1');
    expect(name).toBe('thing');
    const [mine, plain] = [
      await openEvidence([path], { held: new Map([[path, held]]) }),
      await openEvidence([folder]),
    ];
    try {
      expect(await mine.given[0]?.sha256).toBe(await plain.given[0]?.sha256);
      expect(mine.given[0]).toMatchObject({ kind: 'folder', path, sizeBytes: plain.given[0]?.sizeBytes });
      for (const [inside, bytes] of Object.entries(files))
        expect(await content(await mine.sources[0]?.file(inside))).toEqual(Buffer.from(bytes));
    } finally {
      await mine.close();
      await plain.close();
    }
  });

  it('is not given before all of it is there', async () => {
    await begin('a.bin', randomBytes(10), { relativePath: 'x/a.bin' });
    expect(() => server.uploads.given('b1')).toThrow('upload-incomplete');
    expect(() => server.uploads.given('b9')).toThrow('no-such-upload');
    const twice = draft('a.bin', randomBytes(11), { relativePath: 'x/a.bin' });
    expect(await problem(server.request('POST', '/uploads', twice))).toEqual([409, 'upload-path-taken']);
  });
});
