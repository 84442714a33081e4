import { useState, type FormEvent } from 'react';
import { messageOf } from '@/api/errors';
import type { Order, OrderReturn } from '@/api/types';
import { formatDay } from '@/lib/dates';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Drawer } from '@/ui/dialog';
import { TextField } from '@/ui/field';
import { Notice } from '@/ui/states';
import { toast } from '@/ui/toast';
import { cancelReturn, sendReturn } from '../api/changes';
import { REASONS } from '../return-draft';
import { useOrderChange } from '../use-order-change';
import { returnStatus } from '../words';

/** What was sent back or is to be, and what the shopper does next. */
export function Returns({ order }: { order: Order }) {
  return (
    <ul className="divide-y divide-line">
      {order.returns.map((back) => (
        <Return key={back.id} order={order} back={back} />
      ))}
    </ul>
  );
}

function Return({ order, back }: { order: Order; back: OrderReturn }) {
  const [sending, setSending] = useState(false);
  const cancel = useOrderChange(order.id, () => cancelReturn(order.id, back.id));
  const { text, tone, next } = returnStatus(back);
  return (
    <li className="space-y-3 py-4 first:pt-0 last:pb-0">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">
          {back.kind === 'exchange' ? 'Exchange' : 'Return'} {back.seq}
        </span>
        <Badge tone={tone}>{text}</Badge>
        <span className="text-sm text-muted">{formatDay(back.created_at)}</span>
      </p>
      <ul className="text-sm text-muted">
        {back.lines.map(({ line_id, quantity, reason }) => (
          <li key={line_id}>
            {quantity} × {order.lines.find(({ id }) => id === line_id)?.title}: {REASONS[reason]}
          </li>
        ))}
      </ul>
      {next && <p className="text-sm">{next}</p>}
      {back.decision_reason && <p className="text-sm">“{back.decision_reason}”</p>}
      {back.tracking_number && (
        <p className="text-sm text-muted">
          Sent with {back.carrier ?? 'a carrier'}, number <span className="tabular break-all">{back.tracking_number}</span>
        </p>
      )}
      {cancel.error && (
        <Notice tone="danger" live="alert">
          <p>{messageOf(cancel.error)}</p>
        </Notice>
      )}
      {back.actions.length > 0 && (
        <div className="flex flex-wrap gap-2.5">
          {back.actions.includes('ship') && (
            <Button size="sm" look="secondary" onClick={() => setSending(true)}>
              I have sent it
            </Button>
          )}
          {back.actions.includes('cancel') && (
            <Button size="sm" look="quiet" busy={cancel.isPending} onClick={() => cancel.mutate(undefined, { onSuccess: () => toast('The return is cancelled; you keep the products.') })}>
              Cancel the return
            </Button>
          )}
        </div>
      )}
      <Drawer open={sending} onClose={() => setSending(false)} title="Mark as sent">
        <SendForm order={order} back={back} onDone={() => setSending(false)} />
      </Drawer>
    </li>
  );
}

function SendForm({ order, back, onDone }: { order: Order; back: OrderReturn; onDone: () => void }) {
  const [carrier, setCarrier] = useState('');
  const [number, setNumber] = useState('');
  const send = useOrderChange(order.id, (body: { carrier?: string; tracking_number?: string }) => sendReturn(order.id, back.id, body));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [name, tracking] = [carrier.trim(), number.trim()];
    send.mutate({ ...(name === '' ? {} : { carrier: name }), ...(tracking === '' ? {} : { tracking_number: tracking }) }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit} className="space-y-5">
      <p>With its number we find the parcel, should it go astray.</p>
      <TextField label="Carrier" optional maxLength={200} value={carrier} onChange={(event) => setCarrier(event.target.value)} />
      <TextField label="Tracking number" optional maxLength={200} value={number} onChange={(event) => setNumber(event.target.value)} />
      {send.error && (
        <Notice tone="danger" live="alert">
          <p>{messageOf(send.error)}</p>
        </Notice>
      )}
      <Button type="submit" size="lg" className="w-full" busy={send.isPending}>
        It is on its way
      </Button>
    </form>
  );
}
