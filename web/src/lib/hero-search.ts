import { useSyncExternalStore } from 'react';

/** Whether the front page's large search is in view; the header's then steps back. */
let shown = false;
const listeners = new Set<() => void>();

export function setHeroSearch(next: boolean): void {
  if (shown === next) return;
  shown = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useHeroSearch(): boolean {
  return useSyncExternalStore(subscribe, () => shown);
}
