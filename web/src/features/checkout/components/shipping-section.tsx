import { useId } from 'react';
import type { Checkout } from '@/api/types';
import { cx } from '@/lib/cx';
import { formatDays } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { Notice } from '@/ui/states';
import { Section } from './section';

type Props = { checkout: Checkout; ready: boolean; busy: boolean; error: string | null; onPick: (code: string) => void };

/** Step two: how it travels. Picking saves at once; the totals follow. */
export function ShippingSection({ checkout, ready, busy, error, onPick }: Props) {
  const group = useId();
  if (!ready) return <Section number={2} title="Shipping method" state="later" />;
  const { shipping_methods: methods, shipping_method: chosen } = checkout;
  return (
    <Section number={2} title="Shipping method" state={chosen ? 'done' : 'open'}>
      {error && (
        <div className="mb-4">
          <Notice tone="danger" live="alert">
            <p>{error}</p>
          </Notice>
        </div>
      )}
      {methods.length === 0 && (
        <Notice tone="warn" title="We do not deliver to this address yet">
          <p>Change the address above, or contact us before you order.</p>
        </Notice>
      )}
      <fieldset aria-busy={busy} className="grid gap-2.5">
        <legend className="sr-only">Shipping method</legend>
        {methods.map(({ code, name, price, min_days, max_days }) => (
          <label
            key={code}
            className={cx(
              'flex min-h-16 items-center gap-4 rounded-md border px-4 py-3 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
              chosen === code ? 'border-brand bg-brand-soft ring-1 ring-brand' : 'border-line hover:border-line-strong',
            )}
          >
            <input type="radio" name={group} value={code} checked={chosen === code} onChange={() => onPick(code)} className="size-5 accent-brand" />
            <span className="flex-1">
              <span className="block font-medium">{name}</span>
              <span className="block text-sm text-muted">{formatDays(min_days, max_days)}</span>
            </span>
            <span className="tabular font-medium">{price.amount === 0 ? 'Free' : formatMoney(price)}</span>
          </label>
        ))}
      </fieldset>
    </Section>
  );
}
