import { HttpResponse } from 'msw';
import type { AdminOrder } from '../src/api/types.ts';
import type { Db } from './db.ts';
import { notFound, problem } from './http.ts';
import { money } from './seed.ts';

export type Units = { line_id: string; quantity: number };

const known = new WeakMap<Db, Map<string, AdminOrder>>();

/** An order of the mock shop as staff see it; what staff changed stays. */
export function adminOrderOf(db: Db, id: string): AdminOrder | null {
  const orders = known.get(db) ?? new Map<string, AdminOrder>();
  known.set(db, orders);
  const found = orders.get(id);
  if (found) return found;
  const entry = db.orders.find(({ order }) => order.id === id);
  if (!entry) return null;
  const { order, user } = entry;
  const { total } = order.totals;
  const made: AdminOrder = {
    id,
    number: order.number ?? null,
    state: order.state,
    payment_state: order.payment_state,
    fulfilment_state: order.fulfilment_state,
    customer_id: user,
    email: order.email,
    currency: order.currency,
    lines: order.lines.map((line) => ({
      ...line,
      replaces_line_id: null,
      progress: {
        cancelled: 0, planned: 0, shipped: 0, delivered: 0, lost: 0, coming_back: 0, returned: 0, refunded: 0, refunded_amount: money(0),
        shippable: line.quantity, cancellable: line.quantity, returnable: 0, refundable: line.quantity, refundable_amount: line.total,
      },
    })),
    totals: order.totals,
    shipping_total: order.totals.shipping ?? money(0),
    shipping_refundable: order.totals.shipping ?? money(0),
    coupon: null,
    payments: [
      { kind: 'card', state: 'captured', amount: total, captured: total, refunded: money(0), refund_pending: money(0), brand: 'visa', last4: '4242', provider_ref: 'pi_mock', decline_code: null, disputed: false },
    ],
    payment_operations: [],
    authorized: money(0),
    captured: total,
    refunded: money(0),
    cancelled: money(0),
    refundable: total,
    refund_due: money(0),
    overpaid: money(0),
    disputed: false,
    shipments: [],
    refunds: [],
    returns: [],
    claims: [],
    notes: [],
    invoices: [],
    shipping_address: order.shipping_address,
    billing_address: order.billing_address,
    shipping_method: order.shipping_method,
    timeline: order.timeline.map(({ seq, kind, from_state, to_state, at, actor }) => ({ seq, kind, from_state: from_state ?? null, to_state: to_state ?? null, at, actor, actor_id: null, reason: null, detail: {} })),
    actions: ['hold', 'cancel', 'cancel_lines', 'note', 'ship', 'refund', 'refund_goodwill'],
    placed_at: order.placed_at ?? null,
    created_at: order.created_at,
    updated_at: order.created_at,
    version: order.version,
  };
  orders.set(id, made);
  return made;
}

/** What units and amounts of lines come to, in minor units. */
export function refundedOf(order: AdminOrder, lines: readonly { line_id: string; quantity?: number; amount?: { amount: number } }[]): number {
  return lines.reduce((sum, { line_id, quantity = 0, amount }) => {
    const line = order.lines.find(({ id }) => id === line_id);
    return sum + (amount?.amount ?? Math.round(((line?.progress.refundable_amount.amount ?? 0) * quantity) / Math.max(line?.quantity ?? 1, 1)));
  }, 0);
}

/** Changes an order for the version that was read, and answers it as it is then. */
export function change(db: Db, id: unknown, request: Request, act: (order: AdminOrder) => Response | null | void, versioned = true) {
  const order = adminOrderOf(db, String(id));
  if (!order) return notFound();
  const seen = request.headers.get('If-Match');
  if (versioned && seen === null) return problem(428, 'if_match_missing', 'Say which version the change is based on.');
  if (versioned && seen !== `"${order.version}"`) return problem(412, 'version_mismatch', 'It has changed since it was read.', { version: order.version });
  const refusal = act(order);
  if (refusal) return refusal;
  order.version += 1;
  return HttpResponse.json(structuredClone(order));
}
