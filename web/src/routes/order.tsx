import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { isHidden } from '@/api/errors';
import { orderQuery } from '@/features/orders/api/orders';
import { OrderSkeleton, OrderView } from '@/features/orders/components/order-view';
import { statusOf } from '@/features/orders/words';
import { formatDay } from '@/lib/dates';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { Badge } from '@/ui/badge';
import { buttonClass } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { EmptyState, ErrorState } from '@/ui/states';

const route = getRouteApi('/orders/$orderId');

export function OrderPage() {
  const { orderId } = route.useParams();
  const { data: order, error, refetch } = useQuery(orderQuery(orderId));
  const known = useSession().status === 'customer';
  const title = order?.number ? `Order ${order.number}` : 'Your order';
  useTitle(title, { index: false });
  return (
    <div className="page max-w-[1120px] py-6 sm:py-8">
      {known && (
        <Link to="/account" className="link mb-2 inline-block py-1 text-sm">
          All your orders
        </Link>
      )}
      <div className="mb-6 flex flex-wrap items-center gap-x-4 gap-y-2">
        <PageHeading>{title}</PageHeading>
        {order && <Badge tone={statusOf(order).tone}>{statusOf(order).text}</Badge>}
        {order && <p className="w-full text-muted">{formatDay(order.placed_at ?? order.created_at)}</p>}
      </div>
      {order && <OrderView order={order} />}
      {!order && error === null && <OrderSkeleton />}
      {!order && error !== null && (isHidden(error) ? <NotYours known={known} /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
    </div>
  );
}

export function NotYours({ known }: { known: boolean }) {
  return (
    <EmptyState
      title="We cannot show this order here"
      action={
        !known && (
          <Link to="/sign-in" search={{ next: globalThis.location.pathname }} className={buttonClass()}>
            Sign in
          </Link>
        )
      }
    >
      {known ? 'It does not belong to this account.' : 'Open the link in the confirmation, or the browser window in which the order was made. If you have an account, sign in.'}
    </EmptyState>
  );
}
