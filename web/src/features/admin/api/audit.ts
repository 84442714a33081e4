import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';

/** The services that keep a log of who changed what. */
export const LOGS = { orders: 'Orders', catalog: 'Catalogue and stock', cart: 'Coupons', search: 'Search', checkout: 'Money and shipping', auth: 'Accounts' } as const;
export type Log = keyof typeof LOGS;

const PAGE_SIZE = 50;

type Filter = { object?: string | undefined; action?: string | undefined };

async function readLog(log: Log, { object, action }: Filter, cursor: string | undefined, signal: AbortSignal) {
  const params = { query: { object_id: object, action, limit: PAGE_SIZE, cursor } };
  switch (log) {
    case 'orders':
      return unwrap(await api.GET('/api/v1/admin/audit/orders', { params, signal }));
    case 'catalog':
      return unwrap(await api.GET('/api/v1/admin/audit/catalog', { params, signal }));
    case 'cart':
      return unwrap(await api.GET('/api/v1/admin/audit/cart', { params, signal }));
    case 'search':
      return unwrap(await api.GET('/api/v1/admin/audit/search', { params, signal }));
    case 'checkout':
      return unwrap(await api.GET('/api/v1/admin/audit/checkout', { params, signal }));
    case 'auth':
      return unwrap(await api.GET('/api/v1/admin/audit/auth', { params, signal }));
  }
}

/** Who changed what in a service, the newest first. */
export function auditQuery(log: Log, filter: Filter) {
  return infiniteQueryOptions({
    queryKey: ['admin', 'audit', log, filter],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      return readLog(log, filter, pageParam, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}
