import { useState } from 'react';
import type { AdminOrder, AdminOrderLine, OrderReturn, ReturnReason } from '@/api/types';
import { formatMoney } from '@/lib/money';
import { Checkbox, SelectField, TextField } from '@/ui/field';
import { openReturn, receiveReturn } from '../api/changes';
import { useChange } from '../use-change';
import { wordsOf } from '../words';
import { ActionDrawer } from './action-drawer';
import { QuantityTable, unitsOf, type Quantities } from './quantity-table';

const REASONS: readonly ReturnReason[] = ['unwanted', 'defective', 'damaged', 'wrong_item', 'not_as_described', 'late', 'other'];
const returnable = ({ progress }: AdminOrderLine) => progress.returnable;

/** Opens a return for the customer; it is approved at once. */
export function OpenReturnForm({ order, onClose }: { order: AdminOrder; onClose: () => void }) {
  const [units, setUnits] = useState<Quantities>({});
  const [reason, setReason] = useState<ReturnReason>('unwanted');
  const [comment, setComment] = useState('');
  const { mutate, isPending, error } = useChange(order, onClose);
  const lines = unitsOf(units, order.lines, returnable).map((line) => ({ ...line, reason }));
  const body = { kind: 'return' as const, lines, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) };
  return (
    <ActionDrawer title="New return" submit="Open the return" busy={isPending} error={error} onClose={onClose} disabled={lines.length === 0} onSubmit={() => mutate(openReturn(order.id, body))}>
      <QuantityTable label="Units that come back" lines={order.lines} most={returnable} value={units} onChange={setUnits} />
      <SelectField label="Reason" value={reason} onChange={(event) => setReason(event.target.value as ReturnReason)}>
        {REASONS.map((one) => (
          <option key={one} value={one}>
            {wordsOf(one)}
          </option>
        ))}
      </SelectField>
      <TextField label="Remark" value={comment} onChange={(event) => setComment(event.target.value)} maxLength={1000} optional />
    </ActionDrawer>
  );
}

/** What the warehouse counted. Only what was counted is refunded, only what can be sold again goes back to stock. */
export function ReceiveReturnForm({ order, back, onClose }: { order: AdminOrder; back: OrderReturn; onClose: () => void }) {
  const expected = Object.fromEntries(back.lines.map(({ line_id, quantity, received }) => [line_id, quantity - received]));
  const lines = order.lines.filter(({ id }) => (expected[id] ?? 0) > 0);
  const most = ({ id }: AdminOrderLine) => expected[id] ?? 0;
  const [received, setReceived] = useState<Quantities>(expected);
  const [resellable, setResellable] = useState<Quantities>(expected);
  const [money, setMoney] = useState(true);
  const [shipping, setShipping] = useState(false);
  const [exchange, setExchange] = useState(true);
  const { mutate, isPending, error } = useChange(order, onClose);
  const counted = unitsOf(received, lines, most).map(({ line_id, quantity }) => ({ line_id, received: quantity, resellable: Math.min(resellable[line_id] ?? 0, quantity) }));
  return (
    <ActionDrawer
      title="Receive the return"
      submit="Book it in"
      busy={isPending}
      error={error}
      onClose={onClose}
      disabled={counted.length === 0}
      onSubmit={() => mutate(receiveReturn(order.id, back.id, { lines: counted, refund: money, refund_shipping: shipping, exchange }))}
    >
      <QuantityTable label="Counted units" lines={lines} most={most} value={received} onChange={setReceived} />
      <QuantityTable label="Of these, can be sold again" lines={lines} most={({ id }) => received[id] ?? 0} value={resellable} onChange={setResellable} />
      {back.kind === 'exchange' && (
        <Checkbox label="Send what was wanted instead" checked={exchange} onChange={(event) => setExchange(event.target.checked)} />
      )}
      {(back.kind === 'return' || !exchange) && <Checkbox label="Refund what was counted" checked={money} onChange={(event) => setMoney(event.target.checked)} />}
      {order.shipping_refundable.amount > 0 && (
        <Checkbox label="Refund shipping as well" end={formatMoney(order.shipping_refundable)} checked={shipping} onChange={(event) => setShipping(event.target.checked)} />
      )}
    </ActionDrawer>
  );
}
