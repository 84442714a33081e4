import type { SearchResults } from '@/api/types';
import type { Filters, ListSearch } from '@/lib/filters';
import { formatMoney } from '@/lib/money';

export type Facets = SearchResults['facets'];
export type AttributeFacet = Facets['attributes'][number];
export type Understood = SearchResults['query']['understood'];
export type ChangeFilters = (change: Partial<Filters>) => void;

/** A filter in force, as its chip shows it, and the change that takes it off. */
export type Applied = { key: string; text: string; off: Partial<Filters> };

const orNone = <T>(values: T[]): T[] | undefined => (values.length > 0 ? values : undefined);

/** The chosen values with one added or taken away. */
export function toggled(chosen: readonly string[] | undefined, value: string, on: boolean): string[] | undefined {
  const others = (chosen ?? []).filter((other) => other !== value);
  return orNone(on ? [...others, value] : others);
}

/** `ram:8..16` → its ends as typed; null for a plain value. */
export function rangeOf(value: string): { min: string; max: string } | null {
  const found = /^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$/.exec(value);
  return found && (found[1] !== undefined || found[2] !== undefined) ? { min: found[1] ?? '', max: found[2] ?? '' } : null;
}

/** The values that are chosen of an attribute, without its code. */
export function chosenOf(attr: readonly string[] | undefined, code: string): string[] {
  return (attr ?? []).filter((text) => text.startsWith(`${code}:`)).map((text) => text.slice(code.length + 1));
}

/** The attributes' filters with those of one attribute replaced. */
export function withValues(attr: readonly string[] | undefined, code: string, values: readonly string[]): string[] | undefined {
  const others = (attr ?? []).filter((text) => !text.startsWith(`${code}:`));
  return orNone([...others, ...values.map((value) => `${code}:${value}`)]);
}

/** "$100" for a round amount, "$99.90" for another. */
export function shortMoney(amount: number, currency: string): string {
  return formatMoney({ amount, currency }).replace(/\.00$/, '');
}

export function priceText(low: number | null | undefined, high: number | null | undefined, currency: string): string {
  const [from, to] = [low ?? 0, high ?? null];
  if (to === null) return from === 0 ? 'Any price' : `From ${shortMoney(from, currency)}`;
  return from === 0 ? `Up to ${shortMoney(to, currency)}` : `${shortMoney(from, currency)} – ${shortMoney(to, currency)}`;
}

function attributeText(text: string, facets: Facets | undefined): string {
  const code = text.slice(0, text.indexOf(':'));
  const value = text.slice(code.length + 1);
  const facet = facets?.attributes.find((known) => known.code === code);
  const name = facet?.name ?? code;
  const range = rangeOf(value);
  if (!range) return `${name}: ${facet?.values.find((known) => known.value === value)?.name ?? value}`;
  const unit = facet?.unit ? ` ${facet.unit}` : '';
  if (range.max === '') return `${name}: from ${range.min}${unit}`;
  return range.min === '' ? `${name}: up to ${range.max}${unit}` : `${name}: ${range.min} – ${range.max}${unit}`;
}

/** Every filter of the address, each with its way out. */
export function appliedFilters(search: ListSearch, facets: Facets | undefined, currency: string): Applied[] {
  const named = (key: 'category' | 'brand', known: Facets['brands'] | undefined): Applied[] =>
    (search[key] ?? []).map((slug) => ({ key: `${key}-${slug}`, text: known?.find((one) => one.slug === slug)?.name ?? slug, off: { [key]: toggled(search[key], slug, false) } }));
  const { price_min: low, price_max: high } = search;
  const price = low === undefined && high === undefined ? [] : [{ key: 'price', text: priceText(low, high, currency), off: { price_min: undefined, price_max: undefined } }];
  return [
    ...named('category', facets?.categories),
    ...named('brand', facets?.brands),
    ...price,
    ...(search.attr ?? []).map((text) => ({ key: text, text: attributeText(text, facets), off: { attr: toggled(search.attr, text, false) } })),
    ...(search.in_stock ? [{ key: 'stock', text: 'In stock', off: { in_stock: undefined } }] : []),
  ];
}
