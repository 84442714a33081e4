import { flagOf, listOf, oneOf, wholeOf } from './search-params';

/** What narrows a list of products; lives in the address. Prices are minor units of the shop's currency. */
export type Filters = {
  category?: string | undefined;
  brand?: string[] | undefined;
  price_min?: number | undefined;
  price_max?: number | undefined;
  in_stock?: true | undefined;
};

export const SORTS = ['relevance', 'newest', 'price_asc', 'price_desc', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** A list's whole address: its filters, order and how many pages are shown. */
export type ListSearch = Filters & { q?: string | undefined; sort?: Sort | undefined; page?: number | undefined };

const PAGE_MAX = 40;

export function validateList(raw: Record<string, unknown>): ListSearch {
  const sort = SORTS.find((known) => known === oneOf(raw['sort']));
  const page = wholeOf(raw['page'], 2);
  return {
    q: oneOf(raw['q'])?.slice(0, 200),
    category: oneOf(raw['category']),
    brand: listOf(raw['brand']),
    price_min: wholeOf(raw['price_min']),
    price_max: wholeOf(raw['price_max']),
    in_stock: flagOf(raw['in_stock']),
    sort,
    page: page === undefined ? undefined : Math.min(page, PAGE_MAX),
  };
}

/** Only the filters of an address, without order and page. */
export function filtersOf({ category, brand, price_min, price_max, in_stock }: ListSearch): Filters {
  return { category, brand, price_min, price_max, in_stock };
}
