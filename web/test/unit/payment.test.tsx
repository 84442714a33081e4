import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '@/api/errors';
import { endSession, startSession } from '@/api/session';
import type { Attempt } from '@/features/checkout/attempt';
import { runAttempt } from '@/features/checkout/run-attempt';
import { problem } from '../../mock/http';
import { renderApp } from '../render';
import { server, shop } from '../setup';

const COMPLETE = '*/api/v1/checkouts/:id/complete';
const ADDRESS = { name: 'Robin', line1: '1 Market Street', city: 'San Francisco', region: 'CA', postal_code: '94105', country: 'US' };
const ASKING = '4000002760003184';
/** Parts whose code comes after the page. */
const LATE = { timeout: 4000 };

/** The provider's library without its frames: any card becomes `pm_1`, and the bank is answered by `bank`. */
const bank = vi.fn<(clientSecret: string) => void>();
vi.mock('@/features/checkout/payment-provider', () => ({
  cardStyle: () => ({ base: {} }),
  appearanceOf: () => ({ theme: 'stripe' }),
  loadProvider: () =>
    Promise.resolve({
      elements: () => ({
        create: () => ({ mount: () => undefined, update: () => undefined, destroy: () => undefined, on: (event: string, done: () => void) => event === 'ready' && done() }),
      }),
      createPaymentMethod: () => Promise.resolve({ paymentMethod: { id: 'pm_1' } }),
      handleNextAction: ({ clientSecret }: { clientSecret: string }) => Promise.resolve(bank(clientSecret)).then(() => ({})),
    }),
}));

function seedCheckout({ user = null, card = ASKING }: { user?: string | null; card?: string } = {}) {
  const variant = shop.db.products[0]!.variants[0]!;
  shop.db.cards.set('pm_1', card);
  shop.db.carts.push({ id: 'crt_1', token: 'secret', user, state: 'open', version: 1, order_id: null, lines: [{ id: 'cln_1', variant_id: variant.id, quantity: 1 }] });
  shop.db.checkouts.push({
    id: 'chk_1', state: 'open', version: 3, cart_id: 'crt_1', email: 'robin@example.com', shipping_address: ADDRESS, billing_address: null, shipping_method: 'standard', order_id: null,
  });
  if (user === null) localStorage.setItem('techmart.cart', JSON.stringify({ id: 'crt_1', token: 'secret' }));
  return variant;
}

/** Robin has an account and is signed in on this device. */
function signedIn(): string {
  shop.db.users.push({ id: 'usr_1', email: 'robin@example.com', name: 'Robin', role: 'customer', created_at: '2026-11-23T10:00:00Z', password: 'a good password' });
  startSession({ access_token: 'token-usr_1', token_type: 'Bearer', expires_in: 600, user: { id: 'usr_1', email: 'robin@example.com', name: 'Robin', role: 'customer', created_at: '2026-11-23T10:00:00Z' } });
  return 'usr_1';
}

const answerBank = (state: 'confirmed' | 'refused') =>
  bank.mockImplementation((secret) => {
    for (const intent of shop.db.intents) if (intent.secret === secret) intent.state = state;
  });
const payButton = () => screen.findByRole('button', { name: /^Pay \$/ });
const thanks = () => screen.findByRole('heading', { name: 'Thank you for your order' }, { timeout: 4000 });

beforeEach(() => {
  bank.mockReset();
});

afterEach(endSession);

test('a payment that the bank asks about is confirmed and sent again with the same key', async () => {
  seedCheckout();
  answerBank('confirmed');
  const sent: string[] = [];
  server.use(http.post(COMPLETE, async ({ request }) => void sent.push(`${request.headers.get('Idempotency-Key')} ${await request.clone().text()}`)));
  const { user } = renderApp('/checkout');
  await user.click(await payButton());
  await thanks();
  expect(bank).toHaveBeenCalledTimes(1);
  expect(sent).toHaveLength(2);
  expect(sent[0]).toBe(sent[1]);
  expect(shop.db.orders).toHaveLength(1);
});

test('a payment that the bank refuses says so and can be tried again', async () => {
  seedCheckout();
  answerBank('refused');
  const { user } = renderApp('/checkout');
  await user.click(await payButton());
  expect(await screen.findByText(/not confirmed with your bank/)).toBeTruthy();
  expect(sessionStorage.getItem('techmart.attempt')).toBeNull();
  answerBank('confirmed');
  await user.click(await payButton());
  await thanks();
  expect(shop.db.orders).toHaveLength(1);
});

