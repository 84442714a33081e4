import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recentSearches } from '@/features/search/recent-searches';
import { renderApp } from '../render';
import { server, shop } from '../setup';

const results = () => screen.findByRole('list', { name: 'Products' });
const filters = async () => within(await screen.findByRole('complementary', { name: 'Filters' }));
const box = () => screen.findByRole('combobox', { name: 'Search products' });

/** Says at once that everything is near: there is no layout here. */
class Near {
  readonly callback: IntersectionObserverCallback;
  constructor(callback: IntersectionObserverCallback) {
    this.callback = callback;
  }
  observe() {
    this.callback([{ isIntersecting: true } as IntersectionObserverEntry], this as unknown as IntersectionObserver);
  }
  disconnect() {}
}

beforeEach(() => vi.stubGlobal('IntersectionObserver', Near));
afterEach(() => vi.unstubAllGlobals());

/** An answer of the search with some of it replaced. */
function answering(change: (body: Record<string, any>) => void) {
  server.use(
    http.get('*/api/v1/search', async ({ request }) => {
      const plain = await fetch(new Request(request.url, { headers: { 'x-plain': '1' } }));
      const body = (await plain.json()) as Record<string, any>;
      change(body);
      return HttpResponse.json(body);
    }, { once: true }),
  );
}

test('several values of a facet are any of them, several facets are all, and the address holds them', async () => {
  const { user, router } = renderApp('/search');
  await user.click(await (await filters()).findByRole('checkbox', { name: /Aurora/ }));
  await user.click(await (await filters()).findByRole('checkbox', { name: /Solis/ }));
  await user.click(await (await filters()).findByRole('checkbox', { name: /Chargers/ }));
  await waitFor(() => expect(router.state.location.href).toBe('/search?brand=aurora&brand=solis&category=chargers'));
  const titles = () => screen.getAllByRole('article').map((card) => card.textContent);
  await waitFor(() => expect(titles().every((text) => /Aurora|Solis/.test(text ?? ''))).toBe(true));
  expect(titles()).toHaveLength(2);
  router.history.back();
  await waitFor(() => expect(router.state.location.href).toBe('/search?brand=aurora&brand=solis'));
  expect((await filters()).getByRole('checkbox', { name: /Chargers/ })).toHaveProperty('checked', false);
  expect((await filters()).getByRole('checkbox', { name: /Aurora/ })).toHaveProperty('checked', true);
});

test('the facets stand in the order of the answer, with counts', async () => {
  renderApp('/search?q=quiet');
  await (await filters()).findByRole('checkbox', { name: /^Headphones 2$/ });
  const groups = (await filters()).getAllByRole('group').map((group) => group.querySelector('summary')?.textContent).filter(Boolean);
  expect(groups).toEqual(['Category', 'Brand', 'Battery life', 'Price', 'Availability', 'Connector']);
});

test('a number takes a range or values, a chip says which and takes it off', async () => {
  const { user, router } = renderApp('/search');
  const range = within(await (await filters()).findByRole('group', { name: 'Battery life' }));
  await user.type(range.getByLabelText('From (h)'), '25');
  await user.type(range.getByLabelText('To (h)'), '14');
  await user.click(range.getByRole('button', { name: 'Set Battery life' }));
  await waitFor(() => expect(router.state.location.href).toBe('/search?attr=battery%3A14..25'));
  await user.click(await screen.findByRole('button', { name: 'Remove filter Battery life: 14 – 25 h' }));
  await waitFor(() => expect(router.state.location.href).toBe('/search'));
  await user.click((await filters()).getByRole('checkbox', { name: /^12 h/ }));
  await user.click((await filters()).getByRole('checkbox', { name: /^13 h/ }));
  await waitFor(() => expect(router.state.location.href).toBe('/search?attr=battery%3A12&attr=battery%3A13'));
});

