import type { Order, OrderReturn, Shipment, ShopRefund } from '@/api/types';

export type Tone = 'neutral' | 'brand' | 'ok' | 'warn' | 'danger';
type Status = { text: string; tone: Tone };
type States = Pick<Order, 'state' | 'payment_state' | 'fulfilment_state'>;

const FULFILMENT: Record<string, Status> = {
  unfulfilled: { text: 'Preparing', tone: 'brand' },
  partially_fulfilled: { text: 'Partly shipped', tone: 'brand' },
  fulfilled: { text: 'Shipped', tone: 'brand' },
  partially_delivered: { text: 'Partly delivered', tone: 'ok' },
  delivered: { text: 'Delivered', tone: 'ok' },
};

/** One word for where an order stands, from its three states. */
export function statusOf({ state, payment_state, fulfilment_state }: States): Status {
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

const SHIPMENTS: Record<Shipment['state'], Status> = {
  planned: { text: 'Being prepared', tone: 'neutral' },
  picking: { text: 'Being packed', tone: 'brand' },
  shipped: { text: 'On its way', tone: 'brand' },
  delivered: { text: 'Delivered', tone: 'ok' },
  lost: { text: 'Lost', tone: 'danger' },
  cancelled: { text: 'Cancelled', tone: 'neutral' },
};

export function shipmentStatus({ state }: Pick<Shipment, 'state'>): Status {
  return SHIPMENTS[state];
}

const RETURNS: Record<OrderReturn['state'], Status & { next?: string }> = {
  requested: { text: 'Asked for', tone: 'warn', next: 'We look at it and answer by mail. Please do not send anything yet.' },
  approved: { text: 'Agreed', tone: 'brand', next: 'Pack the products well, put a note with the order number into the parcel, and send it to us.' },
  rejected: { text: 'Not agreed', tone: 'danger' },
  in_transit: { text: 'On its way to us', tone: 'brand' },
  partially_received: { text: 'Partly received', tone: 'brand', next: 'Some of it has arrived; the rest is still on its way.' },
  received: { text: 'Received', tone: 'brand' },
  refunded: { text: 'Refunded', tone: 'ok' },
  closed: { text: 'Done', tone: 'ok' },
  cancelled: { text: 'Cancelled', tone: 'neutral' },
};

export function returnStatus({ state, kind }: Pick<OrderReturn, 'state' | 'kind'>): Status & { next?: string } {
  if (state === 'received') {
    return { ...RETURNS.received, next: kind === 'exchange' ? 'It has arrived. What you chose instead is sent to you.' : 'It has arrived. Your money is on its way back.' };
  }
  return RETURNS[state];
}

export function refundStatus({ state }: Pick<ShopRefund, 'state'>): Status {
  return state === 'succeeded' ? { text: 'Sent', tone: 'ok' } : { text: 'On its way', tone: 'warn' };
}

export function refundWay({ destination }: Pick<ShopRefund, 'destination'>): string {
  return destination === 'store_credit' ? 'As store credit in your account' : 'The way you paid';
}

const PAYMENTS: Record<string, string> = {
  none: 'Nothing to pay',
  pending: 'Being confirmed',
  authorized: 'Reserved; taken when it is shipped',
  partially_captured: 'Partly taken',
  captured: 'Paid',
  partially_refunded: 'Paid, partly refunded',
  refunded: 'Refunded',
  voided: 'Not taken',
  disputed: 'Disputed with the bank',
};

export function paymentText(state: string): string {
  return PAYMENTS[state] ?? sentenceOf(state);
}

const EVENTS: Record<string, string> = {
  placed: 'Order placed',
  cancelled: 'Order cancelled',
  expired: 'Order expired without payment',
  on_hold: 'Order is being checked',
  completed: 'Order completed',
  pending: 'Order received',
};

const STEPS: Record<string, string> = {
  'order.units_cancelled': 'Part of the order cancelled',
  'order.held': 'Order is being checked',
  'order.released': 'Order was checked',
  'payment.captured': 'Payment taken',
  'payment.authorized': 'Payment reserved',
  'payment.voided': 'Payment given back',
  'shipment.planned': 'Parcel being prepared',
  'shipment.picked': 'Parcel being packed',
  'shipment.shipped': 'Parcel sent',
  'shipment.delivered': 'Parcel delivered',
  'shipment.lost': 'Parcel lost',
  'shipment.cancelled': 'Parcel not sent',
  'shipment.edited': 'Parcel details changed',
  'refund.requested': 'Refund begun',
  'refund.approved': 'Refund begun',
  'refund.succeeded': 'Refund sent',
  'return.requested': 'Return asked for',
  'return.approved': 'Return agreed',
  'return.rejected': 'Return not agreed',
  'return.in_transit': 'Return sent',
  'return.received': 'Return received',
  'return.refunded': 'Return refunded',
  'return.closed': 'Return done',
  'return.cancelled': 'Return cancelled',
  'exchange.opened': 'Exchange being sent',
  'claim.opened': 'Problem reported',
};

export function eventText({ kind, to_state }: Pick<Order['timeline'][number], 'kind' | 'to_state'>): string {
  if (to_state && EVENTS[to_state] && !kind.includes('payment')) return EVENTS[to_state];
  return STEPS[kind] ?? sentenceOf(kind);
}
