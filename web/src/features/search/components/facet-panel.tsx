import type { ReactNode } from 'react';
import { cx } from '@/lib/cx';
import type { ListSearch } from '@/lib/filters';
import { inputToMinor, minorToInput } from '@/lib/money';
import { Checkbox } from '@/ui/field';
import { ChevronDown } from '@/ui/icons';
import { chosenOf, priceText, rangeOf, toggled, withValues, type AttributeFacet, type ChangeFilters, type Facets } from '../filter-values';
import { FacetValues } from './facet-values';
import { RangeForm } from './range-form';

/** So many groups are open at first, those in use, and those that every shopper knows. */
const OPEN = 6;
/** A range is worth its fields from so many values on. */
const RANGE_VALUES = 4;
const KNOWN = ['category', 'brand', 'price', 'in_stock'];

type Props = {
  search: ListSearch;
  facets: Facets | undefined;
  currency: string;
  onChange: ChangeFilters;
  /** A category's page has no choice of categories. */
  withoutCategory?: boolean;
};

/** Every filter of a list, the most useful first. Applied ones stay ticked here as well as in the chips above the list. */
export function FacetPanel({ search, facets, currency, onChange, withoutCategory = false }: Props) {
  const codes = new Set(facets?.attributes.map(({ code }) => code));
  const lost = [...new Set((search.attr ?? []).map((text) => text.slice(0, text.indexOf(':'))))].filter((code) => !codes.has(code));
  // What is in force has its place even where the answer knows nothing of it.
  const order = [...new Set([...(facets?.order ?? []), ...KNOWN, ...lost])];
  const groups = order.flatMap((name) => {
    const group = groupOf(name, { search, facets, currency, onChange, withoutCategory });
    return group ? [{ name, ...group }] : [];
  });
  return (
    <div className="divide-y divide-line">
      {groups.map(({ name, title, used, body }, place) => (
        <Group key={name} title={title} open={place < OPEN || used || KNOWN.includes(name)}>
          {body}
        </Group>
      ))}
    </div>
  );
}

type Shown = { title: string; used: boolean; body: ReactNode } | null;

function groupOf(name: string, { search, facets, currency, onChange, withoutCategory }: Props): Shown {
  switch (name) {
    case 'category':
      return withoutCategory ? null : named('Category', 'categories', facets?.categories, search.category, (category) => onChange({ category }));
    case 'brand':
      return named('Brand', 'brands', facets?.brands, search.brand, (brand) => onChange({ brand }));
    case 'in_stock':
      return {
        title: 'Availability',
        used: search.in_stock ?? false,
        body: (
          <Checkbox
            label="In stock only"
            end={facets?.in_stock.toLocaleString('en-US')}
            checked={search.in_stock ?? false}
            onChange={(event) => onChange({ in_stock: event.target.checked || undefined })}
          />
        ),
      };
    case 'price':
      return { title: 'Price', used: search.price_min !== undefined || search.price_max !== undefined, body: <Price {...{ search, facets, currency, onChange }} /> };
    default:
      return attribute(name, facets?.attributes.find(({ code }) => code === name), search, onChange);
  }
}

function named(title: string, what: string, known: Facets['brands'] = [], chosen: string[] | undefined, onChoose: (chosen: string[] | undefined) => void): Shown {
  if (known.length === 0 && !chosen) return null;
  const values = known.map(({ slug, name, count }) => ({ value: slug, name, count }));
  return { title, used: chosen !== undefined, body: <FacetValues what={what} values={values} chosen={chosen ?? []} onToggle={(slug, on) => onChoose(toggled(chosen, slug, on))} /> };
}

