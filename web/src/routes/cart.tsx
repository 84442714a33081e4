import { Link } from '@tanstack/react-router';
import { CartLines, hasProblems } from '@/features/cart/components/cart-lines';
import { CartSummary } from '@/features/cart/components/cart-summary';
import { LateCoupon, shownCoupon } from '@/features/cart/components/late-coupon';
import { useCart } from '@/features/cart/use-cart';
import { useCartPending } from '@/features/cart/use-cart-changes';
import { useTitle } from '@/lib/use-title';
import { buttonClass } from '@/ui/button';
import { PageHeading, Panel } from '@/ui/page';
import { Loading, Skeleton } from '@/ui/skeleton';
import { EmptyState, ErrorState, Notice } from '@/ui/states';

export function CartPage() {
  useTitle('Cart', { index: false });
  return (
    <div className="page py-6 sm:py-8">
      <PageHeading>Your cart</PageHeading>
      <div className="mt-6">
        <Content />
      </div>
    </div>
  );
}

function Content() {
  const { data: cart, error, isPending, refetch } = useCart();
  const pending = useCartPending();
  if (cart && cart.lines.length > 0) {
    const blocked = hasProblems(cart);
    return (
      <div className="grid gap-6 lg:grid-cols-[1fr_22rem] lg:items-start lg:gap-8">
        <Panel>
          <h2 className="sr-only">Products</h2>
          <CartLines cart={cart} large />
        </Panel>
        <Panel className="lg:sticky lg:top-32">
          <h2 className="mb-4 text-lg">Summary</h2>
          <CartSummary cart={cart} pending={pending} />
          <div className="mt-3">
            <LateCoupon cartId={cart.id} coupon={shownCoupon(cart.coupon)} locked={cart.state !== 'open'} />
          </div>
          {blocked && (
            <div className="mt-3">
              <Notice tone="warn">
                <p>Put the marked products right before you go on.</p>
              </Notice>
            </div>
          )}
          <Link to="/checkout" disabled={pending || blocked} className={buttonClass('primary', 'lg', 'mt-4 w-full')}>
            Checkout
          </Link>
        </Panel>
      </div>
    );
  }
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} title="Your cart did not load" />;
  if (isPending) {
    return (
      <Loading label="Loading your cart" className="grid gap-6 lg:grid-cols-[1fr_22rem] lg:gap-8">
        <Skeleton className="h-72 rounded-lg" />
        <Skeleton className="h-56 rounded-lg" />
      </Loading>
    );
  }
  return (
    <EmptyState
      title="Your cart is empty"
      action={
        <Link to="/" className={buttonClass('primary')}>
          Find something good
        </Link>
      }
    >
      What you add waits here, on this device.
    </EmptyState>
  );
}
