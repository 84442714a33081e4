import { useState, type FormEvent, type ReactNode } from 'react';
import type { SearchResults } from '@/api/types';
import type { Filters, ListSearch } from '@/lib/filters';
import { inputToMinor, minorToInput } from '@/lib/money';
import { Button } from '@/ui/button';
import { Checkbox, TextField } from '@/ui/field';
import { ChevronDown } from '@/ui/icons';

export type Facets = SearchResults['facets'];
export type ChangeFilters = (change: Partial<Filters>) => void;

const BRANDS_SHOWN = 8;

type Props = {
  search: ListSearch;
  facets: Facets | undefined;
  currency: string;
  onChange: ChangeFilters;
  categories?: ReactNode;
};

/** Every filter of a list. Applied ones stay ticked here as well as in the chips above the list. */
export function FilterPanel({ search, facets, currency, onChange, categories }: Props) {
  return (
    <div className="divide-y divide-line">
      {categories && <Group title="Category">{categories}</Group>}
      <Group title="Availability">
        <Checkbox label="In stock only" checked={search.in_stock ?? false} onChange={(event) => onChange({ in_stock: event.target.checked || undefined })} />
      </Group>
      <Group title="Price">
        {/* The key refills the boxes when the address changes from elsewhere. */}
        <PriceRange key={`${search.price_min}-${search.price_max}`} {...{ search, facets, currency, onChange }} />
      </Group>
      {((facets?.brands.length ?? 0) > 0 || search.brand) && (
        <Group title="Brand">
          <Brands {...{ search, facets, onChange }} />
        </Group>
      )}
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details open className="group py-4 first:pt-0">
      <summary className="flex min-h-9 list-none items-center justify-between rounded-sm text-sm font-semibold">
        {title}
        <ChevronDown className="size-4 text-muted transition-transform group-open:rotate-180" />
      </summary>
      <div className="pt-2">{children}</div>
    </details>
  );
}

function Brands({ search, facets, onChange }: Pick<Props, 'search' | 'facets' | 'onChange'>) {
  const [all, setAll] = useState(false);
  const chosen = search.brand ?? [];
  const known = facets?.brands ?? [];
  const rows = [...chosen.filter((slug) => !known.some((brand) => brand.slug === slug)).map((slug) => ({ slug, name: slug, count: 0 })), ...known];
  const shown = all ? rows : rows.filter(({ slug }, index) => index < BRANDS_SHOWN || chosen.includes(slug));
  const toggle = (slug: string, on: boolean) => {
    const next = on ? [...chosen, slug] : chosen.filter((other) => other !== slug);
    onChange({ brand: next.length > 0 ? next : undefined });
  };
  return (
    <>
      <ul>
        {shown.map(({ slug, name, count }) => (
          <li key={slug}>
            <Checkbox label={name} end={count} checked={chosen.includes(slug)} onChange={(event) => toggle(slug, event.target.checked)} />
          </li>
        ))}
      </ul>
      {rows.length > shown.length && (
        <button type="button" className="link mt-1 min-h-9 text-sm" onClick={() => setAll(true)}>
          Show all {rows.length} brands
        </button>
      )}
    </>
  );
}

function PriceRange({ search, facets, currency, onChange }: Omit<Props, 'categories'>) {
  const [error, setError] = useState<string>();
  const hint = facets?.price;
  const placeholder = (minor: number | undefined) => (minor === undefined ? undefined : minorToInput(minor, currency));
  const read = (form: FormData, name: string) => {
    const text = String(form.get(name) ?? '');
    return text.trim() === '' ? undefined : inputToMinor(text, currency);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [low, high] = [read(form, 'low'), read(form, 'high')];
    if (low === null || high === null) return setError('Use numbers, such as 250 or 99.90.');
    const swap = low !== undefined && high !== undefined && low > high;
    setError(undefined);
    onChange({ price_min: swap ? high : low, price_max: swap ? low : high });
  };
  return (
    <form onSubmit={submit} noValidate>
      <div className="grid grid-cols-[1fr_1fr_auto] items-end gap-2">
        <TextField
          label="From"
          name="low"
          inputMode="decimal"
          className="px-2.5!"
          autoComplete="off"
          defaultValue={placeholder(search.price_min)}
          placeholder={placeholder(hint?.min.amount)}
        />
        <TextField
          label="To"
          name="high"
          inputMode="decimal"
          className="px-2.5!"
          autoComplete="off"
          defaultValue={placeholder(search.price_max)}
          placeholder={placeholder(hint?.max.amount)}
        />
        <Button look="secondary" type="submit" className="px-3!">
          Set
        </Button>
      </div>
      {error && (
        <p role="alert" className="mt-1.5 text-sm text-danger">
          {error}
        </p>
      )}
    </form>
  );
}
