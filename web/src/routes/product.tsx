import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { hasCode } from '@/api/errors';
import type { Media, Product, Variant } from '@/api/types';
import { AddToCart } from '@/features/cart/components/add-to-cart';
import { productQuery } from '@/features/catalog/api/catalog';
import { Breadcrumbs } from '@/features/catalog/components/breadcrumbs';
import { Gallery } from '@/features/catalog/components/gallery';
import { Specs } from '@/features/catalog/components/specs';
import { VariantPicker } from '@/features/catalog/components/variant-picker';
import { chosenVariant } from '@/features/catalog/variants';
import { cx } from '@/lib/cx';
import { late } from '@/lib/late';
import { percentOff } from '@/lib/money';
import { useTitle } from '@/lib/use-title';
import { Stock } from '@/ui/badge';
import { buttonClass } from '@/ui/button';
import { LockIcon, TruckIcon } from '@/ui/icons';
import { WhenNear } from '@/ui/near';
import { PageHeading } from '@/ui/page';
import { Price } from '@/ui/price';
import { Loading, Skeleton } from '@/ui/skeleton';
import { EmptyState, ErrorState, Notice } from '@/ui/states';

const ProductShelves = late(async () => (await import('@/features/search/components/shelves')).ProductShelves);

const route = getRouteApi('/p/$slug');
/** Titles that list half the specification are set smaller. */
const LONG_TITLE = 70;

/** One product, in the variant the address names. */
export function ProductRoute() {
  const { slug } = route.useParams();
  const { data: product, error, refetch } = useQuery(productQuery(slug));
  useTitle(product?.title ?? (hasCode(error, 'not_found') ? 'Product not found' : 'Product'), { index: error === null });
  if (product) return <ProductPage key={product.id} product={product} />;
  if (hasCode(error, 'not_found')) return <Gone />;
  if (error) {
    return (
      <div className="page py-10">
        <PageHeading className="sr-only">Product</PageHeading>
        <ErrorState error={error} onRetry={() => void refetch()} title="This product did not load" />
      </div>
    );
  }
  return <ProductSkeleton />;
}

function picturesOf(product: Product, variant: Variant): Media[] {
  const all = variant.media ? [variant.media, ...product.media] : product.media;
  return all.filter(({ url }, index) => all.findIndex((other) => other.url === url) === index);
}

function ProductPage({ product }: { product: Product }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useViewed(product.id);
  const variant = chosenVariant(product, search.variant);
  if (!variant) return <Gone />;
  const media = picturesOf(product, variant);
  const pick = ({ id }: Variant) => void navigate({ search: { variant: id }, replace: true, resetScroll: false });
  return (
    <div className="page py-6 sm:py-8">
      <Breadcrumbs path={product.category.path} />
      <div className="mt-4 grid gap-8 lg:grid-cols-2 lg:items-start lg:gap-14">
        <Gallery key={media[0]?.url} media={media} title={product.title} off={percentOff(variant.price, variant.compare_at)} />
        <div className="min-w-0">
          {product.brand && (
            <Link
              to="/search"
              search={{ brand: [product.brand.slug] }}
              className="inline-block rounded-sm py-1 text-sm font-medium text-brand-text hover:underline"
            >
              {product.brand.name}
            </Link>
          )}
          <PageHeading className={cx('mt-1', product.title.length > LONG_TITLE ? 'text-xl! leading-snug! sm:text-2xl!' : 'leading-[1.15]!')}>{product.title}</PageHeading>
          <div className="mt-4 space-y-2" aria-live="polite">
            <Price price={variant.price} before={variant.compare_at} size="lg" />
            <Stock availability={variant.availability} left={variant.available_quantity} />
          </div>
          {product.options.length > 0 && (
            <div className="mt-6">
              <VariantPicker product={product} variant={variant} onPick={pick} />
            </div>
          )}
          {variant.availability === 'out' && (
            <div className="mt-5">
              <Notice tone="warn" title={product.variants.length > 1 ? 'This version is sold out' : 'Sold out'}>
                <p>{product.variants.some(({ availability }) => availability !== 'out') ? 'Another version above can be ordered now.' : 'We do not know yet when it will be back.'}</p>
              </Notice>
            </div>
          )}
          <div className="mt-6">
            <AddToCart key={variant.id} variant={variant} onAdded={() => tell((sent) => sent.cart(product.id))} />
          </div>
          <Promises />
          <Numbers variant={variant} />
        </div>
      </div>
      <Details product={product} />
      <WhenNear className="mt-12 space-y-12">
        <Suspense fallback={null}>
          <ProductShelves product={product.id} />
        </Suspense>
      </WhenNear>
    </div>
  );
}

