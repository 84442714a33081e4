import { readStored, removeStored, writeStored } from '@/lib/storage';
import { networkError } from './errors';
import type { Session, User } from './types';

/**
 * Who is signed in. The access token lives in this module's memory only; the refresh token is an
 * HttpOnly cookie. Local storage holds nothing but the hint that a cookie is worth trying, so that
 * guests cause no refused request on every page load.
 */
export type SessionState = { status: 'unknown' } | { status: 'guest' } | { status: 'customer'; user: User };

const HINT = 'techmart.signed-in';
/** Refresh this long before the token ends, so that a request in flight does not outlive it. */
const LEEWAY_MS = 30_000;

let state: SessionState = readStored('local', HINT) === null ? { status: 'guest' } : { status: 'unknown' };
let token: { value: string; endsAt: number } | null = null;
let refreshing: Promise<boolean> | null = null;
const listeners = new Set<() => void>();

export function getSession(): SessionState {
  return state;
}

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Takes the answer of sign-in, sign-up or refresh. */
export function startSession(session: Session): void {
  token = { value: session.access_token, endsAt: Date.now() + session.expires_in * 1000 };
  writeStored('local', HINT, '1');
  become({ status: 'customer', user: session.user });
}

/** Forgets the person on this device. */
export function endSession(): void {
  token = null;
  removeStored('local', HINT);
  become({ status: 'guest' });
}

async function requestRefresh(): Promise<boolean> {
  let response: Response;
  try {
    response = await fetch(new URL('/api/v1/auth/refresh', globalThis.location.origin), { method: 'POST', credentials: 'same-origin' });
  } catch {
    throw networkError();
  }
  if (response.ok) {
    startSession((await response.json()) as Session);
    return true;
  }
  // Only a plain "no" ends the session; a busy or broken server does not sign anyone out.
  if (response.status === 401 || response.status === 403) endSession();
  return false;
}

/** One refresh at a time, in this tab and across tabs: the cookie's token rotates with each use. */
export function refreshSession(): Promise<boolean> {
  if (refreshing) return refreshing;
  // Plain HTTP outside of localhost has no locks; one tab at a time is then all that is kept apart.
  const { locks } = navigator as { locks?: LockManager | null };
  const turn = async () => (locks ? await locks.request('techmart.refresh', requestRefresh) : requestRefresh());
  const current = turn().finally(() => {
    refreshing = null;
  });
  refreshing = current;
  return current;
}

/** Settles who is here after a page load. Never fails: without an answer the visitor stays unknown to the shop. */
export async function restoreSession(): Promise<void> {
  if (state.status !== 'unknown') return;
  const restored = await refreshSession().catch(() => false);
  if (!restored && getSession().status === 'unknown') become({ status: 'guest' });
}

async function freshToken(): Promise<string | null> {
  if (state.status === 'unknown') await restoreSession();
  if (token !== null && Date.now() > token.endsAt - LEEWAY_MS) await refreshSession().catch(() => false);
  return token?.value ?? null;
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw networkError();
  }
}

const PERSONAL = /^\/api\/v1\/(admin|carts|checkouts|orders|me|payment-methods|auth\/logout)\b/;

/** Fetch that carries the access token on personal paths and refreshes it once on a 401. */
export async function sessionFetch(request: Request): Promise<Response> {
  if (!PERSONAL.test(new URL(request.url).pathname)) return send(request);
  const first = await freshToken();
  if (first === null) return send(request);
  const again = request.clone();
  request.headers.set('Authorization', `Bearer ${first}`);
  const response = await send(request);
  if (response.status !== 401) return response;
  if (!(await refreshSession()) || token === null) return response;
  again.headers.set('Authorization', `Bearer ${token.value}`);
  return send(again);
}
