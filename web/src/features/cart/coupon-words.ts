import { ApiError, messageOf } from '@/api/errors';
import type { CouponProblem, Money } from '@/api/types';
import { formatMoney } from '@/lib/money';

const REASONS: Record<CouponProblem, string> = {
  unknown: 'We do not know this code. Check it for typing errors.',
  disabled: 'This coupon is no longer accepted.',
  not_started: 'This coupon cannot be used yet.',
  expired: 'This coupon has expired.',
  exhausted: 'This coupon has been used up.',
  customer_limit: 'You have used this coupon as often as one customer may.',
  minimum_not_reached: 'Your products are not worth enough for this coupon yet.',
  other_currency: 'This coupon is for another currency.',
};

/** Why a coupon takes nothing off; with the least value of the products, where that is what is missing. */
export function couponReason(problem: CouponProblem, minimum?: Money | null): string {
  if (problem === 'minimum_not_reached' && minimum) return `This coupon applies from ${formatMoney(minimum)} on.`;
  return REASONS[problem];
}

/** Why a code was not taken. */
export function couponRefusal(error: unknown): string {
  if (!(error instanceof ApiError)) return messageOf(error);
  const problem = error.code.replace(/^coupon_/, '');
  if (problem in REASONS && problem !== error.code) return couponReason(problem as CouponProblem, error.body['minimum'] as Money | undefined);
  if (error.code === 'validation_failed') return REASONS.unknown;
  if (error.code === 'rate_limited') return 'That were many codes in a short time. Please wait a little before you try another one.';
  return messageOf(error);
}
