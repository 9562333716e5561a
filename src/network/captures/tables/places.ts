import { compareText } from '../../../core/compare-text.js';
import type { Pointer } from '../../../core/contracts.js';

/** Where something was seen, and when. */
export interface SeenAt {
  readonly at: string | null;
  readonly source: Pointer;
}

/** Order in time, then by place; what has no time comes last. */
export function compareSeen(a: SeenAt, b: SeenAt): number {
  return (
    compareText(a.at ?? '~', b.at ?? '~') ||
    compareText(a.source.evidence, b.source.evidence) ||
    compareText(a.source.path, b.source.path) ||
    // `frame 9` before `frame 12`.
    a.source.locator.length - b.source.locator.length ||
    compareText(a.source.locator, b.source.locator)
  );
}
