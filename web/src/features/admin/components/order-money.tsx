import type { AdminOrder, AdminPayment } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { taxLabel } from '@/lib/totals';
import { isMoving } from '../api/orders';
import { wordsOf } from '../words';
import { Facts, Section } from './section';
import { StateBadge } from './state-badge';

/** What the order adds up to, and what was taken and given back of it. */
export function OrderTotals({ order }: { order: AdminOrder }) {
  const { subtotal, discount, shipping, tax, total } = order.totals;
  const rows = [
    { name: 'Subtotal', value: formatMoney(subtotal) },
    ...(discount.amount > 0 ? [{ name: order.coupon ? `Coupon ${order.coupon.code}` : 'Discount', value: `−${formatMoney(discount)}` }] : []),
    { name: 'Shipping', value: shipping ? formatMoney(shipping) : '–' },
    { name: taxLabel(order.totals), value: tax ? formatMoney(tax) : '–' },
    { name: 'Total', value: formatMoney(total), strong: true },
    ...(order.cancelled.amount > 0 ? [{ name: 'Cancelled before payment', value: `−${formatMoney(order.cancelled)}` }] : []),
    ...(order.authorized.amount > 0 ? [{ name: 'Held on the card', value: formatMoney(order.authorized) }] : []),
    { name: 'Taken', value: formatMoney(order.captured) },
    { name: 'Given back', value: formatMoney(order.refunded) },
    { name: 'May be given back', value: formatMoney(order.refundable) },
  ];
  return (
    <Section title="Money">
      <Facts rows={rows} />
    </Section>
  );
}

/** What paid, and every movement of money since. */
export function OrderPayments({ order }: { order: AdminOrder }) {
  return (
    <Section title="Payments">
      <ul className="space-y-3 text-sm">
        {order.payments.map((payment, place) => (
          <li key={payment.provider_ref ?? place}>
            <Payment payment={payment} />
          </li>
        ))}
      </ul>
      {order.payments.length === 0 && <p className="text-sm text-muted">Nothing was paid.</p>}
      <div aria-live="polite">
        {isMoving(order) && <p className="mt-3 text-sm font-medium text-warn">Money is on its way…</p>}
        {order.payment_operations.length > 0 && (
          <>
            <h3 className="mt-4 mb-2 text-sm text-muted">Movements</h3>
            <ul className="divide-y divide-line text-sm">
              {order.payment_operations.map(({ id, kind, state, amount, failure, created_at }) => (
                <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
                  <span className="flex-1">
                    {wordsOf(kind)} <time dateTime={created_at} className="tabular block text-xs text-muted">{formatMoment(created_at)}</time>
                  </span>
                  <span className="tabular font-medium">{formatMoney(amount)}</span>
                  <StateBadge state={state} />
                  {failure && <span className="basis-full text-danger">{wordsOf(failure)}</span>}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Section>
  );
}

function Payment({ payment }: { payment: AdminPayment }) {
  const name = payment.kind === 'card' ? wordsOf(payment.brand ?? 'card') : wordsOf(payment.kind);
  return (
    <div>
      <p className="flex flex-wrap items-center gap-2">
        <span className="flex-1 font-medium">
          {name}
          {payment.last4 !== null && <span className="tabular"> ····{payment.last4}</span>}
        </span>
        <span className="tabular font-medium">{formatMoney(payment.amount)}</span>
        <StateBadge state={payment.disputed ? 'disputed' : payment.state} />
      </p>
      {payment.decline_code !== null && <p className="text-danger">Declined: {wordsOf(payment.decline_code)}</p>}
      {payment.refund_pending.amount > 0 && <p className="tabular text-muted">{formatMoney(payment.refund_pending)} on its way back</p>}
      {payment.provider_ref !== null && <p className="truncate font-mono text-xs text-muted">{payment.provider_ref}</p>}
    </div>
  );
}
