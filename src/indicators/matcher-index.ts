import type { IndicatorMatch } from '../core/contracts.js';
import type { Indicator } from '../core/indicator.js';

/** How an indicator fits, as the contract names it. */
export type MatchKind = IndicatorMatch['how'];

/** Indicators by their comparable form. Two feeds may list the same value: both are kept. */
export type Index = Map<string, Indicator[]>;

export function addTo(index: Index, key: string, indicator: Indicator): void {
  const known = index.get(key);
  if (known) known.push(indicator);
  else index.set(key, [indicator]);
}

/** Appends what an index holds under a key. */
export function collect(index: Index, key: string, how: MatchKind, found: IndicatorMatch[]): void {
  const indicators = index.get(key);
  if (indicators) for (const indicator of indicators) found.push({ indicator, how });
}
