import type { Money } from '@/api/types';
import { cx } from '@/lib/cx';
import { formatMoney, percentOff } from '@/lib/money';
import { Badge } from './badge';

type Props = { price: Money; before?: Money | null | undefined; size?: 'md' | 'lg'; from?: boolean };

/** A price; with a higher price before it, both are said in words to readers. */
export function Price({ price, before, size = 'md', from = false }: Props) {
  const off = percentOff(price, before);
  return (
    <p className={cx('tabular flex flex-wrap items-baseline gap-x-2 gap-y-0.5', size === 'lg' ? 'text-3xl' : 'text-base')}>
      {from && <span className={cx('text-muted', size === 'lg' ? 'text-base' : 'text-sm')}>From</span>}
      <span className="font-semibold tracking-tight">
        {off !== null && <span className="sr-only">Now </span>}
        {formatMoney(price)}
      </span>
      {off !== null && before && (
        <>
          <span className="text-sm text-muted">
            <span className="sr-only">, before </span>
            <s>{formatMoney(before)}</s>
          </span>
          {size === 'lg' && (
            <span className="self-center">
              <Badge tone="danger">Save {off}%</Badge>
            </span>
          )}
        </>
      )}
    </p>
  );
}
