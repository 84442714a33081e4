import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { Cart, Checkout } from '@/api/types';
import { placeOrder } from '../../mock/handlers/orders';
import { renderApp } from '../render';
import { shop } from '../setup';

const usd = (amount: number) => ({ amount, currency: 'USD' });

function guestOrder() {
  const totals = { subtotal: usd(1000), discount: usd(0), shipping: usd(0), tax: usd(0), total: usd(1000) };
  const address = { name: 'Ada Guest', line1: '1 Main Street', city: 'Los Angeles', region: 'CA', postal_code: '90012', country: 'US' };
  const checkout = { email: 'ada@example.com', totals, shipping_address: address, shipping_method: 'standard' } as unknown as Checkout;
  return placeOrder(shop.db, checkout, { lines: [] } as unknown as Cart, null);
}

test('a guest without the token does not see the order', async () => {
  const { order } = guestOrder();
  renderApp(`/orders/${order.id}`);
  expect(await screen.findByText('We cannot show this order here')).toBeTruthy();
});

test('the link of a message opens the order and its token leaves the address', async () => {
  const { order, token } = guestOrder();
  const { router } = renderApp(`/orders/${order.id}#token=${token}`);
  expect(await screen.findByRole('heading', { name: `Order ${order.number ?? ''}` })).toBeTruthy();
  expect(router.state.location.href).toBe(`/orders/${order.id}`);
});
