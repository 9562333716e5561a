import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UPLOAD_PART_BYTES } from '../../../src/server/api/constants.js';
import { type UploadProgress, UploadRun } from './uploads.js';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly hash: string | null;
  readonly bytes: Uint8Array;
}

/** A server that keeps what it is asked; `answer` may refuse. */
function serve(answer: (asked: Asked) => { status: number; body: unknown } | null) {
  const all: Asked[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit & { signal?: AbortSignal }) => {
    if (init.signal?.aborted) throw new DOMException('aborted', 'AbortError');
    const body = init.body instanceof Blob ? new Uint8Array(await init.body.arrayBuffer()) : new Uint8Array();
    const hash = new Headers(init.headers).get('X-Part-SHA256');
    const asked = { method: init.method ?? '', path: path.replace('/api/v1', ''), hash, bytes: body };
    all.push(asked);
    const { status, body: told } = answer(asked) ?? { status: 200, body: upload() };
    return new Response(JSON.stringify(told), { status });
  });
  return all;
}

function upload(parts: readonly number[] = []) {
  return {
    id: 'u1',
    batch: 'b',
    name: 'n',
    relativePath: '',
    sizeBytes: 0,
    parts,
    sha256: null,
    isComplete: false,
  };
}

function run(file: File, told: (progress: UploadProgress) => void = () => {}): UploadRun {
  return new UploadRun([{ batch: 'b', files: [{ file, relativePath: '' }] }], told);
}

const TWO_PIECES = new File([new Uint8Array(UPLOAD_PART_BYTES).fill(1), 'end'], 'large.bin', {
  lastModified: 5,
});

describe('sending files', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('sends pieces of 16 MiB with the hash of each, and completes', async () => {
    const asked = serve(() => null);
    const progress: UploadProgress[] = [];
    await run(TWO_PIECES, (told) => progress.push(told)).done;
    expect(asked.map(({ method, path, bytes }) => [method, path, bytes.byteLength])).toEqual([
      ['POST', '/uploads', 0],
      ['PUT', '/uploads/u1/parts/0', UPLOAD_PART_BYTES],
      ['PUT', '/uploads/u1/parts/1', 3],
      ['POST', '/uploads/u1/complete', 0],
    ]);
    expect(asked[2]?.hash).toBe(createHash('sha256').update('end').digest('hex'));
    expect(progress.at(-1)).toEqual({
      sentBytes: UPLOAD_PART_BYTES + 3,
      totalBytes: UPLOAD_PART_BYTES + 3,
      sentFiles: 1,
      totalFiles: 1,
    });
  });

  it('goes on where it stopped: the first piece again, to see whether it is the same file, then what is missing', async () => {
    const asked = serve(({ path }) => (path === '/uploads' ? { status: 201, body: upload([0, 1]) } : null));
    await run(TWO_PIECES).done;
    expect(asked.map(({ path }) => path)).toEqual([
      '/uploads',
      '/uploads/u1/parts/0',
      '/uploads/u1/complete',
    ]);
  });

  it('begins anew when something else was under the same name', async () => {
    let isTaken = true;
    const asked = serve(({ method, path }) => {
      if (method === 'DELETE') isTaken = false;
      return isTaken && path.endsWith('/parts/0') ? { status: 409, body: { code: 'upload-changed' } } : null;
    });
    await run(new File(['other'], 'a')).done;
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /uploads',
      'PUT /uploads/u1/parts/0',
      'DELETE /uploads/u1',
      'POST /uploads',
      'PUT /uploads/u1/parts/0',
      'POST /uploads/u1/complete',
    ]);
  });

  it('tries a piece three times, and a full disk only once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const broken = serve(({ method }) =>
      method === 'PUT' ? { status: 400, body: { code: 'upload-part-cut', retry: true } } : null,
    );
    const cut = expect(run(new File(['x'], 'a')).done).rejects.toMatchObject({ code: 'upload-part-cut' });
    await vi.waitFor(() => expect(broken.filter(({ method }) => method === 'PUT')).toHaveLength(1));
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(1_000);
      expect(broken.filter(({ method }) => method === 'PUT')).toHaveLength(3);
    });
    await cut;
    const full = serve(({ method }) =>
      method === 'PUT' ? { status: 507, body: { code: 'disk-full', retry: true } } : null,
    );
    await expect(run(new File(['x'], 'a')).done).rejects.toMatchObject({ code: 'disk-full' });
    expect(full.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('sends nothing more after it was stopped, also while paused', async () => {
    const asked = serve(() => null);
    const sending = run(TWO_PIECES);
    sending.pause();
    expect(sending.isPaused).toBe(true);
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    sending.abort();
    await expect(sending.done).rejects.toThrow();
    expect(asked.map(({ path }) => path)).toEqual(['/uploads']);
  });

  it('completes an empty file without a piece', async () => {
    const asked = serve(() => null);
    await run(new File([], 'empty')).done;
    expect(asked.map(({ path }) => path)).toEqual(['/uploads', '/uploads/u1/complete']);
  });
});
