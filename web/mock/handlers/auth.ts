import { http, HttpResponse, type HttpHandler } from 'msw';
import type { Db, MockUser } from '../db.ts';
import { BASE, bearer, bodyOf, invalid, problem } from '../http.ts';

const PASSWORD_MIN = 8;

function session(db: Db, { password: _password, ...user }: MockUser, status = 200) {
  db.signedIn = user.id;
  return HttpResponse.json({ access_token: `token-${user.id}`, token_type: 'Bearer', expires_in: 600, user }, { status });
}

export function authHandlers(db: Db): HttpHandler[] {
  return [
    http.post(`${BASE}/auth/register`, async ({ request }) => {
      const { email, password, name } = await bodyOf<{ email: string; password: string; name: string }>(request);
      if (password.length < PASSWORD_MIN) return invalid([{ pointer: '/password', code: 'too_short', detail: `use at least ${PASSWORD_MIN} characters` }]);
      if (db.users.some((user) => user.email === email)) return problem(409, 'email_taken', 'There is an account with this email address.');
      const user: MockUser = { id: db.id('usr'), email, name, role: 'customer', created_at: '2026-11-23T10:00:00Z', password };
      db.users.push(user);
      return session(db, user, 201);
    }),
    http.post(`${BASE}/auth/login`, async ({ request }) => {
      const { email, password } = await bodyOf<{ email: string; password: string }>(request);
      const user = db.users.find((known) => known.email === email && known.password === password);
      return user ? session(db, user) : problem(401, 'invalid_credentials', 'The email address or the password is wrong.');
    }),
    http.post(`${BASE}/auth/refresh`, () => {
      const user = db.users.find(({ id }) => id === db.signedIn);
      return user ? session(db, user) : problem(401, 'token_missing', 'There is no session.');
    }),
    http.post(`${BASE}/auth/logout`, () => {
      db.signedIn = null;
      return new HttpResponse(null, { status: 204 });
    }),
    http.post(`${BASE}/auth/password-resets`, async ({ request }) => {
      const { email } = await bodyOf<{ email: string }>(request);
      const user = db.users.find((known) => known.email === email);
      if (user) db.resets.set(db.id('reset'), user.id);
      return HttpResponse.json({ status: 'sent_if_known', expires_in_minutes: 15 }, { status: 202 });
    }),
    http.post(`${BASE}/auth/password-resets/complete`, async ({ request }) => {
      const { token, password } = await bodyOf<{ token: string; password: string }>(request);
      const user = db.users.find(({ id }) => id === db.resets.get(token));
      if (!user) return problem(400, 'reset_token_invalid', 'The link does not work.');
      if (password.length < PASSWORD_MIN) return invalid([{ pointer: '/password', code: 'too_short', detail: `use at least ${PASSWORD_MIN} characters` }]);
      db.resets.delete(token);
      Object.assign(user, { password });
      db.signedIn = null;
      return new HttpResponse(null, { status: 204 });
    }),
    http.put(`${BASE}/me/password`, async ({ request }) => {
      const user = db.users.find(({ id }) => id === bearer(request));
      if (!user) return problem(401, 'token_missing', 'Sign in first.');
      const { current_password, new_password } = await bodyOf<{ current_password: string; new_password: string }>(request);
      if (current_password !== user.password) return invalid([{ pointer: '/current_password', code: 'wrong', detail: 'is not the password' }]);
      Object.assign(user, { password: new_password });
      return new HttpResponse(null, { status: 204 });
    }),
    http.get(`${BASE}/me`, ({ request }) => {
      const user = db.users.find(({ id }) => id === bearer(request));
      if (!user) return problem(401, 'token_missing', 'Sign in first.');
      const { password: _password, ...view } = user;
      return HttpResponse.json(view);
    }),
  ];
}
