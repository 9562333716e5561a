import type { Pointer } from '../core/contracts.js';
import { expand, expandBzip2, expandZstd } from './expand.js';
import { type Budget, ExpansionGuard } from './limits.js';
import type { Content } from './listed-source.js';
import type { ListedMember } from './listing.js';

/** Formats that pack one stream of bytes, which may be a tar. */
export type PackedFormat = 'gzip' | 'zstd' | 'bzip2';

/** How each is called where kinds of evidence are named, by itself and around a tar. */
const KINDS = {
  gzip: ['gz', 'tar.gz'],
  zstd: ['zst', 'tar.zst'],
  bzip2: ['bz2', 'tar.bz2'],
} as const satisfies Record<PackedFormat, readonly [string, string]>;

/** Kinds of evidence that are packed files. */
export type PackedKind = (typeof KINDS)[PackedFormat][number];

/** What a packed file holds, read by unpacking it on the way. Its size is not known before. */
export interface UnpackedMember<M extends ListedMember = ListedMember> extends ListedMember {
  readonly sizeBytes: null;
  readonly packed: M;
  readonly format: PackedFormat;
}

export function isPackedFormat(format: string): format is PackedFormat {
  return format === 'gzip' || format === 'zstd' || format === 'bzip2';
}

/** The kind of a packed file by the format of what it holds. */
export function packedKind(format: PackedFormat, inside: string): PackedKind {
  return KINDS[format][inside === 'tar' ? 1 : 0];
}

/** How to unpack evidence of a kind, and whether a tar comes out; null for kinds that are not packed files. */
export function packingOf(kind: string): { readonly format: PackedFormat; readonly isTar: boolean } | null {
  for (const format of Object.keys(KINDS).filter(isPackedFormat)) {
    const [plain, tar] = KINDS[format];
    if (kind === plain || kind === tar) return { format, isTar: kind === tar };
  }
  return null;
}

/** Adds to the content of a source the insides of its packed files. */
export function withUnpacked<M extends ListedMember>(
  content: Content<M>,
  budget: Budget,
): Content<M | UnpackedMember<M>> {
  return {
    diskPath: (member) => (isUnpacked(member) ? null : (content.diskPath?.(member) ?? null)),
    stream: (member, pointer) =>
      isUnpacked(member)
        ? unpack(content.stream(member.packed, pointer), member.format, pointer, budget)
        : content.stream(member, pointer),
  };
}

/** Unpacks a stream within the limits. */
export function unpack(
  packed: AsyncIterable<Uint8Array>,
  format: PackedFormat,
  pointer: Pointer,
  budget: Budget,
): AsyncIterable<Uint8Array> {
  const guard = new ExpansionGuard(budget, pointer);
  if (format === 'gzip') return expand(packed, 'gzip', guard);
  return format === 'zstd' ? expandZstd(packed, guard) : expandBzip2(packed, guard);
}

/** Name of what a packed file holds: its own name without the ending. */
export function unpackedName(name: string): string {
  const inner = name
    .replace(/\.(gz|gzip|zst|zstd|bz2|bzip2)$/i, '')
    .replace(/\.(tgz|tzst|tbz|tbz2|tb2)$/i, '.tar');
  return inner === name || inner === '' ? `${name}.unpacked` : inner;
}

function isUnpacked<M extends ListedMember>(member: M | UnpackedMember<M>): member is UnpackedMember<M> {
  return 'packed' in member;
}
