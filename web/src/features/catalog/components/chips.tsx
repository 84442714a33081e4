import type { ListSearch } from '@/lib/filters';
import { formatMoney } from '@/lib/money';
import { CloseIcon } from '@/ui/icons';
import type { ChangeFilters, Facets } from './filters';

type Props = { search: ListSearch; facets: Facets | undefined; currency: string; onChange: ChangeFilters; categoryName?: string | undefined };

/** The applied filters, each with its way out. Nothing is shown when there are none. */
export function Chips({ search, facets, currency, onChange, categoryName }: Props) {
  const price = (amount: number) => formatMoney({ amount, currency });
  const { price_min: low, price_max: high } = search;
  const chips: { key: string; text: string; off: Parameters<ChangeFilters>[0] }[] = [];
  if (categoryName) chips.push({ key: 'category', text: categoryName, off: { category: undefined } });
  for (const slug of search.brand ?? []) {
    const rest = search.brand?.filter((other) => other !== slug) ?? [];
    chips.push({
      key: `brand-${slug}`,
      text: facets?.brands.find((brand) => brand.slug === slug)?.name ?? slug,
      off: { brand: rest.length > 0 ? rest : undefined },
    });
  }
  if (low !== undefined || high !== undefined) {
    const text = low === undefined ? `Up to ${price(high ?? 0)}` : high === undefined ? `From ${price(low)}` : `${price(low)} – ${price(high)}`;
    chips.push({ key: 'price', text, off: { price_min: undefined, price_max: undefined } });
  }
  if (search.in_stock) chips.push({ key: 'stock', text: 'In stock', off: { in_stock: undefined } });
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Applied filters" className="mb-5 flex flex-wrap items-center gap-2">
      {chips.map(({ key, text, off }) => (
        <li key={key}>
          <button
            type="button"
            onClick={() => onChange(off)}
            className="tabular inline-flex min-h-9 items-center gap-2 rounded-full bg-brand-soft pr-2.5 pl-3.5 text-sm font-medium text-brand-text hover:bg-sunken"
          >
            <span className="sr-only">Remove filter </span>
            {text}
            <CloseIcon className="size-4" />
          </button>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <button
            type="button"
            className="link min-h-9 px-2 text-sm"
            onClick={() =>
              onChange({ brand: undefined, price_min: undefined, price_max: undefined, in_stock: undefined, ...(categoryName ? { category: undefined } : {}) })
            }
          >
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}
