import { screen, waitFor, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import { renderApp } from '../render';
import { server, shop } from '../setup';

const box = () => screen.findByRole('combobox', { name: 'Search products' });

test('suggestions: arrows choose, Enter leads there', async () => {
  const { user, router } = renderApp('/cart');
  await user.type(await box(), 'quiet');
  const list = await screen.findByRole('listbox', { name: 'Suggestions' });
  const options = await within(list).findAllByRole('option');
  await user.keyboard('{ArrowUp}');
  expect((await box()).getAttribute('aria-activedescendant')).toBe(options.at(-1)?.id);
  await user.keyboard('{Enter}');
  await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/p\//));
});

test('Enter without a choice searches for the text, Escape closes', async () => {
  const { user, router } = renderApp('/cart');
  await user.type(await box(), 'aria');
  await screen.findAllByRole('option');
  await user.keyboard('{Escape}');
  expect(screen.queryAllByRole('option')).toHaveLength(0);
  await user.keyboard('{Enter}');
  await waitFor(() => expect(router.state.location.href).toBe('/search?q=aria'));
});

test('a late answer to older letters is never shown', async () => {
  server.use(
    http.get('*/api/v1/search/suggest', async ({ request }) => {
      const q = new URL(request.url).searchParams.get('q') ?? '';
      if (q === 'ph') await delay(500);
      return HttpResponse.json({ queries: [`answer to ${q}`], categories: [], products: [] });
    }),
  );
  const { user } = renderApp('/cart');
  await user.type(await box(), 'ph');
  await delay(200);
  await user.type(await box(), 'one');
  expect(await screen.findByRole('option', { name: 'answer to phone' })).toBeTruthy();
  await delay(500);
  expect(screen.queryByRole('option', { name: 'answer to ph' })).toBeNull();
});

test('a filter goes into the address, shows a chip, and comes off again', async () => {
  const { user, router } = renderApp('/c/audio');
  const brand = await screen.findByRole('checkbox', { name: /Solis/ });
  await user.click(brand);
  await waitFor(() => expect(router.state.location.href).toBe('/c/audio?brand=solis'));
  const list = await screen.findByRole('list', { name: 'Products' });
  await waitFor(() => expect(within(list).getAllByRole('article').every((card) => card.textContent?.includes('Solis'))).toBe(true));
  await user.click(screen.getByRole('button', { name: /Remove filter Solis/ }));
  await waitFor(() => expect(router.state.location.href).toBe('/c/audio'));
});

test('a price is typed as money and goes over in minor units; nonsense is refused with words', async () => {
  const { user, router } = renderApp('/c/audio');
  const from = await screen.findByLabelText('From');
  await user.type(from, 'cheap');
  await user.click(screen.getByRole('button', { name: 'Set Price' }));
  expect((await screen.findByRole('alert')).textContent).toContain('Use numbers');
  await user.clear(screen.getByLabelText('From'));
  await user.type(screen.getByLabelText('From'), '150');
  await user.click(screen.getByRole('button', { name: 'Set Price' }));
  await waitFor(() => expect(router.state.location.href).toBe('/c/audio?price_min=15000'));
});

test('"show more" writes the page into the address, and that address shows both pages', async () => {
  const { user, router, unmount } = renderApp('/search');
  await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(24));
  await user.click(screen.getByRole('button', { name: 'Show more products' }));
  await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(shop.db.products.length));
  expect(router.state.location.href).toBe('/search?page=2');
  unmount();
  renderApp('/search?page=2');
  await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(shop.db.products.length));
});

test('a list that fails says so and can be tried again', async () => {
  server.use(http.get('*/api/v1/products', () => HttpResponse.json({ code: 'internal', title: 'Broken', request_id: 'req_77' }, { status: 500 }), { once: true }));
  const { user } = renderApp('/c/audio');
  expect(await screen.findByText(/req_77/)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findAllByRole('article')).not.toHaveLength(0);
});

test('without the search service a category still lists its products', async () => {
  server.use(http.get('*/api/v1/search', () => HttpResponse.json({ code: 'unavailable' }, { status: 503 })));
  renderApp('/c/audio');
  expect(await screen.findAllByRole('article')).not.toHaveLength(0);
});

test.each([
  ['/nothing/here', 'There is nothing at this address'],
  ['/p/no-such-product', 'Product not found'],
  ['/c/no-such-category', 'Category not found'],
  ['/orders/ord_foreign', 'Your order'],
])('%s has a page of its own', async (path, title) => {
  renderApp(path);
  expect(await screen.findByRole('heading', { level: 1, name: title })).toBeTruthy();
});
