import type { CompleteRequest } from '@/api/types';
import { newKey } from '@/lib/idempotency';
import { readJson, removeStored, writeStored } from '@/lib/storage';

/**
 * One try to pay: its key and the exact request. It is kept until the server gives a final answer,
 * over errors and reloads, so that a try is repeated and never doubled.
 */
export type Attempt = {
  checkout_id: string;
  key: string;
  body: CompleteRequest;
  /** The order under payment, once the server has told of it. */
  order_id?: string;
};

const KEY = 'techmart.attempt';

function isAttempt(value: unknown): value is Attempt {
  const { checkout_id, key, body } = (value ?? {}) as Partial<Attempt>;
  return typeof checkout_id === 'string' && typeof key === 'string' && typeof body?.version === 'number';
}

export function readAttempt(): Attempt | null {
  return readJson('session', KEY, isAttempt);
}

function keep(attempt: Attempt): Attempt {
  writeStored('session', KEY, JSON.stringify(attempt));
  return attempt;
}

export function beginAttempt(checkout_id: string, body: Attempt['body']): Attempt {
  return keep({ checkout_id, key: newKey(), body });
}

/** Remembers which order a try is for, so that its page can end the try. */
export function tieAttempt(attempt: Attempt, order_id: string): void {
  keep({ ...attempt, order_id });
}

export function endAttempt(): void {
  removeStored('session', KEY);
}

/** Ends the try for this order, and no other. */
export function endAttemptOf(orderId: string): void {
  if (readAttempt()?.order_id === orderId) endAttempt();
}
