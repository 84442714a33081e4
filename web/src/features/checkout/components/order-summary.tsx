import type { ReactNode } from 'react';
import type { Checkout, CheckoutTender, Money } from '@/api/types';
import { cx } from '@/lib/cx';
import { formatMoney } from '@/lib/money';
import { taxLabel } from '@/lib/totals';
import { useMedia } from '@/lib/use-media';
import { Art } from '@/ui/art';
import { ChevronDown } from '@/ui/icons';

type Props = {
  checkout: Checkout;
  updating: boolean;
  /** The coupon's field, from the cart's own part of the shop. */
  coupon: ReactNode;
};

const PROBLEMS: Record<string, string> = {
  unavailable: 'No longer sold',
  out_of_stock: 'Sold out',
  insufficient_stock: 'Not enough left',
};

/** What is bought and what it costs. On a phone it folds to its total; on a desk it stays in view. */
export function OrderSummary(props: Props) {
  const desk = useMedia('(min-width: 64rem)');
  const { totals } = props.checkout;
  if (!desk) {
    return (
      <details className="group rounded-lg border border-line bg-surface">
        <summary className="flex min-h-14 list-none items-center gap-2 rounded-lg px-5 font-medium">
          Order summary
          <ChevronDown className="size-4 text-muted transition-transform group-open:rotate-180" />
          <span className="tabular ml-auto text-lg font-semibold">{formatMoney(totals.total)}</span>
        </summary>
        <div className="px-5 pb-5">
          <Body {...props} />
        </div>
      </details>
    );
  }
  return (
    <aside aria-label="Order summary" className="sticky top-24 rounded-lg border border-line bg-surface p-6">
      <h2 className="mb-4 text-lg">Order summary</h2>
      <Body {...props} />
    </aside>
  );
}

function Body({ checkout, updating, coupon }: Props) {
  return (
    <>
      <ul className="divide-y divide-line">
        {checkout.lines.map((line) => (
          <li key={line.variant_id} className="flex gap-3.5 py-3.5 first:pt-0">
            <Art media={line.image} decorative className="size-16 shrink-0 rounded-md border border-line" />
            <div className="min-w-0 flex-1 text-sm">
              <p className="leading-snug font-medium">{line.title}</p>
              {line.variant_title && line.variant_title !== line.title && <p className="text-muted">{line.variant_title}</p>}
              <p className="tabular text-muted">Quantity {line.quantity}</p>
              {line.problem && <p className="font-medium text-danger">{PROBLEMS[line.problem] ?? 'Cannot be ordered'}</p>}
            </div>
            <p className="tabular text-sm font-medium">{formatMoney(line.total)}</p>
          </li>
        ))}
      </ul>
      <div className="border-t border-line py-3">{coupon}</div>
      <Totals {...{ checkout, updating }} />
    </>
  );
}

export function tenderName({ kind, last4 }: Pick<CheckoutTender, 'kind' | 'last4'>): string {
  return kind === 'store_credit' ? 'Store credit' : `Gift card ending in ${last4 ?? '····'}`;
}

function Totals({ checkout, updating }: Pick<Props, 'checkout' | 'updating'>) {
  const { coupon, tenders, charge } = checkout;
  const { subtotal, discount, shipping, tax, total } = checkout.totals;
  const known = (money: Money | null | undefined) => (money ? (money.amount === 0 ? 'Free' : formatMoney(money)) : 'Next step');
  const rows = [
    { name: 'Subtotal', value: formatMoney(subtotal) },
    ...(discount.amount > 0 ? [{ name: coupon ? `Discount (${coupon.code})` : 'Discount', value: `−${formatMoney(discount)}` }] : []),
    { name: 'Shipping', value: known(shipping) },
    { name: taxLabel(checkout.totals), value: tax ? formatMoney(tax) : 'Next step' },
  ];
  const paid = tenders.filter(({ amount }) => amount.amount > 0);
  return (
    <dl aria-busy={updating} className={cx('tabular space-y-1.5 border-t border-line pt-4 text-sm transition-opacity', updating && 'opacity-50')}>
      {rows.map(({ name, value }) => (
        <Row key={name} name={name} value={value} faint={value === 'Next step'} />
      ))}
      <div className="flex items-baseline justify-between border-t border-line pt-3 text-base font-semibold">
        <dt>Total</dt>
        <dd className="text-xl tracking-tight">{formatMoney(total)}</dd>
      </div>
      {paid.map((tender) => (
        <Row key={tender.id} name={tenderName(tender)} value={`−${formatMoney(tender.amount)}`} />
      ))}
      {paid.length > 0 && (
        <div className="flex items-baseline justify-between font-semibold">
          <dt>Left to pay</dt>
          <dd>{formatMoney(charge)}</dd>
        </div>
      )}
    </dl>
  );
}

function Row({ name, value, faint = false }: { name: string; value: string; faint?: boolean }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="min-w-0 text-muted">{name}</dt>
      <dd className={faint ? 'text-muted' : undefined}>{value}</dd>
    </div>
  );
}
