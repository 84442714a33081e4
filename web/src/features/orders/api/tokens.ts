import { readStored, writeStored } from '@/lib/storage';

/** A guest's key to an order: kept for this tab, sent as a header, never part of an address. */
const key = (orderId: string) => `techmart.order.${orderId}`;

export function keepOrderToken(orderId: string, token: string): void {
  writeStored('session', key(orderId), token);
}

export function orderToken(orderId: string): string | null {
  return readStored('session', key(orderId));
}
