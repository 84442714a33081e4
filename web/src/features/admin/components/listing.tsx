import type { ReactNode } from 'react';
import { Button } from '@/ui/button';
import { Loading, Skeleton } from '@/ui/skeleton';
import { EmptyState, ErrorState } from '@/ui/states';

type Query = {
  isPending: boolean;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

type Props = { query: Query; name: string; empty: ReactNode; count: number; children: ReactNode };

/** The states of a list that grows: on its way, broken, empty, or shown with a way to more. */
export function Listing({ query, name, empty, count, children }: Props) {
  if (query.isPending) {
    return (
      <Loading label={`Loading ${name}`} className="space-y-2">
        {Array.from({ length: 6 }, (_, place) => (
          <Skeleton key={place} className="h-12 rounded-md" />
        ))}
      </Loading>
    );
  }
  if (query.error !== null && count === 0) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (count === 0) return <EmptyState title={`No ${name}`}>{empty}</EmptyState>;
  return (
    <div className="space-y-4">
      {children}
      {query.error !== null && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.hasNextPage && (
        <Button look="secondary" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}
