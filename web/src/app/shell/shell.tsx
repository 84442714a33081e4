import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { closeDrawer } from '@/features/cart/drawer-state';
import { useHeadingFocus } from '@/lib/use-heading-focus';
import { useOnline } from '@/lib/use-online';
import { OfflineIcon } from '@/ui/icons';
import { Toaster } from '@/ui/toast';
import { Footer } from './footer';
import { Header } from './header';
import { LateCartDrawer } from './late-drawers';

/** What surrounds every page. */
export function Shell() {
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
        <Outlet />
      </main>
      <Footer />
      <LateCartDrawer />
      <Toaster />
    </div>
  );
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
