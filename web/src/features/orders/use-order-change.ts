import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Order } from '@/api/types';
import { orderQuery } from './api/orders';

/** A change of an order. Its answer is what the page shows from then on; lists of orders are read again. */
export function useOrderChange<V>(orderId: string, change: (values: V) => Promise<Order>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (order) => {
      client.setQueryData(orderQuery(orderId).queryKey, order);
      void client.invalidateQueries({ queryKey: ['orders'] });
    },
    // What was refused may rest on an old picture of the order.
    onError: () => void client.invalidateQueries({ queryKey: orderQuery(orderId).queryKey }),
  });
}
