import { useEffect, useRef, useState } from 'react';
import { Button, Spinner } from '@/ui/button';
import { LockIcon } from '@/ui/icons';
import { Panel } from '@/ui/page';
import type { Phase } from '../use-completion';

const SLOW_MS = 8000;

type Props = {
  kind: Phase['kind'];
  onResume: () => void;
  /** Ends the payment at the provider, so that another can be made. */
  onAbandon: () => void;
  busy?: boolean;
};

/** Stands in the form's place while an attempt runs; it survives a reload because the attempt does. */
export function Completing({ kind, onResume, onAbandon, busy = false }: Props) {
  const slow = useSlow(kind);
  const box = useRef<HTMLDivElement>(null);
  // The button that was pressed lies far below: what goes on is shown where the eye is.
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'center' });
  }, []);
  if (kind === 'unconfirmed') return <Unconfirmed {...{ onResume, onAbandon, busy }} />;
  const [title, text] =
    kind === 'confirming'
      ? ['Confirm the payment with your bank', 'Your bank asks whether it is you who pays. Follow the steps in its window; nothing is charged before that.']
      : ['Placing your order…', slow ? 'This takes longer than usual. You can wait or reload this page: the payment is made only once.' : 'Please keep this page open for a moment.'];
  return (
    <Panel className="grid justify-items-center gap-4 py-16 text-center">
      <Spinner className="size-9 text-brand-text" />
      <div ref={box} role="status">
        <p className="text-xl font-semibold tracking-tight">{title}</p>
        <p className="mx-auto mt-2 max-w-md text-muted">{text}</p>
      </div>
    </Panel>
  );
}

/** The bank's window is gone without an answer. */
function Unconfirmed({ onResume, onAbandon, busy }: Omit<Props, 'kind'>) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <Panel className="grid justify-items-center gap-4 py-16 text-center">
      <span className="grid size-12 place-items-center rounded-full bg-warn-soft text-warn">
        <LockIcon className="size-6" />
      </span>
      <div>
        <h2 ref={heading} tabIndex={-1} className="text-xl focus:outline-none">
          Your bank is waiting for you
        </h2>
        <p className="mx-auto mt-2 max-w-md text-muted">It has not heard yet whether you agree to this payment. Your products are held for you, and nothing is charged before you confirm.</p>
      </div>
      <div className="mt-2 flex flex-wrap justify-center gap-3">
        <Button onClick={onResume}>Confirm with your bank</Button>
        <Button look="secondary" busy={busy} onClick={onAbandon}>
          Pay in another way
        </Button>
      </div>
    </Panel>
  );
}

/** True once the same step has taken long. */
function useSlow(step: string): boolean {
  const [slow, setSlow] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(step), SLOW_MS);
    return () => clearTimeout(timer);
  }, [step]);
  return slow === step;
}
