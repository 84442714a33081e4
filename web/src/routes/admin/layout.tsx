import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { restoreSession } from '@/api/session';
import type { User } from '@/api/types';
import { signOut } from '@/features/account/api/account';
import { may, NAVIGATION } from '@/features/admin/permissions';
import { toggleTheme, useTheme } from '@/lib/theme';
import { useHeadingFocus } from '@/lib/use-heading-focus';
import { useSession } from '@/lib/use-session';
import { Button, buttonClass, IconButton } from '@/ui/button';
import { MoonIcon, SunIcon } from '@/ui/icons';
import { PageHeading } from '@/ui/page';
import { EmptyState } from '@/ui/states';
import { Toaster } from '@/ui/toast';

/** The back office: its own frame, for staff only. What staff may do is decided by each service; this only hides the rest. */
export function AdminLayout() {
  const session = useSession();
  useEffect(() => void restoreSession(), []);
  const path = useRouterState({ select: (state) => state.location.href });
  useHeadingFocus(useRouterState({ select: (state) => state.resolvedLocation?.pathname ?? state.location.pathname }));
  if (session.status === 'unknown') return null;
  if (session.status !== 'customer' || session.user.role !== 'staff') return <StaffOnly signedIn={session.status === 'customer'} next={path} />;
  return (
    <div className="flex min-h-dvh flex-col lg:flex-row">
      <a href="#main" className="absolute top-2 left-2 z-50 -translate-y-20 rounded-md bg-brand px-4 py-3 font-medium text-brand-ink focus:translate-y-0">
        Skip to the content
      </a>
      <Sidebar user={session.user} />
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-4 py-6 focus:outline-none sm:px-8">
        <Outlet />
      </main>
      <Toaster />
    </div>
  );
}

function Sidebar({ user }: { user: User }) {
  const [busy, setBusy] = useState(false);
  const theme = useTheme();
  return (
    <aside className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line bg-surface px-4 py-2 lg:sticky lg:top-0 lg:h-dvh lg:w-60 lg:flex-col lg:items-stretch lg:border-r lg:border-b-0 lg:py-6">
      <p className="text-lg font-semibold lg:mb-4 lg:px-2">
        TechMart <span className="font-normal text-muted">office</span>
      </p>
      <nav aria-label="Back office" className="order-last flex w-full gap-1 overflow-x-auto lg:order-none lg:flex-1 lg:flex-col">
        {NAVIGATION.filter(({ permission }) => may(user, permission)).map(({ to, name }) => (
          <Link
            key={to}
            to={to}
            className="rounded-sm px-3 py-2 text-sm font-medium whitespace-nowrap -outline-offset-2"
            inactiveProps={{ className: 'text-muted hover:bg-sunken hover:text-ink' }}
            activeProps={{ className: 'bg-brand-soft text-brand-text', 'aria-current': 'page' }}
          >
            {name}
          </Link>
        ))}
      </nav>
      <div className="text-sm lg:border-t lg:px-2 lg:border-line lg:pt-4">
        <p className="truncate text-muted max-lg:hidden">{user.email}</p>
        <div className="flex items-center gap-1 lg:mt-2 lg:-ml-3">
          <Link to="/" className={buttonClass('quiet', 'sm')}>
            Shop
          </Link>
          <Button
            look="quiet"
            size="sm"
            busy={busy}
            onClick={() => {
              setBusy(true);
              void signOut().finally(() => setBusy(false));
            }}
          >
            Sign out
          </Button>
          <IconButton label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'} onClick={toggleTheme}>
            {theme === 'dark' ? <SunIcon /> : <MoonIcon />}
          </IconButton>
        </div>
      </div>
    </aside>
  );
}

function StaffOnly({ signedIn, next }: { signedIn: boolean; next: string }) {
  return (
    <main className="page max-w-[36rem] py-16">
      <PageHeading className="sr-only">Back office</PageHeading>
      <EmptyState
        title="For staff"
        action={
          <Link to="/sign-in" search={{ next }} className={buttonClass()}>
            {signedIn ? 'Sign in with another account' : 'Sign in'}
          </Link>
        }
      >
        {signedIn ? 'This account is not a staff account.' : 'Sign in with a staff account to open the back office.'}
      </EmptyState>
    </main>
  );
}
