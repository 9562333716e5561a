/**
 * Evidence as one stream of bytes and back: a file as it is, a folder as a tar archive of its files. Links and special files are
 * left out, as they are when a folder is hashed.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstat, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { extract, pack } from 'tar-stream';
import { readRange, type Stored } from '../../evidence/file-range.js';
import { listFolder } from '../../evidence/folder.js';
import { folderDigest } from '../../evidence/hash-files.js';
import type { HeldEvidence } from '../../evidence/held.js';
import { DEFAULT_LIMITS } from '../../evidence/limits.js';
import { ProblemCollector } from '../../evidence/problem-collector.js';
import { SealingError } from './sealing-error.js';

/** How evidence is packed before it is sealed. */
export type PackedForm = 'file' | 'folder';

export interface Packed {
  readonly form: PackedForm;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** SHA-256 as evidence is hashed; known when the chunks have been read to their end, null before. */
  sha256(): string | null;
}

/** @throws SealingError unreadable */
export async function packEvidence(path: string): Promise<Packed> {
  const found = await lstat(path).catch(() => null);
  if (found?.isFile()) return packFile(path);
  if (found?.isDirectory()) return packFolder(path);
  throw new SealingError('unreadable', path);
}

/** The same for evidence that is held by whoever gives it. */
export function packHeld({ form, files }: HeldEvidence): Packed {
  const [only] = files;
  if (form === 'file' && only) return packFile(only.stored);
  return packFiles(async () =>
    files.map(({ path, stored }) => ({ path, stored, sizeBytes: stored.sizeBytes })),
  );
}

function packFile(stored: Stored): Packed {
  const path = typeof stored === 'string' ? stored : '';
  let sha256: string | null = null;
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const hash = createHash('sha256');
    for await (const chunk of readRange(stored, { evidence: '', path, locator: '' })) {
      hash.update(chunk);
      yield chunk;
    }
    sha256 = hash.digest('hex');
  }
  return { form: 'file', chunks: chunks(), sha256: () => sha256 };
}

function packFolder(root: string): Packed {
  return packFiles(async () => {
    const collector = new ProblemCollector('');
    const listing = await listFolder(root, { limits: DEFAULT_LIMITS, collector });
    return [...listing.members()].map(({ path, sizeBytes }) => {
      if (sizeBytes === null) throw new SealingError('unreadable', path);
      return { path, sizeBytes, stored: join(root, path) };
    });
  });
}

interface FileToPack {
  readonly path: string;
  readonly stored: Stored;
  readonly sizeBytes: number;
}

function packFiles(list: () => Promise<readonly FileToPack[]>): Packed {
  let digest: string | null = null;
  const archive = pack();
  const fill = async (): Promise<void> => {
    const files: { path: string; sha256: string }[] = [];
    for (const { path, sizeBytes, stored } of await list()) {
      const hash = createHash('sha256');
      // Times and owners stay out: only names and content are evidence here, and the hash covers nothing else.
      const entry = archive.entry({ name: path, size: sizeBytes, mode: 0o600, mtime: new Date(0) });
      // The archive states the size before the content: of a file that grows meanwhile, that much is kept.
      for await (const chunk of readRange(stored, { evidence: '', path, locator: '' }, 0, sizeBytes)) {
        hash.update(chunk);
        if (!entry.write(chunk)) await once(entry, 'drain');
      }
      entry.end(null);
      files.push({ path, sha256: hash.digest('hex') });
    }
    archive.finalize();
    digest = folderDigest(files);
  };
  fill().catch((error: unknown) =>
    archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return { form: 'folder', chunks: bytesOf(archive), sha256: () => digest };
}

/**
 * Hashes packed evidence, and writes it where `out` is given: a new file, or a new folder.
 *
 * @returns SHA-256 as evidence is hashed
 * @throws SealingError damaged, output-exists; errors of the source and of writing pass through
 */
export function unpackEvidence(
  form: PackedForm,
  chunks: AsyncIterable<Uint8Array>,
  out: string | null,
): Promise<string> {
  return form === 'file' ? unpackFile(chunks, out) : unpackFolder(chunks, out);
}

async function unpackFile(chunks: AsyncIterable<Uint8Array>, out: string | null): Promise<string> {
  const hash = createHash('sha256');
  await writeFile(hashed(chunks, hash), out);
  return hash.digest('hex');
}

async function unpackFolder(chunks: AsyncIterable<Uint8Array>, out: string | null): Promise<string> {
  const files = new Map<string, string>();
  if (out !== null) await newFolder(out);
  const archive = extract();
  Readable.from(chunks, { objectMode: false })
    .on('error', (error) => archive.destroy(error))
    .pipe(archive);
  for await (const entry of archive) {
    const { name, type } = entry.header;
    // Sealed elsewhere and imported: the names are somebody's.
    if (type !== 'file' || !isInside(name) || files.has(name)) throw new SealingError('damaged', name);
    const hash = createHash('sha256');
    const path = out === null ? null : join(out, ...name.split('/'));
    if (path !== null) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(hashed(bytesOf(entry), hash), path);
    files.set(name, hash.digest('hex'));
  }
  const digest = folderDigest([...files].map(([path, sha256]) => ({ path, sha256 })));
  return digest ?? '';
}

/** A name that stays in its folder, on any system. */
function isInside(name: string): boolean {
  return name
    .split('/')
    .every(
      (part) =>
        part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part) && !/^[a-z]:/i.test(part),
    );
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function* bytesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
}

async function newFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new SealingError('output-exists', path) : error;
  });
}

/** @param path - null: read to the end only */
async function writeFile(chunks: AsyncIterable<Uint8Array>, path: string | null): Promise<void> {
  if (path === null) {
    for await (const _ of chunks);
    return;
  }
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new SealingError('output-exists', path) : error;
  });
  try {
    for await (const chunk of chunks) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}
