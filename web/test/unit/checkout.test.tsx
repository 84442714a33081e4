import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import { problem } from '../../mock/http';
import { renderApp } from '../render';
import { server, shop } from '../setup';

const COMPLETE = '*/api/v1/checkouts/:id/complete';
const ADDRESS = { name: 'Robin', line1: '1 Market Street', city: 'San Francisco', region: 'CA', postal_code: '94105', country: 'US' };

/** The provider's library, without its frame: it hands out a payment method for any card. */
const createPaymentMethod = vi.fn<() => Promise<{ paymentMethod?: { id: string } }>>();
vi.mock('@/features/checkout/payment-provider', () => ({
  cardStyle: () => ({ base: {} }),
  appearanceOf: () => ({ theme: 'stripe' }),
  loadProvider: () =>
    Promise.resolve({
      elements: () => ({
        create: () => ({ mount: () => undefined, update: () => undefined, destroy: () => undefined, on: (event: string, done: () => void) => event === 'ready' && done() }),
      }),
      createPaymentMethod,
    }),
}));

/** A guest whose checkout lacks nothing but the payment. */
function readyCheckout() {
  const variant = shop.db.products[0]!.variants[0]!;
  shop.db.carts.push({ id: 'crt_1', token: 'secret', user: null, state: 'open', version: 1, order_id: null, lines: [{ id: 'cln_1', variant_id: variant.id, quantity: 1 }] });
  shop.db.checkouts.push({
    id: 'chk_1', state: 'open', version: 3, cart_id: 'crt_1', email: 'robin@example.com', shipping_address: ADDRESS, billing_address: null, shipping_method: 'standard', order_id: null,
  });
  localStorage.setItem('techmart.cart', JSON.stringify({ id: 'crt_1', token: 'secret' }));
  return variant;
}

const payButton = () => screen.findByRole('button', { name: /^Pay \$/ });

beforeEach(() => {
  createPaymentMethod.mockReset();
  createPaymentMethod.mockImplementation(() => {
    shop.db.cards.set('pm_1', '4242424242424242');
    return Promise.resolve({ paymentMethod: { id: 'pm_1' } });
  });
});

test('a paid order leads to its confirmation, keeps its key in this tab and empties the cart', async () => {
  readyCheckout();
  const { user, router } = renderApp('/checkout');
  await user.click(await payButton());
  expect(await screen.findByRole('heading', { name: 'Thank you for your order' })).toBeTruthy();
  expect(router.state.location.pathname).toBe(`/orders/${shop.db.orders[0]!.order.id}/confirmation`);
  expect(sessionStorage.getItem('techmart.attempt')).toBeNull();
  expect(localStorage.getItem('techmart.cart')).toBeNull();
  expect(JSON.stringify({ ...localStorage })).not.toContain('order-token');
});

test('a lost answer is asked for again with the same key and body, and makes one order', async () => {
  readyCheckout();
  const sent: string[] = [];
  let lost = 1;
  server.use(
    http.post(COMPLETE, async ({ request }) => {
      sent.push(`${request.headers.get('Idempotency-Key')} ${await request.clone().text()}`);
      if (lost > 0) {
        lost -= 1;
        return HttpResponse.error();
      }
      return undefined;
    }),
  );
  const { user } = renderApp('/checkout');
  await user.click(await payButton());
  expect(await screen.findByRole('heading', { name: 'Thank you for your order' }, { timeout: 5000 })).toBeTruthy();
  expect(sent).toHaveLength(2);
  expect(sent[0]).toBe(sent[1]);
  expect(shop.db.orders).toHaveLength(1);
});

test('a payment under way goes on after a reload', async () => {
  const variant = readyCheckout();
  const total = Math.round(variant.price.amount * 1.08) + 590;
  shop.db.cards.set('pm_7', '4242424242424242');
  sessionStorage.setItem(
    'techmart.attempt',
    JSON.stringify({ checkout_id: 'chk_1', key: 'kept', body: { expected_total: { amount: total, currency: 'USD' }, version: 3, payment_method: 'pm_7' } }),
  );
  renderApp('/checkout');
  expect(await screen.findByRole('heading', { name: 'Thank you for your order' })).toBeTruthy();
  expect(createPaymentMethod).not.toHaveBeenCalled();
});

test('while another attempt runs the page waits and then shows its order', async () => {
  readyCheckout();
  server.use(http.post(COMPLETE, () => problem(409, 'completion_in_progress', 'A payment is under way.'), { once: true }));
  const { user } = renderApp('/checkout');
  await user.click(await payButton());
  expect(await screen.findByText('Placing your order…')).toBeTruthy();
  expect(await screen.findByRole('heading', { name: 'Thank you for your order' }, { timeout: 5000 })).toBeTruthy();
});

