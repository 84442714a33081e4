import { useSyncExternalStore } from 'react';

/**
 * The token of a password-reset link. It leaves the address before the page is shown and is held in
 * memory only: a reload asks for a new link rather than leave a key to the account lying about.
 */
let held: string | null = null;
const listeners = new Set<() => void>();

export function holdResetToken(token: string | null): void {
  held = token;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useResetToken(): string | null {
  return useSyncExternalStore(subscribe, () => held);
}
