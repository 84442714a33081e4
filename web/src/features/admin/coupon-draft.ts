import type { CouponPatch, NewCoupon, StaffCoupon } from '@/api/types';
import { inputToMinor, minorToInput } from '@/lib/money';
import { fromField, toField } from './moments';

/** What a coupon's form holds, as typed. */
export type CouponDraft = {
  code: string;
  description: string;
  kind: 'percent' | 'amount';
  value: string;
  least: string;
  uses: string;
  perCustomer: string;
  starts: string;
  ends: string;
};

export const NEW_DRAFT: CouponDraft = { code: '', description: '', kind: 'percent', value: '', least: '', uses: '', perCustomer: '', starts: '', ends: '' };
export type DraftErrors = Partial<Record<keyof CouponDraft, string>>;

const PPM_PER_PERCENT = 10_000;
export function draftOf(coupon: StaffCoupon, currency: string): CouponDraft {
  return {
    code: coupon.code,
    description: coupon.description,
    kind: coupon.kind,
    value: coupon.amount ? minorToInput(coupon.amount.amount, currency) : String((coupon.percent_ppm ?? 0) / PPM_PER_PERCENT),
    least: coupon.min_subtotal ? minorToInput(coupon.min_subtotal.amount, currency) : '',
    uses: coupon.usage_limit === null ? '' : String(coupon.usage_limit),
    perCustomer: coupon.per_customer_limit === null ? '' : String(coupon.per_customer_limit),
    starts: toField(coupon.starts_at),
    ends: toField(coupon.ends_at),
  };
}

/** A share in parts per million; null where it is not above 0 and at most 100 percent. */
function percentOf(text: string): number | null {
  const cleaned = text.trim().replace(/%$/, '').trim();
  if (!/^\d{1,3}(\.\d{1,4})?$/.test(cleaned)) return null;
  const ppm = Math.round(Number(cleaned) * PPM_PER_PERCENT);
  return ppm >= 1 && ppm <= 1_000_000 ? ppm : null;
}

function limitOf(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) && Number(text) > 0 ? Number(text) : null;
}

/** Everything that is wrong, by field. */
export function errorsOf(draft: CouponDraft, currency: string): DraftErrors {
  const errors: DraftErrors = {};
  const { kind, value } = draft;
  if (!/^[A-Za-z0-9_-]{3,40}$/.test(draft.code.trim())) errors.code = 'Use 3 to 40 letters, digits, hyphens and underscores.';
  if (draft.description.trim() === '') errors.description = 'Say what it is for: shoppers read it.';
  if (kind === 'percent' && percentOf(value) === null) errors.value = 'Enter a percentage above 0 and at most 100.';
  if (kind === 'amount' && !inputToMinor(value, currency)) errors.value = 'Enter an amount, such as 5.00.';
  if (draft.least.trim() !== '' && inputToMinor(draft.least, currency) === null) errors.least = 'Enter an amount, such as 50.00.';
  if (draft.uses.trim() !== '' && limitOf(draft.uses) === null) errors.uses = 'Enter a whole number from 1 on.';
  if (draft.perCustomer.trim() !== '' && limitOf(draft.perCustomer) === null) errors.perCustomer = 'Enter a whole number from 1 on.';
  if (draft.starts !== '' && draft.ends !== '' && draft.ends <= draft.starts) errors.ends = 'It has to end after it begins.';
  return errors;
}

function valueOf({ kind, value }: CouponDraft, currency: string) {
  if (kind === 'percent') return { percent_ppm: percentOf(value) ?? 0 };
  return { amount: { amount: inputToMinor(value, currency) ?? 0, currency } };
}

/** The limits and times; null where there is none. */
function limitsOf(draft: CouponDraft, currency: string) {
  const least = draft.least.trim() === '' ? null : inputToMinor(draft.least, currency);
  return {
    min_subtotal: least === null ? null : { amount: least, currency },
    usage_limit: limitOf(draft.uses),
    per_customer_limit: limitOf(draft.perCustomer),
    starts_at: fromField(draft.starts),
    ends_at: fromField(draft.ends),
  };
}

export function newCouponOf(draft: CouponDraft, currency: string): NewCoupon {
  return { code: draft.code.trim(), description: draft.description.trim(), ...valueOf(draft, currency), ...limitsOf(draft, currency) };
}

/** The change to a coupon. What it takes off is sent only where it differs, since an order that used it fixes it. */
export function patchOf(draft: CouponDraft, coupon: StaffCoupon, currency: string): Partial<CouponPatch> {
  const before = draftOf(coupon, currency);
  const sameValue = before.kind === draft.kind && before.value === draft.value.trim();
  return { description: draft.description.trim(), ...(sameValue ? {} : valueOf(draft, currency)), ...limitsOf(draft, currency) };
}
