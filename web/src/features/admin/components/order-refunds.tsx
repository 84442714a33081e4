import type { AdminOrder } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { Button } from '@/ui/button';
import type { OpenForm } from '../order-form';
import { whoOf, wordsOf } from '../words';
import { Section } from './section';
import { StateBadge } from './state-badge';
import { UnitsText } from './units-text';

const STEPS = { approve: 'Approve', deny: 'Deny', retry: 'Try again', abandon: 'Give up' } as const;

/** Money that goes back, and who agreed to it. */
export function OrderRefunds({ order, open, me }: { order: AdminOrder; open: OpenForm; me: string }) {
  if (order.refunds.length === 0) return null;
  return (
    <Section title="Refunds">
      <ul className="divide-y divide-line">
        {order.refunds.map((refund) => (
          <li key={refund.id} className="space-y-2 py-3.5 first:pt-0 last:pb-0">
            <p className="flex flex-wrap items-center gap-2">
              <span className="tabular font-medium">
                Refund {refund.seq}: {formatMoney(refund.amount)}
              </span>
              <StateBadge state={refund.state} />
              {refund.destination === 'store_credit' && <span className="text-sm text-muted">as store credit</span>}
            </p>
            <UnitsText order={order} units={refund.lines} />
            <p className="tabular text-sm text-muted">
              {refund.shipping.amount > 0 && `Shipping ${formatMoney(refund.shipping)}. `}
              {refund.goodwill.amount > 0 && `Goodwill ${formatMoney(refund.goodwill)}. `}“{refund.reason}”{refund.cause !== 'staff' && ` ${wordsOf(refund.cause)}`}
              {refund.requested_by !== null && `, asked for by ${whoOf('staff', refund.requested_by, me)}`}
              {refund.approved_by !== null && `, approved by ${whoOf('staff', refund.approved_by, me)}`}, {formatMoment(refund.created_at)}
            </p>
            {refund.failure !== null && <p className="text-sm text-danger">{wordsOf(refund.failure)}</p>}
            {refund.state === 'awaiting_approval' && !refund.actions.includes('approve') && (
              <p className="text-sm text-warn">{refund.requested_by === me ? 'Another person has to approve what you asked for.' : 'Somebody with the permission to approve refunds has to agree.'}</p>
            )}
            <div className="flex flex-wrap gap-2 empty:hidden">
              {(['approve', 'retry', 'deny', 'abandon'] as const)
                .filter((step) => refund.actions.includes(step))
                .map((step) => (
                  <Button key={step} look={step === 'deny' || step === 'abandon' ? 'danger' : 'secondary'} size="sm" onClick={() => open({ kind: 'refund_step', step, id: refund.id })}>
                    {STEPS[step]}
                  </Button>
                ))}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
