import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';
import type { AdminOrder, AttentionCounts, OrderState } from '@/api/types';

const PAGE_SIZE = 25;
/** How often an order is asked for again while money of it is on its way. */
const POLL_MS = 1500;
/** How long an order is asked for again after it changed. */
const FRESH_MS = 15_000;

/** Why an order waits for staff. */
export type Attention = keyof AttentionCounts;

export type OrderFilter = { state?: string | undefined; attention?: string | undefined; q?: string | undefined };

export function adminOrdersQuery({ state, attention, q }: OrderFilter) {
  return infiniteQueryOptions({
    queryKey: ['admin', 'orders', { state, attention, q }],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      const query = { limit: PAGE_SIZE, cursor: pageParam, q, state: state as OrderState | undefined, attention: attention as Attention | undefined };
      return unwrap(await api.GET('/api/v1/admin/orders', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

export const attentionQuery = queryOptions({
  queryKey: ['admin', 'attention'],
  queryFn: async ({ signal }) => {
    await restoreSession();
    return unwrap(await api.GET('/api/v1/admin/orders/attention', { signal }));
  },
  staleTime: 10_000,
});

/** True while the provider has not said what became of money that was asked for. */
export function isMoving({ payment_operations, refunds }: AdminOrder): boolean {
  return [...payment_operations, ...refunds].some(({ state }) => state === 'requested' || state === 'submitted');
}

/** True shortly after a change: documents and messages follow it, and each makes a new version of the order. */
function isFresh({ updated_at }: AdminOrder): boolean {
  return Date.now() - Date.parse(updated_at) < FRESH_MS;
}

export const orderKey = (id: string) => ['admin', 'order', id] as const;

export function adminOrderQuery(id: string) {
  return queryOptions({
    queryKey: orderKey(id),
    queryFn: async ({ signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/admin/orders/{id}', { params: { path: { id } }, signal }));
    },
    staleTime: 2000,
    refetchInterval: ({ state }) => (state.data && (isMoving(state.data) || isFresh(state.data)) ? POLL_MS : false),
  });
}