/** Signals are a by-product: the page neither waits for them nor notices when they fail. */
function tell(what: (sent: typeof import('@/features/search/events').sent) => void): void {
  import('@/features/search/events').then(
    ({ sent }) => what(sent),
    () => undefined,
  );
}

/** Remembers a look at the product: for "recently viewed" on this device, and in the shop's counts. */
function useViewed(id: string): void {
  useEffect(() => {
    tell((sent) => sent.view(id));
    import('@/features/search/recently-viewed').then(
      ({ keepViewed }) => keepViewed(id),
      () => undefined,
    );
  }, [id]);
}

/** What identifies the variant elsewhere, where it is known. */
function Numbers({ variant }: { variant: Variant }) {
  const rows = [
    { name: 'Article number', value: variant.sku },
    { name: 'EAN', value: variant.barcode },
  ].filter(({ value }) => Boolean(value));
  if (rows.length === 0) return null;
  return (
    <dl className="mt-5 flex flex-wrap gap-x-6 gap-y-1 text-sm text-muted">
      {rows.map(({ name, value }) => (
        <div key={name} className="flex gap-1.5">
          <dt>{name}</dt>
          <dd className="font-mono text-[0.8125rem] leading-5.5">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Only what the shop's own rules guarantee. */
function Promises() {
  return (
    <ul className="mt-6 space-y-2.5 rounded-md bg-sunken px-4 py-3.5 text-sm">
      <li className="flex items-center gap-3">
        <TruckIcon className="size-5 shrink-0 text-muted" />
        Shipping cost and days are shown at checkout, before you pay
      </li>
      <li className="flex items-center gap-3">
        <LockIcon className="size-5 shrink-0 text-muted" />
        Order as a guest; card details stay with the payment provider
      </li>
    </ul>
  );
}

function Details({ product }: { product: Product }) {
  const paragraphs = product.description.split(/\n{2,}|\r?\n/).filter((text) => text.trim() !== '');
  return (
    <div className="mt-12 grid gap-10 border-t border-line pt-10 lg:grid-cols-2 lg:gap-14">
      <section aria-labelledby="description">
        <h2 id="description" className="mb-4 text-xl">
          Description
        </h2>
        <div className="max-w-[68ch] space-y-4 leading-relaxed">
          {paragraphs.length > 0 ? paragraphs.map((text) => <p key={text}>{text}</p>) : <p className="text-muted">There is no description for this product.</p>}
        </div>
      </section>
      {product.attributes.length > 0 && (
        <section aria-labelledby="details">
          <h2 id="details" className="mb-3 text-xl">
            Technical details
          </h2>
          <Specs attributes={product.attributes} />
        </section>
      )}
    </div>
  );
}

function Gone() {
  return (
    <div className="page py-10">
      <PageHeading className="sr-only">Product not found</PageHeading>
      <EmptyState
        title="This product is not in the shop"
        action={
          <Link to="/search" search={{}} className={buttonClass('secondary')}>
            See all products
          </Link>
        }
      >
        It may have been renamed or is no longer sold. The search at the top may find it or something like it.
      </EmptyState>
    </div>
  );
}

function ProductSkeleton() {
  return (
    <Loading label="Loading the product" className="page py-6 sm:py-8">
      <Skeleton className="h-6 w-64" />
      <div className="mt-4 grid gap-8 lg:grid-cols-2 lg:gap-14">
        <div>
          <Skeleton className="aspect-square w-full rounded-xl sm:max-lg:aspect-[4/3]" />
          <Skeleton className="mt-3 h-21 w-2/3 rounded-md" />
        </div>
        <div>
          <Skeleton className="h-7 w-24" />
          <Skeleton className="mt-1 h-16 w-full" />
          <Skeleton className="mt-4 h-11 w-40" />
          <Skeleton className="mt-2 h-5 w-24" />
          <Skeleton className="mt-6 h-20 w-3/4" />
          <Skeleton className="mt-6 h-13 w-full" />
        </div>
      </div>
    </Loading>
  );
}
