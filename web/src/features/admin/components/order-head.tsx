import { Link } from '@tanstack/react-router';
import type { AdminOrder } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { Button } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { Notice } from '@/ui/states';
import type { OpenForm, OrderForm } from '../order-form';
import { StateBadge } from './state-badge';

type Simple = Extract<OrderForm, { kind: 'ship' | 'refund' | 'cancel' | 'hold' | 'release' | 'capture' | 'open_return' | 'open_claim' }>['kind'];

/** What may be done with the order itself, the usual first; `needs` are the actions of which one has to be offered. */
const OFFERS: readonly { kind: Simple; name: string; needs: readonly string[]; look: 'primary' | 'secondary' | 'danger' }[] = [
  { kind: 'ship', name: 'Ship', needs: ['ship'], look: 'primary' },
  { kind: 'capture', name: 'Take the payment', needs: ['capture'], look: 'secondary' },
  { kind: 'refund', name: 'Refund', needs: ['refund'], look: 'secondary' },
  { kind: 'open_return', name: 'New return', needs: ['open_return'], look: 'secondary' },
  { kind: 'open_claim', name: 'New claim', needs: ['open_claim'], look: 'secondary' },
  { kind: 'release', name: 'Release', needs: ['release'], look: 'secondary' },
  { kind: 'hold', name: 'Hold', needs: ['hold'], look: 'secondary' },
  { kind: 'cancel', name: 'Cancel', needs: ['cancel', 'cancel_lines'], look: 'danger' },
];

/** The order's number and states, what is owed either way, and what may be done. */
export function OrderHead({ order, open }: { order: AdminOrder; open: OpenForm }) {
  const states = [order.state, order.payment_state, order.fulfilment_state].filter((state) => state !== 'none');
  return (
    <header className="mb-6 space-y-4">
      <p className="text-sm">
        <Link to="/admin/orders" className="link">
          Orders
        </Link>
      </p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <PageHeading>Order {order.number ?? 'not placed yet'}</PageHeading>
        <p className="flex flex-wrap gap-1.5">
          {states.map((state) => (
            <StateBadge key={state} state={state} />
          ))}
          {order.disputed && order.payment_state !== 'disputed' && <StateBadge state="disputed" />}
        </p>
      </div>
      <p className="tabular text-sm text-muted">
        {order.placed_at === null ? `Begun ${formatMoment(order.created_at)}` : `Placed ${formatMoment(order.placed_at)}`} by {order.email}
      </p>
      <Owed order={order} />
      <div className="flex flex-wrap gap-2 empty:hidden">
        {OFFERS.filter(({ needs }) => needs.some((name) => order.actions.includes(name))).map(({ kind, name, look }) => (
          <Button key={kind} look={look} size="sm" onClick={() => open({ kind })}>
            {name}
          </Button>
        ))}
      </div>
    </header>
  );
}

function Owed({ order }: { order: AdminOrder }) {
  const { refund_due, overpaid, disputed } = order;
  return (
    <div className="space-y-2 empty:hidden">
      {disputed && <Notice tone="danger" live="off" title="The cardholder disputes the payment. Nothing ships until that is settled." />}
      {refund_due.amount > 0 && <Notice tone="warn" live="off" title={`${formatMoney(refund_due)} is owed to the customer`} />}
      {overpaid.amount > 0 && overpaid.amount !== refund_due.amount && <Notice tone="warn" live="off" title={`${formatMoney(overpaid)} more was taken than the order costs now`} />}
    </div>
  );
}
