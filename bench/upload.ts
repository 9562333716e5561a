/**
 * An upload of 2 GB while it is sealed, in pieces of 16 MiB over a real connection, then read as a whole. Limit: the memory of the
 * server below 200 MB, and flat: for the whole about what it is for the first tenth. There is no peer for it.
 *
 *     npx tsx bench/upload.ts [--gigabytes 2]
 */

import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UPLOAD_PART_BYTES } from '../src/server/api/api.js';
import { UploadStore } from '../src/server/uploads/upload-store.js';
import { count, load, machine, option, print } from './measure.js';

const MEMORY_LIMIT_MEGABYTES = 200;

interface Answer {
  readonly id: string;
  readonly sha256: string;
}

const [role] = process.argv.slice(2);
if (role === 'serve') serve();
else await run();

/** The store behind a bare server, in a process of its own so that only its memory is measured. */
function serve(): void {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-upload-bench-'));
  const store = new UploadStore({ vaultFolder: folder });
  let peak = 0;
  setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20).unref();
  const server = createServer((request, response) => {
    const answer = async (): Promise<unknown> => {
      const [, what, id = '', part = ''] = (request.url ?? '').split('/');
      if (what === 'begin')
        return store.begin({
          name: 'phone.tar',
          sizeBytes: Number(id),
          lastModifiedMs: 0,
          relativePath: '',
          batch: 'bench',
        });
      if (what === 'part') return store.putPart(id, Number(part), String(request.headers['x-hash']), request);
      if (what === 'complete') return store.complete(id);
      if (what === 'peak') return { peak };
      const { held } = store.given('bench');
      const hash = createHash('sha256');
      const opened = held.files[0]?.stored.open({ evidence: '', path: '', locator: '' });
      for (let at = 0; at < Number(part); at += 1024 * 1024) {
        hash.update(opened?.readAt(at, 1024 * 1024) ?? '');
        if (at % (64 * 1024 * 1024) === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      opened?.close();
      return { sha256: hash.digest('hex'), peak };
    };
    answer().then(
      (value) => response.end(JSON.stringify(value)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.({
      port: typeof address === 'object' ? address?.port : 0,
      before: process.memoryUsage.rss(),
    });
  });
  process.on('disconnect', () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
}

async function run(): Promise<void> {
  const size = Math.round(Number(option('--gigabytes') ?? 2) * 1e9);
  print(`${count(size)} bytes; ${machine()}; load ${load()}`);
  const child = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: process.execArgv });
  const { port, before } = await new Promise<{ port: number; before: number }>((resolve) =>
    child.once('message', (message) => resolve(message as { port: number; before: number })),
  );
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/${path}`, init);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const piece = new Uint8Array(UPLOAD_PART_BYTES).map((_, index) => (index * 2_654_435_761) >>> 13);
  const began = performance.now();
  const { id } = (await call(`begin/${size}`)) as Answer;
  const whole = createHash('sha256');
  let early = 0;
  for (let part = 0; part * UPLOAD_PART_BYTES < size; part += 1) {
    if (part * UPLOAD_PART_BYTES < size / 10) early = ((await call('peak')) as { peak: number }).peak;
    const body = piece.subarray(0, Math.min(UPLOAD_PART_BYTES, size - part * UPLOAD_PART_BYTES));
    new DataView(piece.buffer).setUint32(0, part);
    whole.update(body);
    const hash = createHash('sha256').update(body).digest('hex');
    await call(`part/${id}/${part}`, { method: 'PUT', headers: { 'x-hash': hash }, body });
  }
  const { sha256 } = (await call(`complete/${id}`)) as Answer;
  const uploaded = performance.now();
  const read = (await call(`read/${id}/${size}`)) as Answer & { peak: number };
  const readAll = performance.now();
  const expected = whole.digest('hex');
  if (sha256 !== expected || read.sha256 !== expected) throw new Error('the hash is another one');
  const tell = (what: string, began: number, ended: number): void => {
    const seconds = (ended - began) / 1_000;
    print(`${what.padEnd(12)}${seconds.toFixed(1)} s, ${(size / 1e6 / seconds).toFixed(0)} MB/s`);
  };
  tell('uploaded', began, uploaded);
  tell('read', uploaded, readAll);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const ratio = (MEMORY_LIMIT_MEGABYTES * 1e6) / read.peak;
  print(
    `memory      ${megabytes(before)} at first, at most ${megabytes(early)} in the first tenth, ${megabytes(read.peak)} in all (${ratio.toFixed(2)}x of the limit of ${MEMORY_LIMIT_MEGABYTES} MB${ratio < 1 ? ': MISSED' : ''})`,
  );
  child.disconnect();
}
