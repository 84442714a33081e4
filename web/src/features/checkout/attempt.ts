import type { Money } from '@/api/types';
import { readJson, removeStored, writeStored } from '@/lib/storage';

/**
 * One try to pay: its key and the exact request. It is kept until the server gives a final answer,
 * over errors and reloads, so that a try is repeated and never doubled.
 */
export type Attempt = {
  checkout_id: string;
  key: string;
  body: { expected_total: Money; version: number; payment_method: string };
};

const KEY = 'techmart.attempt';

function isAttempt(value: unknown): value is Attempt {
  const { checkout_id, key, body } = (value ?? {}) as Partial<Attempt>;
  return typeof checkout_id === 'string' && typeof key === 'string' && typeof body?.payment_method === 'string';
}

export function readAttempt(): Attempt | null {
  return readJson('session', KEY, isAttempt);
}

export function beginAttempt(checkout_id: string, body: Attempt['body']): Attempt {
  const attempt = { checkout_id, key: newKey(), body };
  writeStored('session', KEY, JSON.stringify(attempt));
  return attempt;
}

export function endAttempt(): void {
  removeStored('session', KEY);
}

/** 128 random bits; `crypto.randomUUID` is missing on plain HTTP outside of localhost. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
