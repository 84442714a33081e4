import { Outlet, useRouterState } from '@tanstack/react-router';
import { Shell } from './shell/shell';

/** Whether an address is one of the back office. */
export const isOffice = (pathname: string): boolean => /^\/admin(\/|$)/.test(pathname);

/** The shop's pages share its shell; the back office brings its own. */
export function Root() {
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname ?? state.location.pathname });
  return isOffice(pathname) ? <Outlet /> : <Shell />;
}
