import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy } from 'react';
import type { CategoryNode } from '@/api/types';
import { categoriesQuery, filled, pathTo, productsQuery } from '@/features/catalog/api/catalog';
import { categoryArt } from '@/features/catalog/art';
import { Breadcrumbs } from '@/features/catalog/components/breadcrumbs';
import { ListView, NothingFits } from '@/features/catalog/components/list-view';
import type { ListedProduct } from '@/features/catalog/components/product-card';
import { facetsQuery, searchQuery } from '@/features/search/api/search';
import { FilterChips } from '@/features/search/components/filter-chips';
import { appliedFilters } from '@/features/search/filter-values';
import type { ListSearch } from '@/lib/filters';
import { usePages } from '@/lib/use-pages';
import { useTitle } from '@/lib/use-title';
import { Art } from '@/ui/art';
import { buttonClass } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { Skeleton } from '@/ui/skeleton';
import { EmptyState } from '@/ui/states';

const route = getRouteApi('/c/$slug');
const SORTS = ['newest', 'popular', 'price_asc', 'price_desc', 'name'] as const;
const SEARCHED_SORTS = ['newest', 'popular', 'price_asc', 'price_desc'] as const;
const CURRENCY = 'USD';

const FacetPanel = lazy(async () => ({ default: (await import('@/features/search/components/facet-panel')).FacetPanel }));

/**
 * A category: its sub-categories, its products, and the filters in the address. The catalogue lists them, so that the page
 * stands without the search service; attributes are the search's to filter by.
 */
export function CategoryPage() {
  const { slug } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const searched = search.attr !== undefined || search.sort === 'popular';
  const wanted: ListSearch = { ...search, q: undefined, category: [slug], sort: SEARCHED_SORTS.find((sort) => sort === search.sort) ?? 'newest' };
  const tree = useQuery(categoriesQuery);
  const listed = usePages(useInfiniteQuery({ ...productsQuery(slug, search), enabled: !searched }), search.page ?? 1);
  const found = usePages<ListedProduct>(useInfiniteQuery({ ...searchQuery(wanted), enabled: searched }), search.page ?? 1);
  const pages = searched ? found : listed;
  const facets = useQuery(facetsQuery(wanted));
  const path = pathTo(tree.data ?? [], slug);
  const here = path.at(-1);
  useTitle(here?.name ?? 'Products');

  if (tree.data && !here) return <UnknownCategory />;
  const change = (next: Partial<ListSearch>) =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...next }), replace: 'page' in next, resetScroll: false });
  const currency = pages.items[0]?.price.currency ?? CURRENCY;
  const applied = appliedFilters({ ...search, category: undefined }, facets.data?.facets, currency);
  return (
    <div className="page py-6 sm:py-8">
      <Breadcrumbs path={path.slice(0, -1)} />
      {here ? <PageHeading className="mt-2">{here.name}</PageHeading> : <Skeleton className="mt-2 h-8 w-56 sm:h-9" />}
      <Neighbours path={path} loading={tree.isPending} />
      <div className="mt-6">
        <ListView
          search={search}
          sorts={searched ? SEARCHED_SORTS : SORTS}
          pages={pages}
          applied={applied.length}
          total={facets.data?.total}
          onChange={change}
          filters={facets.isPending ? <Skeleton className="h-120" /> : <FacetPanel {...{ search, currency }} facets={facets.data?.facets} onChange={change} withoutCategory />}
          chips={<FilterChips applied={applied} onChange={change} />}
          empty={applied.length > 0 ? <NothingFits onChange={change} /> : <Empty />}
        />
      </div>
    </div>
  );
}

function Empty() {
  return (
    <EmptyState
      title="Nothing here yet"
      action={
        <Link to="/" className={buttonClass('secondary')}>
          See all categories
        </Link>
      }
    >
      Products for this category are on their way.
    </EmptyState>
  );
}

/** One row to go deeper, or sideways at the end of a branch. It has its place before the tree is known. */
function Neighbours({ path, loading }: { path: readonly CategoryNode[]; loading: boolean }) {
  const here = path.at(-1);
  const nodes = filled(here && here.children.length > 0 ? here.children : (path.at(-2)?.children ?? []));
  if (nodes.length === 0) return loading ? <Skeleton className="mt-5 h-13 w-full max-w-xl rounded-md" /> : null;
  return (
    <ul aria-label="Related categories" className="scrollbar-thin -mx-4 mt-5 flex gap-2.5 overflow-x-auto px-4 pb-2 sm:mx-0 sm:px-0">
      {nodes.map((node) => (
        <li key={node.slug} className="shrink-0">
          <Link
            to="/c/$slug"
            params={{ slug: node.slug }}
            search={{}}
            activeOptions={{ includeSearch: false }}
            className="flex min-h-13 items-center gap-3 rounded-md border border-line bg-surface py-1 pr-4 pl-1.5 text-sm font-medium whitespace-nowrap hover:border-line-strong aria-[current]:border-brand aria-[current]:bg-brand-soft"
          >
            <Art media={categoryArt(node)} decorative className="size-10 rounded-sm" />
            {node.name}
            <span className="tabular font-normal text-muted">{node.product_count.toLocaleString('en-US')}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function UnknownCategory() {
  useTitle('Category not found', { index: false });
  return (
    <div className="page py-10">
      <PageHeading className="sr-only">Category not found</PageHeading>
      <EmptyState
        title="We do not have this category"
        action={
          <Link to="/" className={buttonClass('secondary')}>
            See all categories
          </Link>
        }
      >
        It may have been renamed. The front page lists every category, and the search finds every product.
      </EmptyState>
    </div>
  );
}
