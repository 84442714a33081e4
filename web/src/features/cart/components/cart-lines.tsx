import { Link } from '@tanstack/react-router';
import type { Cart, CartLine } from '@/api/types';
import { cx } from '@/lib/cx';
import { formatMoney } from '@/lib/money';
import { Art } from '@/ui/art';
import { Button, IconButton } from '@/ui/button';
import { AlertIcon, TrashIcon } from '@/ui/icons';
import { Stepper } from '@/ui/stepper';
import { useSetQuantity } from '../use-cart-changes';

/** What is wrong with a line, and the one press that puts it right. */
function problemOf(line: CartLine): { text: string; fix: number | null } | null {
  if (line.problem === 'unavailable') return { text: 'This product is no longer sold.', fix: null };
  if (line.problem === 'out_of_stock') return { text: 'Sold out since you added it.', fix: null };
  if (line.problem === 'insufficient_stock') return { text: `Only ${line.available_quantity} left.`, fix: line.available_quantity ?? null };
  return null;
}

export function hasProblems(cart: Cart): boolean {
  return cart.lines.some((line) => Boolean(line.problem));
}

export function CartLines({ cart, large = false, onLeave }: { cart: Cart; large?: boolean; onLeave?: () => void }) {
  return (
    <ul className="divide-y divide-line">
      {cart.lines.map((line) => (
        <Line key={line.id} {...{ cart, line, large, onLeave }} />
      ))}
    </ul>
  );
}

function Line({ cart, line, large, onLeave }: { cart: Cart; line: CartLine; large: boolean; onLeave: (() => void) | undefined }) {
  const change = useSetQuantity();
  const set = (quantity: number) => change.mutate({ cart, lineId: line.id, quantity });
  const problem = problemOf(line);
  const named = line.variant_title && line.variant_title !== line.product.title ? line.variant_title : null;
  return (
    <li className="flex gap-4 py-4 first:pt-0 last:pb-0">
      <Art media={line.image} decorative className={cx('shrink-0 self-start rounded-md border border-line', large ? 'size-24 sm:size-28' : 'size-20')} />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <div className="flex items-start justify-between gap-2">
          <div className="min-w-0">
            <p className="leading-snug font-medium">
              <Link to="/p/$slug" params={{ slug: line.product.slug }} search={{ variant: line.variant_id }} onClick={onLeave} className="hover:underline">
                {line.product.title}
              </Link>
            </p>
            {named && <p className="mt-0.5 text-sm text-muted">{named}</p>}
          </div>
          <IconButton label={`Remove ${line.product.title}`} className="-mt-2.5 -mr-2.5 text-muted" onClick={() => set(0)}>
            <TrashIcon />
          </IconButton>
        </div>
        {problem && (
          <p className="flex flex-wrap items-center gap-x-2 text-sm font-medium text-danger">
            <AlertIcon className="size-4 shrink-0" />
            {problem.text}
            {problem.fix !== null && problem.fix > 0 && (
              <Button look="secondary" size="sm" onClick={() => set(problem.fix ?? 1)}>
                Take {problem.fix}
              </Button>
            )}
            {(problem.fix === null || problem.fix === 0) && (
              <Button look="secondary" size="sm" onClick={() => set(0)}>
                Remove
              </Button>
            )}
          </p>
        )}
        <div className="mt-auto flex flex-wrap items-center justify-between gap-3">
          <Stepper value={line.quantity} max={Math.max(line.max_quantity, 1)} label={`Quantity of ${line.product.title}`} onChange={set} disabled={line.problem === 'unavailable'} />
          <p className="tabular text-right">
            <span className="font-semibold">{formatMoney(line.total)}</span>
            {line.quantity > 1 && <span className="block text-sm text-muted">{formatMoney(line.unit_price)} each</span>}
          </p>
        </div>
      </div>
    </li>
  );
}
