import type { ReactNode } from 'react';
import { cx } from '@/lib/cx';
import { CheckIcon } from '@/ui/icons';

type Props = { number: number; title: string; state: 'open' | 'done' | 'later'; action?: ReactNode; children?: ReactNode };

/** One of the three steps: open, done with its summary, or still to come. */
export function Section({ number, title, state, action, children }: Props) {
  return (
    <section aria-labelledby={`step-${number}`} className="rounded-lg border border-line bg-surface p-5 sm:p-6">
      <div className="flex min-h-9 items-center gap-3">
        <span
          aria-hidden="true"
          className={cx(
            'tabular grid size-8 shrink-0 place-items-center rounded-full text-sm font-semibold',
            state === 'open' && 'bg-brand text-brand-ink',
            state === 'done' && 'bg-ok-soft text-ok',
            state === 'later' && 'bg-sunken text-muted',
          )}
        >
          {state === 'done' ? <CheckIcon className="size-4" /> : number}
        </span>
        <h2 id={`step-${number}`} tabIndex={-1} className={cx('flex-1 text-lg focus:outline-none', state === 'later' && 'text-muted')}>
          {title}
        </h2>
        {action}
      </div>
      {children && <div className="mt-5">{children}</div>}
    </section>
  );
}
