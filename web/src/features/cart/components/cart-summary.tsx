import type { Cart } from '@/api/types';
import { cx } from '@/lib/cx';
import { formatMoney } from '@/lib/money';
import { useOnline } from '@/lib/use-online';

/** The money of a cart. While a change is on its way the last settled numbers are dimmed and said to be updating. */
export function CartSummary({ cart, pending }: { cart: Cart; pending: boolean }) {
  const online = useOnline();
  const { subtotal, discount, total } = cart.totals;
  return (
    <div aria-busy={pending}>
      <dl className={cx('tabular space-y-1.5 transition-opacity', pending && 'opacity-50')}>
        {discount.amount > 0 && (
          <>
            <div className="flex justify-between text-sm">
              <dt className="text-muted">Subtotal</dt>
              <dd>{formatMoney(subtotal)}</dd>
            </div>
            <div className="flex justify-between text-sm text-ok">
              <dt>{cart.coupon ? `Discount (${cart.coupon.code})` : 'Discount'}</dt>
              <dd>−{formatMoney(discount)}</dd>
            </div>
          </>
        )}
        <div className="flex items-baseline justify-between">
          <dt className="font-medium">{discount.amount > 0 ? 'Total so far' : 'Subtotal'}</dt>
          <dd className="text-xl font-semibold tracking-tight">{formatMoney(total)}</dd>
        </div>
      </dl>
      <p role="status" className="mt-1 min-h-5 text-sm text-muted">
        {pending ? (online ? 'Updating…' : 'Will be updated when you are back online.') : 'Shipping and tax are worked out at checkout.'}
      </p>
    </div>
  );
}
