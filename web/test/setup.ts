import { cleanup } from '@testing-library/react';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createDb, type Db } from '../mock/db';
import { handlersFor } from '../mock/shop';

/** The mock shop behind every test; `shop.db` is new for each. */
export const server = setupServer();
export const shop: { db: Db } = { db: createDb() };

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));

beforeEach(() => {
  shop.db = createDb();
  server.resetHandlers(...handlersFor(shop.db));
  localStorage.clear();
  sessionStorage.clear();
});

afterEach(() => cleanup());
afterAll(() => server.close());
