import { http, HttpResponse } from 'msw';
import { afterEach, expect, test, vi } from 'vitest';
import { server } from '../setup';

const API = '*/api/v1';
const user = { id: 'usr_1', email: 'a@example.com', name: 'A', role: 'customer', created_at: '2026-01-01T00:00:00Z' };
const session = (token: string, expires_in = 600) => ({ access_token: token, token_type: 'Bearer', expires_in, user });

/** The module keeps its state for a page's life; a new import is a new page. */
async function freshPage() {
  vi.resetModules();
  return { ...(await import('@/api/session')), ...(await import('@/api/client')) };
}

afterEach(() => vi.useRealTimers());

test('a guest causes no refresh on load', async () => {
  const refreshes = vi.fn<() => void>();
  server.use(http.post(`${API}/auth/refresh`, () => (refreshes(), new HttpResponse(null, { status: 401 }))));
  const { restoreSession, getSession } = await freshPage();
  await restoreSession();
  expect(getSession().status).toBe('guest');
  expect(refreshes).not.toHaveBeenCalled();
});

test('the session comes back after a reload, and the token is nowhere in storage', async () => {
  localStorage.setItem('techmart.signed-in', '1');
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(session('very-secret'))));
  const { restoreSession, getSession } = await freshPage();
  expect(getSession().status).toBe('unknown');
  await restoreSession();
  expect(getSession()).toEqual({ status: 'customer', user });
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('very-secret');
});

test('many requests with an expired token cause one refresh, and all succeed', async () => {
  const refreshes = vi.fn<() => void>();
  server.use(
    http.post(`${API}/auth/refresh`, () => (refreshes(), HttpResponse.json(session('new')))),
    http.get(`${API}/me`, ({ request }) =>
      request.headers.get('Authorization') === 'Bearer new' ? HttpResponse.json(user) : HttpResponse.json({ code: 'token_expired' }, { status: 401 }),
    ),
  );
  const { startSession, api } = await freshPage();
  startSession(session('old') as never);
  const answers = await Promise.all([1, 2, 3].map(() => api.GET('/api/v1/me')));
  expect(answers.map(({ response }) => response.status)).toEqual([200, 200, 200]);
  expect(refreshes).toHaveBeenCalledTimes(1);
});

test('a server that is down does not sign anyone out, a plain no does', async () => {
  const { startSession, refreshSession, getSession } = await freshPage();
  startSession(session('old') as never);
  server.use(http.post(`${API}/auth/refresh`, () => new HttpResponse(null, { status: 503 })));
  expect(await refreshSession()).toBe(false);
  expect(getSession().status).toBe('customer');
  server.use(http.post(`${API}/auth/refresh`, () => new HttpResponse(null, { status: 401 })));
  expect(await refreshSession()).toBe(false);
  expect(getSession().status).toBe('guest');
});

test('public reads carry no token', async () => {
  let header: string | null = 'unset';
  server.use(http.get(`${API}/categories`, ({ request }) => ((header = request.headers.get('Authorization')), HttpResponse.json({ items: [] }))));
  const { startSession, api } = await freshPage();
  startSession(session('mine') as never);
  await api.GET('/api/v1/categories');
  expect(header).toBeNull();
});
