import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Cart, CouponProblem, Money } from '@/api/types';
import { IconButton } from '@/ui/button';
import { CodeForm } from '@/ui/code-form';
import { AlertIcon, CloseIcon } from '@/ui/icons';
import { TagIcon } from '@/ui/rare-icons';
import { CART_KEY } from '../api/cart';
import { deleteCoupon, putCoupon } from '../api/coupon';
import { couponReason, couponRefusal } from '../coupon-words';

/** A coupon as the cart or the checkout shows it. */
export type ShownCoupon = { code: string; description: string; problem: CouponProblem | null; minimum?: Money | null };

type Props = {
  cartId: string;
  coupon: ShownCoupon | null;
  /** While a payment is under way the coupon stays as it is. */
  locked?: boolean;
  /** After the cart has changed: what else shows its money. */
  onChanged?: () => Promise<unknown>;
};

/** Shares its key with the cart's other changes, so that totals are shown as "updating". */
const MUTATION = ['cart', 'change'] as const;

function useCouponChange(onChanged: Props['onChanged']) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: MUTATION,
    scope: { id: 'cart' },
    mutationFn: async (change: () => Promise<Cart>) => {
      client.setQueryData(CART_KEY, await change());
      await onChanged?.();
    },
  });
}

/** The cart's coupon: a link that opens its field, or what it does with a button to take it out. */
export function Coupon({ cartId, coupon, locked = false, onChanged }: Props) {
  const change = useCouponChange(onChanged);
  const busy = useIsMutating({ mutationKey: MUTATION }) > 0;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const code = coupon?.code ?? null;
  const shown = useRef(code);
  useEffect(() => {
    // The pressed button is gone: the focus goes to what took its place.
    if (shown.current === code) return;
    shown.current = code;
    box.current?.focus();
  }, [code]);
  return (
    <div ref={box} tabIndex={-1} className="rounded-sm focus:outline-none">
      {coupon ? (
        <Applied
          coupon={coupon}
          disabled={locked || busy}
          error={change.error === null ? null : couponRefusal(change.error)}
          onRemove={() => {
            setOpen(false);
            change.mutate(() => deleteCoupon(cartId));
          }}
        />
      ) : open ? (
        <CodeForm
          label="Coupon code"
          empty="Enter the code as it stands on the coupon."
          busy={change.isPending}
          error={change.error === null ? null : couponRefusal(change.error)}
          onEdit={change.reset}
          onSubmit={(typed) => change.mutate(() => putCoupon(cartId, typed))}
        />
      ) : (
        <button type="button" disabled={locked} className="link min-h-9 text-sm disabled:opacity-55" onClick={() => setOpen(true)}>
          Add a coupon code
        </button>
      )}
    </div>
  );
}

function Applied({ coupon, disabled, error, onRemove }: { coupon: ShownCoupon; disabled: boolean; error: string | null; onRemove: () => void }) {
  const { code, description, problem, minimum } = coupon;
  return (
    <div className="rounded-md border border-line px-3 py-2 text-sm">
      <div className="flex items-center gap-2.5">
        <TagIcon className={problem ? 'size-5 shrink-0 text-muted' : 'size-5 shrink-0 text-ok'} />
        <p role="status" className="min-w-0 flex-1">
          <span className="font-semibold break-all">{code}</span> <span className="sr-only">{problem ? 'takes nothing off now.' : 'is applied.'}</span>
          <span className="block text-muted">{description}</span>
        </p>
        <IconButton label={`Remove coupon ${code}`} className="-mr-2 text-muted" disabled={disabled} onClick={onRemove}>
          <CloseIcon className="size-4.5" />
        </IconButton>
      </div>
      {(problem ?? error) && (
        <p role={error ? 'alert' : undefined} className="mt-1 flex gap-1.5 pb-1 font-medium text-danger">
          <AlertIcon className="mt-0.5 size-4 shrink-0" />
          {error ?? (problem && couponReason(problem, minimum))}
        </p>
      )}
    </div>
  );
}
