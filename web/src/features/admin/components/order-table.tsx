import { Link } from '@tanstack/react-router';
import type { OrderSummary } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { StateBadge } from './state-badge';
import { Table } from './table';

/** Orders in a table; the number leads to the order. */
export function OrderTable({ orders }: { orders: readonly OrderSummary[] }) {
  return (
    <Table caption="Orders" columns={['Order', 'Placed', 'Customer', 'State', { name: 'Units', end: true }, { name: 'Total', end: true }]}>
      {orders.map(({ id, number, email, placed_at, created_at, item_count, total, state, payment_state, fulfilment_state }) => (
        <tr key={id} className="hover:bg-sunken/60">
          <th scope="row" className="py-3 pr-4 pl-4 text-left font-medium whitespace-nowrap">
            <Link to="/admin/orders/$orderId" params={{ orderId: id }} className="link">
              {number ?? 'Not placed'}
            </Link>
          </th>
          <td className="tabular py-3 pr-4 whitespace-nowrap text-muted">{formatMoment(placed_at ?? created_at)}</td>
          <td className="max-w-64 truncate py-3 pr-4">{email}</td>
          <td className="py-3 pr-4">
            <span className="flex gap-1.5 lg:flex-wrap">
              {[state, payment_state, fulfilment_state]
                .filter((one) => one !== 'none')
                .map((one) => (
                  <StateBadge key={one} state={one} />
                ))}
            </span>
          </td>
          <td className="tabular py-3 pr-4 text-right">{item_count}</td>
          <td className="tabular py-3 pr-4 text-right font-medium whitespace-nowrap">{formatMoney(total)}</td>
        </tr>
      ))}
    </Table>
  );
}
