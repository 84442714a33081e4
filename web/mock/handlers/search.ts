import { http, HttpResponse, type HttpHandler } from 'msw';
import type { Product, ProductSummary, SearchResults } from '../../src/api/types.ts';
import { summaryOf, type Db } from '../db.ts';
import { BASE, bodyOf, notFound, pageOf, problem } from '../http.ts';
import { money } from '../seed.ts';
import { filtered } from './catalog.ts';

type Query = SearchResults['query'];
const AS_TYPED: Omit<Query, 'text'> = { corrected: null, did_you_mean: null, notes: [], understood: { kinds: [], brand: null, price_min: null, price_max: null } };
const ATTRIBUTES = ['battery', 'port'];
const RANGE = 50_000;

const wordsOf = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean);
const matches = (words: readonly string[], { title, category, brand }: ProductSummary) =>
  words.every((word) => `${title} ${category.name} ${brand?.name ?? ''}`.toLowerCase().includes(word));

function countBy(items: ProductSummary[], chosen: readonly string[], pick: (item: ProductSummary) => { slug: string; name: string } | null | undefined) {
  const counts = new Map<string, { slug: string; name: string; count: number; selected: boolean }>();
  for (const item of items) {
    const value = pick(item);
    if (value) counts.set(value.slug, { slug: value.slug, name: value.name, count: (counts.get(value.slug)?.count ?? 0) + 1, selected: chosen.includes(value.slug) });
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

/** Whether a product has one of the values, or lies in one of the ranges, that are asked for of an attribute. */
function hasAttribute(product: Product, code: string, wanted: readonly string[]): boolean {
  const value = String(product.attributes.find((one) => one.code === code)?.value ?? '');
  return wanted.some((text) => {
    const [, low, high] = /^([\d.]*)\.\.([\d.]*)$/.exec(text) ?? [];
    if (low === undefined || high === undefined) return text === value;
    return (low === '' || Number(value) >= Number(low)) && (high === '' || Number(value) <= Number(high));
  });
}

/** The results of an address without some of its filters. */
function found(db: Db, url: URL, words: readonly string[], dropped: readonly string[]): ProductSummary[] {
  const wider = new URL(url);
  for (const key of dropped) wider.searchParams.delete(key);
  const asked = new Map<string, string[]>();
  for (const text of url.searchParams.getAll('attr')) {
    const code = text.slice(0, text.indexOf(':'));
    if (!dropped.includes(code)) asked.set(code, [...(asked.get(code) ?? []), text.slice(code.length + 1)]);
  }
  const kept = new Set(db.products.filter((product) => [...asked].every(([code, wanted]) => hasAttribute(product, code, wanted))).map(({ id }) => id));
  return filtered(db, wider).filter((item) => kept.has(item.id) && matches(words, item));
}

function priceFacet(amounts: readonly number[]): SearchResults['facets']['price'] {
  if (amounts.length === 0) return null;
  const ranges = [...new Set(amounts.map((amount) => Math.floor(amount / RANGE)))]
    .toSorted((a, b) => a - b)
    .map((step) => ({ min: money(step * RANGE), max: money((step + 1) * RANGE), count: amounts.filter((amount) => Math.floor(amount / RANGE) === step).length }));
  return { min: money(Math.min(...amounts)), max: money(Math.max(...amounts)), ranges };
}

function facetsOf(db: Db, url: URL, words: readonly string[]): SearchResults['facets'] {
  const chosen = url.searchParams.getAll('attr');
  const attributes = ATTRIBUTES.flatMap((code) => {
    const ids = new Set(found(db, url, words, [code]).map(({ id }) => id));
    const having = db.products.filter(({ id }) => ids.has(id)).flatMap(({ attributes: all }) => all.filter((one) => one.code === code));
    const first = having[0];
    if (!first) return [];
    const values = [...new Set(having.map(({ value }) => String(value)))].toSorted((a, b) => Number(a) - Number(b));
    const unit = first.unit ?? null;
    return [
      {
        code,
        name: first.name,
        unit,
        kind: typeof first.value === 'number' ? ('number' as const) : ('choice' as const),
        values: values.map((value) => ({ value, name: unit ? `${value} ${unit}` : value, count: having.filter((one) => String(one.value) === value).length, selected: chosen.includes(`${code}:${value}`) })),
      },
    ];
  });
  return {
    order: ['category', 'brand', 'battery', 'price', 'in_stock', 'port'],
    categories: countBy(found(db, url, words, ['category']), url.searchParams.getAll('category'), ({ category }) => category),
    brands: countBy(found(db, url, words, ['brand']), url.searchParams.getAll('brand'), ({ brand }) => brand),
    price: priceFacet(found(db, url, words, ['price_min', 'price_max']).map(({ price }) => price.amount)),
    in_stock: found(db, url, words, ['in_stock']).filter(({ availability }) => availability !== 'out').length,
    attributes,
  };
}

/** Where a title holds the words. */
function stretches(title: string, words: readonly string[]) {
  return words
    .map((word) => ({ start: title.toLowerCase().indexOf(word), length: word.length }))
    .filter(({ start }) => start >= 0)
    .toSorted((a, b) => a.start - b.start);
}

/** What the mock shop makes of a text: a typing error of one kind, a price, a page that staff chose. */
function read(q: string, url: URL) {
  const query: Query = { ...AS_TYPED, text: q };
  let text = q;
  if (q.includes('quitt')) {
    text = q.replace('quitt', 'quiet');
    query.corrected = text;
  }
  const under = /\bunder (\d+)\b/.exec(text);
  if (under) {
    const high = money(Number(under[1]) * 100);
    query.understood = { ...query.understood, price_max: high };
    text = text.replace(under[0], '').trim();
    if (!url.searchParams.has('price_min') && !url.searchParams.has('price_max')) url.searchParams.set('price_max', String(high.amount));
  }
  return { query, words: wordsOf(text), redirect: q === 'all monitors' ? '/c/monitors' : null };
}

export function searchHandlers(db: Db): HttpHandler[] {
  const byIds = (ids: readonly string[]) => ids.flatMap((id) => db.products.filter((product) => product.id === id)).map(summaryOf);
  return [
    http.get(`${BASE}/search`, ({ request }) => {
      const url = new URL(request.url);
      const q = (url.searchParams.get('q') ?? '').trim();
      const { query, words, redirect } = read(q, url);
      const hits = found(db, url, words, []);
      const page = pageOf(hits, url);
      const results: SearchResults = {
        ...page,
        items: page.items.map((item) => ({ ...item, matches: stretches(item.title, words), pinned: false })),
        total: hits.length,
        facets: facetsOf(db, url, words),
        query,
        redirect,
        mode: 'lexical',
        degraded: false,
      };
      return HttpResponse.json(results);
    }),
    http.get(`${BASE}/search/suggest`, ({ request }) => {
      const q = new URL(request.url).searchParams.get('q') ?? '';
      if (q === '') return HttpResponse.json({ queries: ['headphones', 'laptop', 'oled tv'], categories: [], products: [] });
      const hits = db.products.map(summaryOf).filter((item) => matches(wordsOf(q), item));
      const categories = db.categories.flatMap(({ children }) => children).filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()));
      return HttpResponse.json({
        queries: [...new Set(hits.map(({ category }) => category.name.toLowerCase()))].slice(0, 3),
        categories: categories.slice(0, 2).map(({ slug, name }) => ({ slug, name })),
        products: hits.slice(0, 5).map(({ id, slug, title, image, price }) => ({ id, slug, title, image, price })),
      });
    }),
    http.get(`${BASE}/search/popular`, ({ request }) => {
      const { searchParams } = new URL(request.url);
      return HttpResponse.json({ items: db.products.map(summaryOf).toReversed().slice(0, Number(searchParams.get('limit') ?? 12)) });
    }),
    http.get(`${BASE}/search/similar`, ({ request }) => {
      const { searchParams } = new URL(request.url);
      const product = db.products.find(({ id }) => id === searchParams.get('product'));
      if (!product) return notFound();
      const others = db.products.filter(({ id, category }) => id !== product.id && category.slug === product.category.slug);
      return HttpResponse.json({ items: others.map(summaryOf).slice(0, Number(searchParams.get('limit') ?? 12)) });
    }),
    http.get(`${BASE}/search/products`, ({ request }) => HttpResponse.json({ items: byIds(new URL(request.url).searchParams.getAll('id')) })),
    http.post(`${BASE}/search/events`, async ({ request }) => {
      const { events } = await bodyOf<{ events: unknown[] }>(request);
      if (events.length === 0 || events.length > 50) return problem(422, 'validation_failed', 'Some fields are not valid.');
      db.events.push(...events);
      return new HttpResponse(null, { status: 202 });
    }),
  ];
}
