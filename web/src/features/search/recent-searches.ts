import { readJson, removeStored, writeStored } from '@/lib/storage';

/** What was searched for on this device, the latest first. It never leaves the browser. */
const KEY = 'techmart.searches';
const KEPT = 8;

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((text) => typeof text === 'string');

export function recentSearches(): string[] {
  return readJson('local', KEY, isTexts) ?? [];
}

export function keepSearch(text: string): void {
  const typed = text.trim().replaceAll(/\s+/g, ' ');
  if (typed === '') return;
  const others = recentSearches().filter((other) => other.toLowerCase() !== typed.toLowerCase());
  writeStored('local', KEY, JSON.stringify([typed, ...others].slice(0, KEPT)));
}

export function forgetSearches(): void {
  removeStored('local', KEY);
}
