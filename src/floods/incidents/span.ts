/** Requests of a span of minutes, summed up. */
import type { TrafficView } from '../traffic/shape.js';
import type { Window } from './windows.js';

/** What the requests of a span were. */
export interface SpanSums {
  readonly hits: number;
  readonly pages: number;
  readonly assets: number;
  readonly posts: number;
  readonly notFound: number;
  readonly serverErrors: number;
  readonly clientGone: number;
  readonly refererNone: number;
  readonly refererOutside: number;
  readonly protocol2: number;
  readonly cacheKnown: number;
  readonly cacheMissed: number;
  readonly malformed: number;
  readonly bulk: number;
  /** Lines of the error log: clients that did not finish, and no room for more of them. */
  readonly timedOut: number;
  readonly exhausted: number;
}

/**
 * @param rows rows of `view.minutes` by index; -1 for minutes without a request
 * @param leftOut 1 for minutes that do not count
 */
export function sums(
  view: TrafficView,
  rows: Int32Array,
  { from, to }: Window,
  leftOut: Uint8Array | null = null,
): SpanSums {
  const { minutes } = view;
  const sum = (column: Uint32Array): number => {
    let total = 0;
    for (let index = from; index <= to; index += 1) {
      const row = rows[index] as number;
      if (row !== -1 && leftOut?.[index] !== 1) total += column[row] as number;
    }
    return total;
  };
  return {
    hits: sum(minutes.hits),
    pages: sum(minutes.pages),
    assets: sum(minutes.assets),
    posts: sum(minutes.posts),
    notFound: sum(minutes.notFound),
    serverErrors: sum(minutes.status5xx),
    clientGone: sum(minutes.clientGone),
    refererNone: sum(minutes.refererNone),
    refererOutside: sum(minutes.refererOutside),
    protocol2: sum(minutes.protocol2),
    cacheKnown: sum(minutes.cacheKnown),
    cacheMissed: sum(minutes.cacheMissed),
    malformed: sum(minutes.malformed),
    bulk: sum(minutes.bulk),
    timedOut: sum(minutes.timedOut),
    exhausted: sum(minutes.exhausted),
  };
}
