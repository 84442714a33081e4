import { http, HttpResponse, type HttpHandler } from 'msw';
import type { Checkout, Money } from '../../src/api/types.ts';
import { cartView, checkoutView, findVariant, type Db, type MockCheckout } from '../db.ts';
import { BASE, bearer, bodyOf, invalid, notFound, problem } from '../http.ts';
import { openedCart } from './cart.ts';
import { placeOrder } from './orders.ts';

const DECLINES: Record<string, string> = { '4000000000000002': 'generic_decline', '4000000000009995': 'insufficient_funds' };

type Patch = Partial<Pick<MockCheckout, 'email' | 'shipping_address' | 'billing_address' | 'shipping_method'>>;
type Attempt = { expected_total: Money; version: number; payment_method: string };

function refusal(db: Db, checkout: MockCheckout, view: Checkout, { expected_total, version, payment_method }: Attempt) {
  if (checkout.state === 'completed') return problem(409, 'checkout_completed', 'This checkout is complete.', { order_id: checkout.order_id });
  if (version !== checkout.version) return problem(409, 'version_mismatch', 'The checkout has changed.', { version: checkout.version });
  const open = view.requirements.filter((name) => name !== 'payment_method');
  if (open.length > 0) return problem(409, 'requirements_open', 'Something is missing.', { requirements: open });
  const items = view.lines.flatMap(({ variant_id, title, quantity }) => {
    const left = findVariant(db, variant_id)?.variant.available_quantity ?? 0;
    return left < quantity ? [{ variant_id, title, requested: quantity, available: left }] : [];
  });
  if (items.length > 0) return problem(409, 'out_of_stock', 'Some products are sold out.', { items });
  if (expected_total.amount !== view.totals.total.amount) return problem(409, 'totals_changed', 'The total has changed.', { checkout: view });
  const decline = DECLINES[db.cards.get(payment_method) ?? ''];
  if (decline) {
    checkout.version += 1;
    return problem(402, 'payment_declined', 'The payment was declined.', { decline_code: decline, version: checkout.version });
  }
  return null;
}

export function checkoutHandlers(db: Db): HttpHandler[] {
  const found = (id: unknown, request: Request) => {
    const checkout = db.checkouts.find((known) => known.id === id);
    return checkout && openedCart(db, checkout.cart_id, request) ? checkout : null;
  };
  return [
    http.post(`${BASE}/checkouts`, async ({ request }) => {
      const { cart_id } = await bodyOf<{ cart_id: string }>(request);
      if (!openedCart(db, cart_id, request)) return notFound();
      const known = db.checkouts.find((checkout) => checkout.cart_id === cart_id && checkout.state === 'open');
      const checkout: MockCheckout = known ?? {
        id: db.id('chk'), state: 'open', version: 1, cart_id, email: null, shipping_address: null, billing_address: null, shipping_method: null, order_id: null,
      };
      if (!known) db.checkouts.push(checkout);
      return HttpResponse.json(checkoutView(db, checkout), { status: known ? 200 : 201 });
    }),
    http.get(`${BASE}/checkouts/:id`, ({ params, request }) => {
      const checkout = found(params['id'], request);
      return checkout ? HttpResponse.json(checkoutView(db, checkout)) : notFound();
    }),
    http.patch(`${BASE}/checkouts/:id`, async ({ params, request }) => {
      const checkout = found(params['id'], request);
      if (!checkout) return notFound();
      const patch = await bodyOf<Patch>(request);
      if (patch.shipping_address?.postal_code === '00000') {
        return invalid([{ pointer: '/shipping_address/postal_code', code: 'unknown', detail: 'no such postal code' }]);
      }
      Object.assign(checkout, patch);
      checkout.version += 1;
      return HttpResponse.json(checkoutView(db, checkout));
    }),
    http.post(`${BASE}/checkouts/:id/complete`, async ({ params, request }) => {
      const checkout = found(params['id'], request);
      if (!checkout) return notFound();
      const key = `${checkout.id}:${request.headers.get('Idempotency-Key')}`;
      const replay = db.replays.get(key);
      if (replay) return HttpResponse.json(replay.body as object, { status: replay.status, headers: { 'Idempotent-Replayed': 'true' } });
      const attempt = await bodyOf<Attempt>(request);
      const view = checkoutView(db, checkout);
      const refused = refusal(db, checkout, view, attempt);
      if (refused) return refused;
      const cart = db.carts.find(({ id }) => id === checkout.cart_id)!;
      const { order, token } = placeOrder(db, view, cartView(db, cart), bearer(request));
      Object.assign(cart, { state: 'ordered', order_id: order.id });
      Object.assign(checkout, { state: 'completed', order_id: order.id });
      const body = { status: 'placed', order: { id: order.id, number: order.number, total: order.totals.total }, order_token: token };
      db.replays.set(key, { status: 201, body });
      return HttpResponse.json(body, { status: 201 });
    }),
    http.get(`${BASE}/payments/config`, () => HttpResponse.json({ provider: 'stripe', publishable_key: 'pk_test_mock', script_url: '/v3/stripe.js' })),
    // The provider's own endpoint, called by its frame.
    http.post('*/v1/payment_methods', async ({ request }) => {
      const form = new URLSearchParams(await request.text());
      const id = db.id('pm');
      db.cards.set(id, form.get('card[number]') ?? '');
      return HttpResponse.json({ id, object: 'payment_method' });
    }),
  ];
}
