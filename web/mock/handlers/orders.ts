import { http, HttpResponse, type HttpHandler } from 'msw';
import type { Cart, Checkout, NewReturnRequest, Order, OrderSummary } from '../../src/api/types.ts';
import { type Db, SHIPPING } from '../db.ts';
import { BASE, bearer, bodyOf, notFound, pageOf, problem } from '../http.ts';
import { money } from '../seed.ts';

const NOW = '2026-11-23T10:15:00Z';

/** Turns a checkout that was paid into an order. */
export function placeOrder(db: Db, checkout: Checkout, cart: Cart, user: string | null): { order: Order; token: string } {
  const id = db.id('ord');
  const order = {
    id,
    number: `TM-${1000 + db.orders.length}`,
    state: 'placed',
    payment_state: 'captured',
    fulfilment_state: 'unfulfilled',
    email: checkout.email ?? '',
    currency: 'USD',
    lines: cart.lines.map((line) => ({
      id: db.id('oln'),
      variant_id: line.variant_id,
      product_id: line.product.id,
      slug: line.product.slug,
      title: line.product.title,
      variant_title: line.variant_title,
      sku: line.sku,
      image: line.image,
      quantity: line.quantity,
      unit_price: line.unit_price,
      discount: money(0),
      tax: money(0),
      total: line.total,
    })),
    totals: checkout.totals,
    shipping_address: checkout.shipping_address,
    billing_address: checkout.billing_address ?? checkout.shipping_address,
    shipping_method: { code: checkout.shipping_method, name: SHIPPING.find(({ code }) => code === checkout.shipping_method)?.name },
    coupon: checkout.coupon && checkout.totals.discount.amount > 0 ? { code: checkout.coupon.code, discount: checkout.totals.discount } : null,
    shipments: [],
    refunds: [],
    returns: [],
    invoices: [{ id: `inv_${id}`, kind: 'invoice', number: `INV-2026-${String(1 + db.orders.length).padStart(6, '0')}`, total: checkout.totals.total, refund_id: null, issued_at: NOW }],
    allowed: { cancellable_until: '2126-11-23T10:45:00Z', returnable: [] },
    timeline: [
      { seq: 1, kind: 'order.pending', from_state: null, to_state: 'pending', at: NOW, actor: 'system' },
      { seq: 2, kind: 'order.placed', from_state: 'pending', to_state: 'placed', at: NOW, actor: 'system' },
    ],
    placed_at: NOW,
    created_at: NOW,
    version: 2,
  } as unknown as Order;
  const token = db.id('order-token');
  db.orders.unshift({ order, user, token });
  return { order, token };
}

/** What staff would do: everything is sent and arrives, so that it may come back. */
export function deliver(order: Order): void {
  const lines = order.lines.map(({ id, quantity }) => ({ line_id: id, quantity }));
  order.shipments.push({
    id: `shp_${order.id}`, seq: 1, state: 'delivered', carrier: 'Parcel Post', tracking_number: 'PP 123', tracking_url: 'https://carrier.example.com/PP123',
    lines, shipped_at: NOW, delivered_at: NOW, created_at: NOW, actions: [],
  });
  order.fulfilment_state = 'delivered';
  order.allowed = { cancellable_until: null, returnable: lines.map((line) => ({ ...line, until: '2126-12-23T10:15:00Z' })) };
}

function openReturn(db: Db, order: Order, { kind, lines, comment }: NewReturnRequest): void {
  order.returns.push({
    id: db.id('ret'), seq: order.returns.length + 1, kind, state: 'approved', comment: comment ?? null, opened_by: 'guest', decision_reason: null, carrier: null,
    tracking_number: null, refund_id: null, created_at: NOW, updated_at: NOW, actions: ['ship', 'cancel'],
    lines: lines.map((line) => ({ ...line, exchange_variant_id: line.exchange_variant_id ?? null, received: 0, resellable: 0 })),
  });
  order.allowed.returnable = order.allowed.returnable.flatMap((left) => {
    const quantity = left.quantity - (lines.find(({ line_id }) => line_id === left.line_id)?.quantity ?? 0);
    return quantity > 0 ? [{ ...left, quantity }] : [];
  });
}

function summary(order: Order): OrderSummary {
  const { id, number, state, payment_state, fulfilment_state, totals, lines, placed_at, created_at } = order;
  const item_count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return { id, number, state, payment_state, fulfilment_state, total: totals.total, item_count, placed_at, created_at, image: lines[0]?.image ?? null } as OrderSummary;
}

export function orderHandlers(db: Db): HttpHandler[] {
  const found = (id: unknown, request: Request) => {
    const entry = db.orders.find(({ order }) => order.id === id);
    const user = bearer(request);
    const allowed = entry && (entry.token === request.headers.get('Order-Token') || (user !== null && entry.user === user));
    return allowed ? entry.order : null;
  };
  return [
    http.get(`${BASE}/orders`, ({ request }) => {
      const user = bearer(request);
      if (user === null) return problem(401, 'token_missing', 'Sign in first.');
      const mine = db.orders.filter((entry) => entry.user === user).map(({ order }) => summary(order));
      return HttpResponse.json(pageOf(mine, new URL(request.url)));
    }),
    http.get(`${BASE}/orders/:id`, ({ params, request }) => {
      const order = found(params['id'], request);
      return order ? HttpResponse.json(order) : notFound();
    }),
    http.post(`${BASE}/orders/:id/cancel`, ({ params, request }) => {
      const order = found(params['id'], request);
      if (!order) return notFound();
      if (!order.allowed.cancellable_until) return problem(409, 'order_not_cancellable', 'The order cannot be cancelled.');
      const refund = { id: db.id('rfd'), state: 'pending', amount: order.totals.total, destination: 'original', created_at: NOW } as const;
      Object.assign(order, { state: 'cancelled', payment_state: 'refunded', refunds: [refund], allowed: { cancellable_until: null, returnable: [] } });
      return HttpResponse.json(order);
    }),
    http.post(`${BASE}/orders/:id/returns`, async ({ params, request }) => {
      const order = found(params['id'], request);
      if (!order) return notFound();
      const body = await bodyOf<NewReturnRequest>(request);
      const left = (id: string) => order.allowed.returnable.find(({ line_id }) => line_id === id)?.quantity ?? 0;
      if (body.lines.some(({ line_id, quantity }) => quantity > left(line_id))) return problem(409, 'units_not_returnable', 'Fewer units can come back.');
      openReturn(db, order, body);
      return HttpResponse.json(order);
    }),
    http.post(`${BASE}/orders/:id/returns/:return/:step`, async ({ params, request }) => {
      const order = found(params['id'], request);
      const back = order?.returns.find(({ id }) => id === params['return']);
      if (!order || !back) return notFound();
      if (params['step'] === 'cancel') Object.assign(back, { state: 'cancelled', actions: [] });
      else Object.assign(back, { state: 'in_transit', actions: [], ...(await bodyOf<object>(request)) });
      return HttpResponse.json(order);
    }),
    http.get(`${BASE}/orders/:id/invoices/:file`, ({ params, request }) =>
      found(params['id'], request) ? new HttpResponse('%PDF-1.7', { headers: { 'Content-Type': 'application/pdf' } }) : notFound(),
    ),
  ];
}
