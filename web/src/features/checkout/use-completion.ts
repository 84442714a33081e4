import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Checkout, Completion } from '@/api/types';
import { complete, paymentConfigQuery } from './api/checkout';
import { beginAttempt, endAttempt, readAttempt, tieAttempt, type Attempt } from './attempt';
import { loadProvider } from './payment-provider';
import { runAttempt, type Refusal } from './run-attempt';

/** Where a payment stands. Every end but `idle` has words and a way forward in `PaymentState`. */
export type Phase =
  | { kind: 'idle' }
  | { kind: 'paying' }
  | { kind: 'waiting' }
  /** The bank's window is open. */
  | { kind: 'confirming' }
  /** The bank's window was closed without an answer, or did not open. */
  | { kind: 'unconfirmed' }
  | { kind: 'unreachable' }
  | Refusal;

const WORKING: ReadonlySet<Phase['kind']> = new Set(['paying', 'waiting', 'confirming', 'unconfirmed']);

/** True while the form must not be touched: the answer of an attempt is still open. */
export function isWorking({ kind }: Phase): boolean {
  return WORKING.has(kind);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Hooks = {
  /** There is an order: placed, or with the provider, which its page follows. */
  onOrder: (order: { id: string; token: string | null; settled: boolean }) => void;
  onCheckout: (checkout: Checkout) => void;
  onStale: () => Promise<void>;
};

/** Sends payment attempts to their end and shows where they stand; resumes after a reload. */
export function useCompletion(checkoutId: string, hooks: Hooks) {
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>(() => (readAttempt()?.checkout_id === checkoutId ? { kind: 'waiting' } : { kind: 'idle' }));
  const running = useRef(false);
  const latest = useRef(hooks);
  useEffect(() => {
    latest.current = hooks;
  });

  const send = useCallback(
    async (attempt: Attempt) => {
      if (running.current) return;
      running.current = true;
      const confirm = async (clientSecret: string) => {
        // After a reload the provider's script is not there yet.
        const provider = await loadProvider(await client.fetchQuery(paymentConfigQuery));
        await provider.handleNextAction({ clientSecret });
      };
      const tell = ({ order, order_token }: Completion, settled: boolean) => latest.current.onOrder({ id: order.id, token: order_token, settled });
      const end = await runAttempt(attempt, { complete, confirm, pause, onStep: (kind) => setPhase({ kind }) }).finally(() => {
        running.current = false;
      });
      const { onOrder, onCheckout, onStale } = latest.current;
      switch (end.kind) {
        case 'placed':
          endAttempt();
          return tell(end.completion, true);
        case 'ordered':
          endAttempt();
          return onOrder({ id: end.orderId, token: null, settled: true });
        case 'processing':
          tieAttempt(attempt, end.completion.order.id);
          return tell(end.completion, false);
        case 'unconfirmed':
        case 'unreachable':
          return setPhase({ kind: end.kind });
        case 'refused':
          endAttempt();
          // A refusal may have changed the checkout's version: the next try must know it.
          if (end.refusal.kind === 'totals_changed') onCheckout(end.refusal.checkout);
          else await onStale();
          return setPhase(end.refusal);
      }
    },
    [client],
  );

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
