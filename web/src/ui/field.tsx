import { useId, useState, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react';
import { cx } from '@/lib/cx';
import { AlertIcon, ChevronDown } from './icons';

const control =
  'block w-full min-h-11 rounded-md border bg-surface px-3.5 text-base text-ink transition-colors placeholder:text-muted disabled:opacity-60';
const border = (error: string | undefined) => (error ? 'border-danger' : 'border-line-strong/60 hover:border-line-strong');

type Shared = { label: string; error?: string | undefined; hint?: ReactNode; optional?: boolean };

function describedBy(id: string, { error, hint }: Pick<Shared, 'error' | 'hint'>): string | undefined {
  return [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
}

function Frame({ id, label, error, hint, optional, children }: Shared & { id: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
        {optional && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1.5 flex items-start gap-1.5 text-sm text-danger">
          <AlertIcon className="mt-0.5 size-4 shrink-0" />
          {error}
        </p>
      )}
    </div>
  );
}

/** A text input with its label, hint and error tied together. `id` is what an error summary links to. */
export function TextField({ label, error, hint, optional, id, className, ...rest }: Shared & InputHTMLAttributes<HTMLInputElement>) {
  const own = useId();
  const key = id ?? own;
  return (
    <Frame id={key} {...{ label, error, hint, optional: optional ?? false }}>
      <input
        {...rest}
        id={key}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(key, { error, hint })}
        className={cx(control, border(error), className)}
      />
    </Frame>
  );
}

/** Room for a few sentences. */
export function TextArea({ label, error, hint, optional, id, className, rows = 3, ...rest }: Shared & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const own = useId();
  const key = id ?? own;
  return (
    <Frame id={key} {...{ label, error, hint, optional: optional ?? false }}>
      <textarea
        {...rest}
        id={key}
        rows={rows}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(key, { error, hint })}
        className={cx(control, border(error), 'py-2.5', className)}
      />
    </Frame>
  );
}

/** A password that may be pasted and, on request, read. */
export function PasswordField(props: Shared & InputHTMLAttributes<HTMLInputElement>) {
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <TextField {...props} type={shown ? 'text' : 'password'} className="pr-18" spellCheck={false} autoCapitalize="none" />
      <button
        type="button"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute top-[1.9rem] right-1 min-h-9 rounded-sm px-3 text-sm font-medium text-brand-text hover:bg-sunken"
      >
        {shown ? 'Hide' : 'Show'}
        <span className="sr-only"> password</span>
      </button>
    </div>
  );
}

/** The platform's own list of choices. */
export function SelectField({ label, error, hint, optional, id, children, className, ...rest }: Shared & SelectHTMLAttributes<HTMLSelectElement>) {
  const own = useId();
  const key = id ?? own;
  return (
    <Frame id={key} {...{ label, error, hint, optional: optional ?? false }}>
      <span className="relative block">
        <select
          {...rest}
          id={key}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(key, { error, hint })}
          className={cx(control, border(error), 'appearance-none pr-10', className)}
        >
          {children}
        </select>
        <ChevronDown className="pointer-events-none absolute top-1/2 right-3 size-4.5 -translate-y-1/2 text-muted" />
      </span>
    </Frame>
  );
}

/** A tick box whose whole row is the target. `end` is shown at the right, such as a count. */
export function Checkbox({ label, end, className, ...rest }: { label: ReactNode; end?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className={cx('flex min-h-9 items-center gap-3 text-sm', className)}>
      <input {...rest} type="checkbox" className="size-5 shrink-0 accent-brand" />
      <span className="min-w-0 flex-1">{label}</span>
      {end !== undefined && <span className="tabular text-muted">{end}</span>}
    </label>
  );
}
