import { useState } from 'react';
import type { AdminOrder, RefundDestination } from '@/api/types';
import { formatMoney, inputToMinor } from '@/lib/money';
import { Checkbox, SelectField, TextField } from '@/ui/field';
import { refund } from '../api/changes';
import { useChange } from '../use-change';
import { ActionDrawer } from './action-drawer';
import { estimateOf, RefundLines, requestOf, type LineWishes } from './refund-lines';

/** Gives money back: of units, of shipping, and beyond. The exact amount of units is the server's to compute. */
export function RefundForm({ order, onClose }: { order: AdminOrder; onClose: () => void }) {
  const { currency } = order;
  const [wishes, setWishes] = useState<LineWishes>({});
  const [shipping, setShipping] = useState(false);
  const [goodwill, setGoodwill] = useState('');
  const [destination, setDestination] = useState<RefundDestination>('original');
  const [reason, setReason] = useState('');
  const { mutate, isPending, error } = useChange(order, onClose);
  const beyond = goodwill.trim() === '' ? 0 : inputToMinor(goodwill, currency);
  const lines = requestOf(wishes, order.lines);
  const about = estimateOf(lines ?? [], order.lines) + (shipping ? order.shipping_refundable.amount : 0) + (beyond ?? 0);
  const send = () => {
    if (lines === null || beyond === null) return;
    const body = {
      lines,
      destination,
      reason: reason.trim(),
      ...(shipping ? { shipping: order.shipping_refundable } : {}),
      ...(beyond > 0 ? { goodwill: { amount: beyond, currency } } : {}),
    };
    mutate(refund(order.id, body));
  };
  return (
    <ActionDrawer
      title="Refund"
      submit="Refund"
      busy={isPending}
      error={error}
      onClose={onClose}
      disabled={about === 0 || lines === null || beyond === null || reason.trim() === ''}
      onSubmit={send}
    >
      <RefundLines lines={order.lines} value={wishes} onChange={setWishes} />
      {order.shipping_refundable.amount > 0 && (
        <Checkbox label="Shipping" end={formatMoney(order.shipping_refundable)} checked={shipping} onChange={(event) => setShipping(event.target.checked)} />
      )}
      {order.actions.includes('refund_goodwill') && (
        <TextField
          label={`Goodwill in ${currency}`}
          value={goodwill}
          onChange={(event) => setGoodwill(event.target.value)}
          inputMode="decimal"
          error={beyond === null ? 'Enter an amount, such as 5.00.' : undefined}
          hint="Beyond what was paid for lines and shipping."
          optional
        />
      )}
      <SelectField label="Where it goes" value={destination} onChange={(event) => setDestination(event.target.value as RefundDestination)}>
        <option value="original">Back the way it was paid</option>
        {order.customer_id !== null && <option value="store_credit">Store credit</option>}
      </SelectField>
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} />
      <p className="tabular rounded-md bg-sunken px-3.5 py-3 text-sm" role="status">
        {about === 0 ? 'Nothing is chosen yet.' : `About ${formatMoney({ amount: about, currency })} goes back.`} At most {formatMoney(order.refundable)} is left.
      </p>
    </ActionDrawer>
  );
}
