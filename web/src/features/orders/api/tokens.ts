import { readStored, writeStored } from '@/lib/storage';

/** A guest's key to an order: kept for this tab, sent as a header, never part of an address. */
const key = (orderId: string) => `techmart.order.${orderId}`;

export function keepOrderToken(orderId: string, token: string): void {
  writeStored('session', key(orderId), token);
}

export function orderToken(orderId: string): string | null {
  return readStored('session', key(orderId));
}

/** The token in the link of a message, after the hash sign, where no server and no log ever sees it. */
export function tokenOfLink(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token');
}
