import type { GivenItem } from './dropped-files.js';

let waiting: readonly GivenItem[] = [];

/** What was dropped on one page for the next one to take: case and consent come before it is read. */
export function handOver(items: readonly GivenItem[]): void {
  waiting = items;
}

/** Once; then there is nothing left. */
export function takeHandedOver(): readonly GivenItem[] {
  const taken = waiting;
  waiting = [];
  return taken;
}
