import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { hasCode } from '@/api/errors';
import type { AdminOrder } from '@/api/types';
import { newKey } from '@/lib/idempotency';
import { orderKey } from './api/orders';
import { isOpen } from './use-attempt';

/** What every change of an order carries: the version that was seen, and a name for the attempt so that a retry is not a second one. */
export type ChangeHeaders = { 'If-Match': string; 'Idempotency-Key': string };
export type Change = (headers: ChangeHeaders) => Promise<AdminOrder>;

/**
 * Changes an order. A retry keeps its name while it is open what became of the request; after a success or a plain
 * refusal the next one gets its own.
 */
export function useChange(order: AdminOrder, onDone: () => void) {
  const client = useQueryClient();
  const [name, setName] = useState(newKey);
  return useMutation({
    mutationFn: (change: Change) => change({ 'If-Match': `"${order.version}"`, 'Idempotency-Key': name }),
    onSuccess: (next) => {
      setName(newKey());
      client.setQueryData(orderKey(order.id), next);
      void client.invalidateQueries({ queryKey: ['admin', 'orders'] });
      void client.invalidateQueries({ queryKey: ['admin', 'attention'] });
      onDone();
    },
    onError: (error) => {
      if (!isOpen(error)) setName(newKey());
      if (!hasCode(error, 'version_mismatch')) return;
      void client.invalidateQueries({ queryKey: orderKey(order.id) });
    },
  });
}
