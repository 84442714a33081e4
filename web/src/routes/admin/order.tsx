import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError } from '@/api/errors';
import { adminOrderQuery } from '@/features/admin/api/orders';
import { OrderCustomer, OrderDocuments } from '@/features/admin/components/order-customer';
import { OrderForms } from '@/features/admin/components/order-forms';
import { OrderHead } from '@/features/admin/components/order-head';
import { OrderLines } from '@/features/admin/components/order-lines';
import { OrderPayments, OrderTotals } from '@/features/admin/components/order-money';
import { OrderNotes } from '@/features/admin/components/order-notes';
import { OrderRefunds } from '@/features/admin/components/order-refunds';
import { OrderClaims, OrderReturns } from '@/features/admin/components/order-returns';
import { OrderShipments } from '@/features/admin/components/order-shipments';
import { OrderTimeline } from '@/features/admin/components/order-timeline';
import type { OrderForm } from '@/features/admin/order-form';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { buttonClass } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { Loading, Skeleton } from '@/ui/skeleton';
import { EmptyState, ErrorState } from '@/ui/states';

const route = getRouteApi('/admin/orders/$orderId');

/** One order: all that is known about it, and all that may be done with it now. */
export function AdminOrderPage() {
  const { orderId } = route.useParams();
  const { data: order, error, refetch } = useQuery(adminOrderQuery(orderId));
  const session = useSession();
  const [form, setForm] = useState<OrderForm | null>(null);
  useTitle(order?.number ? `Order ${order.number}` : 'Order', { index: false });
  if (!order) {
    if (error === null) return <OrderPending />;
    return (
      <>
        <PageHeading className="mb-5">Order</PageHeading>
        {error instanceof ApiError && (error.status === 404 || error.status === 400) ? <NoOrder /> : <ErrorState error={error} onRetry={() => void refetch()} />}
      </>
    );
  }
  const me = session.status === 'customer' ? session.user.id : '';
  return (
    <>
      <OrderHead order={order} open={setForm} />
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 space-y-6">
          <OrderLines order={order} />
          <OrderShipments order={order} open={setForm} />
          <OrderRefunds order={order} open={setForm} me={me} />
          <OrderReturns order={order} open={setForm} />
          <OrderClaims order={order} open={setForm} />
          <OrderTimeline order={order} me={me} />
        </div>
        <div className="min-w-0 space-y-6">
          <OrderTotals order={order} />
          <OrderPayments order={order} />
          <OrderDocuments order={order} />
          <OrderCustomer order={order} />
          <OrderNotes order={order} me={me} />
        </div>
      </div>
      {form !== null && <OrderForms order={order} form={form} onClose={() => setForm(null)} />}
    </>
  );
}

function OrderPending() {
  return (
    <Loading label="Loading the order" className="space-y-6">
      <Skeleton className="h-9 w-64" />
      <Skeleton className="h-72 rounded-lg" />
      <Skeleton className="h-48 rounded-lg" />
    </Loading>
  );
}

function NoOrder() {
  return (
    <EmptyState
      title="There is no such order"
      action={
        <Link to="/admin/orders" className={buttonClass('secondary')}>
          All orders
        </Link>
      }
    />
  );
}
