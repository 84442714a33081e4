import { http, HttpResponse, type HttpHandler } from 'msw';
import type { ProductSummary } from '../../src/api/types.ts';
import { summaryOf, type Db } from '../db.ts';
import { BASE, pageOf } from '../http.ts';
import { money } from '../seed.ts';
import { filtered } from './catalog.ts';

const matches = (text: string, { title, category, brand }: ProductSummary) =>
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => `${title} ${category.name} ${brand?.name ?? ''}`.toLowerCase().includes(word));

function countBy(items: ProductSummary[], pick: (item: ProductSummary) => { slug: string; name: string } | null | undefined) {
  const counts = new Map<string, { slug: string; name: string; count: number }>();
  for (const item of items) {
    const value = pick(item);
    if (value) counts.set(value.slug, { ...value, count: (counts.get(value.slug)?.count ?? 0) + 1 });
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

export function searchHandlers(db: Db): HttpHandler[] {
  return [
    http.get(`${BASE}/search`, ({ request }) => {
      const url = new URL(request.url);
      const q = url.searchParams.get('q') ?? '';
      const within = (...dropped: string[]) => {
        const wider = new URL(url);
        for (const key of dropped) wider.searchParams.delete(key);
        return filtered(db, wider).filter((item) => matches(q, item));
      };
      const hits = within();
      const prices = within('price_min', 'price_max').map(({ price }) => price.amount);
      return HttpResponse.json({
        ...pageOf(hits, url),
        total: hits.length,
        facets: {
          categories: countBy(within('category'), ({ category }) => category),
          brands: countBy(within('brand'), ({ brand }) => brand),
          price: prices.length > 0 ? { min: money(Math.min(...prices)), max: money(Math.max(...prices)) } : null,
        },
        query: { text: q, corrected: null },
      });
    }),
    http.get(`${BASE}/search/suggest`, ({ request }) => {
      const q = new URL(request.url).searchParams.get('q') ?? '';
      const hits = db.products.map(summaryOf).filter((item) => matches(q, item));
      const categories = db.categories.flatMap(({ children }) => children).filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()));
      return HttpResponse.json({
        queries: [...new Set(hits.map(({ category }) => category.name.toLowerCase()))].slice(0, 3),
        categories: categories.slice(0, 2).map(({ slug, name }) => ({ slug, name })),
        products: hits.slice(0, 5).map(({ id, slug, title, image, price }) => ({ id, slug, title, image, price })),
      });
    }),
  ];
}
