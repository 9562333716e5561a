import { useQuery, useQueryClient } from '@tanstack/react-query';

/** State that is there again after coming back to the page. Kept in memory only, and gone when the vault locks. */
export function useKeptState<T>(key: string, initial: T): readonly [T, (next: T) => void] {
  const client = useQueryClient();
  const { data } = useQuery<T>({
    queryKey: ['kept', key],
    queryFn: () => initial,
    initialData: initial,
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return [data ?? initial, (next) => client.setQueryData(['kept', key], next)];
}
