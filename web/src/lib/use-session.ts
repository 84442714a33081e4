import { useSyncExternalStore } from 'react';
import { getSession, subscribeSession, type SessionState } from '@/api/session';

/** Who is signed in; `unknown` only in the moment after a page load. */
export function useSession(): SessionState {
  return useSyncExternalStore(subscribeSession, getSession);
}
