import type { ButtonHTMLAttributes } from 'react';
import { cx } from '@/lib/cx';

type Look = 'primary' | 'secondary' | 'quiet' | 'danger';
type Size = 'md' | 'lg' | 'sm';

const base =
  'relative inline-flex items-center justify-center gap-2 rounded-md font-medium text-center transition-colors duration-150 select-none disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55';
const looks: Record<Look, string> = {
  primary: 'bg-brand text-brand-ink not-disabled:hover:bg-brand-hover',
  secondary: 'border border-line bg-surface text-ink not-disabled:hover:bg-sunken',
  quiet: 'text-ink not-disabled:hover:bg-sunken',
  danger: 'text-danger not-disabled:hover:bg-danger-soft',
};
const sizes: Record<Size, string> = {
  sm: 'min-h-9 px-3 text-sm rounded-sm',
  md: 'min-h-11 px-4.5 text-base',
  lg: 'min-h-13 px-6 text-base',
};

/** The look of a button, for links that act as the page's main way on. */
export function buttonClass(look: Look = 'primary', size: Size = 'md', extra?: string): string {
  return cx(base, looks[look], sizes[size], extra);
}

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look; size?: Size; busy?: boolean };

/** A busy button keeps its width and focus, says so to readers, and ignores further presses. */
export function Button({ look, size, busy = false, className, children, onClick, type = 'button', ...rest }: Props) {
  return (
    <button
      {...rest}
      // The type is always one of the three known ones.
      // oxlint-disable-next-line react/button-has-type
      type={busy && type === 'submit' ? 'button' : type}
      aria-busy={busy || undefined}
      onClick={busy ? undefined : onClick}
      className={buttonClass(look, size, cx('group', className))}
    >
      <span className="inline-flex items-center justify-center gap-2 group-aria-busy:opacity-0">{children}</span>
      {busy && (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
          <span className="sr-only">Please wait…</span>
        </span>
      )}
    </button>
  );
}

export function Spinner({ className = 'size-5' }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 24 24" className={cx('animate-spin', className)} fill="none" stroke="currentColor" strokeWidth="2.5">
      <circle cx="12" cy="12" r="9" opacity="0.25" />
      <path d="M21 12a9 9 0 0 0-9-9" strokeLinecap="round" />
    </svg>
  );
}

/** A square control with an icon; its words are for readers and the tooltip. */
export function IconButton({ label, className, children, type = 'button', ...rest }: Props & { label: string }) {
  return (
    <button
      {...rest}
      // oxlint-disable-next-line react/button-has-type
      type={type}
      aria-label={label}
      title={label}
      className={cx('relative inline-grid size-11 shrink-0 place-items-center rounded-md text-ink transition-colors duration-150 hover:bg-sunken', className)}
    >
      {children}
    </button>
  );
}
