import { readJson, removeStored, writeStored } from '@/lib/storage';

/** The products that were looked at on this device, the latest first. Their ids stay in the browser. */
const KEY = 'techmart.viewed';
const KEPT = 24;

const isIds = (value: unknown): value is string[] => Array.isArray(value) && value.every((id) => typeof id === 'string' && /^prd_\w+$/.test(id));

export function viewedProducts(): string[] {
  return readJson('local', KEY, isIds) ?? [];
}

export function keepViewed(id: string): void {
  writeStored('local', KEY, JSON.stringify([id, ...viewedProducts().filter((other) => other !== id)].slice(0, KEPT)));
}

export function forgetViewed(): void {
  removeStored('local', KEY);
}
