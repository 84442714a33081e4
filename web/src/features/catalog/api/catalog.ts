import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import type { CategoryNode } from '@/api/types';
import type { ListSearch } from '@/lib/filters';

export const PAGE_SIZE = 24;
const SORTS = ['newest', 'price_asc', 'price_desc', 'name'] as const;

/** The whole category tree; small, and used by the header, so kept for long. */
export const categoriesQuery = queryOptions({
  queryKey: ['categories'],
  queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/categories', { signal })).items,
  staleTime: 10 * 60_000,
});

/** A category's products, page after page. The catalogue knows all filters but attributes: those are the search's. */
export function productsQuery(category: string, { brand, price_min, price_max, in_stock, ...search }: ListSearch) {
  const query = { category, brand, price_min, price_max, in_stock };
  const sort = SORTS.find((known) => known === search.sort);
  return infiniteQueryOptions({
    queryKey: ['products', query, sort ?? 'newest'],
    queryFn: async ({ pageParam, signal }) =>
      unwrap(await api.GET('/api/v1/products', { params: { query: { ...query, sort, limit: PAGE_SIZE, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** The newest products, for the home page. */
export function newestQuery(limit: number) {
  return queryOptions({
    queryKey: ['products', 'newest', limit],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/products', { params: { query: { limit, sort: 'newest' } }, signal })).items,
  });
}

export function productQuery(slug: string) {
  return queryOptions({
    queryKey: ['product', slug],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/products/{id}', { params: { path: { id: slug } }, signal })),
    staleTime: 30_000,
  });
}

/** Categories worth a link: those with something in them. */
export function filled(nodes: readonly CategoryNode[]): CategoryNode[] {
  return nodes.filter(({ product_count }) => product_count > 0);
}

/** The way from the root to a category, itself last; empty when there is none of that name. */
export function pathTo(tree: readonly CategoryNode[], slug: string): CategoryNode[] {
  for (const node of tree) {
    if (node.slug === slug) return [node];
    const below = pathTo(node.children, slug);
    if (below.length > 0) return [node, ...below];
  }
  return [];
}