test('a reload in the middle asks the bank again and ends in one order', async () => {
  seedCheckout();
  const first = renderApp('/checkout');
  await first.user.click(await payButton());
  expect(await screen.findByRole('heading', { name: 'Your bank is waiting for you' })).toBeTruthy();
  first.unmount();
  answerBank('confirmed');
  renderApp('/checkout');
  await thanks();
  expect(shop.db.orders).toHaveLength(1);
  expect(shop.db.intents).toHaveLength(1);
});

test('a payment without an answer can be given up and made in another way', async () => {
  seedCheckout();
  const { user } = renderApp('/checkout');
  await user.click(await payButton());
  await user.click(await screen.findByRole('button', { name: 'Pay in another way' }));
  shop.db.cards.set('pm_1', '4242424242424242');
  await user.click(await payButton());
  await thanks();
  expect(shop.db.intents[0]!.state).toBe('refused');
});

test('after too many declines the shopper hears how long to wait, and nothing is repeated', async () => {
  seedCheckout();
  let asked = 0;
  server.use(
    http.post(COMPLETE, () => {
      asked += 1;
      const refusal = problem(429, 'too_many_declines', 'Too many payments were declined');
      refusal.headers.set('Retry-After', '600');
      return refusal;
    }),
  );
  const { user } = renderApp('/checkout');
  await user.click(await payButton());
  expect(await screen.findByText(/try again in 10 minutes/)).toBeTruthy();
  expect(asked).toBe(1);
});

test('a gift card pays first, and what is left is for the card', async () => {
  const variant = seedCheckout({ card: '4242424242424242' });
  const total = Math.round(variant.price.amount * 1.08) + 590;
  const { user } = renderApp('/checkout');
  await user.click(await screen.findByRole('button', { name: 'Add a gift card' }, LATE));
  await user.type(screen.getByLabelText('Gift card code'), 'wrong');
  await user.click(screen.getByRole('button', { name: 'Apply' }));
  expect((await screen.findAllByText(/No gift card with this code/)).length).toBeGreaterThan(0);
  await user.clear(screen.getByLabelText('Gift card code'));
  await user.type(screen.getByLabelText('Gift card code'), 'gift-50');
  await user.click(screen.getByRole('button', { name: 'Apply' }));
  const cards = await screen.findByRole('list', { name: 'Gift cards' });
  expect(within(cards).getByText(/Pays \$50\.00/)).toBeTruthy();
  const left = `$${((total - 5000) / 100).toFixed(2)}`;
  expect(await screen.findByRole('button', { name: `Pay ${left}` })).toBeTruthy();
  await user.click(await payButton());
  await thanks();
  expect(shop.db.gift_cards[0]!.balance).toBe(0);
});

test('where gift cards cover it all no card is asked for', async () => {
  seedCheckout();
  const { user } = renderApp('/checkout');
  await user.click(await screen.findByRole('button', { name: 'Add a gift card' }, LATE));
  await user.type(screen.getByLabelText('Gift card code'), 'GIFT5000');
  await user.click(screen.getByRole('button', { name: 'Apply' }));
  expect(await screen.findByText('Nothing is left to pay by card')).toBeTruthy();
  expect(screen.queryByRole('group', { name: 'Card' })).toBeNull();
  const sent: unknown[] = [];
  server.use(http.post(COMPLETE, async ({ request }) => void sent.push(await request.clone().json())));
  await user.click(screen.getByRole('button', { name: 'Place order' }));
  await thanks();
  expect(sent[0]).not.toHaveProperty('payment_method');
  expect(sent[0]).toHaveProperty('expected_charge', { amount: 0, currency: 'USD' });
});

test('a customer pays with store credit and a saved card; an expired one cannot be chosen', async () => {
  const user_id = signedIn();
  shop.db.credit.set(user_id, 2500);
  const card = { brand: 'visa', exp_month: 12, exp_year: 2034, created_at: '2026-11-23T10:00:00Z', user: user_id, number: '4242424242424242' };
  shop.db.saved_cards.push({ ...card, id: 'pmc_1', last4: '4242' }, { ...card, id: 'pmc_2', last4: '0001', exp_year: 2020 });
  seedCheckout({ user: user_id });
  const { user } = renderApp('/checkout');
  expect((await screen.findByRole('radio', { name: /Visa ending in 0001/ }) as HTMLInputElement).disabled).toBe(true);
  expect((screen.getByRole('radio', { name: /Visa ending in 4242/ }) as HTMLInputElement).checked).toBe(true);
  await user.click(await screen.findByRole('checkbox', { name: /Use my store credit \(\$25\.00\)/ }));
  await screen.findByText('Left to pay');
  const sent: unknown[] = [];
  server.use(http.post(COMPLETE, async ({ request }) => void sent.push(await request.clone().json())));
  await user.click(await payButton());
  await thanks();
  expect(sent[0]).toMatchObject({ saved_card: 'pmc_1' });
  expect(sent[0]).not.toHaveProperty('payment_method');
  expect(shop.db.credit.get(user_id)).toBe(0);
});

