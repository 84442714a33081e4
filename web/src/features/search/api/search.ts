import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { filtersOf, type ListSearch } from '@/lib/filters';

const PAGE_SIZE = 24;
const SORTS = ['relevance', 'popular', 'newest', 'price_asc', 'price_desc'] as const;

function paramsOf(search: ListSearch) {
  return { ...filtersOf(search), q: search.q, sort: SORTS.find((known) => known === search.sort) };
}

/** Ranked results, page after page; total, facets and how the words were understood come with the first. */
export function searchQuery(search: ListSearch) {
  const query = paramsOf(search);
  return infiniteQueryOptions({
    queryKey: ['search', query],
    queryFn: async ({ pageParam, signal }) =>
      unwrap(await api.GET('/api/v1/search', { params: { query: { ...query, limit: PAGE_SIZE, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** Counts per value of a filtered category; the list itself comes from the catalogue. */
export function facetsQuery(search: ListSearch) {
  const query = { ...paramsOf(search), sort: undefined, q: undefined, limit: 1 };
  return queryOptions({
    queryKey: ['search', 'facets', query],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/search', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}
