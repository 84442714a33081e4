import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, useNavigate } from '@tanstack/react-router';
import type { User } from '@/api/types';
import { signOut } from '@/features/account/api/account';
import { ChangePassword } from '@/features/account/components/change-password';
import { CART_KEY } from '@/features/cart/api/cart';
import { SavedCards } from '@/features/checkout/components/saved-cards';
import { StoreCredit } from '@/features/checkout/components/store-credit';
import { ordersQuery } from '@/features/orders/api/orders';
import { OrderList } from '@/features/orders/components/order-list';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { Button, buttonClass } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { Loading, Skeleton } from '@/ui/skeleton';
import { EmptyState, ErrorState } from '@/ui/states';

/** What the query cache must not show to the next person. */
const PERSONAL = new Set<unknown>(['orders', 'order', 'checkout', 'payment-methods', 'store-credit']);

export function AccountPage() {
  useTitle('Your account', { index: false });
  const session = useSession();
  if (session.status === 'guest') return <Navigate to="/sign-in" search={{ next: '/account' }} replace />;
  return (
    <div className="page max-w-[60rem] py-6 sm:py-8">
      {session.status === 'customer' ? <Account user={session.user} /> : <Skeleton className="h-24" />}
    </div>
  );
}

function Account({ user }: { user: User }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    await signOut().catch(() => undefined);
    client.removeQueries({ predicate: ({ queryKey }) => PERSONAL.has(queryKey[0]) });
    await client.resetQueries({ queryKey: CART_KEY });
    await navigate({ to: '/' });
  };
  return (
    <>
      <div className="mb-8 flex flex-wrap items-end justify-between gap-4">
        <div>
          <PageHeading>Your account</PageHeading>
          <p className="mt-1.5 text-muted">
            {user.name} · {user.email}
          </p>
        </div>
        <div className="flex flex-wrap gap-3">
          {user.role === 'staff' && (
            // An application of its own: the link loads it.
            <a href="/admin" className={buttonClass('secondary')}>
              Back office
            </a>
          )}
          <Button look="secondary" onClick={() => void leave()}>
            Sign out
          </Button>
        </div>
      </div>
      <h2 className="mb-4 text-xl">Your orders</h2>
      <Orders />
      {user.role === 'customer' && (
        <>
          <h2 className="mt-10 mb-4 text-xl">Payment</h2>
          <div className="grid gap-3">
            <StoreCredit />
            <SavedCards />
          </div>
        </>
      )}
      <h2 className="mt-10 mb-4 text-xl">Sign-in</h2>
      <ChangePassword />
    </>
  );
}

function Orders() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(ordersQuery);
  const orders = data?.pages.flatMap((page) => page.items) ?? [];
  if (error && orders.length === 0) return <ErrorState error={error} onRetry={() => void refetch()} title="Your orders did not load" />;
  if (!data) {
    return (
      <Loading label="Loading your orders" className="grid gap-3">
        {Array.from({ length: 3 }, (_, index) => (
          <Skeleton key={index} className="h-24 rounded-lg" />
        ))}
      </Loading>
    );
  }
  if (orders.length === 0) {
    return (
      <EmptyState
        title="No orders yet"
        action={
          <Link to="/" className={buttonClass()}>
            Have a look around
          </Link>
        }
      >
        What you order while signed in is listed here.
      </EmptyState>
    );
  }
  return (
    <>
      <OrderList orders={orders} />
      {hasNextPage && (
        <Button look="secondary" className="mx-auto mt-6 flex" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older orders
        </Button>
      )}
    </>
  );
}
