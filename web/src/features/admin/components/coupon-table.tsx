import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { StaffCoupon } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { Button } from '@/ui/button';
import { toast } from '@/ui/toast';
import { couponsKey, updateCoupon } from '../api/coupons';
import { refusalOf } from '../words';
import { StateBadge } from './state-badge';
import { Table } from './table';

const percent = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 4 });

/** Coupons with what they take off, their uses, and the switch. */
export function CouponTable({ coupons, mayWrite, onEdit }: { coupons: readonly StaffCoupon[]; mayWrite: boolean; onEdit: (coupon: StaffCoupon) => void }) {
  const columns = ['Code', 'Takes off', { name: 'Used', end: true }, 'When', 'State', ...(mayWrite ? [{ name: 'Actions', hidden: true }] : [])];
  return (
    <Table caption="Coupons" columns={columns}>
      {coupons.map((coupon) => (
        <tr key={coupon.id}>
          <th scope="row" className="min-w-40 py-3 pr-4 pl-4 text-left font-medium">
            <span className="font-mono">{coupon.code}</span>
            <span className="block font-normal text-muted">{coupon.description}</span>
          </th>
          <td className="tabular py-3 pr-4">
            {coupon.amount ? formatMoney(coupon.amount) : percent.format((coupon.percent_ppm ?? 0) / 1_000_000)}
            {coupon.min_subtotal && <span className="block text-muted">from {formatMoney(coupon.min_subtotal)}</span>}
          </td>
          <td className="tabular py-3 pr-4 text-right">
            {coupon.used}
            {coupon.usage_limit !== null && ` of ${coupon.usage_limit}`}
            {coupon.per_customer_limit !== null && <span className="block text-muted">{coupon.per_customer_limit} each</span>}
          </td>
          <td className="tabular py-3 pr-4 text-muted">{timesOf(coupon)}</td>
          <td className="py-3 pr-4">
            <StateBadge state={coupon.state} />
          </td>
          {mayWrite && (
            <td className="py-2 pr-4">
              <span className="flex justify-end gap-2">
                <Button look="secondary" size="sm" aria-label={`Change ${coupon.code}`} onClick={() => onEdit(coupon)}>
                  Change
                </Button>
                <Switch coupon={coupon} />
              </span>
            </td>
          )}
        </tr>
      ))}
    </Table>
  );
}

function timesOf({ starts_at, ends_at }: StaffCoupon): string {
  const from = starts_at === null ? '' : `from ${formatMoment(starts_at)}`;
  const to = ends_at === null ? '' : `to ${formatMoment(ends_at)}`;
  const text = [from, to].filter(Boolean).join(' ');
  return text === '' ? 'Always' : text;
}

/** Lets shoppers use a coupon, or not. */
function Switch({ coupon }: { coupon: StaffCoupon }) {
  const client = useQueryClient();
  const on = coupon.state === 'active';
  const { mutate, isPending } = useMutation({
    mutationFn: () => updateCoupon(coupon, { state: on ? 'disabled' : 'active' }),
    onSuccess: ({ code, state }) => toast(state === 'active' ? `${code} can be used.` : `${code} can no longer be used.`),
    onError: (error) => toast(refusalOf(error).join(' '), 'danger'),
    onSettled: () => client.invalidateQueries({ queryKey: couponsKey }),
  });
  return (
    <Button look={on ? 'danger' : 'secondary'} size="sm" busy={isPending} aria-label={`${on ? 'Disable' : 'Enable'} ${coupon.code}`} onClick={() => mutate()}>
      {on ? 'Disable' : 'Enable'}
    </Button>
  );
}