test('the loop waits for a provider that takes its time, then hands over to the order', async () => {
  const attempt: Attempt = { checkout_id: 'chk_1', key: 'k', body: { expected_total: { amount: 1, currency: 'USD' }, version: 1 } };
  const completion = { status: 'processing' as const, order: { id: 'ord_1', number: null, total: { amount: 1, currency: 'USD' } }, order_token: 't' };
  const complete = vi.fn<() => Promise<typeof completion>>(() => Promise.resolve(completion));
  const ports = { complete, confirm: () => Promise.resolve(), onStep: () => undefined, pause: () => Promise.resolve() };
  expect(await runAttempt(attempt, ports)).toEqual({ kind: 'processing', completion });
  expect(complete).toHaveBeenCalledTimes(4);
  const lost = vi.fn<() => Promise<never>>(() => Promise.reject(new ApiError(0, { code: 'network' })));
  expect(await runAttempt(attempt, { ...ports, complete: lost })).toEqual({ kind: 'unreachable' });
  expect(lost).toHaveBeenCalledTimes(4);
});

test('a coupon says why it is refused, takes something off, and can be removed', async () => {
  const variant = seedCheckout();
  const { user } = renderApp('/cart');
  await user.click(await screen.findByRole('button', { name: 'Add a coupon code' }, LATE));
  const field = await screen.findByLabelText('Coupon code');
  for (const [code, words] of [['nonsense', /do not know this code/], ['summer', /has expired/], ['big50', /applies from \$5,000\.00 on/]] as const) {
    await user.clear(field);
    await user.type(field, code);
    await user.click(screen.getByRole('button', { name: 'Apply' }));
    expect((await screen.findAllByText(words)).length).toBeGreaterThan(0);
  }
  await user.clear(field);
  await user.type(field, 'welcome10{Enter}');
  expect(await screen.findByText('Discount (WELCOME10)')).toBeTruthy();
  expect(screen.getByText(`−$${(variant.price.amount / 1000).toFixed(2)}`)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Remove coupon WELCOME10' }));
  await waitFor(() => expect(screen.queryByText('Discount (WELCOME10)')).toBeNull());
});

test('an attempt that was kept is only ended by its own order', async () => {
  const { beginAttempt, endAttemptOf, readAttempt, tieAttempt } = await import('@/features/checkout/attempt');
  tieAttempt(beginAttempt('chk_1', { expected_total: { amount: 1, currency: 'USD' }, version: 1 }), 'ord_1');
  endAttemptOf('ord_2');
  expect(readAttempt()?.order_id).toBe('ord_1');
  endAttemptOf('ord_1');
  expect(readAttempt()).toBeNull();
});

test('a page of the order that failed leads back to the checkout', async () => {
  server.use(http.get('*/api/v1/orders/ord_5', () => HttpResponse.json({
    id: 'ord_5', number: null, state: 'expired', payment_state: 'voided', fulfilment_state: 'unfulfilled', email: 'robin@example.com', currency: 'USD', lines: [],
    totals: { subtotal: { amount: 1, currency: 'USD' }, discount: { amount: 0, currency: 'USD' }, shipping: null, tax: null, total: { amount: 1, currency: 'USD' } },
    shipping_address: ADDRESS, billing_address: ADDRESS, shipping_method: { code: 'standard', name: 'Standard' }, timeline: [], coupon: null, shipments: [], refunds: [], returns: [],
    invoices: [], allowed: { cancellable_until: null, returnable: [] }, placed_at: null, created_at: '2026-11-23T10:00:00Z', version: 1,
  })));
  renderApp('/orders/ord_5/confirmation');
  expect(await screen.findByRole('heading', { name: 'The payment did not go through' })).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Back to the checkout' })).toBeTruthy();
});
