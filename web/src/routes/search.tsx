import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ListView } from '@/features/catalog/components/list-view';
import type { Facets } from '@/features/catalog/components/filters';
import { searchQuery } from '@/features/search/api/search';
import type { ListSearch } from '@/lib/filters';
import { usePages } from '@/lib/use-pages';
import { useTitle } from '@/lib/use-title';
import { buttonClass } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { EmptyState } from '@/ui/states';

const route = getRouteApi('/search');
const BY_RELEVANCE = ['relevance', 'newest', 'price_asc', 'price_desc'] as const;
const BY_DATE = ['newest', 'price_asc', 'price_desc'] as const;
const CURRENCY = 'USD';

/** Search results, or all products when nothing was asked for. */
export function SearchPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const asked = search.q !== undefined;
  const list = useInfiniteQuery(searchQuery(asked ? search : { ...search, sort: search.sort ?? 'newest' }));
  const pages = usePages(list, search.page ?? 1);
  const first = list.data?.pages[0];
  const corrected = first?.query.corrected;
  useTitle(asked ? `Search for “${search.q}”` : 'All products', { index: !asked });
  const change = (next: Partial<ListSearch>) =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...next }), replace: 'page' in next, resetScroll: false });
  const category = first?.facets.categories.find(({ slug }) => slug === search.category);
  return (
    <div className="page py-6 sm:py-8">
      <PageHeading>{asked ? <>Results for “{search.q}”</> : 'All products'}</PageHeading>
      <p className="mt-1.5 min-h-6 text-muted">
        {corrected && (
          <>
            Showing results for <strong className="text-ink">{corrected}</strong>.
          </>
        )}
      </p>
      <div className="mt-4">
        <ListView
          search={search}
          sorts={asked ? BY_RELEVANCE : BY_DATE}
          pages={pages}
          facets={first?.facets}
          facetsPending={list.isPending}
          currency={pages.items[0]?.price.currency ?? CURRENCY}
          total={first?.total}
          onChange={change}
          categoryChip={search.category === undefined ? undefined : (category?.name ?? search.category)}
          categories={first && <CategoryFacet facets={first.facets} search={search} />}
          empty={<NothingFound q={search.q ?? ''} narrowed={search.category !== undefined} onWiden={() => change({ category: undefined })} />}
        />
      </div>
    </div>
  );
}

function CategoryFacet({ facets, search }: { facets: Facets; search: ListSearch }) {
  return (
    <ul>
      {facets.categories.slice(0, 10).map(({ slug, name, count }) => (
        <li key={slug}>
          <Link
            to="/search"
            search={{ ...search, page: undefined, category: search.category === slug ? undefined : slug }}
            resetScroll={false}
            aria-current={search.category === slug ? 'true' : undefined}
            className="flex min-h-9 items-center justify-between gap-3 rounded-sm text-sm hover:underline aria-[current=true]:font-semibold aria-[current=true]:text-brand-text"
          >
            {name}
            <span className="tabular font-normal text-muted">{count}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function NothingFound({ q, narrowed, onWiden }: { q: string; narrowed: boolean; onWiden: () => void }) {
  return (
    <EmptyState
      title={q === '' ? 'There are no products yet' : `Nothing found for “${q}”`}
      action={
        <>
          {narrowed && (
            <button type="button" className={buttonClass('primary')} onClick={onWiden}>
              Search all categories
            </button>
          )}
          <Link to="/" className={buttonClass('secondary')}>
            Look through the categories
          </Link>
        </>
      }
    >
      Try fewer or more general words, a brand, or a model number without spaces.
    </EmptyState>
  );
}
