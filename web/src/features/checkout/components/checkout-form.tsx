import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { messageOf } from '@/api/errors';
import type { Checkout, Completion, User } from '@/api/types';
import { buttonClass } from '@/ui/button';
import { Notice } from '@/ui/states';
import { toast } from '@/ui/toast';
import { checkoutQuery, getCheckout, patchCheckout, type CheckoutPatch } from '../api/checkout';
import { endAttempt } from '../attempt';
import type { Provider } from '../payment-provider';
import { useCompletion } from '../use-completion';
import { ContactSection } from './contact-section';
import { OrderSummary } from './order-summary';
import { PaymentSection } from './payment-section';
import { Completing } from './payment-state';
import { ShippingSection } from './shipping-section';

const SLOW_MS = 8000;

type Props = {
  checkout: Checkout;
  cartId: string | null;
  user: User | null;
  /** The order exists, paid or waiting for the provider; its token is the guest's key to it. */
  onOrder: (orderId: string, token: string | null) => void;
};

/** The whole checkout on one page: three sections beside a summary that always tells the truth. */
export function CheckoutForm({ checkout, cartId, user, onOrder }: Props) {
  const client = useQueryClient();
  const provider = useRef<Provider | null>(null);
  const keep = (fresh: Checkout) => client.setQueryData(checkoutQuery(cartId).queryKey, fresh);
  const reload = async () => void keep(await getCheckout(checkout.id));
  const save = useMutation({ mutationFn: (patch: CheckoutPatch) => patchCheckout(checkout.id, patch), onSuccess: keep });

  const finish = async ({ status, order, order_token, client_secret }: Completion) => {
    if (status === 'requires_action' && client_secret && provider.current?.handleNextAction) {
      const { error } = await provider.current.handleNextAction({ clientSecret: client_secret });
      if (error) toast(error.message ?? 'Your bank did not confirm the payment.', 'danger');
    }
    endAttempt();
    onOrder(order.id, order_token);
  };
  const { phase, setPhase, pay, resume } = useCompletion(checkout.id, {
    onCompletion: (completion) => void finish(completion),
    onOrdered: (orderId) => onOrder(orderId, null),
    onCheckout: keep,
    onStale: () => reload().catch(() => undefined),
  });

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

  const working = phase.kind === 'paying' || phase.kind === 'waiting';
  const slow = useSlow(working);
  const updating = save.isPending || shipping.isPending;
  return (
    <div className="grid gap-6 lg:grid-cols-[1fr_24rem] lg:items-start lg:gap-8">
      <div className="lg:order-2 lg:self-stretch">
        <OrderSummary checkout={checkout} updating={updating} />
      </div>
      <div className="min-w-0">
        {working && <Completing slow={slow} />}
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
            ready={addressed && !editing && !missing('shipping_method', 'lines')}
            totalsPending={updating}
            phase={phase}
            onBilling={(billing_address) => save.mutateAsync({ billing_address })}
            onPay={({ totals, version }, payment_method) => pay({ expected_total: totals.total, version, payment_method })}
            onProvider={(loaded) => {
              provider.current = loaded;
            }}
            onResume={() => void resume()}
          />
        </div>
      </div>
    </div>
  );
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

function useSlow(working: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!working) return;
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [working]);
  return slow;
}
