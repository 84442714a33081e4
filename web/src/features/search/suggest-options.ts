import type { Media, Money, Suggestions } from '@/api/types';

export type SuggestOption =
  | { kind: 'query'; text: string }
  | { kind: 'category'; text: string; slug: string }
  | { kind: 'product'; text: string; slug: string; image: Media; price: Money };

/** At most eight rows, without a scroll bar: completions, then categories, then products. */
export function optionsOf({ queries, categories, products }: Suggestions): SuggestOption[] {
  return [
    ...queries.slice(0, 3).map((text) => ({ kind: 'query' as const, text })),
    ...categories.slice(0, 2).map(({ name, slug }) => ({ kind: 'category' as const, text: name, slug })),
    ...products.slice(0, 5).map(({ title, slug, image, price }) => ({ kind: 'product' as const, text: title, slug, image, price })),
  ].slice(0, 8);
}
