import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { useTitle } from '@/lib/use-title';
import { Button, buttonClass } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { Skeleton } from '@/ui/skeleton';

/** There is nothing at this address. */
export function NotFound() {
  useTitle('Page not found', { index: false });
  return (
    <div className="page grid min-h-[60vh] place-content-center justify-items-center gap-4 py-16 text-center">
      <p className="tabular text-sm font-semibold text-brand-text">404</p>
      <PageHeading>There is nothing at this address</PageHeading>
      <p className="max-w-md text-muted">The page may have moved, or the product is no longer sold. The search above finds everything we have.</p>
      <Link to="/" className={buttonClass('primary', 'md', 'mt-2')}>
        Go to the front page
      </Link>
    </div>
  );
}

/** A page broke. Reloading is the safe way on: it also fetches a newer version after a release. */
export function PageError({ error }: ErrorComponentProps) {
  useTitle('Something went wrong', { index: false });
  return (
    <div className="page grid min-h-[60vh] place-content-center justify-items-center gap-4 py-16 text-center" role="alert">
      <PageHeading>This page did not work</PageHeading>
      <p className="max-w-md text-muted">The fault is ours. Loading the page again usually helps; your cart is safe.</p>
      <Button className="mt-2" onClick={() => globalThis.location.reload()}>
        Load the page again
      </Button>
      <p className="max-w-md font-mono text-xs text-muted">{error instanceof Error ? error.name : 'Unknown error'}</p>
    </div>
  );
}

/** Shown while a page's code is on its way. */
export function PagePending() {
  return (
    <div className="page min-h-[60vh] py-8">
      <Skeleton className="h-9 w-64" />
      <Skeleton className="mt-8 h-72" />
    </div>
  );
}
