import { useSyncExternalStore } from 'react';

/** Whether the cart's drawer is open; anything on a page may open it. */
let open = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  open = next;
  for (const listener of listeners) listener();
}

export const openDrawer = () => set(true);
export const closeDrawer = () => set(false);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDrawerOpen(): boolean {
  return useSyncExternalStore(subscribe, () => open);
}
