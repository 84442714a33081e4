import { Link } from '@tanstack/react-router';
import { ChevronRight } from '@/ui/icons';

type Crumb = { slug: string; name: string };

/** The way from the shop's front to here; the last step is the page itself when `here` is given. */
export function Breadcrumbs({ path, here }: { path: readonly Crumb[]; here?: string }) {
  return (
    <nav aria-label="Breadcrumb" className="min-h-6 text-sm text-muted">
      <ol className="flex flex-wrap items-center gap-x-1.5 gap-y-1">
        <li>
          <Link to="/" className="inline-block rounded-sm py-1 hover:text-ink hover:underline">
            Home
          </Link>
        </li>
        {path.map(({ slug, name }) => (
          <li key={slug} className="flex items-center gap-1.5">
            <ChevronRight className="size-3.5" />
            <Link to="/c/$slug" params={{ slug }} search={{}} className="inline-block rounded-sm py-1 hover:text-ink hover:underline">
              {name}
            </Link>
          </li>
        ))}
        {here && (
          <li className="flex min-w-0 items-center gap-1.5">
            <ChevronRight className="size-3.5 shrink-0" />
            <span aria-current="page" className="py-1 text-ink">
              {here}
            </span>
          </li>
        )}
      </ol>
    </nav>
  );
}
