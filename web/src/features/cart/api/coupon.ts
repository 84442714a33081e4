import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { cartHeader } from '@/api/guest-cart';
import type { Cart } from '@/api/types';

/** Puts a coupon into the cart, in place of the one before. Refused with the code `coupon_…` where it does not apply. */
export async function putCoupon(cartId: string, code: string): Promise<Cart> {
  return unwrap(await api.PUT('/api/v1/carts/{id}/coupon', { params: { path: { id: cartId }, header: cartHeader() }, body: { code } }));
}

export async function deleteCoupon(cartId: string): Promise<Cart> {
  return unwrap(await api.DELETE('/api/v1/carts/{id}/coupon', { params: { path: { id: cartId }, header: cartHeader() } }));
}
