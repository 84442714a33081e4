import type { Order } from '@/api/types';

type Tone = 'neutral' | 'brand' | 'ok' | 'warn' | 'danger';
type States = Pick<Order, 'state' | 'payment_state' | 'fulfilment_state'>;

const FULFILMENT: Record<string, { text: string; tone: Tone }> = {
  unfulfilled: { text: 'Preparing', tone: 'brand' },
  partially_fulfilled: { text: 'Partly shipped', tone: 'brand' },
  fulfilled: { text: 'Shipped', tone: 'brand' },
  partially_delivered: { text: 'Partly delivered', tone: 'ok' },
  delivered: { text: 'Delivered', tone: 'ok' },
};

/** One word for where an order stands, from its three states. */
export function statusOf({ state, payment_state, fulfilment_state }: States): { text: string; tone: Tone } {
  if (state === 'pending') return { text: 'Confirming payment', tone: 'warn' };
  if (state === 'cancelled') return { text: payment_state === 'refunded' ? 'Cancelled, refunded' : 'Cancelled', tone: 'danger' };
  if (state === 'expired') return { text: 'Not paid', tone: 'danger' };
  if (state === 'on_hold') return { text: 'Being checked', tone: 'warn' };
  if (payment_state === 'refunded') return { text: 'Refunded', tone: 'neutral' };
  if (state === 'completed') return { text: 'Completed', tone: 'ok' };
  return FULFILMENT[fulfilment_state] ?? { text: sentenceOf(fulfilment_state), tone: 'neutral' };
}

/** "order.placed" or "payment_captured" → "Order placed", "Payment captured". */
export function sentenceOf(code: string): string {
  const words = code.replaceAll(/[._-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const EVENTS: Record<string, string> = {
  placed: 'Order placed',
  cancelled: 'Order cancelled',
  expired: 'Order expired without payment',
  on_hold: 'Order is being checked',
  completed: 'Order completed',
  pending: 'Order received',
};

export function eventText({ kind, to_state }: Pick<Order['timeline'][number], 'kind' | 'to_state'>): string {
  if (to_state && EVENTS[to_state] && !kind.includes('payment')) return EVENTS[to_state];
  return sentenceOf(kind);
}
