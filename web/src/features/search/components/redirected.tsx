import { Link } from '@tanstack/react-router';

/** Says why this page was opened, and leads to the results all the same. */
export function Redirected({ q }: { q: string }) {
  return (
    <p role="status" className="page pt-4 text-sm text-muted">
      Opened for “{q}”.{' '}
      <Link to="/search" search={{ q, stay: true }} className="link">
        See the search results instead
      </Link>
    </p>
  );
}
