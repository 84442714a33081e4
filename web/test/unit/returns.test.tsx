import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { expect, test, vi } from 'vitest';
import type { Cart, Checkout, Order } from '@/api/types';
import { deliver, placeOrder } from '../../mock/handlers/orders';
import { problem } from '../../mock/http';
import { renderApp } from '../render';
import { server, shop } from '../setup';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const LATE = { timeout: 4000 };

/** A guest's order over three units of the first product; the link of a message opens it. */
function guestOrder({ delivered }: { delivered: boolean }): { order: Order; path: string } {
  const product = shop.db.products[0]!;
  const variant = product.variants[0]!;
  const address = { name: 'Ada Guest', line1: '1 Main Street', city: 'Los Angeles', region: 'CA', postal_code: '90012', country: 'US' };
  const totals = { subtotal: usd(3000), discount: usd(300), shipping: usd(0), tax: usd(0), total: usd(2700) };
  const coupon = { code: 'WELCOME10', description: '10% off', discount: usd(300), problem: null };
  const checkout = { email: 'ada@example.com', totals, coupon, shipping_address: address, shipping_method: 'standard' } as unknown as Checkout;
  const line = {
    id: 'cln_1', variant_id: variant.id, product: { id: product.id, slug: product.slug, title: product.title }, variant_title: variant.title, sku: variant.sku,
    image: variant.media, quantity: 3, unit_price: variant.price, total: variant.price,
  };
  const { order, token } = placeOrder(shop.db, checkout, { lines: [line] } as unknown as Cart, null);
  if (delivered) deliver(order);
  return { order, path: `/orders/${order.id}#token=${token}` };
}

test('a guest opens a return: what is missing is said, then two of three units come back', async () => {
  const { order, path } = guestOrder({ delivered: true });
  const { user } = renderApp(path);
  await user.click(await screen.findByRole('button', { name: 'Return or exchange' }));
  const form = await screen.findByRole('dialog', { name: 'Return or exchange' });
  await user.click(await within(form).findByRole('button', { name: 'Open the return' }, LATE));
  expect(document.activeElement).toBe(within(form).getByRole('alert', { name: 'There is a problem' }));
  await user.click(within(form).getByRole('link', { name: 'Choose at least one product.' }));
  const take = within(form).getByRole('checkbox');
  expect(document.activeElement).toBe(take);
  await user.click(take);
  await user.click(within(form).getByRole('button', { name: 'One fewer' }));
  await user.click(within(form).getByRole('button', { name: 'Open the return' }));
  expect(within(form).getByRole('link', { name: /^Say why/ })).toBeTruthy();
  await user.selectOptions(within(form).getByLabelText('Why?'), 'defective');
  await user.type(within(form).getByLabelText(/^Anything we should know/), 'It hums.');
  await user.click(within(form).getByRole('button', { name: 'Open the return' }));
  expect(await screen.findByText('Return 1')).toBeTruthy();
  expect(order.returns[0]!.lines).toMatchObject([{ quantity: 2, reason: 'defective', exchange_variant_id: null }]);
  expect(order.returns[0]!.comment).toBe('It hums.');

  await user.click(screen.getByRole('button', { name: 'I have sent it' }));
  const sent = await screen.findByRole('dialog', { name: 'Mark as sent' });
  await user.type(within(sent).getByLabelText(/^Tracking number/), 'RR 1');
  await user.click(within(sent).getByRole('button', { name: 'It is on its way' }));
  expect(await screen.findByText('On its way to us')).toBeTruthy();
  expect(order.returns[0]).toMatchObject({ state: 'in_transit', tracking_number: 'RR 1' });
});

