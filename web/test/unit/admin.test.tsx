import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endSession, startSession } from '@/api/session';
import type { Cart, Checkout } from '@/api/types';
import { adminOrderOf } from '../../mock/admin-orders';
import { STAFF } from '../../mock/handlers/admin';
import { placeOrder } from '../../mock/handlers/orders';
import { problem } from '../../mock/http';
import { artOf } from '../../mock/seed';
import { renderApp } from '../render';
import { server, shop } from '../setup';

const usd = (amount: number) => ({ amount, currency: 'USD' });

/** Signs a member of staff in who may do this. */
function staff(permissions: string[]) {
  const user = { ...STAFF, permissions };
  shop.db.users = [...shop.db.users.filter(({ id }) => id !== user.id), user];
  startSession({ access_token: `token-${user.id}`, token_type: 'Bearer', expires_in: 600, user });
}

/** A guest's order of three units at $10.00, paid. */
function paidOrder() {
  const totals = { subtotal: usd(3000), discount: usd(0), shipping: usd(590), tax: usd(0), total: usd(3590) };
  const address = { name: 'Ada Guest', line1: '1 Main Street', city: 'Los Angeles', region: 'CA', postal_code: '90012', country: 'US' };
  const checkout = { email: 'ada@example.com', totals, shipping_address: address, shipping_method: 'standard' } as unknown as Checkout;
  const line = { variant_id: 'var_1', product: { id: 'prd_1', slug: 'lamp', title: 'Desk lamp' }, variant_title: 'Sand', sku: 'LAMP-1', image: artOf('lamp', 'x', ''), quantity: 3, unit_price: usd(1000), total: usd(3000) };
  const { order } = placeOrder(shop.db, checkout, { lines: [line] } as unknown as Cart, null);
  return { id: order.id, number: order.number ?? '', admin: adminOrderOf(shop.db, order.id)! };
}

beforeEach(() => staff(['*']));
afterEach(() => endSession());

test('a shopper is told that this is for staff, and asks for nothing', async () => {
  startSession({ access_token: 'token-usr_1', token_type: 'Bearer', expires_in: 600, user: { ...STAFF, id: 'usr_1', role: 'customer', permissions: null } });
  renderApp('/admin/orders');
  expect(await screen.findByText('This account is not a staff account.')).toBeTruthy();
  expect(screen.queryByRole('navigation', { name: 'Back office' })).toBeNull();
});

test('staff find the way to the back office from their account', async () => {
  renderApp('/account');
  expect((await screen.findByRole('link', { name: 'Back office' })).getAttribute('href')).toBe('/admin');
});

test('only what staff may do is offered', async () => {
  staff(['orders.read']);
  const { id, number, admin } = paidOrder();
  admin.actions = [];
  renderApp(`/admin/orders/${id}`);
  await screen.findByRole('heading', { level: 1, name: `Order ${number}` });
  const navigation = screen.getByRole('navigation', { name: 'Back office' });
  expect(within(navigation).getAllByRole('link').map(({ textContent }) => textContent)).toEqual(['Orders']);
  for (const name of ['Ship', 'Refund', 'Hold', 'Cancel']) expect(screen.queryByRole('button', { name })).toBeNull();
  expect(screen.queryByLabelText('New note')).toBeNull();
});

test('the list finds an order by its number and keeps the filter in the address', async () => {
  const { number } = paidOrder();
  paidOrder();
  const { user, router } = renderApp('/admin/orders');
  expect(await screen.findAllByRole('row')).toHaveLength(3);
  await user.type(screen.getByLabelText('Order number or email'), number);
  await user.click(screen.getByRole('button', { name: 'Search' }));
  await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(2));
  expect(router.state.location.href).toContain(`q=${number}`);
});

test('a list that does not load says so and can be tried again', async () => {
  paidOrder();
  server.use(http.get('*/api/v1/admin/orders', () => problem(503, 'unavailable', 'Back in a moment.'), { once: true }));
  const { user } = renderApp('/admin/orders');
  await user.click(await screen.findByRole('button', { name: 'Try again' }));
  expect(await screen.findAllByRole('row')).toHaveLength(2);
});