test('nonsense in a range is refused with words', async () => {
  const { user, router } = renderApp('/search');
  const range = within(await (await filters()).findByRole('group', { name: 'Battery life' }));
  await user.type(range.getByLabelText('From (h)'), 'long');
  await user.click(range.getByRole('button', { name: 'Set Battery life' }));
  expect((await screen.findByRole('alert')).textContent).toContain('Use numbers');
  expect(router.state.location.search.attr).toBeUndefined();
});

test('a price range is one press, and another takes it back', async () => {
  const { user, router } = renderApp('/search');
  const ranges = within(await (await filters()).findByRole('list', { name: 'Price ranges' }));
  await user.click(ranges.getByRole('button', { name: /^Up to \$500/ }));
  await waitFor(() => expect(router.state.location.href).toBe('/search?price_min=0&price_max=49999'));
  await user.click(await (await filters()).findByRole('button', { name: /^Up to \$500/, pressed: true }));
  await waitFor(() => expect(router.state.location.href).toBe('/search'));
});

test('all filters come off at once', async () => {
  const { user, router } = renderApp('/search?q=one&brand=solis&in_stock=true&attr=port%3AUSB-C');
  await user.click(await screen.findByRole('button', { name: 'Clear all' }));
  await waitFor(() => expect(router.state.location.href).toBe('/search?q=one'));
});

test('words that were searched for are set off in titles', async () => {
  renderApp('/search?q=quiet');
  const card = within(await results()).getAllByRole('link')[0]!;
  expect(card.querySelector('mark')?.textContent).toBe('Quiet');
  expect(card.textContent).toContain('Quiet One');
});

test('a correction says what is shown and what was not found', async () => {
  renderApp('/search?q=quitt');
  const note = await screen.findByText(/nothing matches/);
  expect(note.textContent).toBe('Showing results for quiet; nothing matches “quitt”.');
});

test.each([
  [{ kind: 'dropped_words', words: ['purple', 'round'] }, '“purple” and “round” were left out'],
  [{ kind: 'any_word' }, 'these have some of them'],
  [{ kind: 'similar_in_meaning' }, 'similar in meaning'],
  [{ kind: 'dropped_filters', filters: ['price'] }, 'these cost more or less'],
])('results that are not quite what was typed say so: %o', async (note, words) => {
  answering((body) => {
    body['query'].notes = [note];
  });
  renderApp('/search?q=quiet');
  expect(await screen.findByText(new RegExp(words))).toBeTruthy();
});

test('what may have been meant is a link, and a reduced search says so', async () => {
  answering((body) => {
    body['query'].did_you_mean = 'quiet one';
    body['degraded'] = true;
  });
  const { user, router } = renderApp('/search?q=quiet');
  expect(await screen.findByText(/reduced way/)).toBeTruthy();
  await user.click(screen.getByRole('link', { name: 'quiet one' }));
  await waitFor(() => expect(router.state.location.search.q).toBe('quiet one'));
});

test('a price among the words is a filter that can be taken off', async () => {
  const { user, router } = renderApp('/search?q=headphones+under+200');
  await user.click(await screen.findByRole('button', { name: 'Remove filter Up to $200, as you typed' }));
  await waitFor(() => expect(router.state.location.href).toBe('/search?q=headphones+under+200&price_min=0'));
  expect(await screen.findByRole('button', { name: 'Remove filter Any price' })).toBeTruthy();
});

test('a query that staff lead elsewhere opens that page, with a way to the results', async () => {
  const { user, router } = renderApp('/search?q=all+monitors');
  await waitFor(() => expect(router.state.location.pathname).toBe('/c/monitors'));
  await user.click(await screen.findByRole('link', { name: 'See the search results instead' }));
  await waitFor(() => expect(router.state.location.href).toBe('/search?q=all+monitors&stay=true'));
  expect(await screen.findByRole('heading', { level: 1, name: 'Results for “all monitors”' })).toBeTruthy();
});

test('an answer never leads out of the shop', async () => {
  answering((body) => {
    body['redirect'] = '//elsewhere.example';
  });
  const { router } = renderApp('/search?q=quiet');
  await results();
  expect(router.state.location.pathname).toBe('/search');
});

