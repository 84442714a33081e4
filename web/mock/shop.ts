import type { HttpHandler } from 'msw';
import type { Db } from './db.ts';
import { adminSearchHandlers } from './handlers/admin-search.ts';
import { adminShopHandlers } from './handlers/admin-shop.ts';
import { adminHandlers } from './handlers/admin.ts';
import { authHandlers } from './handlers/auth.ts';
import { bankHandlers } from './handlers/bank.ts';
import { cartHandlers } from './handlers/cart.ts';
import { catalogHandlers } from './handlers/catalog.ts';
import { checkoutHandlers } from './handlers/checkout.ts';
import { orderHandlers } from './handlers/orders.ts';
import { searchHandlers } from './handlers/search.ts';
import { tenderHandlers } from './handlers/tenders.ts';

/** The whole API over one memory. */
export function handlersFor(db: Db): HttpHandler[] {
  return [...authHandlers(db), ...catalogHandlers(db), ...searchHandlers(db), ...cartHandlers(db), ...checkoutHandlers(db), ...tenderHandlers(db), ...bankHandlers(db), ...orderHandlers(db), ...adminHandlers(db), ...adminShopHandlers(db), ...adminSearchHandlers(db)];
}
