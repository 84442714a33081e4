import { useState } from 'react';
import type { AdminOrder, AdminOrderLine } from '@/api/types';
import { formatMoney } from '@/lib/money';
import { Checkbox, TextField } from '@/ui/field';
import { cancel } from '../api/changes';
import { useChange } from '../use-change';
import { ActionDrawer } from './action-drawer';
import { QuantityTable, unitsOf, type Quantities } from './quantity-table';

const cancellable = ({ progress }: AdminOrderLine) => progress.cancellable;

/** Cancels an order before it ships, or some units of it. */
export function CancelForm({ order, onClose }: { order: AdminOrder; onClose: () => void }) {
  const whole = order.actions.includes('cancel');
  const [all, setAll] = useState(whole);
  const [units, setUnits] = useState<Quantities>({});
  const [shipping, setShipping] = useState(false);
  const [coupon, setCoupon] = useState(true);
  const [reason, setReason] = useState('');
  const { mutate, isPending, error } = useChange(order, onClose);
  const lines = unitsOf(units, order.lines, cancellable);
  const part = { lines, refund_shipping: shipping };
  const body = { reason: reason.trim(), ...(all ? { return_coupon: coupon } : part) };
  return (
    <ActionDrawer
      title="Cancel"
      submit={all ? 'Cancel the order' : 'Cancel these units'}
      busy={isPending}
      error={error}
      onClose={onClose}
      disabled={body.reason === '' || (!all && lines.length === 0)}
      onSubmit={() => mutate(cancel(order.id, body))}
    >
      {whole && <Checkbox label="The whole order" checked={all} onChange={(event) => setAll(event.target.checked)} />}
      {!all && <QuantityTable label="Units to cancel" lines={order.lines} most={cancellable} value={units} onChange={setUnits} />}
      {!all && order.shipping_refundable.amount > 0 && (
        <Checkbox label="Shipping goes back as well" end={formatMoney(order.shipping_refundable)} checked={shipping} onChange={(event) => setShipping(event.target.checked)} />
      )}
      {all && order.coupon !== null && (
        <Checkbox label={`The coupon ${order.coupon.code} may be used again`} checked={coupon} onChange={(event) => setCoupon(event.target.checked)} />
      )}
      <TextField
        label="Reason"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        maxLength={500}
        hint="What was paid goes back the way it came. The customer is told."
      />
    </ActionDrawer>
  );
}
