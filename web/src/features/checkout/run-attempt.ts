import { ApiError, hasCode } from '@/api/errors';
import type { Checkout, Completion, Money } from '@/api/types';
import type { Attempt } from './attempt';
import { declineText } from './decline';

export type MissingItem = { variant_id: string; title: string; requested: number; available: number };

/** Why an attempt came to nothing. Nothing was charged, and a new attempt may be made. */
export type Refusal =
  | { kind: 'declined'; reason: string; count?: 'too_many' }
  | { kind: 'totals_changed'; before: Money; checkout: Checkout }
  | { kind: 'out_of_stock'; items: MissingItem[] }
  | { kind: 'changed' }
  | { kind: 'failed'; error: unknown };

/** Where an attempt has come to, for now or for good. */
export type End =
  | { kind: 'placed'; completion: Completion }
  | { kind: 'ordered'; orderId: string }
  /** The provider takes its time: the order's page tells how it ends. */
  | { kind: 'processing'; completion: Completion }
  /** The bank still waits for the shopper. */
  | { kind: 'unconfirmed'; completion: Completion }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'unreachable' };

export type Ports = {
  complete: (attempt: Attempt) => Promise<Completion>;
  /** Lets the shopper answer the bank. What comes of it is the server's to say; a failure to ask is thrown. */
  confirm: (clientSecret: string) => Promise<void>;
  onStep: (step: 'waiting' | 'confirming') => void;
  pause: (ms: number) => Promise<unknown>;
};

/** Codes of an attempt that is being worked on right now. */
const AT_WORK = ['completion_in_progress'];
const TRIES = 4;
const PATIENCE_MS = 90_000;
/** How often a payment in work is asked for here before its order's page takes over. */
const ROUNDS = 3;
const ROUND_MS = 2000;

/** What a final refusal means. `null`: it is not final, the same attempt may be sent again. */
function refusalOf(error: unknown, attempt: Attempt): Refusal | null {
  if (!(error instanceof ApiError)) return { kind: 'failed', error };
  if (error.code === 'too_many_declines') return { kind: 'declined', reason: tooMany(error.retryAfter), count: 'too_many' };
  if (AT_WORK.includes(error.code) || error.transient) return null;
  switch (error.code) {
    case 'payment_declined':
      return { kind: 'declined', reason: declineText(error.body['decline_code']) };
    case 'totals_changed': {
      const checkout = error.body['checkout'] as Checkout | undefined;
      return checkout ? { kind: 'totals_changed', before: attempt.body.expected_total, checkout } : { kind: 'changed' };
    }
    case 'out_of_stock':
      return { kind: 'out_of_stock', items: (error.body['items'] ?? []) as MissingItem[] };
    case 'version_mismatch':
    case 'requirements_open':
      return { kind: 'changed' };
    default:
      return { kind: 'failed', error };
  }
}

function tooMany(seconds: number | null): string {
  const minutes = Math.ceil((seconds ?? 0) / 60);
  const when = minutes > 1 ? `in ${minutes} minutes` : 'in a moment';
  return `Several payments were declined, so no further card can be tried for now. Please try again ${when}.`;
}

/**
 * Sends an attempt to its end. A lost answer is asked for again with the same key; a bank that asks for
 * confirmation is answered once, and then the same request says what came of it.
 */
export async function runAttempt(attempt: Attempt, { complete, confirm, onStep, pause }: Ports): Promise<End> {
  const began = Date.now();
  let lost = 0;
  let rounds = 0;
  let asked = false;
  for (;;) {
    let completion: Completion;
    try {
      completion = await complete(attempt);
    } catch (error) {
      if (hasCode(error, 'checkout_completed', 'cart_already_ordered') && typeof error.body['order_id'] === 'string') {
        return { kind: 'ordered', orderId: error.body['order_id'] };
      }
      const refusal = refusalOf(error, attempt);
      if (refusal) return { kind: 'refused', refusal };
      const busy = hasCode(error, ...AT_WORK);
      lost += busy ? 0 : 1;
      if (lost >= TRIES || Date.now() - began > PATIENCE_MS) return { kind: 'unreachable' };
      onStep('waiting');
      const wait_s = error instanceof ApiError ? error.retryAfter : null;
      await pause(wait_s === null ? (busy ? 1500 : 800 * 2 ** lost) : Math.min(wait_s, 10) * 1000);
      continue;
    }
    lost = 0;
    if (completion.status === 'placed') return { kind: 'placed', completion };
    if (completion.status === 'requires_action' && completion.client_secret) {
      if (asked) return { kind: 'unconfirmed', completion };
      asked = true;
      onStep('confirming');
      try {
        await confirm(completion.client_secret);
      } catch {
        return { kind: 'unconfirmed', completion };
      }
      onStep('waiting');
      continue;
    }
    rounds += 1;
    if (rounds > ROUNDS) return { kind: 'processing', completion };
    onStep('waiting');
    await pause(ROUND_MS);
  }
}
