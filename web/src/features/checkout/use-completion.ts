import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, hasCode } from '@/api/errors';
import type { Checkout, Completion, Money } from '@/api/types';
import { complete } from './api/checkout';
import { beginAttempt, endAttempt, readAttempt, type Attempt } from './attempt';
import { declineText } from './decline';

export type MissingItem = { variant_id: string; title: string; requested: number; available: number };

/** Where a payment stands. Every end but `idle` has words and a way forward in `PaymentState`. */
export type Phase =
  | { kind: 'idle' }
  | { kind: 'paying' }
  | { kind: 'waiting' }
  | { kind: 'unreachable' }
  | { kind: 'declined'; reason: string }
  | { kind: 'totals_changed'; before: Money; checkout: Checkout }
  | { kind: 'out_of_stock'; items: MissingItem[] }
  | { kind: 'changed' }
  | { kind: 'failed'; error: unknown };

/** Codes of an attempt that is being worked on right now. */
const AT_WORK = ['completion_in_progress'];
const TRIES = 4;
const PATIENCE_MS = 90_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Hooks = {
  onCompletion: (completion: Completion) => void;
  onOrdered: (orderId: string) => void;
  onCheckout: (checkout: Checkout) => void;
  onStale: () => Promise<void>;
};

/** What a final refusal means. `null`: it is not final, the same attempt may be sent again. */
function refusalOf(error: unknown, attempt: Attempt): Phase | null {
  if (!(error instanceof ApiError)) return { kind: 'failed', error };
  if (AT_WORK.includes(error.code) || error.transient) return null;
  switch (error.code) {
    case 'payment_declined':
      return { kind: 'declined', reason: declineText(error.body['decline_code']) };
    case 'totals_changed':
      return { kind: 'totals_changed', before: attempt.body.expected_total, checkout: error.body['checkout'] as Checkout };
    case 'out_of_stock':
      return { kind: 'out_of_stock', items: (error.body['items'] ?? []) as MissingItem[] };
    case 'version_mismatch':
    case 'requirements_open':
      return { kind: 'changed' };
    default:
      return { kind: 'failed', error };
  }
}

/** Sends payment attempts to their end: repeats on a lost answer, waits while another runs, resumes after a reload. */
export function useCompletion(checkoutId: string, hooks: Hooks) {
  const [phase, setPhase] = useState<Phase>(() => (readAttempt()?.checkout_id === checkoutId ? { kind: 'waiting' } : { kind: 'idle' }));
  const running = useRef(false);
  const latest = useRef(hooks);
  useEffect(() => {
    latest.current = hooks;
  });

  const send = useCallback(async (attempt: Attempt) => {
    if (running.current) return;
    running.current = true;
    const began = Date.now();
    const { onCompletion, onOrdered, onCheckout, onStale } = latest.current;
    try {
      for (let lost = 0; ; ) {
        try {
          const completion = await complete(attempt);
          onCompletion(completion);
          return;
        } catch (error) {
          if (hasCode(error, 'checkout_completed', 'cart_already_ordered') && typeof error.body['order_id'] === 'string') {
            endAttempt();
            return onOrdered(error.body['order_id']);
          }
          const refusal = refusalOf(error, attempt);
          if (refusal) {
            endAttempt();
            // A refusal may have changed the checkout's version: the next try must know it.
            if (refusal.kind === 'totals_changed') onCheckout(refusal.checkout);
            else await onStale();
            return setPhase(refusal);
          }
          const busy = hasCode(error, ...AT_WORK);
          lost += busy ? 0 : 1;
          if (lost >= TRIES || Date.now() - began > PATIENCE_MS) return setPhase({ kind: 'unreachable' });
          setPhase({ kind: 'waiting' });
          const wait_s = error instanceof ApiError ? error.retryAfter : null;
          await pause(wait_s === null ? (busy ? 1500 : 800 * 2 ** lost) : Math.min(wait_s, 10) * 1000);
        }
      }
    } finally {
      running.current = false;
    }
  }, []);

  // A payment begun before a reload goes on by itself.
  useEffect(() => {
    const attempt = readAttempt();
    // The state follows the server's answer, later than this effect.
    // oxlint-disable-next-line react/set-state-in-effect
    if (attempt?.checkout_id === checkoutId) void send(attempt);
  }, [checkoutId, send]);

  const pay = useCallback(
    async (body: Attempt['body']) => {
      setPhase({ kind: 'paying' });
      await send(beginAttempt(checkoutId, body));
    },
    [checkoutId, send],
  );
  const resume = useCallback(async () => {
    const attempt = readAttempt();
    setPhase(attempt ? { kind: 'waiting' } : { kind: 'idle' });
    if (attempt) await send(attempt);
  }, [send]);
  return { phase, setPhase, pay, resume };
}

