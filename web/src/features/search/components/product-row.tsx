import { Link } from '@tanstack/react-router';
import { useId, type ReactNode } from 'react';
import type { ProductSummary } from '@/api/types';
import { Art } from '@/ui/art';
import { Stock } from '@/ui/badge';
import { Price } from '@/ui/price';
import { Skeleton } from '@/ui/skeleton';

const CARD = 'w-40 shrink-0 snap-start sm:w-52';

type Props = { title: string; products: readonly ProductSummary[] | undefined; action?: ReactNode; onOpen?: (product: ProductSummary, place: number) => void };

/** A titled row of products that scrolls sideways; quiet boxes while they are on their way. */
export function ProductRow({ title, products, action, onOpen }: Props) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} aria-busy={products === undefined}>
      <div className="mb-4 flex items-baseline justify-between gap-4">
        <h2 id={heading} className="text-xl">
          {title}
        </h2>
        {action}
      </div>
      {products ? (
        <ul aria-label={title} className="scrollbar-thin -mx-4 flex snap-x gap-3 overflow-x-auto px-4 py-1 pb-3 sm:mx-0 sm:gap-4 sm:px-0">
          {products.map((product, place) => (
            <li key={product.id} className={`${CARD} group relative flex flex-col rounded-lg border border-line bg-surface transition-shadow focus-within:shadow-card hover:shadow-card`}>
              <Art media={product.image} decorative className="aspect-square w-full rounded-t-lg" />
              <div className="flex flex-1 flex-col p-3">
                <h3 className="two-lines text-sm leading-snug font-medium tracking-normal">
                  <Link
                    to="/p/$slug"
                    params={{ slug: product.slug }}
                    onClick={() => onOpen?.(product, place)}
                    className="after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-focus"
                  >
                    {product.title}
                  </Link>
                </h3>
                <div className="mt-auto pt-2">
                  <Price price={product.price} before={product.compare_at} from={product.variant_count > 1} />
                  {product.availability !== 'in_stock' && (
                    <div className="mt-1">
                      <Stock availability={product.availability} />
                    </div>
                  )}
                </div>
              </div>
            </li>
          ))}
        </ul>
      ) : (
        <div className="flex gap-3 overflow-hidden py-1 pb-3 sm:gap-4">
          {Array.from({ length: 6 }, (_, place) => (
            <div key={place} className={`${CARD} rounded-lg border border-line bg-surface`}>
              <Skeleton className="aspect-square rounded-t-lg rounded-b-none" />
              <div className="p-3">
                <Skeleton className="h-9" />
                <Skeleton className="mt-2 h-6 w-1/2" />
              </div>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
