import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { isHidden } from '@/api/errors';
import type { Order } from '@/api/types';
import { useResetCart } from '@/features/cart/use-cart';
import { endAttemptOf } from '@/features/checkout/attempt';
import { isSettling, orderQuery } from '@/features/orders/api/orders';
import { OrderSkeleton, OrderView } from '@/features/orders/components/order-view';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { buttonClass, Spinner } from '@/ui/button';
import { AlertIcon, CheckIcon } from '@/ui/icons';
import { PageHeading } from '@/ui/page';
import { ErrorState } from '@/ui/states';
import { NotYours } from './order';

const route = getRouteApi('/orders/$orderId/confirmation');

/** What the shopper sees after paying; an address of its own, so that a reload shows the same. */
export function ConfirmationPage() {
  const { orderId } = route.useParams();
  const { data: order, error, refetch } = useQuery(orderQuery(orderId));
  const known = useSession().status === 'customer';
  useSettled(order);
  useTitle(order?.number ? `Order ${order.number}` : 'Your order', { index: false });
  return (
    <div className="page max-w-[1120px] py-8 sm:py-10">
      {order && (
        <>
          <Verdict order={order} known={known} />
          <OrderView order={order} />
        </>
      )}
      {!order && <PageHeading className="mb-6">Your order</PageHeading>}
      {!order && error === null && <OrderSkeleton />}
      {!order && error !== null && (isHidden(error) ? <NotYours known={known} /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
    </div>
  );
}

/** Once the provider has answered, the try to pay is over and the cart is either ordered or free again. */
function useSettled(order: Order | undefined): void {
  const resetCart = useResetCart();
  const waited = useRef(false);
  const settling = order && isSettling(order);
  const paid = order !== undefined && !settling && !isUnpaid(order);
  const id = order?.id;
  useEffect(() => {
    if (settling === undefined) return;
    if (settling) waited.current = true;
    else if (waited.current) {
      waited.current = false;
      void resetCart();
    }
    // A try that failed is kept: the checkout asks it for the reason.
    if (paid && id) endAttemptOf(id);
  }, [settling, paid, id, resetCart]);
}

const isUnpaid = ({ state, placed_at }: Order) => state === 'expired' || (state === 'cancelled' && !placed_at);

function Verdict({ order, known }: { order: Order; known: boolean }) {
  if (isSettling(order)) {
    return (
      <Block icon={<Spinner className="size-6 text-warn" />} title="We are confirming your payment">
        <p role="status">Your order is reserved. This page updates by itself as soon as the payment provider answers; you can also close it and wait for the mail.</p>
      </Block>
    );
  }
  if (isUnpaid(order)) {
    return (
      <Block
        icon={<AlertIcon className="size-6 text-danger" />}
        title="The payment did not go through"
        action={
          <>
            <Link to="/checkout" className={buttonClass()}>
              Back to the checkout
            </Link>
            <Link to="/cart" className={buttonClass('secondary')}>
              See your cart
            </Link>
          </>
        }
      >
        <p role="status">Nothing was charged, and your cart is as it was. You can try again with another card.</p>
      </Block>
    );
  }
  return (
    <Block
      icon={<CheckIcon className="size-6 text-ok" />}
      title="Thank you for your order"
      action={
        <>
          <Link to="/" className={buttonClass('secondary')}>
            Keep looking around
          </Link>
          {known && (
            <Link to="/account" className={buttonClass('quiet')}>
              Your orders
            </Link>
          )}
        </>
      }
    >
      <p>
        Your order number is <strong className="tabular text-ink">{order.number}</strong>. A confirmation goes to <strong className="text-ink">{order.email}</strong>.
      </p>
    </Block>
  );
}

function Block({ icon, title, children, action }: { icon: React.ReactNode; title: string; children: React.ReactNode; action?: React.ReactNode }) {
  return (
    <div className="mb-8">
      <span className="grid size-12 place-items-center rounded-full border border-line bg-surface">{icon}</span>
      <PageHeading className="mt-4">{title}</PageHeading>
      <div className="mt-2 max-w-2xl text-lg text-muted">{children}</div>
      {action && <div className="mt-5 flex flex-wrap gap-3">{action}</div>}
    </div>
  );
}