function attribute(code: string, facet: AttributeFacet | undefined, search: ListSearch, onChange: ChangeFilters): Shown {
  const chosen = chosenOf(search.attr, code);
  const values = facet?.values ?? [];
  if (values.length === 0 && chosen.length === 0) return null;
  const plain = chosen.filter((value) => rangeOf(value) === null);
  const range = chosen.map(rangeOf).find((found) => found !== null);
  const choose = (next: readonly string[]) => onChange({ attr: withValues(search.attr, code, next) });
  const title = facet?.name ?? code;
  const numeric = facet?.kind === 'number' && (values.length >= RANGE_VALUES || range !== undefined);
  return {
    title,
    used: chosen.length > 0,
    body: (
      <>
        {numeric && (
          <div className="mb-2">
            <RangeForm
              name={title}
              unit={facet.unit}
              low={{ value: range?.min ?? '', placeholder: values[0]?.value }}
              high={{ value: range?.max ?? '', placeholder: values.at(-1)?.value }}
              onSet={(low, high) => {
                const ends = numbers(low, high);
                if (!ends) return 'Use numbers, such as 16 or 15.6.';
                choose(ends[0] === '' && ends[1] === '' ? [] : [`${ends[0]}..${ends[1]}`]);
                return undefined;
              }}
            />
          </div>
        )}
        <FacetValues what={title} values={values} chosen={plain} onToggle={(value, on) => choose(toggled(plain, value, on) ?? [])} />
      </>
    ),
  };
}

/** Both ends in order; null where one is no number. */
function numbers(low: string, high: string): [string, string] | null {
  const ends = [low, high].map((text) => text.replaceAll(',', ''));
  if (!ends.every((text) => /^(-?\d{1,9}(\.\d{1,3})?)?$/.test(text))) return null;
  const [from = '', to = ''] = ends;
  return from !== '' && to !== '' && Number(from) > Number(to) ? [to, from] : [from, to];
}

function Price({ search, facets, currency, onChange }: Omit<Props, 'withoutCategory'>) {
  const { price_min: low, price_max: high } = search;
  const hint = facets?.price;
  const shown = (minor: number | undefined) => (minor === undefined ? undefined : minorToInput(minor, currency));
  const read = (text: string) => (text === '' ? undefined : inputToMinor(text, currency));
  const ranges = (hint?.ranges ?? []).map(({ min, max, count }) => ({ min: min?.amount, max: max ? max.amount - 1 : undefined, until: max?.amount, count }));
  return (
    <>
      <RangeForm
        name="Price"
        low={{ value: shown(low) ?? '', placeholder: shown(hint?.min.amount) }}
        high={{ value: shown(high) ?? '', placeholder: shown(hint?.max.amount) }}
        onSet={(from, to) => {
          const [min, max] = [read(from), read(to)];
          if (min === null || max === null) return 'Use numbers, such as 250 or 99.90.';
          const swap = min !== undefined && max !== undefined && min > max;
          onChange({ price_min: swap ? max : min, price_max: swap ? min : max });
          return undefined;
        }}
      />
      {ranges.length > 1 && (
        <ul aria-label="Price ranges" className="mt-2">
          {ranges.map(({ min, max, until, count }) => {
            const on = (low ?? 0) === (min ?? 0) && high === max && (low !== undefined || high !== undefined);
            return (
              <li key={`${min}-${max}`}>
                <button
                  type="button"
                  aria-pressed={on}
                  onClick={() => onChange(on ? { price_min: undefined, price_max: undefined } : { price_min: min, price_max: max })}
                  className={cx('tabular flex min-h-9 w-full items-center justify-between gap-3 rounded-sm text-left text-sm hover:underline', on && 'font-semibold text-brand-text')}
                >
                  {priceText(min, until, currency)}
                  <span className="font-normal text-muted">{count.toLocaleString('en-US')}</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

function Group({ title, open, children }: { title: string; open: boolean; children: ReactNode }) {
  return (
    <details open={open} className="group py-4 first:pt-0">
      <summary className="flex min-h-9 list-none items-center justify-between rounded-sm text-sm font-semibold">
        {title}
        <ChevronDown className="size-4 text-muted transition-transform group-open:rotate-180" />
      </summary>
      <div className="pt-2">{children}</div>
    </details>
  );
}
