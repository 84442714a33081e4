import { lazy, Suspense, type ComponentProps } from 'react';
import type { CartCoupon } from '@/api/types';
import { Skeleton } from '@/ui/skeleton';
import type { Coupon as CouponType, ShownCoupon } from './coupon';

const Coupon = lazy(async () => ({ default: (await import('./coupon')).Coupon }));

/** The coupon's part of a page; its code comes after the page. */
export function LateCoupon(props: ComponentProps<typeof CouponType>) {
  return (
    <Suspense fallback={<Skeleton className={props.coupon ? 'h-16 rounded-md' : 'h-9 w-40 rounded-md'} />}>
      <Coupon {...props} />
    </Suspense>
  );
}

export function shownCoupon(coupon: CartCoupon | null | undefined): ShownCoupon | null {
  return coupon ? { code: coupon.code, description: coupon.description, problem: coupon.reason ?? null, minimum: coupon.minimum ?? null } : null;
}
