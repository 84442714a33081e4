import type { QueryClient } from '@tanstack/react-query';
import { api } from '@/api/client';
import { hasCode, unwrap } from '@/api/errors';
import { accountOwnsCart, cartHeader, forgetGuestCart, readGuestCart } from '@/api/guest-cart';
import type { Cart } from '@/api/types';
import { CART_KEY, cartQuery, openCart } from './cart';

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
    if (!hasCode(error, 'not_found', 'cart_closed')) throw error;
    if (!accountOwnsCart()) forgetGuestCart();
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
  if (guest === null || !accountOwnsCart()) return null;
  try {
    const merged = unwrap(await api.POST('/api/v1/carts/{id}/merge', { params: { path: { id: guest.id }, header: { 'Cart-Token': guest.token } } }));
    forgetGuestCart();
    return merged;
  } catch (error) {
    if (!hasCode(error, 'not_found', 'cart_closed')) throw error;
    forgetGuestCart();
    return null;
  }
}
