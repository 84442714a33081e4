import { useLayoutEffect, type FormEvent, type ReactNode } from 'react';
import { Button } from '@/ui/button';
import { Drawer } from '@/ui/dialog';
import { Notice } from '@/ui/states';
import { refusalOf } from '../words';

type Props = {
  title: string;
  submit: string;
  busy: boolean;
  error: unknown;
  onSubmit: () => void;
  onClose: () => void;
  disabled?: boolean;
  children: ReactNode;
};

/** A drawer with one form: what it changes, and why it was refused. What was typed stays until it worked. */
export function ActionDrawer({ title, submit, busy, error, onSubmit, onClose, disabled = false, children }: Props) {
  useReturnOfFocus();
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy || disabled) return;
    onSubmit();
    // What was typed wrongly is marked by then; the first of it takes the focus.
    const form = event.currentTarget;
    setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  return (
    <Drawer open title={title} onClose={onClose}>
      <form onSubmit={send} className="space-y-5" noValidate>
        {children}
        {error !== null && (
          <Notice tone="danger" live="alert" title="That did not work">
            {refusalOf(error).map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </Notice>
        )}
        <div className="flex gap-3">
          <Button type="submit" busy={busy} disabled={disabled}>
            {submit}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Close
          </Button>
        </div>
      </form>
    </Drawer>
  );
}

/** A drawer that goes away gives the focus back to what opened it, or to the page where that is gone too. */
function useReturnOfFocus(): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    return () => {
      setTimeout(() => {
        const target = before?.isConnected === true && before !== document.body ? before : document.querySelector('[data-page-heading]');
        if (target instanceof HTMLElement) target.focus({ preventScroll: true });
      });
    };
  }, []);
}
