import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { hasCode, messageOf } from '@/api/errors';
import { forgetGuestCart } from '@/api/guest-cart';
import { LateCoupon } from '@/features/cart/components/late-coupon';
import { useCart, useResetCart } from '@/features/cart/use-cart';
import { abandonPayment, checkoutQuery } from '@/features/checkout/api/checkout';
import { readAttempt } from '@/features/checkout/attempt';
import { CheckoutForm, type PlacedOrder } from '@/features/checkout/components/checkout-form';
import { keepOrderToken, orderToken } from '@/features/orders/api/tokens';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { Button, buttonClass } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { Loading, Skeleton } from '@/ui/skeleton';
import { EmptyState, ErrorState } from '@/ui/states';
import { toast } from '@/ui/toast';

export function CheckoutPage() {
  useTitle('Checkout', { index: false });
  const session = useSession();
  return (
    <div className="page max-w-[1120px] py-6 sm:py-8">
      <div className="mb-6 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <PageHeading>Checkout</PageHeading>
        {session.status === 'guest' && (
          <p className="text-sm text-muted">
            You order as a guest.{' '}
            <Link to="/sign-in" search={{ next: '/checkout' }} className="link inline-block py-1">
              Sign in instead
            </Link>
          </p>
        )}
      </div>
      <Content />
    </div>
  );
}

function Content() {
  const session = useSession();
  const cart = useCart();
  // A payment that was under way when the page was loaded goes first; its cart may be closed by now.
  const [resumed] = useState(() => readAttempt() !== null);
  const cartId = cart.data && cart.data.lines.length > 0 ? cart.data.id : null;
  const checkout = useQuery({ ...checkoutQuery(resumed ? null : cartId), enabled: resumed || cartId !== null });
  const onOrder = useOrderPlaced();
  const error = checkout.error ?? (resumed ? null : cart.error);
  if (hasCode(error, 'cart_already_ordered', 'cart_merged')) return <CartGone orderId={error.body['order_id']} />;
  if (error) return <ErrorState error={error} title="The checkout did not open" onRetry={() => void (checkout.error ? checkout.refetch() : cart.refetch())} />;
  if (!checkout.data) return cart.isPending || resumed || cartId !== null ? <CheckoutSkeleton /> : <NothingToBuy />;
  const user = session.status === 'customer' ? session.user : null;
  return <State checkout={checkout.data} cartId={resumed ? null : cartId} user={user} onOrder={onOrder} onRestart={() => void checkout.refetch()} />;
}

type StateProps = Omit<Parameters<typeof CheckoutForm>[0], 'renderCoupon'> & { onRestart: () => void };

function State({ checkout, onRestart, ...rest }: StateProps) {
  if (readAttempt() === null) {
    if (checkout.state === 'completed') return <CartGone orderId={checkout.order_id} />;
    if (checkout.state === 'completing') return <PaidElsewhere id={checkout.id} orderId={checkout.order_id} onCheck={onRestart} />;
    if (checkout.state === 'expired') {
      return (
        <EmptyState
          title="This checkout waited too long"
          action={
            <button type="button" className={buttonClass()} onClick={onRestart}>
              Begin again
            </button>
          }
        >
          Nothing was ordered, and your cart is as it was.
        </EmptyState>
      );
    }
  }
  const { cart_id, coupon } = checkout;
  return (
    <CheckoutForm
      key={checkout.id}
      checkout={checkout}
      renderCoupon={(props) => <LateCoupon cartId={cart_id} coupon={coupon} {...props} />}
      {...rest}
    />
  );
}

/** The known cart became an order, or part of another cart, somewhere else. */
function CartGone({ orderId }: { orderId: unknown }) {
  const resetCart = useResetCart();
  const begin = () => {
    forgetGuestCart();
    void resetCart();
  };
  return <AlreadyOrdered orderId={typeof orderId === 'string' ? orderId : null} onBegin={begin} />;
}

function AlreadyOrdered({ orderId, onBegin }: { orderId: string | null; onBegin: () => void }) {
  return (
    <EmptyState
      title="This cart has been ordered already"
      action={
        <>
          {orderId && (
            <Link to="/orders/$orderId" params={{ orderId }} className={buttonClass()}>
              See the order
            </Link>
          )}
          <button type="button" className={buttonClass('secondary')} onClick={onBegin}>
            Start a new cart
          </button>
        </>
      }
    />
  );
}

/** A payment for this cart was begun elsewhere: in another window, or on a page that is gone. */
function PaidElsewhere({ id, orderId, onCheck }: { id: string; orderId: string | null | undefined; onCheck: () => void }) {
  const abandon = useMutation({
    mutationFn: () => abandonPayment(id),
    onSettled: onCheck,
    onError: (error) => {
      if (hasCode(error, 'completion_in_progress')) toast('The payment is being worked on right now. Please try again in a moment.', 'danger');
      else if (!hasCode(error, 'checkout_completed')) toast(messageOf(error), 'danger');
    },
  });
  // A guest's window that did not begin the payment has no key to its order.
  const known = useSession().status === 'customer' || (orderId && orderToken(orderId) !== null);
  return (
    <EmptyState
      title="A payment for this cart is under way"
      action={
        <>
          <Button onClick={onCheck}>Check again</Button>
          {orderId && known && (
            <Link to="/orders/$orderId" params={{ orderId }} className={buttonClass('secondary')}>
              See the order
            </Link>
          )}
          <Button look="secondary" busy={abandon.isPending} onClick={() => abandon.mutate()}>
            Pay in another way
          </Button>
        </>
      }
    >
      It was begun in another window. Finish it there, or give it up and pay here; you are never charged twice.
    </EmptyState>
  );
}

/** The order exists: keep its key, and show it. One that is settled lets go of the cart. */
function useOrderPlaced() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const resetCart = useResetCart();
  return ({ id, token, settled }: PlacedOrder) => {
    if (token !== null) keepOrderToken(id, token);
    if (settled) forgetGuestCart();
    void navigate({ to: '/orders/$orderId/confirmation', params: { orderId: id }, replace: true }).then(() => {
      client.removeQueries({ queryKey: ['checkout'] });
      void client.invalidateQueries({ queryKey: ['orders'] });
      return resetCart();
    });
  };
}

function NothingToBuy() {
  return (
    <EmptyState
      title="There is nothing to pay for"
      action={
        <Link to="/" className={buttonClass()}>
          Go to the front page
        </Link>
      }
    >
      Your cart is empty.
    </EmptyState>
  );
}

function CheckoutSkeleton() {
  return (
    <Loading label="Opening the checkout" className="grid gap-6 lg:grid-cols-[1fr_24rem] lg:gap-8">
      <Skeleton className="h-14 rounded-lg lg:order-2 lg:h-80" />
      <div className="grid gap-4">
        <Skeleton className="h-152 rounded-lg" />
        <Skeleton className="h-20 rounded-lg" />
        <Skeleton className="h-20 rounded-lg" />
      </div>
    </Loading>
  );
}
