import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Button } from './button';
import { TextField } from './field';

type Props = {
  label: string;
  /** What to say when nothing was typed. */
  empty: string;
  busy: boolean;
  error: string | null;
  onEdit: () => void;
  onSubmit: (code: string) => void;
};

/** A field for a code that is applied at once: a coupon's, a gift card's. A refusal stands beside it and brings the focus back. */
export function CodeForm({ label, empty, busy, error, onEdit, onSubmit }: Props) {
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const wrong = missing ? empty : error;
  useEffect(() => {
    if (error !== null) form.current?.querySelector('input')?.focus();
  }, [error]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = code.trim();
    setMissing(typed === '');
    if (typed !== '' && !busy) onSubmit(typed);
  };
  return (
    <form ref={form} noValidate onSubmit={submit} className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <TextField
          label={label}
          value={code}
          autoFocus
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={100}
          error={wrong ?? undefined}
          onChange={(event) => {
            setCode(event.target.value);
            setMissing(false);
            if (error !== null) onEdit();
          }}
        />
        <p role="alert" className="sr-only">
          {wrong}
        </p>
      </div>
      <Button type="submit" look="secondary" className="mt-6.5" busy={busy}>
        Apply
      </Button>
    </form>
  );
}
