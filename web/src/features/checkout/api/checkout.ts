import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { cartHeader } from '@/api/guest-cart';
import { restoreSession } from '@/api/session';
import type { Address, Checkout, Completion } from '@/api/types';
import { readAttempt, type Attempt } from '../attempt';

export type CheckoutPatch = {
  email?: string;
  shipping_address?: Address;
  /** Null: the same as the delivery address. */
  billing_address?: Address | null;
  shipping_method?: string;
  use_store_credit?: boolean;
};

export async function getCheckout(id: string): Promise<Checkout> {
  return unwrap(await api.GET('/api/v1/checkouts/{id}', { params: { path: { id }, header: cartHeader() } }));
}

/**
 * The checkout of a cart. One whose payment was begun before a reload is found again by its attempt,
 * because its cart may be closed by now.
 */
export function checkoutQuery(cartId: string | null) {
  return queryOptions({
    queryKey: ['checkout', cartId],
    queryFn: async (): Promise<Checkout | null> => {
      await restoreSession();
      const attempt = readAttempt();
      if (attempt) return getCheckout(attempt.checkout_id);
      if (cartId === null) return null;
      return unwrap(await api.POST('/api/v1/checkouts', { params: { header: cartHeader() }, body: { cart_id: cartId } }));
    },
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
}

export async function patchCheckout(id: string, body: CheckoutPatch): Promise<Checkout> {
  return unwrap(await api.PATCH('/api/v1/checkouts/{id}', { params: { path: { id }, header: cartHeader() }, body }));
}

/** Sends an attempt. The same attempt sent again never charges twice: the key makes it a replay. */
export async function complete({ checkout_id, key, body }: Attempt): Promise<Completion> {
  return unwrap(
    await api.POST('/api/v1/checkouts/{id}/complete', {
      params: { path: { id: checkout_id }, header: { ...cartHeader(), 'Idempotency-Key': key } },
      body,
    }),
  );
}

/** Gives up a payment that waits for the bank. The provider is told first: a payment that came through answers `checkout_completed`. */
export async function abandonPayment(id: string): Promise<Checkout> {
  return unwrap(await api.POST('/api/v1/checkouts/{id}/abandon', { params: { path: { id }, header: cartHeader() } }));
}

export const paymentConfigQuery = queryOptions({
  queryKey: ['payment-config'],
  queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/payments/config', { signal })),
  staleTime: 10 * 60_000,
});
