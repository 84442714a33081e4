import { screen, waitFor, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import { problem } from '../../mock/http';
import { renderApp } from '../render';
import { server, shop } from '../setup';

const LINE = '*/api/v1/carts/:id/lines/:line';

/** A guest's cart with two of a product of which ten are left. */
function guestWithCart() {
  const product = shop.db.products[0]!;
  const variant = product.variants[0]!;
  shop.db.carts.push({
    id: 'crt_1', token: 'secret', user: null, state: 'open', version: 1, order_id: null,
    lines: [{ id: 'cln_1', variant_id: variant.id, quantity: 2 }],
  });
  localStorage.setItem('techmart.cart', JSON.stringify({ id: 'crt_1', token: 'secret' }));
  return { product, variant };
}

test('a quantity changes at once, totals are said to be updating until the server answers', async () => {
  const { product } = guestWithCart();
  server.use(http.patch(LINE, async () => void (await delay(300))));
  const { user } = renderApp('/cart');
  const stepper = await screen.findByRole('group', { name: `Quantity of ${product.title}` });
  expect(within(stepper).getByRole('status').textContent).toBe('2');
  await user.click(within(stepper).getByRole('button', { name: 'One more' }));
  expect(within(stepper).getByRole('status').textContent).toBe('3');
  expect(screen.getByText('Updating…')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Checkout' }).getAttribute('aria-disabled')).toBe('true');
  await waitFor(() => expect(screen.queryByText('Updating…')).toBeNull());
  expect(shop.db.carts[0]!.lines[0]!.quantity).toBe(3);
});

test('a refusal puts the old quantity back and says why', async () => {
  const { product } = guestWithCart();
  server.use(http.patch(LINE, () => problem(409, 'insufficient_stock', 'Too few.', { available: 2, requested: 3 })));
  const { user } = renderApp('/cart');
  const stepper = await screen.findByRole('group', { name: `Quantity of ${product.title}` });
  await user.click(within(stepper).getByRole('button', { name: 'One more' }));
  expect(await screen.findByText('Only 2 can be ordered right now.')).toBeTruthy();
  await waitFor(() => expect(within(stepper).getByRole('status').textContent).toBe('2'));
});

test('quick presses end at the last wish', async () => {
  const { product } = guestWithCart();
  server.use(http.patch(LINE, async () => void (await delay(60))));
  const { user } = renderApp('/cart');
  const stepper = await screen.findByRole('group', { name: `Quantity of ${product.title}` });
  const more = within(stepper).getByRole('button', { name: 'One more' });
  await user.click(more);
  await user.click(more);
  await user.click(more);
  expect(within(stepper).getByRole('status').textContent).toBe('5');
  await waitFor(() => expect(screen.queryByText('Updating…')).toBeNull());
  expect(within(stepper).getByRole('status').textContent).toBe('5');
  expect(shop.db.carts[0]!.lines[0]!.quantity).toBe(5);
});

test('a line that lost its stock says so and offers the way out', async () => {
  const { variant } = guestWithCart();
  variant.available_quantity = 1;
  const { user } = renderApp('/cart');
  await user.click(await screen.findByRole('button', { name: 'Take 1' }));
  await waitFor(() => expect(screen.queryByText('Only 1 left.')).toBeNull());
  expect(screen.getByRole('link', { name: 'Checkout' }).getAttribute('aria-disabled')).toBeNull();
});

test('the token opens the cart from a header and is in no address', async () => {
  guestWithCart();
  const seen: { url: string; token: string | null }[] = [];
  server.use(http.get('*/api/v1/carts/:id', ({ request }) => void seen.push({ url: request.url, token: request.headers.get('Cart-Token') })));
  renderApp('/cart');
  await screen.findByRole('link', { name: 'Checkout' });
  expect(seen[0]?.token).toBe('secret');
  expect(seen.some(({ url }) => url.includes('secret'))).toBe(false);
});

test('a cart that is gone is forgotten', async () => {
  localStorage.setItem('techmart.cart', JSON.stringify({ id: 'crt_gone', token: 'old' }));
  renderApp('/cart');
  expect(await screen.findByText('Your cart is empty')).toBeTruthy();
  expect(localStorage.getItem('techmart.cart')).toBeNull();
});

test('adding opens a cart, keeps its token, and shows the drawer', async () => {
  const product = shop.db.products[0]!;
  const { user } = renderApp(`/p/${product.slug}`);
  await user.click(await screen.findByRole('button', { name: 'Add to cart' }));
  const drawer = await screen.findByRole('dialog', { name: 'Your cart' });
  expect(within(drawer).getByRole('link', { name: product.title })).toBeTruthy();
  expect(JSON.parse(localStorage.getItem('techmart.cart') ?? '{}')).toMatchObject({ id: shop.db.carts[0]!.id });
  expect(screen.getByRole('button', { name: 'Cart, 1 item' })).toBeTruthy();
});

test('signing in brings the cart along and says what was cut', async () => {
  const { variant, product } = guestWithCart();
  variant.available_quantity = 1;
  shop.db.users.push({ id: 'usr_9', email: 'kim@example.com', name: 'Kim', role: 'customer', created_at: '2026-01-01T00:00:00Z', password: 'long enough 42' });
  const { user, router } = renderApp('/sign-in');
  await user.type(await screen.findByLabelText('Email address'), 'kim@example.com');
  await user.type(screen.getByLabelText('Password'), 'long enough 42');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  const note = await screen.findByText(/could not be kept whole/);
  expect(note.parentElement?.textContent).toContain(`${product.title}: 1 instead of 2`);
  expect(localStorage.getItem('techmart.cart')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Continue' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/account'));
});

test('a wrong password is said above the form, and nothing typed is lost', async () => {
  server.use(http.post('*/api/v1/auth/login', () => HttpResponse.json({ code: 'invalid_credentials', title: 'no' }, { status: 401 })));
  const { user } = renderApp('/sign-in');
  await user.type(await screen.findByLabelText('Email address'), 'kim@example.com');
  await user.type(screen.getByLabelText('Password'), 'something');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect((await screen.findByRole('alert')).textContent).toContain('do not belong together');
  expect(screen.getByLabelText<HTMLInputElement>('Email address').value).toBe('kim@example.com');
});
