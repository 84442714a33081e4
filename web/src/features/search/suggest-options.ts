import type { Media, Money, Suggestions } from '@/api/types';

export type SuggestOption =
  | { kind: 'recent' | 'query'; text: string }
  | { kind: 'forget'; text: string }
  | { kind: 'category'; text: string; slug: string }
  | { kind: 'product'; id: string; text: string; slug: string; image: Media; price: Money };

/** Options under one heading; completions have none. */
export type SuggestGroup = { title: string | null; options: SuggestOption[] };

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** At most eight rows, without a scroll bar: own searches that fit, completions, categories, then products. */
export function groupsFor(typed: string, suggestions: Suggestions | undefined, recent: readonly string[]): SuggestGroup[] {
  return typed === '' ? beforeTyping(suggestions, recent) : whileTyping(typed, suggestions, recent);
}

function beforeTyping(suggestions: Suggestions | undefined, recent: readonly string[]): SuggestGroup[] {
  const own: SuggestOption[] = recent.slice(0, 5).map((text) => ({ kind: 'recent', text }));
  if (own.length > 0) own.push({ kind: 'forget', text: 'Clear recent searches' });
  const popular = (suggestions?.queries ?? []).filter((text) => !recent.some((other) => same(other, text)));
  const groups: SuggestGroup[] = [
    { title: 'Recent searches', options: own },
    { title: 'Popular searches', options: popular.slice(0, own.length > 0 ? 4 : 8).map((text) => ({ kind: 'query', text })) },
  ];
  return groups.filter(({ options }) => options.length > 0);
}

function whileTyping(typed: string, suggestions: Suggestions | undefined, recent: readonly string[]): SuggestGroup[] {
  if (!suggestions) return [];
  const { queries, categories, products } = suggestions;
  const own = recent.filter((text) => !same(text, typed) && text.toLowerCase().startsWith(typed.toLowerCase())).slice(0, 2);
  const options: SuggestOption[] = [
    ...own.map((text) => ({ kind: 'recent' as const, text })),
    ...queries
      .filter((text) => !own.some((other) => same(other, text)))
      .slice(0, 3)
      .map((text) => ({ kind: 'query' as const, text })),
    ...categories.slice(0, 2).map(({ name, slug }) => ({ kind: 'category' as const, text: name, slug })),
    ...products.slice(0, 5).map(({ id, title, slug, image, price }) => ({ kind: 'product' as const, id, text: title, slug, image, price })),
  ].slice(0, 8);
  const words = options.filter(({ kind }) => kind !== 'product');
  const groups: SuggestGroup[] = [
    { title: null, options: words },
    { title: 'Products', options: options.filter(({ kind }) => kind === 'product') },
  ];
  return groups.filter((group) => group.options.length > 0);
}

/** Splits a row's text around what was typed, where a word begins with it: before, typed, after. */
export function aroundTyped(text: string, typed: string): [string, string, string] {
  const [whole, part] = [text.toLowerCase(), typed.toLowerCase()];
  // Lower case may be longer than the text in a few scripts; then nothing is set off.
  if (part === '' || whole.length !== text.length) return [text, '', ''];
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(whole[at - 1] ?? '')) return [text.slice(0, at), text.slice(at, at + part.length), text.slice(at + part.length)];
  }
  return [text, '', ''];
}
