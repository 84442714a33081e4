import type { AdminOrder, AdminTimelineEntry } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { whoOf, wordsOf } from '../words';
import { Section } from './section';

/** What happened, newest first: when, who and why. */
export function OrderTimeline({ order, me }: { order: AdminOrder; me: string }) {
  const entries = order.timeline.toReversed();
  return (
    <Section title="What happened">
      <ol className="relative ml-1.5 border-l-2 border-line text-sm">
        {entries.map((entry) => (
          <li key={entry.seq} className="relative pb-4 pl-5 last:pb-0">
            <span aria-hidden="true" className="absolute top-1.5 -left-[6px] size-2.5 rounded-full border-2 border-surface bg-brand" />
            <p className="font-medium">
              {wordsOf(entry.kind)}
              {amountOf(entry, order.currency)}
            </p>
            <p className="tabular text-muted">
              {wordsOf(whoOf(entry.actor, entry.actor_id, me))}, <time dateTime={entry.at}>{formatMoment(entry.at)}</time>
            </p>
            {entry.reason !== null && <p>“{entry.reason}”</p>}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function amountOf({ detail }: AdminTimelineEntry, currency: string): string {
  const amount = (detail as { amount_minor?: unknown }).amount_minor;
  return typeof amount === 'number' ? `, ${formatMoney({ amount, currency })}` : '';
}
