import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Suspense, useCallback, useLayoutEffect } from 'react';
import type { CategoryNode, ProductSummary } from '@/api/types';
import { categoriesQuery, filled, newestQuery } from '@/features/catalog/api/catalog';
import { categoryArt } from '@/features/catalog/art';
import { GridSkeleton, ProductGrid } from '@/features/catalog/components/product-card';
import { SearchBox } from '@/features/search/components/search-box';
import { cx } from '@/lib/cx';
import { setHeroSearch } from '@/lib/hero-search';
import { late } from '@/lib/late';
import { formatMoney, percentOff } from '@/lib/money';
import { useTitle } from '@/lib/use-title';
import { Art } from '@/ui/art';
import { WhenNear } from '@/ui/near';
import { PageHeading, Sentinel } from '@/ui/page';
import { Loading, Skeleton } from '@/ui/skeleton';
import { ErrorState } from '@/ui/states';

const HomeShelves = late(async () => (await import('@/features/search/components/shelves')).HomeShelves);

const NEWEST = 48;
const ROW = 8;
/** A row of offers needs at least this many to be worth its place. */
const OFFERS_MIN = 4;

/** The front door: search first, then categories, what is reduced, what is new, what is wanted and what was looked at. */
export function HomePage() {
  useTitle('');
  const categories = useQuery(categoriesQuery);
  const newest = useQuery(newestQuery(NEWEST));
  const products = newest.data ?? [];
  const offers = products.filter(({ price, compare_at, availability }) => percentOff(price, compare_at) !== null && availability !== 'out').slice(0, ROW);
  return (
    <>
      <Hero categories={filled(categories.data ?? [])} products={products} />
      <div className="page space-y-14 pt-10 sm:space-y-16 sm:pt-12">
        <section aria-labelledby="by-category">
          <h2 id="by-category" className="mb-5 text-2xl">
            Shop by category
          </h2>
          {categories.error ? (
            <ErrorState error={categories.error} onRetry={() => void categories.refetch()} title="The categories did not load" />
          ) : (
            <CategoryTiles categories={categories.data && filled(categories.data)} />
          )}
        </section>
        {offers.length >= OFFERS_MIN && (
          <section aria-labelledby="offers">
            <h2 id="offers" className="mb-5 text-2xl">
              Reduced right now
            </h2>
            <ProductGrid products={offers} wide />
          </section>
        )}
        <section aria-labelledby="newest">
          <div className="mb-5 flex items-baseline justify-between gap-4">
            <h2 id="newest" className="text-2xl">
              New in the shop
            </h2>
            <Link to="/search" search={{ sort: 'newest' }} className="link shrink-0 py-2 text-sm">
              See all new products
            </Link>
          </div>
          {newest.error && <ErrorState error={newest.error} onRetry={() => void newest.refetch()} title="The products did not load" />}
          {newest.isPending && <GridSkeleton count={ROW} wide />}
          {newest.data && <ProductGrid products={products.filter((product) => !offers.includes(product) || offers.length < OFFERS_MIN).slice(0, ROW)} wide />}
        </section>
        <WhenNear className="space-y-14 sm:space-y-16">
          <Suspense fallback={null}>
            <HomeShelves />
          </Suspense>
        </WhenNear>
      </div>
    </>
  );
}

function Hero({ categories, products }: { categories: readonly CategoryNode[]; products: readonly ProductSummary[] }) {
  const onSeen = useCallback((seen: boolean) => setHeroSearch(seen), []);
  // Before the first paint, so that two searches are never seen at once.
  useLayoutEffect(() => {
    setHeroSearch(true);
    return () => setHeroSearch(false);
  }, []);
  return (
    <div className="border-b border-line bg-sunken">
      <div className="page grid items-center gap-10 py-10 sm:py-14 lg:grid-cols-[1.15fr_1fr] lg:gap-16 lg:py-16">
        <div className="min-w-0">
          <PageHeading className="text-4xl leading-[1.08] tracking-[-0.035em] sm:text-5xl lg:text-[3.5rem]">Find the right device, not just a device.</PageHeading>
          <p className="mt-4 max-w-lg text-lg text-muted">Clear specifications, live stock and the full price before you pay. No account needed.</p>
          <div className="mt-7 hidden md:block">
            <Sentinel onSeen={onSeen} />
            <SearchBox large />
          </div>
          <ul aria-label="Popular categories" className="scrollbar-none -mx-4 mt-5 flex min-h-11 gap-2 overflow-x-auto px-4 sm:mx-0 sm:flex-wrap sm:px-0">
            {categories.slice(0, 4).map(({ slug, name }) => (
              <li key={slug} className="shrink-0">
                <Link to="/c/$slug" params={{ slug }} search={{}} className="inline-flex min-h-11 items-center rounded-full border border-line bg-surface px-4 text-sm font-medium hover:border-line-strong">
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </div>
        <Showcase products={varied(products, 3)} />
      </div>
    </div>
  );
}

/** The newest products that can be bought, each of another category. */
function varied(products: readonly ProductSummary[], count: number): ProductSummary[] {
  const seen = new Set<string>();
  return products.filter(({ availability, category }) => availability !== 'out' && !seen.has(category.slug) && seen.add(category.slug)).slice(0, count);
}

/** Three real products beside the search; the boxes are there before the pictures. */
function Showcase({ products }: { products: readonly ProductSummary[] }) {
  const [first, ...rest] = products;
  return (
    <div className="hidden grid-cols-[1.6fr_1fr] gap-4 sm:grid">
      <Tile product={first} large />
      <div className="grid gap-4">
        <Tile product={rest[0]} />
        <Tile product={rest[1]} />
      </div>
    </div>
  );
}

function Tile({ product, large = false }: { product: ProductSummary | undefined; large?: boolean }) {
  const box = large ? 'h-full min-h-72' : 'aspect-square';
  if (!product) return <Skeleton className={cx(box, 'rounded-xl')} />;
  return (
    <Link
      to="/p/$slug"
      params={{ slug: product.slug }}
      className={cx(box, 'group flex flex-col overflow-hidden rounded-xl border border-line bg-surface transition-shadow hover:shadow-card')}
    >
      <Art media={product.image} eager decorative className="min-h-0 w-full flex-1 object-cover" />
      <span className={large ? 'block border-t border-line px-5 py-3.5' : 'sr-only'}>
        <span className="block truncate font-medium">{product.title}</span>
        <span className="tabular block text-sm text-muted">{formatMoney(product.price)}</span>
      </span>
    </Link>
  );
}

function CategoryTiles({ categories }: { categories: readonly CategoryNode[] | undefined }) {
  const columns = 'grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-4 lg:grid-cols-4 xl:grid-cols-6';
  if (!categories) {
    return (
      <Loading label="Loading categories" className={columns}>
        {Array.from({ length: 12 }, (_, index) => (
          <Skeleton key={index} className="aspect-[4/5] rounded-lg" />
        ))}
      </Loading>
    );
  }
  return (
    <ul className={columns}>
      {categories.map((category) => (
        <li key={category.slug}>
          <Link
            to="/c/$slug"
            params={{ slug: category.slug }}
            search={{}}
            className="group flex aspect-[4/5] flex-col overflow-hidden rounded-lg border border-line bg-surface transition-shadow hover:shadow-card"
          >
            <Art media={categoryArt(category)} decorative className="min-h-0 w-full flex-1 object-cover" />
            <span className="block px-3.5 py-3">
              <span className="two-lines text-sm leading-snug font-medium">{category.name}</span>
              <span className="tabular mt-0.5 block text-sm text-muted">{category.product_count.toLocaleString('en-US')} products</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
