import type { AdminOrder } from '@/api/types';

/** "2 × Headphones, 1 × Case": units of an order's lines in words. */
export function UnitsText({ order, units }: { order: AdminOrder; units: readonly { line_id: string; quantity: number }[] }) {
  const text = units.filter(({ quantity }) => quantity > 0).map(({ line_id, quantity }) => `${quantity} × ${titleOf(order, line_id)}`);
  return <p className="tabular text-sm text-muted">{text.join(', ')}</p>;
}

export function titleOf({ lines }: AdminOrder, line_id: string): string {
  const line = lines.find(({ id }) => id === line_id);
  if (!line) return 'Unknown line';
  return line.variant_title === '' || line.variant_title === line.title ? line.title : `${line.title}, ${line.variant_title}`;
}
