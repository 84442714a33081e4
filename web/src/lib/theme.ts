import { useSyncExternalStore } from 'react';
import { readStored, removeStored, writeStored } from './storage';

export type Theme = 'light' | 'dark';

/** `public/theme.js` sets the attribute before the first paint; this module changes and follows it. */
const KEY = 'techmart.theme';
const listeners = new Set<() => void>();
const systemDark = globalThis.matchMedia('(prefers-color-scheme: dark)');

function current(): Theme {
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
}

function apply(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  for (const listener of listeners) listener();
}

systemDark.addEventListener('change', (event) => {
  if (readStored('local', KEY) === null) apply(event.matches ? 'dark' : 'light');
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, current);
}

/** Switches the theme; a choice equal to the system's is not stored, so that it follows the system again. */
export function toggleTheme(): void {
  const next: Theme = current() === 'dark' ? 'light' : 'dark';
  if ((next === 'dark') === systemDark.matches) removeStored('local', KEY);
  else writeStored('local', KEY, next);
  apply(next);
}
