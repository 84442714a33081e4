import { Link } from '@tanstack/react-router';
import { PageHeading } from '@/ui/page';
import type { ReactNode } from 'react';

const TABS = [
  { to: '/admin/search', name: 'Overview' },
  { to: '/admin/search/synonyms', name: 'Synonyms' },
  { to: '/admin/search/rules', name: 'Rules' },
  { to: '/admin/search/preview', name: 'Preview' },
] as const;

/** The head of every page about search: its name, the pages beside it, and what can be made here. */
export function SearchHead({ title, action }: { title: string; action?: ReactNode }) {
  return (
    <>
      <div className="mb-3 flex min-h-11 flex-wrap items-center justify-between gap-3">
        <PageHeading>{title}</PageHeading>
        {action}
      </div>
      <nav aria-label="Search" className="scrollbar-none mb-6 flex gap-1 overflow-x-auto border-b border-line">
        {TABS.map(({ to, name }) => (
          <Link
            key={to}
            to={to}
            search={{}}
            activeOptions={{ exact: true, includeSearch: false }}
            className="-mb-px inline-flex min-h-11 items-center border-b-2 px-3 text-sm font-medium whitespace-nowrap -outline-offset-2"
            inactiveProps={{ className: 'border-transparent text-muted hover:text-ink' }}
            activeProps={{ className: 'border-brand text-brand-text', 'aria-current': 'page' }}
          >
            {name}
          </Link>
        ))}
      </nav>
    </>
  );
}
