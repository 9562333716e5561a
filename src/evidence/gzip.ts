import type { Pointer } from '../core/contracts.js';
import { expand } from './expand.js';
import { type Budget, ExpansionGuard } from './limits.js';
import type { Content } from './listed-source.js';
import type { ListedMember } from './listing.js';

/** What a gzip file holds, read by unpacking it on the way. Its size is not known before (RFC 1952 states it mod 2^32). */
export interface GunzippedMember<M extends ListedMember = ListedMember> extends ListedMember {
  readonly sizeBytes: null;
  readonly packed: M;
}

/** Adds to the content of a source the insides of its gzip files. */
export function withGunzipped<M extends ListedMember>(
  content: Content<M>,
  budget: Budget,
): Content<M | GunzippedMember<M>> {
  return {
    diskPath: (member) => (isGunzipped(member) ? null : (content.diskPath?.(member) ?? null)),
    stream: (member, pointer) =>
      isGunzipped(member)
        ? gunzip(content.stream(member.packed, pointer), pointer, budget)
        : content.stream(member, pointer),
  };
}

/** Unpacks a gzip stream within the limits. */
export function gunzip(
  packed: AsyncIterable<Uint8Array>,
  pointer: Pointer,
  budget: Budget,
): AsyncIterable<Uint8Array> {
  return expand(packed, 'gzip', new ExpansionGuard(budget, pointer));
}

/** Name of what a gzip file holds: its own name without the ending. */
export function gunzippedName(name: string): string {
  const inner = name.replace(/\.(gz|gzip)$/i, '').replace(/\.tgz$/i, '.tar');
  return inner === name || inner === '' ? `${name}.unpacked` : inner;
}

function isGunzipped<M extends ListedMember>(member: M | GunzippedMember<M>): member is GunzippedMember<M> {
  return 'packed' in member;
}