test('a declined card says why; the next try has a new key and the new version', async () => {
  readyCheckout();
  const keys: (string | null)[] = [];
  server.use(http.post(COMPLETE, ({ request }) => void keys.push(request.headers.get('Idempotency-Key'))));
  createPaymentMethod.mockImplementationOnce(() => {
    shop.db.cards.set('pm_bad', '4000000000009995');
    return Promise.resolve({ paymentMethod: { id: 'pm_bad' } });
  });
  const { user } = renderApp('/checkout');
  await user.click(await payButton());
  expect(await screen.findByText(/^The card does not have enough money/)).toBeTruthy();
  await user.click(await payButton());
  expect(await screen.findByRole('heading', { name: 'Thank you for your order' })).toBeTruthy();
  expect(keys).toHaveLength(2);
  expect(keys[0]).not.toBe(keys[1]);
});

test('a changed total is shown before anything is charged', async () => {
  const variant = readyCheckout();
  const { user } = renderApp('/checkout');
  const before = (await payButton()).textContent;
  variant.price = { ...variant.price, amount: variant.price.amount + 1000 };
  await user.click(await payButton());
  expect(await screen.findByText('The total has changed')).toBeTruthy();
  expect((await payButton()).textContent).not.toBe(before);
  expect(shop.db.orders).toHaveLength(0);
});

test('stock that is gone names the product and leads to the cart', async () => {
  const variant = readyCheckout();
  const { user } = renderApp('/checkout');
  const button = await payButton();
  server.use(http.post(COMPLETE, () => problem(409, 'out_of_stock', 'Too little.', { items: [{ variant_id: variant.id, title: 'Aria 7', requested: 1, available: 0 }] })));
  await user.click(button);
  expect(await screen.findByText('Aria 7: sold out')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Change your cart' }).getAttribute('href')).toBe('/cart');
});

test('a processing payment shows a page that settles by itself', async () => {
  readyCheckout();
  server.use(
    http.post(COMPLETE, () => HttpResponse.json({ status: 'processing', order: { id: 'ord_9', number: null, total: { amount: 1, currency: 'USD' } }, order_token: 'order-key' }, { status: 202 })),
    http.get('*/api/v1/orders/ord_9', ({ request }) => {
      if (request.headers.get('Order-Token') !== 'order-key') return problem(404, 'not_found', 'No.');
      return HttpResponse.json({
        id: 'ord_9', number: null, state: 'pending', payment_state: 'pending', fulfilment_state: 'unfulfilled', email: 'robin@example.com', currency: 'USD', lines: [],
        totals: { subtotal: { amount: 1, currency: 'USD' }, discount: { amount: 0, currency: 'USD' }, shipping: { amount: 0, currency: 'USD' }, tax: { amount: 0, currency: 'USD' }, total: { amount: 1, currency: 'USD' } },
        shipping_address: ADDRESS, billing_address: ADDRESS, shipping_method: { code: 'standard', name: 'Standard' }, timeline: [], coupon: null, shipments: [], refunds: [], returns: [], invoices: [], allowed: { cancellable_until: null, returnable: [] }, placed_at: null, created_at: '2026-11-23T10:00:00Z', version: 1,
      });
    }),
  );
  const { user } = renderApp('/checkout');
  await user.click(await payButton());
  expect(await screen.findByRole('heading', { name: 'We are confirming your payment' }, { timeout: 9000 })).toBeTruthy();
  // The try is kept: the checkout asks it for the reason, should the payment fail.
  expect(sessionStorage.getItem('techmart.attempt')).toContain('ord_9');
}, 12_000);

test('what the server refuses lands beside its field and in the summary', async () => {
  readyCheckout();
  Object.assign(shop.db.checkouts[0]!, { email: null, shipping_address: null, shipping_method: null });
  const { user } = renderApp('/checkout');
  await user.type(await screen.findByLabelText('Email address'), 'robin@example.com');
  await user.type(screen.getByLabelText('Full name'), 'Robin');
  await user.type(screen.getByLabelText('Street address'), '1 Market Street');
  await user.type(screen.getByLabelText('City'), 'San Francisco');
  await user.selectOptions(screen.getByLabelText('State'), 'CA');
  await user.type(screen.getByLabelText('ZIP code'), '00000');
  await user.click(screen.getByRole('button', { name: 'Continue to payment' }));
  const summary = await screen.findByRole('alert', { name: 'There is a problem' });
  expect(document.activeElement).toBe(summary);
  await user.click(screen.getByRole('link', { name: 'No such postal code.' }));
  expect(document.activeElement).toBe(screen.getByLabelText('ZIP code'));
  await user.clear(screen.getByLabelText('ZIP code'));
  await user.type(screen.getByLabelText('ZIP code'), '94105');
  await user.click(screen.getByRole('button', { name: 'Continue to payment' }));
  await waitFor(() => expect(shop.db.checkouts[0]!.shipping_method).toBe('standard'));
  expect(await payButton()).toBeTruthy();
});
