import { type UseQueryResult, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { type ApiFailure, post, postText } from '../../../api/client.js';
import type { EventPage, EventRow, Histogram } from '../../../api/paths.js';
import {
  choiceOf,
  FILTER_NAMES,
  type FilterName,
  isOn,
  type LineFilters,
  pageOf,
  without,
} from './line-filters.js';

export const PAGE_ROWS = 200;
const UNDATED_ROWS = 50;
const BUCKETS = 160;

type Choice = ReturnType<typeof choiceOf>;

export function useHistogram(choice: Choice): UseQueryResult<Histogram, ApiFailure> {
  return useQuery<Histogram, ApiFailure>({
    queryKey: ['/events/histogram', choice],
    queryFn: ({ signal }) => post('/events/histogram', { ...choice, buckets: BUCKETS }, signal),
    placeholderData: (before) => before,
  });
}

/** SVG; empty when nothing has a time. */
export function useHistogramPicture(choice: Choice, isUtc: boolean): UseQueryResult<string, ApiFailure> {
  return useQuery<string, ApiFailure>({
    queryKey: ['/events/picture', choice, isUtc],
    queryFn: ({ signal }) =>
      postText('/events/picture', { ...choice, buckets: BUCKETS, ...(isUtc ? { utc: true } : {}) }, signal),
    placeholderData: (before) => before,
  });
}

/** Pages of rows by their number. Those that nobody looks at any more are not waited for. */
export function usePages(
  choice: Choice,
  numbers: readonly number[],
): {
  readonly rowAt: (place: number) => EventRow | null;
  readonly error: ApiFailure | null;
  readonly retry: () => void;
} {
  const pages = useQueries({
    queries: numbers.map((number) => ({
      queryKey: ['/events/query', choice, number],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        post<EventPage>(
          '/events/query',
          pageOf(choice, { offset: number * PAGE_ROWS, limit: PAGE_ROWS }),
          signal,
        ),
    })),
  });
  const byNumber = new Map(numbers.map((number, index) => [number, pages[index]?.data]));
  const failed = pages.find(({ error }) => error !== null);
  return {
    rowAt: (place) => byNumber.get(Math.floor(place / PAGE_ROWS))?.rows[place % PAGE_ROWS] ?? null,
    error: (failed?.error as ApiFailure | null | undefined) ?? null,
    retry: () => {
      for (const { error, refetch } of pages) if (error) void refetch();
    },
  };
}

/** How many records each filter that is on hides by itself, and all of them together; null while it is counted. */
export function useHidden(
  code: string,
  filters: LineFilters,
  shown: number | null,
): { readonly all: number | null; readonly by: ReadonlyMap<FilterName, number | null> } {
  const active = FILTER_NAMES.filter((name) => isOn(filters, name));
  const choices = [
    ...active.map((name) => choiceOf(code, without(filters, name))),
    ...(active.length > 0 ? [{ caseCode: code, from: null, to: null, kinds: [], text: '' }] : []),
  ];
  const counts = useQueries({
    queries: choices.map((choice) => ({
      queryKey: ['/events/query', choice, 'count'],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        post<EventPage>('/events/query', pageOf(choice, {}), signal),
    })),
  });
  const hidden = (index: number): number | null => {
    const total = counts[index]?.data?.total.value;
    return total === undefined || shown === null ? null : Math.max(0, total - shown);
  };
  return {
    all: active.length === 0 ? 0 : hidden(active.length),
    by: new Map(active.map((name, index) => [name, hidden(index)])),
  };
}

export function useUndated(choice: Choice, isWanted: boolean) {
  return useInfiniteQuery<EventPage, ApiFailure, EventRow[], readonly unknown[], string | null>({
    queryKey: ['/events/query', choice, 'undated'],
    queryFn: ({ signal, pageParam }) =>
      post('/events/query', pageOf(choice, { undated: true, after: pageParam, limit: UNDATED_ROWS }), signal),
    initialPageParam: null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ rows }) => rows),
    enabled: isWanted,
  });
}

/** Place of the first row at a moment or after it. */
export async function placeOfTime(choice: Choice, at: string, total: number): Promise<number> {
  const from = choice.from !== null && choice.from > at ? choice.from : at;
  const { total: left } = await post<EventPage>('/events/query', pageOf({ ...choice, from }, {}));
  return Math.max(0, Math.min(total - 1, total - left.value));
}

/** Place of the nearest row before or after one at which a finding points; null when there is none. */
export async function placeOfFinding(
  choice: Choice,
  row: EventRow | null,
  way: 'previous' | 'next',
): Promise<number | null> {
  const pointed = { ...choice, severity: choice.severity ?? ('info' as const) };
  const ask = (where: Parameters<typeof pageOf>[1]): Promise<EventPage> =>
    post<EventPage>('/events/query', pageOf(pointed, where));
  const after = await ask({ after: row?.id ?? null });
  let found = after.rows[0];
  if (way === 'previous') {
    const before = after.offset - 1 - ((row?.findings.length ?? 0) > 0 ? 1 : 0);
    found = before < 0 ? undefined : (await ask({ offset: before })).rows[0];
  }
  if (!found) return null;
  const { offset } = await post<EventPage>('/events/query', pageOf(choice, { after: found.id }));
  return offset - 1;
}
