import type { ReactNode } from 'react';
import { ApiError, messageOf } from '@/api/errors';
import { cx } from '@/lib/cx';
import { Button } from './button';
import { AlertIcon, CheckIcon } from './icons';

/** Nothing here, why, and what next. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-line px-6 py-16 text-center">
      <h2 className="text-xl">{title}</h2>
      {children && <div className="mx-auto mt-2 max-w-md text-muted">{children}</div>}
      {action && <div className="mt-6 flex flex-wrap justify-center gap-3">{action}</div>}
    </div>
  );
}

/** What happened, a way to try again, and the reference support can use. */
export function ErrorState({ error, onRetry, title = 'This did not load' }: { error: unknown; onRetry?: () => void; title?: string }) {
  const reference = error instanceof ApiError ? error.requestId : null;
  return (
    <div role="alert" className="rounded-lg border border-line bg-surface px-6 py-14 text-center">
      <AlertIcon className="mx-auto size-8 text-danger" />
      <h2 className="mt-4 text-xl">{title}</h2>
      <p className="mx-auto mt-2 max-w-md text-muted">{messageOf(error)}</p>
      {onRetry && (
        <Button look="secondary" className="mt-6" onClick={onRetry}>
          Try again
        </Button>
      )}
      {reference && <p className="mt-6 font-mono text-xs text-muted">Reference {reference}</p>}
    </div>
  );
}

type Tone = 'info' | 'ok' | 'warn' | 'danger';
const tones: Record<Tone, string> = {
  info: 'bg-brand-soft text-ink',
  ok: 'bg-ok-soft text-ink',
  warn: 'bg-warn-soft text-ink',
  danger: 'bg-danger-soft text-ink',
};
const inks: Record<Tone, string> = { info: 'text-brand-text', ok: 'text-ok', warn: 'text-warn', danger: 'text-danger' };

/** A note inside a page. `live` is how it is announced when it appears. */
export function Notice({ tone = 'info', live = 'status', title, children, action }: { tone?: Tone; live?: 'status' | 'alert' | 'off'; title?: string; children?: ReactNode; action?: ReactNode }) {
  const Icon = tone === 'ok' ? CheckIcon : AlertIcon;
  return (
    <div role={live === 'off' ? undefined : live} className={cx('flex gap-3 rounded-md px-4 py-3.5 text-sm', tones[tone])}>
      <Icon className={cx('mt-px size-5 shrink-0', inks[tone])} />
      <div className="min-w-0 flex-1 space-y-1">
        {title && <p className="font-semibold">{title}</p>}
        {children}
        {action && <div className="flex flex-wrap gap-2 pt-2">{action}</div>}
      </div>
    </div>
  );
}
