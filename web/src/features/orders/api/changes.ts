import { api } from '@/api/client';
import { ApiError, networkError, unwrap } from '@/api/errors';
import { sessionFetch } from '@/api/session';
import type { NewReturnRequest, Order } from '@/api/types';
import { orderHeader } from './orders';

/** What a shopper changes about an order; each answers the whole order. */
export async function cancelOrder(id: string, reason: string, key: string): Promise<Order> {
  return unwrap(
    await api.POST('/api/v1/orders/{id}/cancel', {
      params: { path: { id }, header: { ...orderHeader(id), 'Idempotency-Key': key } },
      body: reason === '' ? {} : { reason },
    }),
  );
}

export async function openReturn(id: string, body: NewReturnRequest, key: string): Promise<Order> {
  return unwrap(await api.POST('/api/v1/orders/{id}/returns', { params: { path: { id }, header: { ...orderHeader(id), 'Idempotency-Key': key } }, body }));
}

export async function cancelReturn(id: string, return_id: string): Promise<Order> {
  return unwrap(await api.POST('/api/v1/orders/{id}/returns/{return_id}/cancel', { params: { path: { id, return_id }, header: orderHeader(id) } }));
}

export async function sendReturn(id: string, return_id: string, body: { carrier?: string; tracking_number?: string }): Promise<Order> {
  return unwrap(await api.POST('/api/v1/orders/{id}/returns/{return_id}/ship', { params: { path: { id, return_id }, header: orderHeader(id) }, body }));
}

/** A document as a file. It needs the shopper's proof, so a plain link would not open it. */
export async function fetchInvoice(orderId: string, invoiceId: string): Promise<Blob> {
  const path = `/api/v1/orders/${orderId}/invoices/${invoiceId}.pdf`;
  const response = await sessionFetch(new Request(new URL(path, globalThis.location.origin), { headers: orderHeader(orderId) }));
  if (!response.ok) {
    const problem: unknown = await response.json().catch(() => ({}));
    throw new ApiError(response.status, (problem ?? {}) as Record<string, unknown>);
  }
  return response.blob().catch(() => {
    throw networkError();
  });
}
