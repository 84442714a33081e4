import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button, buttonClass } from '@/ui/button';
import { Skeleton } from '@/ui/skeleton';
import { EmptyState } from '@/ui/states';
import { suggestQuery } from '../api/suggest';
import { PopularShelf } from './shelves';

type Props = {
  q: string;
  /** Takes the filters off, where there are any. */
  onClear?: () => void;
  children?: ReactNode;
};

/** No result: what may have been meant, fewer filters, and what others look at. `children` are further ways into the shop. */
export function NothingFound({ q, onClear, children }: Props) {
  const filtered = onClear !== undefined;
  const { data, isLoading } = useQuery(suggestQuery(q, q !== ''));
  const queries = (data?.queries ?? []).filter((text) => text.toLowerCase() !== q.toLowerCase()).slice(0, 5);
  const categories = data?.categories.slice(0, 3) ?? [];
  // All at once, so that nothing moves under the reader's hand.
  if (isLoading) return <Skeleton className="h-80 rounded-lg" />;
  const title = filtered ? 'No product fits all of these filters' : q === '' ? 'There are no products yet' : `Nothing found for “${q}”`;
  return (
    <div className="space-y-12">
      <EmptyState
        title={title}
        action={
          <>
            {filtered && <Button onClick={onClear}>Remove the filters</Button>}
            {filtered && q !== '' && (
              <Link to="/search" search={{}} className={buttonClass('secondary')}>
                See all products
              </Link>
            )}
            {!filtered && (
              <Link to="/" className={buttonClass('secondary')}>
                Look through the categories
              </Link>
            )}
          </>
        }
      >
        {filtered ? 'Take one away, or widen the price.' : 'Check the spelling, try fewer or more general words, a brand, or a model number without spaces.'}
        {queries.length + categories.length > 0 && (
          <div className="mt-5">
            <h3 className="text-sm text-ink">Perhaps one of these</h3>
            <ul className="mt-2 flex flex-wrap justify-center gap-2">
              {queries.map((text) => (
                <li key={text}>
                  <Link to="/search" search={{ q: text }} className={CHIP}>
                    {text}
                  </Link>
                </li>
              ))}
              {categories.map(({ slug, name }) => (
                <li key={slug}>
                  <Link to="/c/$slug" params={{ slug }} search={{}} className={CHIP}>
                    All in {name}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )}
      </EmptyState>
      {children}
      <PopularShelf />
    </div>
  );
}

const CHIP = 'inline-flex min-h-9 items-center rounded-full border border-line bg-surface px-3.5 text-sm font-medium text-ink hover:border-line-strong';
