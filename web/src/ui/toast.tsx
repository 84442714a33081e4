import { useEffect, useState } from 'react';
import { cx } from '@/lib/cx';
import { AlertIcon, CheckIcon, CloseIcon } from './icons';

type Toast = { id: number; text: string; tone: 'ok' | 'danger' };

const SHOWN_MS = 6000;
let next = 1;
const listeners = new Set<(toast: Toast) => void>();

/** Says something once, in a corner; for news that belongs to no place on the page. */
export function toast(text: string, tone: Toast['tone'] = 'ok'): void {
  const made = { id: next, text, tone };
  next += 1;
  for (const listener of listeners) listener(made);
}

/** The corner itself: a live region that is always there. Rendered once by the shell. */
export function Toaster() {
  const [toasts, setToasts] = useState<Toast[]>([]);
  useEffect(() => {
    const add = (made: Toast) => {
      setToasts((shown) => [...shown.slice(-2), made]);
      setTimeout(() => setToasts((shown) => shown.filter(({ id }) => id !== made.id)), SHOWN_MS);
    };
    listeners.add(add);
    return () => {
      listeners.delete(add);
    };
  }, []);
  return (
    <div aria-live="polite" className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-center gap-2 sm:left-auto sm:items-end">
      {toasts.map(({ id, text, tone }) => (
        <div key={id} className="pointer-events-auto flex max-w-sm animate-rise items-start gap-3 rounded-md border border-line bg-surface py-3 pr-2 pl-4 text-sm shadow-pop">
          <span className={cx('mt-0.5', tone === 'ok' ? 'text-ok' : 'text-danger')}>{tone === 'ok' ? <CheckIcon /> : <AlertIcon />}</span>
          <p className="py-0.5">{text}</p>
          <button
            type="button"
            aria-label="Dismiss message"
            onClick={() => setToasts((shown) => shown.filter((other) => other.id !== id))}
            className="grid size-8 shrink-0 place-items-center rounded-sm hover:bg-sunken"
          >
            <CloseIcon className="size-4" />
          </button>
        </div>
      ))}
    </div>
  );
}
