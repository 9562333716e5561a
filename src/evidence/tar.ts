import { extract, type Header } from 'tar-stream';
import { EvidenceError } from '../core/evidence-error.js';
import { openStored, readRange, type Stored } from './file-range.js';
import type { ListContext } from './folder.js';
import type { Content } from './listed-source.js';
import { type ListedMember, Listing } from './listing.js';
import { memberName } from './member-name.js';

const CHUNK_BYTES = 256 * 1024;
const HEADER_BYTES = 512;
/** Stands for content: the library wants to see as many bytes as a header announces, but never looks at them. */
const CONTENT_STAND_IN = new Uint8Array(CHUNK_BYTES);

export interface TarMember extends ListedMember {
  readonly sizeBytes: number;
  readonly offset: number;
}

/**
 * Lists the members of a plain tar with the place of their content, so that each can be read on its own later.
 * Content is not read here. Everything before damage or a cut is listed.
 */
export async function listTar(
  stored: Stored,
  sizeBytes: number,
  context: ListContext,
): Promise<Listing<TarMember>> {
  const { limits, collector, signal } = context;
  const listing = new Listing<TarMember>();
  // Tars of before POSIX have no magic; their checksum is proof enough. (The types do not know this option.)
  const options = { highWaterMark: CHUNK_BYTES, allowUnknownFormat: true };
  const archive = extract(options);
  let failure: unknown = null;
  let full = false;
  let contentEnd = 0;
  let settle: () => void = () => {};
  archive.on('entry', (header, stream, next) => {
    stream.on('error', () => {});
    stream.resume();
    contentEnd = addMember(header, stream.offset + HEADER_BYTES, sizeBytes, listing, context);
    if (listing.size >= limits.members && !full) {
      full = true;
      collector.add('limit-count', 'lost', header.name.slice(0, 200));
      archive.destroy();
    }
    next();
  });
  archive.on('error', (error) => {
    failure = error;
  });
  for (const event of ['drain', 'close', 'finish'] as const) archive.on(event, () => settle());
  const done = (action: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      settle = resolve;
      if (action()) resolve();
    });

  const pointer = { evidence: collector.evidence, path: '', locator: '' };
  const opened = await openStored(stored, pointer);
  try {
    let position = 0;
    while (position < sizeBytes && !archive.destroyed) {
      signal?.throwIfAborted();
      let chunk: Uint8Array;
      if (contentEnd - position > CHUNK_BYTES && position + CHUNK_BYTES <= sizeBytes) {
        chunk = CONTENT_STAND_IN;
      } else {
        try {
          chunk = await opened.readAt(position, CHUNK_BYTES);
        } catch (error) {
          // A stretch of sealed content that was changed: within a member it need not be read, and what comes before it is listed.
          if (position === 0 || !(error instanceof EvidenceError) || error.code !== 'damaged') throw error;
          chunk = CONTENT_STAND_IN.subarray(0, Math.max(0, contentEnd - position));
        }
        if (chunk.byteLength === 0) break;
      }
      position += chunk.byteLength;
      await done(() => archive.write(chunk));
    }
    if (!archive.destroyed) {
      await done(() => {
        archive.end(null);
        return false;
      });
    }
  } finally {
    archive.destroy();
    await opened.close();
  }
  if (failure !== null && !full) collector.add('damaged', 'lost', '', `byte ${contentEnd}`);
  return listing;
}

/** Reads members at their place in the archive. */
export function tarContent(stored: Stored): Content<TarMember> {
  return { stream: (member, pointer) => readRange(stored, pointer, member.offset, member.sizeBytes) };
}

/** Lists one member if it is an ordinary file with an acceptable name. Returns where its content ends. */
function addMember(
  header: Header,
  offset: number,
  archiveBytes: number,
  listing: Listing<TarMember>,
  { limits, collector }: ListContext,
): number {
  const { size } = header;
  const end = offset + size;
  const name = memberName(header.name, limits.pathLength);
  const shown = header.name.slice(0, 200);
  if ('refused' in name) {
    collector.add(name.refused, 'lost', shown);
  } else if (header.type === 'link' || header.type === 'symlink') {
    collector.count('link-skipped', 'note', name.path);
  } else if (header.type === 'directory' || name.isDirectory) {
    return end;
  } else if (isSparse(header)) {
    collector.add('unsupported-member', 'lost', name.path);
  } else if (header.type !== 'file' && header.type !== 'contiguous-file') {
    collector.count('special-file-skipped', 'note', name.path);
  } else {
    if (end > archiveBytes) collector.add('damaged', 'lost', name.path);
    if (!listing.add({ path: name.path, sizeBytes: size, offset })) {
      collector.add('duplicate-name', 'lost', name.path);
    }
  }
  return end;
}

// Files with holes are stored as a map and the pieces (GNU tar manual, "Sparse Formats"); type "S" has no name in
// tar-stream. Given out as they are stored they would look like damaged files.
function isSparse({ type, pax }: { readonly type: string | null; readonly pax?: unknown }): boolean {
  return type === null || Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'));
}
