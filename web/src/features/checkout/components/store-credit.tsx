import { useQuery } from '@tanstack/react-query';
import { formatMoney } from '@/lib/money';
import { storeCreditQuery } from '../api/tenders';

/** What the shop owes a customer and takes as payment; nothing is shown where there is none. */
export function StoreCredit() {
  const { data } = useQuery(storeCreditQuery);
  const held = (data ?? []).filter(({ amount }) => amount > 0);
  if (held.length === 0) return null;
  return (
    <p className="rounded-lg border border-line bg-surface px-4 py-3">
      Store credit <strong className="tabular">{held.map(formatMoney).join(', ')}</strong>
      <span className="block text-sm text-muted">You can use it at the checkout, before a card pays.</span>
    </p>
  );
}
