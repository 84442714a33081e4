import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { messageOf } from '@/api/errors';
import { formatMoney } from '@/lib/money';
import { Button, buttonClass } from '@/ui/button';
import { Notice } from '@/ui/states';
import { isWorking, type Phase } from '../use-completion';

type Props = { phase: Phase; onResume: () => void; onAbandon: () => void };

/** What came of the last press on "Pay", and what can be done about it. Shown right above the button. */
export function PaymentState({ phase, onResume, onAbandon }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const quiet = phase.kind === 'idle' || isWorking(phase);
  useEffect(() => {
    // The form was hidden while the attempt ran: bring its outcome into view and under the reader's cursor.
    if (quiet) return;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: 'center' });
  }, [quiet]);
  return (
    <div ref={box} tabIndex={-1} className="rounded-md empty:hidden">
      <Outcome {...{ phase, onResume, onAbandon }} />
    </div>
  );
}

function Outcome({ phase, onResume, onAbandon }: Props) {
  switch (phase.kind) {
    case 'idle':
    case 'paying':
    case 'waiting':
    case 'confirming':
    case 'unconfirmed':
      return null;
    case 'declined':
      return (
        <Notice tone="danger" live="alert" title={phase.count ? 'Please wait before the next try' : 'The payment was declined'}>
          <p>{phase.reason}</p>
          <p>Nothing was charged and your cart is as it was.</p>
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
            <>
              <Button size="sm" look="secondary" onClick={onResume}>
                Check again
              </Button>
              <Button size="sm" look="quiet" onClick={onAbandon}>
                Give up this payment
              </Button>
            </>
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
