import { lazy, Suspense, useState, type ReactNode } from 'react';
import { NO_FILTERS, type ListSearch, type Sort } from '@/lib/filters';
import { useMedia } from '@/lib/use-media';
import type { Pages } from '@/lib/use-pages';
import { Button } from '@/ui/button';
import { ChevronDown, FilterIcon } from '@/ui/icons';
import { Skeleton } from '@/ui/skeleton';
import { EmptyState, ErrorState } from '@/ui/states';
import { GridSkeleton, ProductGrid, type ListedProduct } from './product-card';

const Drawer = lazy(() => import('@/ui/dialog').then((module) => ({ default: module.Drawer })));
/** From here on the filters stand beside the list. */
const BESIDE = '(min-width: 64rem)';

const SORT_NAMES: Record<Sort, string> = {
  relevance: 'Best match',
  popular: 'Popular',
  newest: 'Newest',
  price_asc: 'Price, low to high',
  price_desc: 'Price, high to low',
  name: 'Name',
};

type Props = {
  search: ListSearch;
  sorts: readonly Sort[];
  pages: Pages<ListedProduct>;
  total: number | undefined;
  /** How many filters are in force. */
  applied: number;
  /** The filters; their code may come late, so that on a phone it does not hold up the list. */
  filters: ReactNode;
  chips: ReactNode;
  onChange: (change: Partial<ListSearch>) => void;
  onOpen?: (product: ListedProduct, place: number) => void;
  empty: ReactNode;
};

/** A list of products with its filters, order and "show more". The address holds the state; this only shows it. */
export function ListView({ search, sorts, pages, total, applied, filters, chips, onChange, onOpen, empty }: Props) {
  const [filtersOpen, setFiltersOpen] = useState(false);
  const beside = useMedia(BESIDE);
  const panel = <Suspense fallback={<Skeleton className="h-120" />}>{filters}</Suspense>;
  return (
    <div className="gap-8 lg:grid lg:grid-cols-[15.5rem_1fr]">
      <aside aria-label="Filters" className="hidden lg:block">
        {beside && panel}
      </aside>
      <div className="min-w-0">
        <div className="mb-4 flex min-h-11 flex-wrap items-center justify-between gap-3">
          <Button look="secondary" className="lg:hidden" onClick={() => setFiltersOpen(true)}>
            <FilterIcon className="size-4.5" />
            Filters{applied > 0 && ` (${applied})`}
          </Button>
          <p role="status" className="tabular sr-only text-sm text-muted sm:not-sr-only">
            {total !== undefined && `${total.toLocaleString('en-US')} ${total === 1 ? 'product' : 'products'}`}
          </p>
          <label className="relative flex items-center gap-2 text-sm">
            <span className="sr-only text-muted sm:not-sr-only">Sort by</span>
            <select
              value={sorts.find((sort) => sort === search.sort) ?? sorts[0]}
              onChange={(event) => onChange({ sort: sorts.find((sort) => sort === event.target.value) })}
              className="min-h-11 appearance-none rounded-md border border-line bg-surface pr-9 pl-3.5 text-base font-medium sm:text-sm"
            >
              {sorts.map((sort) => (
                <option key={sort} value={sort}>
                  {SORT_NAMES[sort]}
                </option>
              ))}
            </select>
            <ChevronDown className="pointer-events-none absolute right-3 size-4 text-muted" />
          </label>
        </div>
        {chips}
        <h2 className="sr-only">Products</h2>
        <Results {...{ pages, search, onChange, onOpen, empty }} />
      </div>
      <Suspense fallback={null}>
        {!beside && (
          <Drawer
            open={filtersOpen}
            onClose={() => setFiltersOpen(false)}
            title="Filters"
            side="left"
            footer={
              <Button className="w-full" onClick={() => setFiltersOpen(false)}>
                Show {total === undefined ? 'products' : `${total.toLocaleString('en-US')} ${total === 1 ? 'product' : 'products'}`}
              </Button>
            }
          >
            {panel}
          </Drawer>
        )}
      </Suspense>
    </div>
  );
}

/** Filters that nothing passes, and the way out. */
export function NothingFits({ onChange }: Pick<Props, 'onChange'>) {
  return (
    <EmptyState
      title="No product fits all of these filters"
      action={
        <Button look="secondary" onClick={() => onChange(NO_FILTERS)}>
          Remove the filters
        </Button>
      }
    >
      Take one away, or widen the price.
    </EmptyState>
  );
}

function Results({ pages, search, onChange, onOpen, empty }: Pick<Props, 'pages' | 'search' | 'onChange' | 'onOpen' | 'empty'>) {
  const shown = search.page ?? 1;
  if (pages.error !== null && pages.items.length === 0) return <ErrorState error={pages.error} onRetry={pages.retry} />;
  if (pages.loading) return <GridSkeleton count={12} />;
  if (pages.items.length === 0) return <>{empty}</>;
  return (
    <>
      <div className={pages.stale ? 'opacity-60 transition-opacity' : 'transition-opacity'} aria-busy={pages.stale}>
        <ProductGrid products={pages.items} eager={4} onOpen={onOpen} />
      </div>
      <div className="mt-8 flex min-h-13 justify-center">
        {pages.error !== null && (
          <Button look="secondary" onClick={pages.retry}>
            The next products did not load. Try again
          </Button>
        )}
        {pages.error === null && pages.more && (
          <Button look="secondary" size="lg" busy={pages.loadingMore} onClick={() => onChange({ page: shown + 1 })}>
            Show more products
          </Button>
        )}
      </div>
    </>
  );
}
