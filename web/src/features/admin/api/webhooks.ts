import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';
import type { NewWebhookEndpoint, WebhookDelivery, WebhookEndpoint, WebhookEndpointPatch } from '@/api/types';
import { newKey } from '@/lib/idempotency';

const PAGE_SIZE = 25;
/** How often deliveries are read again: they happen on their own. */
const REFRESH_MS = 5000;

export const endpointsKey = ['admin', 'webhook-endpoints'] as const;

export const endpointsQuery = infiniteQueryOptions({
  queryKey: endpointsKey,
  queryFn: async ({ pageParam, signal }) => {
    await restoreSession();
    return unwrap(await api.GET('/api/v1/admin/webhook-endpoints', { params: { query: { limit: PAGE_SIZE, cursor: pageParam } }, signal }));
  },
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
  staleTime: 0,
});

export const eventKindsQuery = queryOptions({
  queryKey: ['admin', 'webhook-event-kinds'],
  queryFn: async ({ signal }) => {
    await restoreSession();
    return unwrap(await api.GET('/api/v1/admin/webhook-event-kinds', { signal }));
  },
});

export const deliveriesKey = (id: string) => ['admin', 'webhook-deliveries', id] as const;

export function deliveriesQuery(id: string, state: string | undefined) {
  return infiniteQueryOptions({
    queryKey: [...deliveriesKey(id), state ?? ''],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      const params = { path: { id }, query: { state: state as WebhookDelivery['state'] | undefined, limit: PAGE_SIZE, cursor: pageParam } };
      return unwrap(await api.GET('/api/v1/admin/webhook-endpoints/{id}/deliveries', { params, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: REFRESH_MS,
    staleTime: 0,
  });
}

/** Makes an endpoint. Its secret is in the first answer only. */
export async function createEndpoint(key: string, body: NewWebhookEndpoint) {
  return unwrap(await api.POST('/api/v1/admin/webhook-endpoints', { params: { header: { 'Idempotency-Key': key } }, body }));
}

export async function updateEndpoint({ id, version }: WebhookEndpoint, patch: Partial<WebhookEndpointPatch>) {
  const params = { path: { id }, header: { 'If-Match': `"${version}"` } };
  // The generated type takes members with a default for required ones.
  return unwrap(await api.PATCH('/api/v1/admin/webhook-endpoints/{id}', { params, body: patch as WebhookEndpointPatch }));
}

/** Sends a test at once, and answers what came back. */
export async function pingEndpoint(id: string) {
  return unwrap(await api.POST('/api/v1/admin/webhook-endpoints/{id}/ping', { params: { path: { id }, header: { 'Idempotency-Key': newKey() } } }));
}

export async function redeliver(id: string, delivery_id: string) {
  const params = { path: { id, delivery_id }, header: { 'Idempotency-Key': newKey() } };
  return unwrap(await api.POST('/api/v1/admin/webhook-endpoints/{id}/deliveries/{delivery_id}/redeliver', { params }));
}