test('no result leads on: other words, categories, what others look at', async () => {
  server.use(http.get('*/api/v1/search/suggest', () => HttpResponse.json({ queries: ['tablet'], categories: [], products: [] })));
  const { user, router } = renderApp('/search?q=zzz');
  expect(await screen.findByRole('heading', { name: 'Nothing found for “zzz”' })).toBeTruthy();
  expect(await screen.findByRole('list', { name: 'Popular now' })).toBeTruthy();
  expect(screen.getByRole('heading', { name: 'Categories' })).toBeTruthy();
  await user.click(await screen.findByRole('link', { name: 'tablet' }));
  await waitFor(() => expect(router.state.location.search.q).toBe('tablet'));
});

test('filters that nothing passes can be taken off', async () => {
  const { user, router } = renderApp('/search?q=quiet&brand=kestrel');
  await user.click(await screen.findByRole('button', { name: 'Remove the filters' }));
  await waitFor(() => expect(router.state.location.href).toBe('/search?q=quiet'));
});

test('the empty box offers own searches and what others search for, and forgets on request', async () => {
  const first = renderApp('/search?q=quiet');
  await results();
  await waitFor(() => expect(recentSearches()).toEqual(['quiet']));
  first.unmount();
  const { user } = renderApp('/cart');
  await user.click(await box());
  expect(await screen.findByRole('group', { name: 'Recent searches' })).toBeTruthy();
  expect(await screen.findByRole('option', { name: 'laptop' })).toBeTruthy();
  await user.click(screen.getByRole('option', { name: 'Clear recent searches' }));
  await waitFor(() => expect(screen.queryByRole('group', { name: 'Recent searches' })).toBeNull());
  expect(recentSearches()).toEqual([]);
});

test('a search without results is not kept', async () => {
  renderApp('/search?q=zzz');
  await screen.findByText(/Nothing found/);
  expect(recentSearches()).toEqual([]);
});

test('a product remembers that it was looked at, and shows others like it', async () => {
  const [one, other] = shop.db.products;
  const first = renderApp(`/p/${one!.slug}`);
  expect(await screen.findByRole('list', { name: 'Similar products' })).toBeTruthy();
  await waitFor(() => expect(localStorage.getItem('techmart.viewed')).toContain(one!.id));
  first.unmount();
  const { user } = renderApp(`/p/${other!.slug}`);
  const viewed = await screen.findByRole('list', { name: 'Recently viewed' });
  expect(within(viewed).getByRole('link', { name: one!.title })).toBeTruthy();
  expect(within(viewed).queryByRole('link', { name: other!.title })).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Clear recently viewed products' }));
  await waitFor(() => expect(screen.queryByRole('list', { name: 'Recently viewed' })).toBeNull());
});

test('a broken search leaves the other pages whole', async () => {
  localStorage.setItem('techmart.viewed', '["prd_0"]');
  const asked = new Set<string>();
  server.use(
    http.get('*/api/v1/search/*', ({ request }) => {
      asked.add(new URL(request.url).pathname);
      return HttpResponse.json({ code: 'unavailable' }, { status: 503 });
    }),
  );
  const [product] = shop.db.products;
  renderApp(`/p/${product!.slug}`);
  expect(await screen.findByRole('button', { name: 'Add to cart' })).toBeTruthy();
  // A row stands there until its answer has come.
  await waitFor(() => {
    expect(asked.size).toBe(2);
    expect(screen.queryByText('Similar products')).toBeNull();
    expect(screen.queryByText('Recently viewed')).toBeNull();
  });
  expect(screen.queryByRole('alert')).toBeNull();
});

test('a category filters by attributes with the help of the search', async () => {
  const { user, router } = renderApp('/c/audio');
  await user.click(await (await filters()).findByRole('checkbox', { name: /^28 h/ }));
  await waitFor(() => expect(router.state.location.href).toBe('/c/audio?attr=battery%3A28'));
  await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(1));
  expect((await filters()).queryByText('Category')).toBeNull();
});
