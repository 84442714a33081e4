import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { cartHeader } from '@/api/guest-cart';
import type { Checkout } from '@/api/types';

/** Lets a gift card pay before a card does; nothing is taken from it before the order is placed. */
export async function addGiftCard(id: string, code: string): Promise<Checkout> {
  return unwrap(await api.PUT('/api/v1/checkouts/{id}/gift-cards', { params: { path: { id }, header: cartHeader() }, body: { code } }));
}

export async function removeGiftCard(id: string, gift_card_id: string): Promise<Checkout> {
  return unwrap(await api.DELETE('/api/v1/checkouts/{id}/gift-cards/{gift_card_id}', { params: { path: { id, gift_card_id }, header: cartHeader() } }));
}

/** The customer's cards; the account lists them too. */
export const savedCardsQuery = queryOptions({
  queryKey: ['payment-methods'],
  queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/payment-methods', { signal })).items,
  staleTime: 0,
});

export async function deleteSavedCard(id: string): Promise<void> {
  unwrap(await api.DELETE('/api/v1/payment-methods/{id}', { params: { path: { id } } }));
}

/** The customer's credit in the shop, one amount per currency. */
export const storeCreditQuery = queryOptions({
  queryKey: ['store-credit'],
  queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/me/store-credit', { signal })).balances,
  staleTime: 0,
});
