import type { Money } from '@/api/types';

type Totals = { subtotal: Money; discount: Money; shipping?: Money | null; tax?: Money | null; total: Money };

/** "Tax" where it comes on top, "Tax, included" where the prices hold it already, so that the rows add up. */
export function taxLabel({ subtotal, discount, shipping, tax, total }: Totals): string {
  const without = subtotal.amount - discount.amount + (shipping?.amount ?? 0);
  return tax && tax.amount > 0 && total.amount === without ? 'Tax, included' : 'Tax';
}
