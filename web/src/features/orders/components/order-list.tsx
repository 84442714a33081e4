import { Link } from '@tanstack/react-router';
import type { OrderSummary } from '@/api/types';
import { formatDay } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { Art } from '@/ui/art';
import { Badge } from '@/ui/badge';
import { ChevronRight } from '@/ui/icons';
import { statusOf } from '../words';

export function OrderList({ orders }: { orders: readonly OrderSummary[] }) {
  return (
    <ul className="grid gap-3">
      {orders.map((order) => {
        const status = statusOf(order);
        return (
          <li key={order.id} className="relative flex items-center gap-4 rounded-lg border border-line bg-surface p-4 transition-shadow hover:shadow-card">
            <Art media={order.image ?? null} decorative className="size-16 shrink-0 rounded-md border border-line" />
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1 font-medium">
                <Link to="/orders/$orderId" params={{ orderId: order.id }} className="after:absolute after:inset-0 after:rounded-lg">
                  {order.number ? `Order ${order.number}` : 'Order being confirmed'}
                </Link>
                <Badge tone={status.tone}>{status.text}</Badge>
              </p>
              <p className="tabular mt-1 text-sm text-muted">
                {formatDay(order.placed_at ?? order.created_at)} · {order.item_count} {order.item_count === 1 ? 'item' : 'items'}
              </p>
            </div>
            <p className="tabular font-semibold">{formatMoney(order.total)}</p>
            <ChevronRight className="size-4 text-muted" />
          </li>
        );
      })}
    </ul>
  );
}
