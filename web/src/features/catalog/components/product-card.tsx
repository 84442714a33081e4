import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ProductSummary } from '@/api/types';
import { percentOff } from '@/lib/money';
import { Art } from '@/ui/art';
import { Badge, Stock } from '@/ui/badge';
import { Price } from '@/ui/price';
import { Loading, Skeleton } from '@/ui/skeleton';

/** A product of a list; results of a search say where their titles hold the words, in UTF-16 units. */
export type ListedProduct = ProductSummary & { matches?: readonly { start: number; length: number }[] };

/** A product in a grid. The whole card is the link; every card of a grid has the same rows. */
export function ProductCard({ product, eager = false, onOpen }: { product: ListedProduct; eager?: boolean; onOpen?: (() => void) | undefined }) {
  const off = percentOff(product.price, product.compare_at);
  return (
    <article className="group relative flex flex-col rounded-lg border border-line bg-surface transition-shadow duration-200 focus-within:shadow-card hover:shadow-card">
      <div className="relative overflow-hidden rounded-t-lg bg-art">
        <Art
          media={product.image}
          eager={eager}
          decorative
          className="aspect-square w-full transition-transform duration-220 ease-out group-hover:scale-[1.03]"
        />
        {off !== null && (
          <span className="absolute top-3 left-3">
            <Badge tone="danger">−{off}%</Badge>
          </span>
        )}
      </div>
      <div className="flex flex-1 flex-col p-3.5 sm:p-4">
        <p className="min-h-5 truncate text-sm text-muted">{product.brand?.name}</p>
        <h3 className="two-lines mt-0.5 text-base leading-snug font-medium tracking-normal">
          <Link
            to="/p/$slug"
            params={{ slug: product.slug }}
            onClick={onOpen}
            className="after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-focus"
          >
            {product.matches ? marked(product.title, product.matches) : product.title}
          </Link>
        </h3>
        <Highlights product={product} />
        <div className="mt-auto pt-3">
          <Price price={product.price} before={product.compare_at} from={product.variant_count > 1} />
          <div className="mt-1.5">
            <Stock availability={product.availability} />
          </div>
        </div>
      </div>
    </article>
  );
}

/** A title with the words that were searched for set off. */
function marked(title: string, matches: NonNullable<ListedProduct['matches']>): ReactNode[] {
  let at = 0;
  const parts = matches.flatMap(({ start, length }) => {
    const part = [title.slice(at, start), <mark key={start}>{title.slice(start, start + length)}</mark>];
    at = start + length;
    return part;
  });
  return [...parts, title.slice(at)];
}

/** A value that says little alone takes its name along; what a product does not have is no highlight. */
function highlightText({ name, value }: ProductSummary['highlights'][number]): string | null {
  if (value === 'No') return null;
  if (value === 'Yes') return name;
  return /^[\d.,]+$/.test(value) ? `${value} ${name.charAt(0).toLowerCase()}${name.slice(1)}` : value;
}

function Highlights({ product }: { product: ProductSummary }) {
  return (
    <ul className="mt-2 flex h-6 flex-wrap gap-1.5 overflow-hidden" aria-label="Key specifications">
      {product.highlights.slice(0, 4).map((highlight) => {
        const text = highlightText(highlight);
        if (text === null) return null;
        return (
          <li key={highlight.name} title={`${highlight.name}: ${highlight.value}`} className="max-w-full truncate rounded-sm bg-sunken px-2 text-xs leading-6 text-muted">
            {text === highlight.value && <span className="sr-only">{highlight.name}: </span>}
            {text}
          </li>
        );
      })}
    </ul>
  );
}

const columns = 'grid grid-cols-2 gap-3 sm:gap-4 md:grid-cols-3 lg:gap-5';

type GridProps = { products: readonly ListedProduct[]; wide?: boolean; eager?: number; onOpen?: ((product: ListedProduct, place: number) => void) | undefined };

export function ProductGrid({ products, wide = false, eager = 0, onOpen }: GridProps) {
  return (
    <ul aria-label="Products" className={`${columns} ${wide ? 'lg:grid-cols-4' : 'xl:grid-cols-4'}`}>
      {products.map((product, index) => (
        <li key={product.id} className="grid">
          <ProductCard product={product} eager={index < eager} onOpen={onOpen && (() => onOpen(product, index))} />
        </li>
      ))}
    </ul>
  );
}

/** The same boxes as a grid of cards, while they load. */
export function GridSkeleton({ count, wide = false }: { count: number; wide?: boolean }) {
  return (
    <Loading label="Loading products" className={`${columns} ${wide ? 'lg:grid-cols-4' : 'xl:grid-cols-4'}`}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="flex flex-col rounded-lg border border-line bg-surface">
          <Skeleton className="aspect-square rounded-t-lg rounded-b-none" />
          <div className="p-3.5 sm:p-4">
            <Skeleton className="h-5 w-1/3" />
            <Skeleton className="mt-1.5 h-10 w-11/12" />
            <Skeleton className="mt-2 h-6 w-2/3" />
            <Skeleton className="mt-3 h-6 w-1/2" />
            <Skeleton className="mt-1.5 h-5 w-2/5" />
          </div>
        </div>
      ))}
    </Loading>
  );
}