test('units to ship never exceed what is possible', async () => {
  const { id, admin } = paidOrder();
  const { user } = renderApp(`/admin/orders/${id}`);
  await user.click(await screen.findByRole('button', { name: 'Ship' }));
  const drawer = await screen.findByRole('dialog', { name: 'New shipment' });
  const units = within(drawer).getByLabelText<HTMLInputElement>(/Desk lamp/);
  expect(units.value).toBe('3');
  await user.clear(units);
  await user.type(units, '9');
  expect(units.value).toBe('3');
  await user.clear(units);
  expect(within(drawer).getByRole('button', { name: 'Ship' })).toHaveProperty('disabled', true);
  await user.type(units, '2');
  await user.click(within(drawer).getByRole('button', { name: 'Ship' }));
  expect(await screen.findByText('Shipment 1')).toBeTruthy();
  expect(admin.lines[0]!.progress.shipped).toBe(2);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('a refund of units says about what goes back, and needs a reason', async () => {
  const { id, admin } = paidOrder();
  const { user } = renderApp(`/admin/orders/${id}`);
  await user.click(await screen.findByRole('button', { name: 'Refund' }));
  const drawer = await screen.findByRole('dialog', { name: 'Refund' });
  const send = within(drawer).getByRole('button', { name: 'Refund' });
  await user.clear(within(drawer).getByLabelText('Units of Desk lamp'));
  await user.type(within(drawer).getByLabelText('Units of Desk lamp'), '1');
  await user.click(within(drawer).getByLabelText(/Shipping/));
  expect(within(drawer).getByRole('status').textContent).toContain('About $15.90 goes back.');
  expect(send).toHaveProperty('disabled', true);
  await user.type(within(drawer).getByLabelText('Reason'), 'scratched');
  await user.click(send);
  expect(await screen.findByText('Refund 1: $15.90')).toBeTruthy();
  expect(admin.refunds[0]).toMatchObject({ reason: 'scratched', destination: 'original', lines: [{ quantity: 1 }] });
});

test('an amount beyond what is left of a line cannot be sent', async () => {
  const { id } = paidOrder();
  const { user } = renderApp(`/admin/orders/${id}`);
  await user.click(await screen.findByRole('button', { name: 'Refund' }));
  const drawer = await screen.findByRole('dialog', { name: 'Refund' });
  await user.type(within(drawer).getByLabelText('Reason'), 'scratched');
  const amount = within(drawer).getByLabelText(/an amount of Desk lamp/);
  await user.type(amount, '30.01');
  expect(within(drawer).getByText('Enter an amount of at most $30.00.')).toBeTruthy();
  expect(within(drawer).getByRole('button', { name: 'Refund' })).toHaveProperty('disabled', true);
  await user.clear(amount);
  await user.type(amount, '7.50');
  expect(within(drawer).getByRole('status').textContent).toContain('About $7.50');
  expect(within(drawer).getByRole('button', { name: 'Refund' })).toHaveProperty('disabled', false);
});

test('an order that was changed meanwhile is read again, and what was typed stays', async () => {
  const { id, admin } = paidOrder();
  const seen: (string | null)[] = [];
  server.use(http.post('*/api/v1/admin/orders/:id/hold', ({ request }) => void seen.push(request.headers.get('Idempotency-Key'))));
  const { user } = renderApp(`/admin/orders/${id}`);
  await user.click(await screen.findByRole('button', { name: 'Hold' }));
  const drawer = await screen.findByRole('dialog', { name: 'Hold the order' });
  await user.type(within(drawer).getByLabelText('Reason'), 'odd address');
  admin.version += 1;
  admin.email = 'new@example.com';
  await user.click(within(drawer).getByRole('button', { name: 'Hold' }));
  expect((await within(drawer).findByRole('alert')).textContent).toContain('changed meanwhile');
  expect(await screen.findByRole('link', { name: 'new@example.com' })).toBeTruthy();
  expect(within(drawer).getByLabelText<HTMLInputElement>('Reason').value).toBe('odd address');
  await user.click(within(drawer).getByRole('button', { name: 'Hold' }));
  expect(await screen.findByRole('button', { name: 'Release' })).toBeTruthy();
  expect(admin.state).toBe('on_hold');
  expect(new Set(seen).size).toBe(2);
});

test('a retry after a failure is the same attempt', async () => {
  const { id } = paidOrder();
  const seen: (string | null)[] = [];
  let failures = 1;
  server.use(
    http.post('*/api/v1/admin/orders/:id/refunds', ({ request }) => {
      seen.push(request.headers.get('Idempotency-Key'));
      failures -= 1;
      return failures >= 0 ? problem(503, 'unavailable', 'Back in a moment.') : undefined;
    }),
  );
  const { user } = renderApp(`/admin/orders/${id}`);
  await user.click(await screen.findByRole('button', { name: 'Refund' }));
  const drawer = await screen.findByRole('dialog', { name: 'Refund' });
  await user.click(within(drawer).getByLabelText(/Shipping/));
  await user.type(within(drawer).getByLabelText('Reason'), 'late');
  await user.click(within(drawer).getByRole('button', { name: 'Refund' }));
  expect((await within(drawer).findByRole('alert')).textContent).toContain('Back in a moment.');
  await user.click(within(drawer).getByRole('button', { name: 'Refund' }));
  expect(await screen.findByText('Refund 1: $5.90')).toBeTruthy();
  expect(seen).toHaveLength(2);
  expect(seen[0]).toBe(seen[1]);
});
