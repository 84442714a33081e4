import { useState, type FormEvent } from 'react';
import { hasCode, messageOf } from '@/api/errors';
import type { Order } from '@/api/types';
import { formatMoney } from '@/lib/money';
import { useOnce } from '@/lib/idempotency';
import { Button } from '@/ui/button';
import { TextArea } from '@/ui/field';
import { Notice } from '@/ui/states';
import { toast } from '@/ui/toast';
import { cancelOrder } from '../api/changes';
import { useOrderChange } from '../use-order-change';

function refusal(error: unknown): string {
  if (hasCode(error, 'order_not_cancellable')) return 'The order can no longer be cancelled: it is being packed, or the time for it is over. You can send it back after it has arrived.';
  if (hasCode(error, 'capture_in_progress')) return 'The payment is being taken right now. Please try again in a moment.';
  return messageOf(error);
}

/** Asks once more before an order is cancelled. */
export function CancelForm({ order, onDone }: { order: Order; onDone: () => void }) {
  const [reason, setReason] = useState('');
  const once = useOnce();
  const cancel = useOrderChange(order.id, (why: string) => once(why, (text, key) => cancelOrder(order.id, text, key)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    cancel.mutate(reason.trim(), {
      onSuccess: () => {
        toast('Your order is cancelled.');
        onDone();
      },
    });
  };
  return (
    <form onSubmit={submit} className="space-y-5">
      <p>
        The whole order over {formatMoney(order.totals.total)} is cancelled. What you paid goes back the way it came; with a card this takes some days until it shows on your
        statement.
      </p>
      <TextArea label="Why?" optional maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} hint="It helps us to do better." />
      {cancel.error && (
        <Notice tone="danger" live="alert">
          <p>{refusal(cancel.error)}</p>
        </Notice>
      )}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" busy={cancel.isPending}>
          Cancel the order
        </Button>
        <Button look="quiet" onClick={onDone}>
          Keep it
        </Button>
      </div>
    </form>
  );
}
