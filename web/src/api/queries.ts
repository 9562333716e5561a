/** Reading and writing through react-query: what a page shows is kept only while it is open. */
import {
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { ApiFailure, get } from './client.js';

/** Waits before asking again a server that does not answer. */
const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000];

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          error instanceof ApiFailure && error.code === 'no-answer' && failures < RETRY_AFTER_MS.length,
        retryDelay: (failures) => RETRY_AFTER_MS[failures] ?? 8_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        staleTime: 5_000,
        gcTime: 60_000,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

/** @example const cases = useRead<CaseRow[]>('/cases') */
export function useRead<T>(path: string, isWanted = true): UseQueryResult<T, ApiFailure> {
  return useQuery<T, ApiFailure>({
    queryKey: [path],
    queryFn: ({ signal }) => get<T>(path, signal),
    enabled: isWanted,
  });
}

/**
 * Something that changes the server. Afterwards everything under `touches` is read again.
 *
 * @example const add = useWrite((text: string) => post(`/cases/${code}/notes`, { text, task: null }), [`/cases/${code}`])
 */
export function useWrite<Input, Output>(
  write: (input: Input) => Promise<Output>,
  touches: readonly string[] = [],
): UseMutationResult<Output, ApiFailure, Input> {
  const client = useQueryClient();
  return useMutation<Output, ApiFailure, Input>({
    mutationFn: write,
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [path] }) =>
          typeof path === 'string' && touches.some((prefix) => path.startsWith(prefix)),
      }),
  });
}
