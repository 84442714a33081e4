import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent, redirect, type RouterHistory } from '@tanstack/react-router';
import { oneOf } from '@/lib/search-params';
import { root, settingsOf, shopRoutes } from './router';

/** The back office: loaded by those who open it, with the shop's pages so that the way there and back needs no reload. */

/** The members of an address that are plain texts. */
function texts<const Name extends string>(...names: Name[]) {
  return (raw: Record<string, unknown>) => Object.fromEntries(names.map((name) => [name, oneOf(raw[name])])) as { [K in Name]?: string | undefined };
}

const admin = createRoute({ getParentRoute: () => root, path: '/admin', component: lazyRouteComponent(() => import('@/routes/admin/layout'), 'AdminLayout') });

const adminHome = createRoute({
  getParentRoute: () => admin,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/admin/orders', replace: true });
  },
});

const adminOrders = createRoute({
  getParentRoute: () => admin,
  path: '/orders',
  validateSearch: texts('state', 'attention', 'q'),
  component: lazyRouteComponent(() => import('@/routes/admin/orders'), 'AdminOrdersPage'),
});

const adminOrder = createRoute({ getParentRoute: () => admin, path: '/orders/$orderId', component: lazyRouteComponent(() => import('@/routes/admin/order'), 'AdminOrderPage') });

const adminStock = createRoute({
  getParentRoute: () => admin,
  path: '/stock',
  validateSearch: texts('q'),
  component: lazyRouteComponent(() => import('@/routes/admin/stock'), 'AdminStockPage'),
});

const adminVariantStock = createRoute({
  getParentRoute: () => admin,
  path: '/stock/$variantId',
  validateSearch: texts('product'),
  component: lazyRouteComponent(() => import('@/routes/admin/variant-stock'), 'AdminVariantStockPage'),
});

const adminSearch = createRoute({
  getParentRoute: () => admin,
  path: '/search',
  validateSearch: texts('kind', 'days', 'q'),
  component: lazyRouteComponent(() => import('@/routes/admin/search'), 'AdminSearchPage'),
});

const adminSynonyms = createRoute({
  getParentRoute: () => admin,
  path: '/search/synonyms',
  validateSearch: texts('q', 'add'),
  component: lazyRouteComponent(() => import('@/routes/admin/search-synonyms'), 'AdminSynonymsPage'),
});

const adminSearchRules = createRoute({
  getParentRoute: () => admin,
  path: '/search/rules',
  validateSearch: texts('q', 'add'),
  component: lazyRouteComponent(() => import('@/routes/admin/search-rules'), 'AdminSearchRulesPage'),
});

const adminSearchPreview = createRoute({
  getParentRoute: () => admin,
  path: '/search/preview',
  validateSearch: texts('q'),
  component: lazyRouteComponent(() => import('@/routes/admin/search-preview'), 'AdminSearchPreviewPage'),
});

const adminCoupons = createRoute({
  getParentRoute: () => admin,
  path: '/coupons',
  validateSearch: texts('q', 'state'),
  component: lazyRouteComponent(() => import('@/routes/admin/coupons'), 'AdminCouponsPage'),
});

const adminMailbox = createRoute({
  getParentRoute: () => admin,
  path: '/mailbox',
  validateSearch: texts('recipient', 'source', 'message'),
  component: lazyRouteComponent(() => import('@/routes/admin/mailbox'), 'AdminMailboxPage'),
});

const adminGiftCards = createRoute({
  getParentRoute: () => admin,
  path: '/gift-cards',
  validateSearch: texts('last4'),
  component: lazyRouteComponent(() => import('@/routes/admin/gift-cards'), 'AdminGiftCardsPage'),
});

const adminWebhooks = createRoute({
  getParentRoute: () => admin,
  path: '/webhooks',
  validateSearch: texts('endpoint'),
  component: lazyRouteComponent(() => import('@/routes/admin/webhooks'), 'AdminWebhooksPage'),
});

const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: '/audit',
  validateSearch: texts('log', 'object'),
  component: lazyRouteComponent(() => import('@/routes/admin/audit'), 'AdminAuditPage'),
});

const adminSearches = [adminSearch, adminSynonyms, adminSearchRules, adminSearchPreview] as const;
const adminTree = admin.addChildren([adminHome, adminOrders, adminOrder, adminStock, adminVariantStock, ...adminSearches, adminCoupons, adminGiftCards, adminMailbox, adminWebhooks, adminAudit]);

export function createOfficeRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({ routeTree: root.addChildren([...shopRoutes, adminTree]), ...settingsOf(client, history) });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createOfficeRouter>;
  }
}
