import type { AdminOrder, AdminOrderLine } from '@/api/types';
import { formatMoney } from '@/lib/money';
import { Art } from '@/ui/art';
import { Badge } from '@/ui/badge';
import { Section } from './section';

/** What was bought, and how far each unit has come. */
export function OrderLines({ order }: { order: AdminOrder }) {
  return (
    <Section title="Lines">
      <ul className="divide-y divide-line">
        {order.lines.map((line) => (
          <li key={line.id} className="flex gap-4 py-3.5 first:pt-0 last:pb-0">
            <Art media={line.image} decorative className="size-14 shrink-0 rounded-sm border border-line" />
            <div className="min-w-0 flex-1">
              <p className="leading-snug font-medium">{line.title}</p>
              <p className="text-sm text-muted">{[line.variant_title, line.sku].filter(Boolean).join(' · ')}</p>
              <Progress line={line} replaces={line.replaces_line_id !== null} />
            </div>
            <div className="tabular shrink-0 text-right text-sm">
              <p className="text-base font-semibold">{formatMoney(line.total)}</p>
              <p className="text-muted">
                {line.quantity} × {formatMoney(line.unit_price)}
              </p>
              {line.discount.amount > 0 && <p className="text-muted">−{formatMoney(line.discount)}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Progress({ line: { quantity, progress }, replaces }: { line: AdminOrderLine; replaces: boolean }) {
  const open = quantity - progress.cancelled - progress.planned;
  const steps: { name: string; units: number; tone: 'neutral' | 'brand' | 'ok' | 'warn' | 'danger' }[] = [
    { name: 'to ship', units: open, tone: 'warn' },
    { name: 'planned', units: progress.planned - progress.shipped, tone: 'brand' },
    { name: 'shipped', units: progress.shipped - progress.delivered - progress.lost, tone: 'brand' },
    { name: 'delivered', units: progress.delivered, tone: 'ok' },
    { name: 'lost', units: progress.lost, tone: 'danger' },
    { name: 'cancelled', units: progress.cancelled, tone: 'neutral' },
    { name: 'coming back', units: progress.coming_back - progress.returned, tone: 'warn' },
    { name: 'back', units: progress.returned, tone: 'neutral' },
    { name: 'refunded', units: progress.refunded, tone: 'neutral' },
  ];
  const shown = steps.filter(({ units }) => units > 0);
  return (
    <p className="mt-1.5 flex flex-wrap gap-1.5">
      {replaces && <Badge tone="brand">Sent in place of another</Badge>}
      {shown.map(({ name, units, tone }) => (
        <Badge key={name} tone={tone}>
          {units} {name}
        </Badge>
      ))}
      {progress.refunded_amount.amount > 0 && <Badge>{formatMoney(progress.refunded_amount)} refunded</Badge>}
    </p>
  );
}
