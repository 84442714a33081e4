import { Outlet, useRouterState } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { closeDrawer } from '@/features/cart/drawer-state';
import { late } from '@/lib/late';
import { useHeadingFocus } from '@/lib/use-heading-focus';
import { useOnline } from '@/lib/use-online';
import { OfflineIcon } from '@/ui/icons';
import { Toaster } from '@/ui/toast';
import { Footer } from './footer';
import { Header } from './header';
import { LateCartDrawer } from './late-drawers';

const Redirected = late(async () => (await import('@/features/search/components/redirected')).Redirected);

/** What surrounds every page. */
export function Shell() {
  const searched = useRouterState({ select: ({ location }) => location.state.searched });
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname ?? state.location.pathname });
  useHeadingFocus(pathname, closeDrawer);
  useFreshAfterBack();
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#main" className="absolute top-2 left-2 z-50 -translate-y-20 rounded-md bg-brand px-4 py-3 font-medium text-brand-ink focus:translate-y-0">
        Skip to the content
      </a>
      <Header />
      <OfflineBanner />
      <main id="main" tabIndex={-1} className="min-h-screen flex-1 focus:outline-none">
        <Suspense fallback={null}>{searched !== undefined && <Redirected q={searched} />}</Suspense>
        <Outlet />
      </main>
      <Footer />
      <LateCartDrawer />
      <Toaster />
    </div>
  );
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The words for which this page was opened in place of their results. */
    searched?: string;
  }
}

/** A page taken whole from the browser's memory may show an old cart: it then asks again, as on a window focus. */
function useFreshAfterBack(): void {
  useEffect(() => {
    const onShow = (event: PageTransitionEvent) => {
      if (event.persisted) globalThis.dispatchEvent(new Event('visibilitychange'));
    };
    globalThis.addEventListener('pageshow', onShow);
    return () => globalThis.removeEventListener('pageshow', onShow);
  }, []);
}

function OfflineBanner() {
  const online = useOnline();
  return (
    <div role="status">
      {!online && (
        <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-2.5 text-center text-sm font-medium text-warn">
          <OfflineIcon className="size-4.5 shrink-0" />
          You are offline. Changes to your cart are kept and sent when you are back.
        </p>
      )}
    </div>
  );
}
