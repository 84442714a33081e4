import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { hasCode, unwrap } from '@/api/errors';
import { accountOwnsCart, forgetGuestCart, readGuestCart, writeGuestCart, type GuestCart } from '@/api/guest-cart';
import { restoreSession } from '@/api/session';
import type { Cart } from '@/api/types';

export const CART_KEY = ['cart'] as const;

const usable = (cart: Cart) => cart.state === 'open' || cart.state === 'completing';

export async function openCart(): Promise<Cart> {
  const answer = await api.POST('/api/v1/carts');
  const cart = unwrap(answer);
  const token = answer.response.headers.get('Cart-Token');
  if (token !== null && !accountOwnsCart()) writeGuestCart({ id: cart.id, token });
  return cart;
}

async function readGuest(guest: GuestCart, signal: AbortSignal): Promise<Cart | null> {
  try {
    const cart = unwrap(await api.GET('/api/v1/carts/{id}', { params: { path: { id: guest.id }, header: { 'Cart-Token': guest.token } }, signal }));
    if (usable(cart)) return cart;
  } catch (error) {
    if (!hasCode(error, 'not_found')) throw error;
  }
  forgetGuestCart();
  return null;
}

/**
 * The visitor's cart, or null while there is none: a guest's cart begins with the first product, a
 * customer's is the open one of the account.
 */
export const cartQuery = queryOptions({
  queryKey: CART_KEY,
  queryFn: async ({ signal }): Promise<Cart | null> => {
    await restoreSession();
    if (accountOwnsCart()) return openCart();
    const guest = readGuestCart();
    return guest ? readGuest(guest, signal) : null;
  },
  staleTime: 20_000,
});
