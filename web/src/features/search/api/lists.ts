import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';

/** Lists beside a page's own content: without an answer they are left out, so nothing is tried twice. */
const BESIDE = { retry: false, staleTime: 5 * 60_000 } as const;

/** What shoppers want most now, in the shop or in a category. */
export function popularQuery(limit: number, category?: string) {
  return queryOptions({
    ...BESIDE,
    queryKey: ['search', 'popular', category ?? null, limit],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/search/popular', { params: { query: { limit, category } }, signal })).items,
  });
}

/** Products of the same kind, the most similar first. */
export function similarQuery(product: string, limit: number) {
  return queryOptions({
    ...BESIDE,
    queryKey: ['search', 'similar', product, limit],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/search/similar', { params: { query: { product, limit } }, signal })).items,
  });
}

/** Products by their ids, in that order; those no longer on sale are missing. */
export function productsByIdQuery(ids: readonly string[]) {
  return queryOptions({
    ...BESIDE,
    queryKey: ['search', 'products', ids],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/search/products', { params: { query: { id: [...ids] } }, signal })).items,
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
}
