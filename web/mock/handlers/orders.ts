import { http, HttpResponse, type HttpHandler } from 'msw';
import type { Cart, Checkout, Order, OrderSummary } from '../../src/api/types.ts';
import { type Db, SHIPPING } from '../db.ts';
import { BASE, bearer, notFound, pageOf, problem } from '../http.ts';
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

function summary(order: Order): OrderSummary {
  const { id, number, state, payment_state, fulfilment_state, totals, lines, placed_at, created_at } = order;
  const item_count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return { id, number, state, payment_state, fulfilment_state, total: totals.total, item_count, placed_at, created_at, image: lines[0]?.image ?? null } as OrderSummary;
}

export function orderHandlers(db: Db): HttpHandler[] {
  return [
    http.get(`${BASE}/orders`, ({ request }) => {
      const user = bearer(request);
      if (user === null) return problem(401, 'token_missing', 'Sign in first.');
      const mine = db.orders.filter((entry) => entry.user === user).map(({ order }) => summary(order));
      return HttpResponse.json(pageOf(mine, new URL(request.url)));
    }),
    http.get(`${BASE}/orders/:id`, ({ params, request }) => {
      const entry = db.orders.find(({ order }) => order.id === params['id']);
      const user = bearer(request);
      const allowed = entry && (entry.token === request.headers.get('Order-Token') || (user !== null && entry.user === user));
      return allowed ? HttpResponse.json(entry.order) : notFound();
    }),
  ];
}
