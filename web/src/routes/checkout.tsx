import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { hasCode } from '@/api/errors';
import { forgetGuestCart } from '@/api/guest-cart';
import { useCart, useResetCart } from '@/features/cart/use-cart';
import { checkoutQuery } from '@/features/checkout/api/checkout';
import { readAttempt } from '@/features/checkout/attempt';
import { CheckoutForm } from '@/features/checkout/components/checkout-form';
import { Completing } from '@/features/checkout/components/payment-state';
import { keepOrderToken } from '@/features/orders/api/tokens';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { buttonClass } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { Loading, Skeleton } from '@/ui/skeleton';
import { EmptyState, ErrorState } from '@/ui/states';

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

type StateProps = Parameters<typeof CheckoutForm>[0] & { onRestart: () => void };

function State({ checkout, onRestart, ...rest }: StateProps) {
  if (readAttempt() === null) {
    if (checkout.state === 'completed') return <CartGone orderId={checkout.order_id} />;
    if (checkout.state === 'completing') return <PaidElsewhere onCheck={onRestart} />;
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
  return <CheckoutForm key={checkout.id} checkout={checkout} {...rest} />;
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

function PaidElsewhere({ onCheck }: { onCheck: () => void }) {
  return (
    <div className="grid gap-4">
      <Completing slow />
      <button type="button" className={buttonClass('secondary', 'md', 'justify-self-center')} onClick={onCheck}>
        Check again
      </button>
    </div>
  );
}

/** The order exists: keep its key, let go of the cart, and show it. */
function useOrderPlaced() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const resetCart = useResetCart();
  return (orderId: string, token: string | null) => {
    if (token !== null) keepOrderToken(orderId, token);
    forgetGuestCart();
    void navigate({ to: '/orders/$orderId/confirmation', params: { orderId }, replace: true }).then(() => {
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
