import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';
import type { StockChange } from '@/api/types';

const PAGE_SIZE = 25;

/** Products in any state whose title holds the text, or with exactly this SKU or barcode. */
export function adminProductsQuery(q: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ['admin', 'products', q ?? ''],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/admin/products', { params: { query: { q, limit: PAGE_SIZE, cursor: pageParam } }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: q !== undefined,
    staleTime: 0,
  });
}

export function adminProductQuery(id: string) {
  return queryOptions({
    queryKey: ['admin', 'product', id],
    queryFn: async ({ signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/admin/products/{id}', { params: { path: { id } }, signal }));
    },
    staleTime: 5000,
  });
}

/** Variants on sale of which little is left, the scarcest first. */
export const lowStockQuery = infiniteQueryOptions({
  queryKey: ['admin', 'low-stock'],
  queryFn: async ({ pageParam, signal }) => {
    await restoreSession();
    return unwrap(await api.GET('/api/v1/admin/low-stock', { params: { query: { limit: PAGE_SIZE, cursor: pageParam } }, signal }));
  },
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
  staleTime: 0,
});

export const locationsQuery = queryOptions({
  queryKey: ['admin', 'locations'],
  queryFn: async ({ signal }) => {
    await restoreSession();
    return unwrap(await api.GET('/api/v1/admin/stock-locations', { signal }));
  },
});

export const variantStockKey = (id: string) => ['admin', 'stock', id] as const;

export function variantStockQuery(id: string) {
  return queryOptions({
    queryKey: variantStockKey(id),
    queryFn: async ({ signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/admin/variants/{id}/stock', { params: { path: { id } }, signal }));
    },
    staleTime: 2000,
  });
}

export const movementsKey = (id: string) => ['admin', 'movements', id] as const;

/** What happened to a variant's units, the newest first. */
export function movementsQuery(id: string, kind: string | undefined) {
  return infiniteQueryOptions({
    queryKey: [...movementsKey(id), kind ?? ''],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      const params = { path: { id }, query: { kind, limit: PAGE_SIZE, cursor: pageParam } };
      return unwrap(await api.GET('/api/v1/admin/variants/{id}/stock/movements', { params, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

/** Books units. The key names the attempt: a retry of it is not booked twice. */
export async function changeStock(id: string, key: string, body: StockChange) {
  return unwrap(await api.POST('/api/v1/admin/variants/{id}/stock', { params: { path: { id }, header: { 'Idempotency-Key': key } }, body }));
}

export type Transfer = { variant_id: string; from: string; to: string; quantity: number; reason: string };
export async function transferStock(key: string, body: Transfer) {
  return unwrap(await api.POST('/api/v1/admin/stock-transfers', { params: { header: { 'Idempotency-Key': key } }, body }));
}
