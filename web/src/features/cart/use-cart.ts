import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { CART_KEY, cartQuery } from './api/cart';

export function useCart() {
  return useQuery(cartQuery);
}

/** Forgets the shown cart, after an order or a change of person. */
export function useResetCart() {
  const client = useQueryClient();
  return useCallback(() => client.resetQueries({ queryKey: CART_KEY }), [client]);
}