test('an exchange asks for what is wanted instead, and offers only what costs no more', async () => {
  const { order, path } = guestOrder({ delivered: true });
  const [bought, other, dear] = shop.db.products[0]!.variants;
  dear!.price = usd(bought!.price.amount + 1);
  const { user } = renderApp(path);
  await user.click(await screen.findByRole('button', { name: 'Return or exchange' }));
  const form = await screen.findByRole('dialog', { name: 'Return or exchange' });
  await user.click(await within(form).findByRole('radio', { name: /^Exchange/ }, LATE));
  await user.click(within(form).getByRole('checkbox'));
  await user.selectOptions(within(form).getByLabelText('Why?'), 'unwanted');
  await user.click(within(form).getByRole('button', { name: 'Ask for the exchange' }));
  expect(within(form).getByRole('link', { name: /^Choose what you want instead/ })).toBeTruthy();
  const instead = within(form).getByLabelText('What instead?');
  await waitFor(() => expect((instead as HTMLSelectElement).disabled).toBe(false));
  const values = [...instead.querySelectorAll('option')].map(({ value }) => value);
  expect(values).toContain(bought!.id);
  expect(values).not.toContain(dear!.id);
  const cheap = values.find((value) => value !== '' && value !== bought!.id) ?? other!.id;
  await user.selectOptions(instead, cheap);
  await user.click(within(form).getByRole('button', { name: 'Ask for the exchange' }));
  expect(await screen.findByText('Exchange 1')).toBeTruthy();
  expect(order.returns[0]).toMatchObject({ kind: 'exchange', lines: [{ quantity: 3, exchange_variant_id: cheap }] });
});

test('a return that is refused says why and keeps what was entered; a lost answer is sent again under its key', async () => {
  const { path } = guestOrder({ delivered: true });
  const keys: (string | null)[] = [];
  let answers = 0;
  server.use(
    http.post('*/api/v1/orders/:id/returns', ({ request }) => {
      keys.push(request.headers.get('Idempotency-Key'));
      answers += 1;
      if (answers === 1) return problem(503, 'unavailable', 'Please try again.');
      return answers === 2 ? problem(409, 'return_window_closed', 'Too late.') : undefined;
    }),
  );
  const { user } = renderApp(path);
  await user.click(await screen.findByRole('button', { name: 'Return or exchange' }));
  const form = await screen.findByRole('dialog', { name: 'Return or exchange' });
  await user.click(await within(form).findByRole('checkbox', {}, LATE));
  await user.selectOptions(within(form).getByLabelText('Why?'), 'late');
  const send = within(form).getByRole('button', { name: 'Open the return' });
  await user.click(send);
  expect(await within(form).findByText('Please try again.')).toBeTruthy();
  await user.click(send);
  expect(await within(form).findByText('The time to send this back is over.')).toBeTruthy();
  await user.click(send);
  await screen.findByText('Return 1');
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[1]);
});

test('an order is cancelled within its time, after asking once more', async () => {
  const { order, path } = guestOrder({ delivered: false });
  const { user } = renderApp(path);
  await user.click(await screen.findByRole('button', { name: 'Cancel the order' }));
  const form = await screen.findByRole('dialog', { name: 'Cancel the order' });
  await user.click(await within(form).findByRole('button', { name: 'Cancel the order' }, LATE));
  expect(await screen.findByText('Cancelled, refunded')).toBeTruthy();
  expect(order.state).toBe('cancelled');
  expect(screen.getByText('On its way')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Cancel the order' })).toBeNull();
});

test('parcels lead to their carrier, the coupon is named, and the invoice is fetched with the token', async () => {
  const { order, path } = guestOrder({ delivered: true });
  const { user } = renderApp(path);
  const track = await screen.findByRole('link', { name: /^Track the parcel/ });
  expect(track.getAttribute('href')).toBe('https://carrier.example.com/PP123');
  expect(track.getAttribute('rel')).toContain('noopener');
  expect(screen.getByText('Discount (WELCOME10)')).toBeTruthy();
  const tokens: (string | null)[] = [];
  server.use(http.get('*/api/v1/orders/:id/invoices/:file', ({ request }) => void tokens.push(request.headers.get('Order-Token'))));
  const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  await user.click(screen.getByRole('button', { name: /^PDF of INV-2026-/ }));
  await waitFor(() => expect(saved).toHaveBeenCalled());
  expect(tokens).toHaveLength(1);
  expect(shop.db.orders.find((entry) => entry.order === order)?.token).toBe(tokens[0]);
});
