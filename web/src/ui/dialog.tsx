import { useEffect, useId, useRef, type ReactNode } from 'react';
import { cx } from '@/lib/cx';
import { IconButton } from './button';
import { CloseIcon } from './icons';

type Props = { open: boolean; onClose: () => void; title: string; children: ReactNode; footer?: ReactNode; side?: 'right' | 'left' };

/**
 * A drawer on the native modal `<dialog>`: the browser keeps the focus inside, closes on Escape and
 * gives the focus back. A click on the backdrop closes too.
 */
export function Drawer({ open, onClose, title, children, footer, side = 'right' }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    // The key for closing is the dialog's own Escape; the click only adds the backdrop for a mouse.
    <dialog
      ref={ref}
      aria-labelledby={heading}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
      className={cx(
        'm-0 h-dvh max-h-none w-full max-w-[27rem] bg-surface p-0 text-ink shadow-pop open:flex open:flex-col',
        side === 'right' ? 'ml-auto animate-slide-in' : 'mr-auto animate-fade',
      )}
    >
      {open && (
        <>
          <header className="flex min-h-16 items-center justify-between border-b border-line pr-2.5 pl-5">
            <h2 id={heading} className="text-lg">
              {title}
            </h2>
            <IconButton label={`Close ${title.toLowerCase()}`} onClick={onClose}>
              <CloseIcon />
            </IconButton>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer && <footer className="border-t border-line px-5 py-4">{footer}</footer>}
        </>
      )}
    </dialog>
  );
}
