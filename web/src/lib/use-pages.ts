import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';

export type Pages<T> = {
  items: T[];
  loading: boolean;
  loadingMore: boolean;
  /** True while items of the former filters are shown until the new ones arrive. */
  stale: boolean;
  more: boolean;
  error: unknown;
  retry: () => void;
};

/** Shows the first `count` pages of a list and loads those that are missing, one after another. */
export function usePages<T extends { id: string }>(query: UseInfiniteQueryResult<InfiniteData<{ items: T[] }>>, count: number): Pages<T> {
  const { data, hasNextPage, isFetchingNextPage, isFetching, isPlaceholderData, error, fetchNextPage, refetch } = query;
  const loaded = data?.pages.length ?? 0;
  const missing = loaded > 0 && loaded < count && hasNextPage && !isPlaceholderData;
  useEffect(() => {
    if (missing && !isFetching && error === null) void fetchNextPage();
  }, [missing, isFetching, error, fetchNextPage]);
  const seen = new Set<string>();
  const items = (data?.pages ?? []).slice(0, Math.max(count, 1)).flatMap((page) => page.items.filter(({ id }) => !seen.has(id) && seen.add(id)));
  return {
    items,
    loading: data === undefined && error === null,
    loadingMore: isFetchingNextPage || missing,
    stale: isPlaceholderData,
    more: hasNextPage || loaded > count,
    error,
    retry: () => void (loaded > 0 && missing ? fetchNextPage() : refetch()),
  };
}
