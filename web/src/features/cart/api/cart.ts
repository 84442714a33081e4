import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { api } from '@/api/client';
import { hasCode, unwrap } from '@/api/errors';
import { cartHeader, forgetGuestCart, readGuestCart, writeGuestCart, type GuestCart } from '@/api/guest-cart';
import { getSession, restoreSession } from '@/api/session';
import type { Cart } from '@/api/types';

export const CART_KEY = ['cart'] as const;

const usable = (cart: Cart) => cart.state === 'open' || cart.state === 'completing';

async function openCart(): Promise<Cart> {
  const answer = await api.POST('/api/v1/carts');
  const cart = unwrap(answer);
  const token = answer.response.headers.get('Cart-Token');
  if (token !== null && getSession().status !== 'customer') writeGuestCart({ id: cart.id, token });
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
    if (getSession().status === 'customer') return openCart();
    const guest = readGuestCart();
    return guest ? readGuest(guest, signal) : null;
  },
  staleTime: 20_000,
});

/** Adds to the cart, opening one first where there is none. Answers the whole cart. */
export async function addLine(client: QueryClient, variant_id: string, quantity: number): Promise<Cart> {
  const known = client.getQueryData(CART_KEY) as Cart | null | undefined;
  const cart = known ?? (await client.fetchQuery(cartQuery)) ?? (await openCart());
  const add = async (id: string) =>
    unwrap(await api.POST('/api/v1/carts/{id}/lines', { params: { path: { id }, header: cartHeader() }, body: { variant_id, quantity } }));
  try {
    return await add(cart.id);
  } catch (error) {
    // The known cart was ordered or merged in another tab: this product begins the next one.
    if (!hasCode(error, 'not_found', 'cart_not_open', 'cart_closed')) throw error;
    if (getSession().status !== 'customer') forgetGuestCart();
    return add((await openCart()).id);
  }
}

export async function setQuantity(cartId: string, lineId: string, quantity: number): Promise<Cart> {
  const params = { path: { id: cartId, line_id: lineId }, header: cartHeader() };
  if (quantity === 0) return unwrap(await api.DELETE('/api/v1/carts/{id}/lines/{line_id}', { params }));
  return unwrap(await api.PATCH('/api/v1/carts/{id}/lines/{line_id}', { params, body: { quantity } }));
}

/** After sign-in: brings what the guest collected into the customer's cart. Null when there was nothing. */
export async function mergeGuestCart(): Promise<Cart | null> {
  const guest = readGuestCart();
  if (guest === null) return null;
  try {
    const merged = unwrap(await api.POST('/api/v1/carts/{id}/merge', { params: { path: { id: guest.id }, header: { 'Cart-Token': guest.token } } }));
    forgetGuestCart();
    return merged;
  } catch (error) {
    if (!hasCode(error, 'not_found')) throw error;
    forgetGuestCart();
    return null;
  }
}
