import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';
import type { Order } from '@/api/types';
import { orderToken } from './tokens';

const PAGE_SIZE = 10;
/** How often an order whose payment is not final yet is asked for again. */
const POLL_MS = 2000;

export const ordersQuery = infiniteQueryOptions({
  queryKey: ['orders'],
  queryFn: async ({ pageParam, signal }) => unwrap(await api.GET('/api/v1/orders', { params: { query: { limit: PAGE_SIZE, cursor: pageParam } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
  staleTime: 0,
});

/** True while the provider has the last word on the payment. */
export function isSettling(order: Pick<Order, 'state'>): boolean {
  return order.state === 'pending';
}

export function orderQuery(id: string) {
  return queryOptions({
    queryKey: ['order', id],
    queryFn: async ({ signal }) => {
      await restoreSession();
      const token = orderToken(id);
      return unwrap(await api.GET('/api/v1/orders/{id}', { params: { path: { id }, header: token === null ? {} : { 'Order-Token': token } }, signal }));
    },
    staleTime: 5000,
    refetchInterval: ({ state }) => (state.data && isSettling(state.data) ? POLL_MS : false),
  });
}
