import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';
import type { Order } from '@/api/types';
import { orderToken } from './tokens';

const PAGE_SIZE = 10;
/** How often an order whose payment is not final yet is asked for again. */
const POLL_MS = 2000;
/** The same while money is on its way back. */
const REFUND_POLL_MS = 10_000;

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

/** What opens an order: a guest's token; a customer's order is opened by the session. */
export function orderHeader(id: string): { 'Order-Token'?: string } {
  const token = orderToken(id);
  return token === null ? {} : { 'Order-Token': token };
}

function pollOf(order: Order | undefined): number | false {
  if (!order) return false;
  if (isSettling(order)) return POLL_MS;
  return order.refunds.some(({ state }) => state === 'pending') ? REFUND_POLL_MS : false;
}

export function orderQuery(id: string) {
  return queryOptions({
    queryKey: ['order', id],
    queryFn: async ({ signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/orders/{id}', { params: { path: { id }, header: orderHeader(id) }, signal }));
    },
    staleTime: 5000,
    refetchInterval: ({ state }) => pollOf(state.data),
  });
}
