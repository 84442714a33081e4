import { flagOf, listOf, oneOf, wholeOf } from './search-params';

/** What narrows a list of products; lives in the address. Prices are minor units of the shop's currency. */
export type Filters = {
  category?: string[] | undefined;
  brand?: string[] | undefined;
  /** `code:value`, or `code:min..max` for numbers, where either end may be missing. */
  attr?: string[] | undefined;
  price_min?: number | undefined;
  price_max?: number | undefined;
  in_stock?: true | undefined;
};

export const SORTS = ['relevance', 'popular', 'newest', 'price_asc', 'price_desc', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** A list's whole address: its filters, order and how many pages are shown. `stay` keeps a search from opening the page that staff chose for it. */
export type ListSearch = Filters & { q?: string | undefined; sort?: Sort | undefined; page?: number | undefined; stay?: true | undefined };

const PAGE_MAX = 40;

export function validateList(raw: Record<string, unknown>): ListSearch {
  const sort = SORTS.find((known) => known === oneOf(raw['sort']));
  const page = wholeOf(raw['page'], 2);
  const attr = listOf(raw['attr'])?.filter((text) => /^[^:]+:./.test(text));
  return {
    q: oneOf(raw['q'])?.slice(0, 200),
    category: listOf(raw['category']),
    brand: listOf(raw['brand']),
    attr: attr?.length ? attr : undefined,
    price_min: wholeOf(raw['price_min']),
    price_max: wholeOf(raw['price_max']),
    in_stock: flagOf(raw['in_stock']),
    sort,
    page: page === undefined ? undefined : Math.min(page, PAGE_MAX),
    stay: flagOf(raw['stay']),
  };
}

/** Only the filters of an address, without order and page. */
export function filtersOf({ category, brand, attr, price_min, price_max, in_stock }: ListSearch): Filters {
  return { category, brand, attr, price_min, price_max, in_stock };
}

export const NO_FILTERS: Filters = filtersOf({});
