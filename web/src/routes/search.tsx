import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import type { SearchResults } from '@/api/types';
import { categoriesQuery, filled } from '@/features/catalog/api/catalog';
import { ListView } from '@/features/catalog/components/list-view';
import type { ListedProduct } from '@/features/catalog/components/product-card';
import { searchQuery } from '@/features/search/api/search';
import { FilterChips } from '@/features/search/components/filter-chips';
import { appliedFilters, priceText, type Applied } from '@/features/search/filter-values';
import { filtersOf, NO_FILTERS, type ListSearch } from '@/lib/filters';
import { late } from '@/lib/late';
import { usePages } from '@/lib/use-pages';
import { useTitle } from '@/lib/use-title';
import { PageHeading } from '@/ui/page';
import { Skeleton } from '@/ui/skeleton';

const route = getRouteApi('/search');
const BY_RELEVANCE = ['relevance', 'popular', 'newest', 'price_asc', 'price_desc'] as const;
const BY_DATE = ['newest', 'popular', 'price_asc', 'price_desc'] as const;
const CURRENCY = 'USD';

const FacetPanel = lazy(async () => ({ default: (await import('@/features/search/components/facet-panel')).FacetPanel }));
const loadNotes = () => import('@/features/search/components/search-notes');
const SearchNotes = late(async () => (await loadNotes()).SearchNotes);
const NothingFound = late(async () => (await import('@/features/search/components/nothing-found')).NothingFound);

// The notes stand above the list: their code comes while the answer is under way, so that nothing moves later.
loadNotes().catch(() => undefined);

/** Search results, or all products when nothing was asked for. */
export function SearchPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const q = search.q?.trim() ?? '';
  const list = useInfiniteQuery(searchQuery(q !== '' ? search : { ...search, sort: search.sort ?? 'newest' }));
  const pages = usePages(list, search.page ?? 1);
  const first = list.data?.pages[0];
  // Of other words, while those of now are under way: only their filters are still of use.
  const answer = !list.isPlaceholderData || first?.query.text === q ? first : undefined;
  useTitle(q !== '' ? `Search for “${q}”` : 'All products', { index: q === '' });
  const leaves = useRedirect(q, search, answer);
  useMemory(q, answer);
  const change = (next: Partial<ListSearch>) =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...next }), replace: 'page' in next, resetScroll: false });
  const currency = first?.facets.price?.min.currency ?? pages.items[0]?.price.currency ?? CURRENCY;
  const applied = appliedFilters(search, first?.facets, currency);
  const ofWords = answer && priceOfWords(search, answer, currency);
  // Nothing to narrow: the page then leads elsewhere, without filters beside it.
  const nothing = answer?.total === 0 && !leaves && applied.length === 0 && !ofWords;
  const open = ({ id }: ListedProduct, place: number) =>
    void import('@/features/search/events').then(({ sent }) => q !== '' && sent.click(id, { query: q, position: place + 1 }), () => undefined);
  return (
    <div className="page py-6 sm:py-8">
      <PageHeading>{q !== '' ? <>Results for “{q}”</> : 'All products'}</PageHeading>
      {/* Room for a line, so that the list stays where it is when the notes come. */}
      <div className={q === '' ? 'mt-1.5 min-h-6' : 'mt-1.5 min-h-12 sm:min-h-9'}>
        <Suspense fallback={null}>{answer && !leaves && q !== '' && <SearchNotes results={answer} search={search} onChange={change} />}</Suspense>
      </div>
      <div className="mt-4">
        {nothing ? (
          <Suspense fallback={<Skeleton className="h-80 rounded-lg" />}>
            <NothingFound q={q}>
              <Categories />
            </NothingFound>
          </Suspense>
        ) : (
          <ListView
            search={search}
            sorts={q !== '' ? BY_RELEVANCE : BY_DATE}
            pages={leaves ? { ...pages, items: [], loading: true } : pages}
            applied={applied.length}
            total={leaves ? undefined : first?.total}
            onChange={change}
            onOpen={open}
            filters={list.isPending ? <Skeleton className="h-120" /> : <FacetPanel {...{ search, currency }} facets={first?.facets} onChange={change} />}
            chips={<FilterChips applied={applied} extra={ofWords} onChange={change} />}
            empty={
              <Suspense fallback={<Skeleton className="h-80 rounded-lg" />}>
                <NothingFound q={q} onClear={() => change({ ...NO_FILTERS, ...ofWords?.off })} />
              </Suspense>
            }
          />
        )}
      </div>
    </div>
  );
}

/** The price that only the words name is a filter, too. Taking it off asks for any price. */
function priceOfWords(search: ListSearch, { query }: SearchResults, currency: string): Applied | undefined {
  const { price_min: low, price_max: high } = query.understood;
  const chosen = search.price_min !== undefined || search.price_max !== undefined;
  if (chosen || (low === null && high === null) || query.notes.some(({ kind }) => kind === 'dropped_filters')) return undefined;
  return { key: 'words', text: `${priceText(low?.amount, high?.amount, currency)}, as you typed`, off: { price_min: 0 } };
}

/** Opens the page that staff chose for these words, unless the shopper asked for the results. True while on the way there. */
function useRedirect(q: string, search: ListSearch, answer: SearchResults | undefined): boolean {
  const navigate = route.useNavigate();
  const asIs = search.stay === true || Object.values(filtersOf(search)).some((value) => value !== undefined);
  const path = asIs ? null : (answer?.redirect ?? null);
  // Only ever a path of this shop, whatever the answer says.
  const target = path !== null && /^\/(?![/\\])/.test(path) ? path : null;
  useEffect(() => {
    if (target !== null) void navigate({ href: target, replace: true, state: { searched: q } });
  }, [target, q, navigate]);
  return target !== null;
}

/** Keeps searches that found something, for the next time the box is opened. */
function useMemory(q: string, answer: SearchResults | undefined): void {
  const worth = q !== '' && (answer?.total ?? 0) > 0;
  useEffect(() => {
    if (!worth) return;
    import('@/features/search/recent-searches').then(
      ({ keepSearch }) => keepSearch(q),
      () => undefined,
    );
  }, [worth, q]);
}

function Categories() {
  const { data } = useQuery(categoriesQuery);
  const categories = filled(data ?? []);
  if (categories.length === 0) return null;
  return (
    <section aria-labelledby="categories">
      <h2 id="categories" className="mb-4 text-xl">
        Categories
      </h2>
      <ul className="flex flex-wrap gap-2">
        {categories.map(({ slug, name }) => (
          <li key={slug}>
            <Link to="/c/$slug" params={{ slug }} search={{}} className="inline-flex min-h-11 items-center rounded-full border border-line bg-surface px-4 text-sm font-medium hover:border-line-strong">
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
