import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect, type RouterHistory } from '@tanstack/react-router';
import { holdResetToken } from '@/features/account/reset-token';
import { keepOrderToken, tokenOfLink } from '@/features/orders/api/tokens';
import { validateList } from '@/lib/filters';
import { oneOf, parseSearch, stringifySearch } from '@/lib/search-params';
import { NotFound, PageError, PagePending } from './fallbacks';
import { Root } from './root';

type Context = { client: QueryClient };

export const root = createRootRouteWithContext<Context>()({ component: Root, notFoundComponent: NotFound });

const home = createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(() => import('@/routes/home'), 'HomePage') });

const category = createRoute({
  getParentRoute: () => root,
  path: '/c/$slug',
  validateSearch: validateList,
  component: lazyRouteComponent(() => import('@/routes/category'), 'CategoryPage'),
});

const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: validateList,
  component: lazyRouteComponent(() => import('@/routes/search'), 'SearchPage'),
});

const product = createRoute({
  getParentRoute: () => root,
  path: '/p/$slug',
  validateSearch: (raw: Record<string, unknown>): { variant?: string | undefined } => ({ variant: oneOf(raw['variant']) }),
  component: lazyRouteComponent(() => import('@/routes/product'), 'ProductRoute'),
});

const cart = createRoute({ getParentRoute: () => root, path: '/cart', component: lazyRouteComponent(() => import('@/routes/cart'), 'CartPage') });

const checkout = createRoute({
  getParentRoute: () => root,
  path: '/checkout',
  component: lazyRouteComponent(() => import('@/routes/checkout'), 'CheckoutPage'),
});

const order = createRoute({
  getParentRoute: () => root,
  path: '/orders/$orderId',
  // A message's link brings the guest's token; it moves to the tab's storage and out of the address.
  beforeLoad: ({ location, params }) => {
    const token = tokenOfLink(location.hash);
    if (token === null) return;
    keepOrderToken(params.orderId, token);
    throw redirect({ to: '/orders/$orderId', params, hash: '', replace: true });
  },
  component: lazyRouteComponent(() => import('@/routes/order'), 'OrderPage'),
});

const confirmation = createRoute({
  getParentRoute: () => root,
  path: '/orders/$orderId/confirmation',
  component: lazyRouteComponent(() => import('@/routes/confirmation'), 'ConfirmationPage'),
});

const account = createRoute({ getParentRoute: () => root, path: '/account', component: lazyRouteComponent(() => import('@/routes/account'), 'AccountPage') });

/** Where to go after signing in: a path of this shop, never another site's address. */
function validateNext(raw: Record<string, unknown>): { next?: string | undefined } {
  const next = oneOf(raw['next']);
  return { next: next !== undefined && /^\/(?![/\\])/.test(next) ? next : undefined };
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: validateNext,
  component: lazyRouteComponent(() => import('@/routes/sign-in'), 'SignInPage'),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: validateNext,
  component: lazyRouteComponent(() => import('@/routes/sign-in'), 'SignUpPage'),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  // The link's token moves to this page's memory and out of the address.
  beforeLoad: ({ location, preload }) => {
    const token = tokenOfLink(location.hash);
    if (token === null || preload) return;
    holdResetToken(token);
    throw redirect({ to: '/reset-password', hash: '', replace: true });
  },
  onLeave: () => holdResetToken(null),
  component: lazyRouteComponent(() => import('@/routes/reset-password'), 'ResetPasswordPage'),
});

/** The back office is an application of its own: a link to it from the shop loads it anew. */
const office = createRoute({
  getParentRoute: () => root,
  path: '/admin/$',
  beforeLoad: ({ location }) => {
    throw redirect({ href: location.href, reloadDocument: true });
  },
});

export const shopRoutes = [home, category, search, product, cart, checkout, order, confirmation, account, signIn, signUp, resetPassword] as const;

/** What both routers have in common. */
export function settingsOf(client: QueryClient, history?: RouterHistory) {
  return {
    context: { client },
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultErrorComponent: PageError,
    defaultPendingComponent: PagePending,
    defaultNotFoundComponent: NotFound,
    ...(history ? { history } : {}),
  } as const;
}

/** The router of the shop. Its type is that of the office, which knows every page. */
export function createAppRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({ routeTree: root.addChildren([...shopRoutes, office]), ...settingsOf(client, history) });
}
