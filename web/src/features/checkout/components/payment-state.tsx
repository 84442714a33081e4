import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { messageOf } from '@/api/errors';
import { formatMoney } from '@/lib/money';
import { Button, buttonClass, Spinner } from '@/ui/button';
import { Panel } from '@/ui/page';
import { Notice } from '@/ui/states';
import type { Phase } from '../use-completion';

/** What came of the last press on "Pay", and what can be done about it. Shown right above the button. */
export function PaymentState({ phase, onResume }: { phase: Phase; onResume: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const { kind } = phase;
  useEffect(() => {
    // The form was hidden while the attempt ran: bring its outcome into view and under the reader's cursor.
    if (kind === 'idle' || kind === 'paying' || kind === 'waiting') return;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: 'center' });
  }, [kind]);
  return (
    <div ref={box} tabIndex={-1} className="rounded-md empty:hidden">
      <Outcome phase={phase} onResume={onResume} />
    </div>
  );
}

function Outcome({ phase, onResume }: { phase: Phase; onResume: () => void }) {
  switch (phase.kind) {
    case 'idle':
    case 'paying':
    case 'waiting':
      return null;
    case 'declined':
      return (
        <Notice tone="danger" live="alert" title="The payment was declined">
          <p>{phase.reason}</p>
          <p>Nothing was charged and your cart is as it was. Check the card or use another one.</p>
        </Notice>
      );
    case 'totals_changed':
      return (
        <Notice tone="warn" live="alert" title="The total has changed">
          <p>
            A price, tax or shipping cost was updated: {formatMoney(phase.before)} became <strong>{formatMoney(phase.checkout.totals.total)}</strong>. Nothing was charged. Look at
            the summary, and pay again if you agree.
          </p>
        </Notice>
      );
    case 'out_of_stock':
      return (
        <Notice
          tone="danger"
          live="alert"
          title="Some of this has just been sold"
          action={
            <Link to="/cart" className={buttonClass('secondary', 'sm')}>
              Change your cart
            </Link>
          }
        >
          <ul>
            {phase.items.map(({ variant_id, title, requested, available }) => (
              <li key={variant_id}>
                {title}: {available > 0 ? `only ${available} of ${requested} left` : 'sold out'}
              </li>
            ))}
          </ul>
          <p>Nothing was charged.</p>
        </Notice>
      );
    case 'changed':
      return (
        <Notice tone="warn" live="alert" title="Your order was changed somewhere else">
          <p>Nothing was charged. This page shows it as it is now; please check it and pay again.</p>
        </Notice>
      );
    case 'unreachable':
      return (
        <Notice
          tone="warn"
          live="alert"
          title="We do not know yet whether the payment went through"
          action={
            <Button size="sm" look="secondary" onClick={onResume}>
              Check again
            </Button>
          }
        >
          <p>The connection or the payment provider did not answer. Checking again is safe: you cannot be charged twice for this order.</p>
        </Notice>
      );
    case 'failed':
      return (
        <Notice tone="danger" live="alert" title="The order could not be placed">
          <p>{messageOf(phase.error)} Nothing was ordered; please try again.</p>
        </Notice>
      );
  }
}

/** Covers the form while an attempt runs; it survives a reload because the attempt does. */
export function Completing({ slow }: { slow: boolean }) {
  return (
    <Panel className="grid justify-items-center gap-4 py-16 text-center">
      <Spinner className="size-9 text-brand-text" />
      <div role="status">
        <p className="text-xl font-semibold tracking-tight">Placing your order…</p>
        <p className="mx-auto mt-2 max-w-md text-muted">
          {slow ? 'This takes longer than usual. You can wait or reload this page: the payment is made only once.' : 'Please keep this page open for a moment.'}
        </p>
      </div>
    </Panel>
  );
}
