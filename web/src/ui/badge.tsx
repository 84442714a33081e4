import type { ReactNode } from 'react';
import type { Availability } from '@/api/types';
import { cx } from '@/lib/cx';

type Tone = 'neutral' | 'brand' | 'ok' | 'warn' | 'danger';
const tones: Record<Tone, string> = {
  neutral: 'bg-sunken text-muted',
  brand: 'bg-brand-soft text-brand-text',
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  danger: 'bg-danger-soft text-danger',
};

export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={cx('tabular inline-flex items-center rounded-full px-2.5 py-0.5 text-xs leading-5 font-medium whitespace-nowrap', tones[tone])}>
      {children}
    </span>
  );
}

const stock: Record<Availability, { text: string; dot: string; ink: string }> = {
  in_stock: { text: 'In stock', dot: 'bg-ok', ink: 'text-ok' },
  low: { text: 'Only a few left', dot: 'bg-warn', ink: 'text-warn' },
  backorder: { text: 'Available to order', dot: 'bg-warn', ink: 'text-warn' },
  out: { text: 'Sold out', dot: 'bg-line-strong', ink: 'text-muted' },
};

/** Says in words what the dot shows in colour. `left` gives the number when it is small. */
export function Stock({ availability, left }: { availability: Availability; left?: number }) {
  const { text, dot, ink } = stock[availability];
  const words = availability === 'low' && left !== undefined && left > 0 ? `Only ${left} left` : text;
  return (
    <span className={cx('inline-flex items-center gap-2 text-sm font-medium', ink)}>
      <span aria-hidden="true" className={cx('size-2 rounded-full', dot)} />
      {words}
    </span>
  );
}
