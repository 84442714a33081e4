import type { Order } from '@/api/types';
import { formatDay } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { Badge } from '@/ui/badge';
import { refundStatus, refundWay } from '../words';

/** Money that went back, or is on its way. */
export function Refunds({ order }: { order: Order }) {
  return (
    <ul className="space-y-4">
      {order.refunds.map((refund) => {
        const { text, tone } = refundStatus(refund);
        return (
          <li key={refund.id} className="text-sm">
            <p className="flex items-center gap-3">
              <span className="tabular flex-1 text-base font-medium">{formatMoney(refund.amount)}</span>
              <Badge tone={tone}>{text}</Badge>
            </p>
            <p className="text-muted">
              {refundWay(refund)} · {formatDay(refund.created_at)}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
