import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { StaffCoupon } from '@/api/types';
import { hasCode } from '@/api/errors';
import { SelectField, TextField } from '@/ui/field';
import { couponsKey, createCoupon, updateCoupon } from '../api/coupons';
import { draftOf, errorsOf, NEW_DRAFT, newCouponOf, patchOf, type CouponDraft } from '../coupon-draft';
import { useAttempt } from '../use-attempt';
import { ActionDrawer } from './action-drawer';

type Props = { coupon: StaffCoupon | null; currency: string; onClose: () => void };

/** Makes a coupon, or changes one. Its code stays for good; what it takes off stays once an order used it. */
export function CouponForm({ coupon, currency, onClose }: Props) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<CouponDraft>(() => (coupon ? draftOf(coupon, currency) : NEW_DRAFT));
  const [tried, setTried] = useState(false);
  const done = () => {
    void client.invalidateQueries({ queryKey: couponsKey });
    onClose();
  };
  const creation = useAttempt(createCoupon, done);
  const change = useMutation({
    mutationFn: (seen: StaffCoupon) => updateCoupon(seen, patchOf(draft, seen, currency)),
    onSuccess: done,
    onError: (error) => {
      if (hasCode(error, 'version_mismatch')) void client.invalidateQueries({ queryKey: couponsKey });
    },
  });
  const { isPending, error } = coupon ? change : creation;
  const errors = tried ? errorsOf(draft, currency) : {};
  const set = (name: keyof CouponDraft) => (event: { target: { value: string } }) => setDraft((all) => ({ ...all, [name]: event.target.value }));
  const send = () => {
    setTried(true);
    if (Object.keys(errorsOf(draft, currency)).length > 0) return;
    if (coupon) change.mutate(coupon);
    else creation.mutate(newCouponOf(draft, currency));
  };
  const field = (name: keyof CouponDraft) => ({ value: draft[name], onChange: set(name), error: errors[name] });
  const fixed = coupon !== null && coupon.used > 0;
  return (
    <ActionDrawer title={coupon ? `Coupon ${coupon.code}` : 'New coupon'} submit={coupon ? 'Save' : 'Make the coupon'} busy={isPending} error={error} onClose={onClose} onSubmit={send}>
      {!coupon && <TextField label="Code" {...field('code')} maxLength={40} autoCapitalize="characters" spellCheck={false} hint="What shoppers type, in any case." />}
      <TextField label="Description" {...field('description')} maxLength={200} hint="What shoppers read." />
      <SelectField label="Takes off" value={draft.kind} onChange={set('kind')} disabled={fixed}>
        <option value="percent">A percentage</option>
        <option value="amount">An amount</option>
      </SelectField>
      <TextField
        label={draft.kind === 'percent' ? 'Percent' : `Amount in ${currency}`}
        {...field('value')}
        inputMode="decimal"
        disabled={fixed}
        hint={fixed ? 'Orders used it: what it takes off stays.' : undefined}
      />
      <TextField label={`Least value of the goods in ${currency}`} {...field('least')} inputMode="decimal" optional />
      <TextField label="Uses in all" {...field('uses')} inputMode="numeric" optional />
      <TextField label="Uses per customer" {...field('perCustomer')} inputMode="numeric" optional />
      <TextField label="Begins" type="datetime-local" {...field('starts')} optional />
      <TextField label="Ends" type="datetime-local" {...field('ends')} optional />
    </ActionDrawer>
  );
}
