import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { hasCode, messageOf } from '@/api/errors';
import type { Checkout, User } from '@/api/types';
import { buttonClass } from '@/ui/button';
import { Notice } from '@/ui/states';
import { toast } from '@/ui/toast';
import { abandonPayment, checkoutQuery, getCheckout, patchCheckout, type CheckoutPatch } from '../api/checkout';
import { endAttempt } from '../attempt';
import { isWorking, useCompletion } from '../use-completion';
import { Completing } from './completing';
import { ContactSection } from './contact-section';
import { OrderSummary } from './order-summary';
import { PaymentSection } from './payment-section';
import { ShippingSection } from './shipping-section';

type Props = {
  checkout: Checkout;
  cartId: string | null;
  user: User | null;
  /** The cart's coupon, from the cart's own part of the shop; told when it has changed something here. */
  renderCoupon: (props: { locked: boolean; onChanged: () => Promise<unknown> }) => ReactNode;
  /** The order exists: settled, or waiting for the provider. Its token is the guest's key to it. */
  onOrder: (order: PlacedOrder) => void;
};

export type PlacedOrder = { id: string; token: string | null; settled: boolean };

/** The whole checkout on one page: three sections beside a summary that always tells the truth. */
export function CheckoutForm({ checkout, cartId, user, renderCoupon, onOrder }: Props) {
  const client = useQueryClient();
  const keep = (fresh: Checkout) => client.setQueryData(checkoutQuery(cartId).queryKey, fresh);
  const reload = async () => void keep(await getCheckout(checkout.id));
  const save = useMutation({ mutationFn: (patch: CheckoutPatch) => patchCheckout(checkout.id, patch), onSuccess: keep });
  const tenders = useMutation({ mutationFn: (change: () => Promise<Checkout>) => change(), onSuccess: keep });
  const { phase, setPhase, pay, resume } = useCompletion(checkout.id, {
    onOrder,
    onCheckout: keep,
    onStale: () => reload().catch(() => undefined),
  });
  const abandon = useAbandon(checkout.id, { onOrder, onCheckout: keep, onOpen: () => setPhase({ kind: 'idle' }) });

  const missing = (...names: string[]) => checkout.requirements.some((name) => names.includes(name));
  const addressed = !missing('email', 'shipping_address');
  const [editing, setEditing] = useState(!addressed);
  const shipping = useMutation({ mutationFn: (code: string) => patchCheckout(checkout.id, { shipping_method: code }), onSuccess: keep });

  const saveContact = async (patch: CheckoutPatch) => {
    const saved = await save.mutateAsync(patch);
    setPhase({ kind: 'idle' });
    const [first] = saved.shipping_methods.toSorted((a, b) => a.price.amount - b.price.amount);
    // The cheapest way is chosen in advance, so that the total is known; it can be changed below.
    if (first && !saved.shipping_methods.some(({ code }) => code === saved.shipping_method)) await shipping.mutateAsync(first.code).catch(() => undefined);
    setEditing(false);
    focusSoon('step-2');
  };

  const working = isWorking(phase);
  const coupons = useIsMutating({ mutationKey: ['cart'] }) > 0;
  const updating = save.isPending || shipping.isPending || tenders.isPending || coupons;
  const way = { onResume: () => void resume(), onAbandon: () => abandon.mutate() };
  return (
    <div className="grid gap-6 lg:grid-cols-[1fr_24rem] lg:items-start lg:gap-8">
      <div className="lg:order-2 lg:self-stretch">
        <OrderSummary checkout={checkout} updating={updating} coupon={renderCoupon({ locked: working || updating || phase.kind === 'unreachable', onChanged: reload })} />
      </div>
      <div className="min-w-0">
        {working && <Completing kind={phase.kind} busy={abandon.isPending} {...way} />}
        {/* Hidden, not gone: a declined card must not cost what was typed. */}
        <div hidden={working} className="grid gap-4">
          {missing('lines') && <LinesProblem />}
          <ContactSection checkout={checkout} user={user} open={editing || !addressed} onEdit={() => {
              setEditing(true);
              focusSoon('checkout-email');
            }} onSave={saveContact} />
          <ShippingSection
            checkout={checkout}
            ready={addressed && !editing}
            busy={shipping.isPending}
            error={shipping.error === null ? null : messageOf(shipping.error)}
            onPick={(code) => {
              setPhase({ kind: 'idle' });
              shipping.mutate(code);
            }}
          />
          <PaymentSection
            checkout={checkout}
            customer={user?.role === 'customer'}
            ready={addressed && !editing && !missing('shipping_method', 'lines')}
            totalsPending={updating}
            phase={phase}
            tenders={{ busy: tenders.isPending, error: tenders.error, onChange: tenders.mutate, onEdit: tenders.reset }}
            onBilling={(billing_address) => save.mutateAsync({ billing_address })}
            onPay={({ totals, charge, version }, means) => pay({ expected_total: totals.total, expected_charge: charge, version, ...means })}
            {...way}
          />
        </div>
      </div>
    </div>
  );
}

type AbandonHooks = { onOrder: Props['onOrder']; onCheckout: (checkout: Checkout) => void; onOpen: () => void };

/** Gives a payment up that nobody confirmed. The provider has the last word: one that came through is an order. */
function useAbandon(checkoutId: string, { onOrder, onCheckout, onOpen }: AbandonHooks) {
  return useMutation({
    mutationFn: () => abandonPayment(checkoutId),
    onSuccess: (open) => {
      endAttempt();
      onCheckout(open);
      onOpen();
    },
    onError: (error) => {
      const orderId = hasCode(error, 'checkout_completed') ? error.body['order_id'] : null;
      if (typeof orderId !== 'string') return toast(hasCode(error, 'completion_in_progress') ? 'The payment is being worked on right now. Please try again in a moment.' : messageOf(error), 'danger');
      endAttempt();
      onOrder({ id: orderId, token: null, settled: true });
    },
  });
}

/** Moves the focus to what the press has opened, once it is on the page. */
function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

function LinesProblem() {
  return (
    <Notice
      tone="danger"
      live="alert"
      title="Some of your cart cannot be ordered as it is"
      action={
        <Link to="/cart" className={buttonClass('secondary', 'sm')}>
          Change your cart
        </Link>
      }
    >
      <p>A product was sold out or taken from sale since you added it.</p>
    </Notice>
  );
}
