import { Link } from '@tanstack/react-router';
import { buttonClass, Button } from '@/ui/button';
import { Drawer } from '@/ui/dialog';
import { BagIcon } from '@/ui/icons';
import { Loading, Skeleton } from '@/ui/skeleton';
import { ErrorState } from '@/ui/states';
import { closeDrawer, useDrawerOpen } from '../drawer-state';
import { useCart } from '../use-cart';
import { useCartPending } from '../use-cart-changes';
import { CartLines, hasProblems } from './cart-lines';
import { CartSummary } from './cart-summary';

/** The cart beside the page. */
export function CartDrawer() {
  const open = useDrawerOpen();
  const { data: cart, error, isPending, refetch } = useCart();
  const pending = useCartPending();
  const filled = cart !== null && cart !== undefined && cart.lines.length > 0;
  return (
    <Drawer
      open={open}
      onClose={closeDrawer}
      title="Your cart"
      footer={
        filled && (
          <>
            <CartSummary cart={cart} pending={pending} />
            <div className="mt-3 grid gap-2">
              <Link to="/checkout" onClick={closeDrawer} disabled={pending || hasProblems(cart)} className={buttonClass('primary', 'lg')}>
                Checkout
              </Link>
              <Link to="/cart" onClick={closeDrawer} className={buttonClass('quiet')}>
                View cart
              </Link>
            </div>
          </>
        )
      }
    >
      {filled && <CartLines cart={cart} onLeave={closeDrawer} />}
      {!filled && error !== null && <ErrorState error={error} onRetry={() => void refetch()} title="Your cart did not load" />}
      {!filled && error === null && isPending && (
        <Loading label="Loading your cart" className="space-y-4">
          <Skeleton className="h-24" />
          <Skeleton className="h-24" />
        </Loading>
      )}
      {!filled && error === null && !isPending && (
        <div className="grid justify-items-center gap-3 py-16 text-center">
          <BagIcon className="size-10 text-muted" />
          <p className="text-lg font-semibold">Your cart is empty</p>
          <p className="text-muted">What you add waits here, on this device.</p>
          <Button look="secondary" className="mt-2" onClick={closeDrawer}>
            Keep looking
          </Button>
        </div>
      )}
    </Drawer>
  );
}
