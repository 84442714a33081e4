import { http, HttpResponse, type HttpHandler } from 'msw';
import type { Checkout, CompleteRequest } from '../../src/api/types.ts';
import { cartView, checkoutView, findVariant, type Db, type MockCheckout } from '../db.ts';
import { BASE, bearer, bodyOf, invalid, notFound, problem } from '../http.ts';
import { openedCart } from './cart.ts';
import { placeOrder } from './orders.ts';

const DECLINES: Record<string, string> = { '4000000000000002': 'generic_decline', '4000000000009995': 'insufficient_funds' };
/** A card whose bank asks the shopper each time. */
const ASKING = '4000002760003184';

type Patch = Partial<Pick<MockCheckout, 'email' | 'shipping_address' | 'billing_address' | 'shipping_method' | 'use_store_credit'>>;

function refusal(db: Db, checkout: MockCheckout, view: Checkout, { expected_total, expected_charge, version }: CompleteRequest, number: string) {
  if (checkout.state === 'completed') return problem(409, 'checkout_completed', 'This checkout is complete.', { order_id: checkout.order_id });
  if (checkout.state === 'completing') return problem(409, 'completion_in_progress', 'A payment is under way.');
  if (version !== checkout.version) return problem(409, 'version_mismatch', 'The checkout has changed.', { version: checkout.version });
  const open = view.requirements.filter((name) => name !== 'payment_method' || number === '');
  if (open.length > 0) return problem(409, 'requirements_open', 'Something is missing.', { requirements: open });
  const items = view.lines.flatMap(({ variant_id, title, quantity }) => {
    const left = findVariant(db, variant_id)?.variant.available_quantity ?? 0;
    return left < quantity ? [{ variant_id, title, requested: quantity, available: left }] : [];
  });
  if (items.length > 0) return problem(409, 'out_of_stock', 'Some products are sold out.', { items });
  const seen = (expected_charge ?? expected_total).amount === view.charge.amount && expected_total.amount === view.totals.total.amount;
  if (!seen) return problem(409, 'totals_changed', 'The total has changed.', { checkout: view });
  return DECLINES[number] ? decline(checkout, DECLINES[number]) : null;
}

function decline(checkout: MockCheckout, decline_code: string) {
  checkout.version += 1;
  return problem(402, 'payment_declined', 'The payment was declined.', { decline_code, version: checkout.version });
}

/** Takes the money and makes the order; the answer is kept under the request's key. */
function place(db: Db, checkout: MockCheckout, key: string, user: string | null, { save_card }: CompleteRequest, number: string) {
  const view = checkoutView(db, checkout);
  const cart = db.carts.find(({ id }) => id === checkout.cart_id)!;
  for (const { id, kind, amount } of view.tenders) {
    if (kind === 'store_credit') db.credit.set(cart.user ?? '', (db.credit.get(cart.user ?? '') ?? 0) - amount.amount);
    for (const card of db.gift_cards) if (card.id === id) card.balance -= amount.amount;
  }
  if (save_card && user !== null) {
    db.saved_cards.push({ id: db.id('pmc'), brand: 'visa', last4: number.slice(-4), exp_month: 12, exp_year: 2034, created_at: '2026-11-23T10:00:00Z', user, number });
  }
  const { order, token } = placeOrder(db, view, cartView(db, cart), user);
  Object.assign(cart, { state: 'ordered', order_id: order.id });
  Object.assign(checkout, { state: 'completed', order_id: order.id });
  const body = { status: 'placed', order: { id: order.id, number: order.number, total: order.totals.total }, order_token: token };
  db.replays.set(key, { status: 201, body });
  return HttpResponse.json(body, { status: 201 });
}

/** Opens or closes a checkout and its cart for the time of a payment. */
function turn(db: Db, checkout: MockCheckout, state: 'open' | 'completing'): void {
  checkout.state = state;
  for (const cart of db.carts) if (cart.id === checkout.cart_id) cart.state = state;
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
      const known = db.checkouts.find((checkout) => checkout.cart_id === cart_id && ['open', 'completing'].includes(checkout.state));
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
      const attempt = await bodyOf<CompleteRequest>(request);
      const user = bearer(request);
      const number = db.saved_cards.find(({ id }) => id === attempt.saved_card)?.number ?? db.cards.get(attempt.payment_method ?? '') ?? '';
      const intent = db.intents.find((known) => known.key === key);
      if (intent?.state === 'confirmed') return place(db, checkout, key, user, attempt, number);
      if (intent?.state === 'refused') {
        turn(db, checkout, 'open');
        return decline(checkout, 'authentication_required');
      }
      const view = checkoutView(db, checkout);
      if (!intent) {
        const refused = refusal(db, checkout, view, attempt, number);
        if (refused) return refused;
        if (view.charge.amount === 0 || number !== ASKING) return place(db, checkout, key, user, attempt, number);
        const id = db.id('pi').replace('_', '_mock');
        db.intents.push({ id, secret: `${id}_secret_mock`, amount: view.charge, key, method: number, state: 'waits' });
        turn(db, checkout, 'completing');
      }
      const client_secret = (intent ?? db.intents.at(-1))?.secret;
      return HttpResponse.json({ status: 'requires_action', order: { id: 'ord_pending', number: null, total: view.totals.total }, order_token: 'pending', client_secret }, { status: 202 });
    }),
    http.post(`${BASE}/checkouts/:id/abandon`, ({ params, request }) => {
      const checkout = found(params['id'], request);
      if (!checkout) return notFound();
      for (const intent of db.intents) if (intent.key.startsWith(checkout.id) && intent.state === 'waits') intent.state = 'refused';
      if (checkout.state === 'completing') turn(db, checkout, 'open');
      return HttpResponse.json(checkoutView(db, checkout));
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
