import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { cx } from '@/lib/cx';
import { attentionQuery, type Attention } from '../api/orders';

const CHIPS: Record<Attention, string> = {
  refund_due: 'Refund due',
  failed_refund: 'Failed refund',
  awaiting_approval: 'Awaiting approval',
  disputed: 'Disputed',
  return_requested: 'Returns to decide',
  claim_open: 'Open claims',
  on_hold: 'On hold',
};

/** What waits for staff, with how many; each leads to its list. */
export function AttentionChips({ active }: { active: string | undefined }) {
  const { data } = useQuery(attentionQuery);
  return (
    <nav aria-label="What waits for staff" className="mb-5 flex flex-wrap gap-2">
      {(Object.keys(CHIPS) as Attention[]).map((name) => {
        const count = data?.[name] ?? 0;
        const on = active === name;
        return (
          <Link
            key={name}
            to="/admin/orders"
            search={on ? {} : { attention: name }}
            aria-current={on ? 'true' : undefined}
            className={cx(
              'tabular inline-flex min-h-9 items-center gap-2 rounded-full border px-3.5 text-sm font-medium',
              on ? 'border-brand bg-brand-soft text-brand-text' : 'border-line bg-surface hover:bg-sunken',
              count === 0 && !on && 'text-muted',
            )}
          >
            {CHIPS[name]}
            <span className={cx('rounded-full px-1.5 text-xs leading-5', count > 0 ? 'bg-warn-soft text-warn' : 'bg-sunken text-muted')}>{data ? count : '·'}</span>
          </Link>
        );
      })}
    </nav>
  );
}
