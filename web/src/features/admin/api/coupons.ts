import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';
import type { CouponPatch, NewCoupon, StaffCoupon } from '@/api/types';

type Status = StaffCoupon['state'];

const PAGE_SIZE = 25;

export const couponsKey = ['admin', 'coupons'] as const;

export function couponsQuery({ q, state }: { q?: string | undefined; state?: string | undefined }) {
  return infiniteQueryOptions({
    queryKey: [...couponsKey, { q, state }],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/admin/coupons', { params: { query: { q, state: state as Status | undefined, limit: PAGE_SIZE, cursor: pageParam } }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

export async function createCoupon(key: string, body: NewCoupon) {
  return unwrap(await api.POST('/api/v1/admin/coupons', { params: { header: { 'Idempotency-Key': key } }, body }));
}

/** Changes a coupon as it was seen; refused where it was changed meanwhile. What is left out stays. */
export async function updateCoupon({ id, version }: StaffCoupon, patch: Partial<CouponPatch>) {
  // The generated type takes members with a default for required ones.
  const body = patch as CouponPatch;
  return unwrap(await api.PATCH('/api/v1/admin/coupons/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } }, body }));
}
