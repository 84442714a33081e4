import { http, HttpResponse, type HttpHandler } from 'msw';
import type { ProductSummary } from '../../src/api/types.ts';
import { summaryOf, type Db } from '../db.ts';
import { drawArt } from '../art.ts';
import { BASE, notFound, pageOf } from '../http.ts';

/** Products of the address's filters, sorted; shared by the catalogue and the search. */
export function filtered(db: Db, url: URL): ProductSummary[] {
  const all = (key: string) => url.searchParams.getAll(key);
  const [categories, brands] = [all('category'), all('brand')];
  const below = new Set(db.categories.filter(({ slug }) => categories.includes(slug)).flatMap(({ children }) => children.map(({ slug }) => slug)));
  const [low, high] = [Number(url.searchParams.get('price_min') ?? 0), Number(url.searchParams.get('price_max') ?? Infinity)];
  const hits = db.products.map(summaryOf).filter(
    ({ category, brand, price, availability }) =>
      (categories.length === 0 || categories.includes(category.slug) || below.has(category.slug)) &&
      (brands.length === 0 || brands.includes(brand?.slug ?? '')) &&
      price.amount >= low &&
      price.amount <= high &&
      (url.searchParams.get('in_stock') !== 'true' || availability !== 'out'),
  );
  const sort = url.searchParams.get('sort');
  if (sort === 'price_asc') return hits.toSorted((a, b) => a.price.amount - b.price.amount);
  if (sort === 'price_desc') return hits.toSorted((a, b) => b.price.amount - a.price.amount);
  if (sort === 'name') return hits.toSorted((a, b) => a.title.localeCompare(b.title));
  return hits;
}

export function catalogHandlers(db: Db): HttpHandler[] {
  return [
    http.get(`${BASE}/categories`, () => HttpResponse.json({ items: db.categories })),
    http.get(`${BASE}/products`, ({ request }) => {
      const url = new URL(request.url);
      return HttpResponse.json(pageOf(filtered(db, url), url));
    }),
    http.get(`${BASE}/products/:key`, ({ params }) => {
      const product = db.products.find(({ id, slug }) => params['key'] === id || params['key'] === slug);
      return product ? HttpResponse.json(product) : notFound();
    }),
    http.get(`${BASE}/media/art/:kind/:seed`, ({ params, request }) => {
      const query = new URL(request.url).searchParams;
      const svg = drawArt(String(params['kind']), String(params['seed']), query.get('color'), query.get('theme') === 'dark');
      return new HttpResponse(svg, { headers: { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'public, max-age=60' } });
    }),
  ];
}
