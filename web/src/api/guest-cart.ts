import { readJson, removeStored, writeStored } from '@/lib/storage';
import { getSession } from './session';

/** Where a guest's cart is found again. The token opens the cart and its checkout, and only travels in a header. */
export type GuestCart = { id: string; token: string };

const KEY = 'techmart.cart';

function isGuestCart(value: unknown): value is GuestCart {
  return typeof value === 'object' && value !== null && 'id' in value && 'token' in value && typeof value.id === 'string' && typeof value.token === 'string';
}

export function readGuestCart(): GuestCart | null {
  return readJson('local', KEY, isGuestCart);
}

export function writeGuestCart(cart: GuestCart): void {
  writeStored('local', KEY, JSON.stringify(cart));
}

export function forgetGuestCart(): void {
  removeStored('local', KEY);
}

/** True where the account owns the cart. Staff have no carts of their own and shop like guests. */
export function accountOwnsCart(): boolean {
  const session = getSession();
  return session.status === 'customer' && session.user.role === 'customer';
}

/** The header that opens a guest's cart and checkout; a customer's are opened by the access token. */
export function cartHeader(): { 'Cart-Token'?: string } {
  const guest = accountOwnsCart() ? null : readGuestCart();
  return guest ? { 'Cart-Token': guest.token } : {};
}
