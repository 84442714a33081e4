import { http, HttpResponse, type HttpHandler } from 'msw';
import type { AdminOrder, OrderSummary } from '../../src/api/types.ts';
import { adminOrderOf, change, refundedOf, type Units } from '../admin-orders.ts';
import type { Db, MockUser } from '../db.ts';
import { BASE, bearer, bodyOf, notFound, pageOf, problem } from '../http.ts';
import { money } from '../seed.ts';

const ADMIN = `${BASE}/admin`;

/** The member of staff whom `npm run dev:mock` knows. */
export const STAFF: MockUser = {
  id: 'usr_staff',
  email: 'staff@example.com',
  name: 'Sam Staff',
  role: 'staff',
  permissions: ['*'],
  created_at: '2026-01-01T00:00:00Z',
  password: 'staff password 1',
};

/** The refusal of a request that this permission is not held for; null where it is. */
export function refusedTo(db: Db, request: Request, permission: string) {
  const user = db.users.find(({ id }) => id === bearer(request));
  if (!user) return problem(401, 'token_missing', 'Sign in first.');
  if (user.role !== 'staff') return problem(403, 'forbidden', 'This is for staff.');
  const held = user.permissions ?? [];
  return held.includes('*') || held.includes(permission) ? null : problem(403, 'permission_missing', `You need the permission ${permission}.`, { permission });
}

function summaryOf(order: AdminOrder): OrderSummary {
  const { id, number, state, payment_state, fulfilment_state, email, totals, lines, placed_at, created_at } = order;
  return { id, number, state, payment_state, fulfilment_state, email, total: totals.total, item_count: lines.reduce((sum, { quantity }) => sum + quantity, 0), placed_at, created_at } as OrderSummary;
}

type Refund = { lines?: { line_id: string; quantity?: number; amount?: { amount: number; currency: string } }[]; shipping?: { amount: number }; goodwill?: { amount: number }; destination?: string; reason: string };

function shipUnits(order: AdminOrder, id: string, lines: Units[], ship: boolean) {
  for (const { line_id, quantity } of lines) {
    const line = order.lines.find((known) => known.id === line_id);
    if (!line || quantity > line.progress.shippable) {
      return problem(409, 'units_not_shippable', 'Fewer units can be shipped.', { lines: [{ line_id, requested: quantity, available: line?.progress.shippable ?? 0 }] });
    }
    line.progress.shippable -= quantity;
    line.progress.cancellable -= quantity;
    line.progress.planned += quantity;
    if (ship) line.progress.shipped += quantity;
  }
  order.shipments.push({ id, seq: order.shipments.length + 1, state: ship ? 'shipped' : 'planned', carrier: null, tracking_number: null, tracking_url: null, lines, shipped_at: null, delivered_at: null, created_at: order.created_at, actions: ship ? ['deliver', 'lose'] : ['pick', 'ship', 'cancel'] });
  if (ship) order.fulfilment_state = 'partially_fulfilled';
  return null;
}

function refundUnits(order: AdminOrder, id: string, by: string, body: Refund) {
  const amount = refundedOf(order, body.lines ?? []) + (body.shipping?.amount ?? 0) + (body.goodwill?.amount ?? 0);
  if (amount === 0) return problem(409, 'nothing_to_refund', 'There is nothing to refund.');
  if (amount > order.refundable.amount) return problem(409, 'refund_exceeds_paid', 'More than is left.', { left: order.refundable });
  for (const { line_id, quantity = 0 } of body.lines ?? []) {
    const progress = order.lines.find((line) => line.id === line_id)!.progress;
    progress.refunded += quantity;
    progress.refundable -= quantity;
  }
  order.refundable = money(order.refundable.amount - amount);
  order.refunded = money(order.refunded.amount + amount);
  order.payment_state = 'partially_refunded';
  order.refunds.push({
    id, seq: order.refunds.length + 1, state: 'succeeded', cause: 'staff', amount: money(amount), shipping: money(body.shipping?.amount ?? 0), goodwill: money(body.goodwill?.amount ?? 0),
    destination: body.destination === 'store_credit' ? 'store_credit' : 'original', reason: body.reason, requested_by: by, approved_by: null, failure: null,
    lines: (body.lines ?? []).map(({ line_id, quantity = 0 }) => ({ line_id, quantity, amount: money(0), tax: money(0) })), created_at: order.created_at, updated_at: order.created_at, actions: [],
  });
  return null;
}

/** Orders as staff see and change them. */
export function adminHandlers(db: Db): HttpHandler[] {
  db.users.push({ ...STAFF });
  const all = () => db.orders.map(({ order }) => adminOrderOf(db, order.id)!);
  return [
    http.get(`${ADMIN}/orders/attention`, ({ request }) =>
      refusedTo(db, request, 'orders.read') ??
      HttpResponse.json({ refund_due: 0, failed_refund: 0, awaiting_approval: 0, disputed: 0, return_requested: 0, claim_open: 0, on_hold: all().filter(({ state }) => state === 'on_hold').length }),
    ),
    http.get(`${ADMIN}/orders`, ({ request }) => {
      const url = new URL(request.url);
      const [q, state, attention] = ['q', 'state', 'attention'].map((name) => url.searchParams.get(name));
      const found = all().filter((order) => (!q || order.number === q || order.email === q) && (!state || order.state === state) && (!attention || order.state === attention));
      return refusedTo(db, request, 'orders.read') ?? HttpResponse.json(pageOf(found.map(summaryOf), url));
    }),
    http.get(`${ADMIN}/orders/:id`, ({ params, request }) => {
      const order = adminOrderOf(db, String(params['id']));
      return refusedTo(db, request, 'orders.read') ?? (order ? HttpResponse.json(order) : notFound());
    }),
    http.post(`${ADMIN}/orders/:id/hold`, ({ params, request }) =>
      refusedTo(db, request, 'orders.hold') ?? change(db, params['id'], request, (order) => void Object.assign(order, { state: 'on_hold', actions: ['release', 'note'] })),
    ),
    http.post(`${ADMIN}/orders/:id/release`, ({ params, request }) =>
      refusedTo(db, request, 'orders.hold') ?? change(db, params['id'], request, (order) => void Object.assign(order, { state: 'placed', actions: ['ship', 'refund', 'hold', 'cancel', 'note'] })),
    ),
    http.post(`${ADMIN}/orders/:id/shipments`, async ({ params, request }) => {
      const { lines, ship } = await bodyOf<{ lines: Units[]; ship: boolean }>(request.clone());
      return refusedTo(db, request, 'orders.fulfil') ?? change(db, params['id'], request, (order) => shipUnits(order, db.id('shp'), lines, ship));
    }),
    http.post(`${ADMIN}/orders/:id/refunds`, async ({ params, request }) => {
      const body = await bodyOf<Refund>(request.clone());
      return refusedTo(db, request, 'orders.refund') ?? change(db, params['id'], request, (order) => refundUnits(order, db.id('rfd'), bearer(request) ?? '', body));
    }),
    http.post(`${ADMIN}/orders/:id/notes`, async ({ params, request }) => {
      const { body } = await bodyOf<{ body: string }>(request.clone());
      const add = (order: AdminOrder) => void order.notes.push({ id: db.id('note'), author_id: bearer(request) ?? '', body, created_at: order.created_at });
      return refusedTo(db, request, 'orders.note') ?? change(db, params['id'], request, add, false);
    }),
  ];
}
