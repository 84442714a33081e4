import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/field';

type End = { value: string; placeholder: string | undefined };
type Props = {
  /** What the range is of; readers hear it with each field. */
  name: string;
  low: End;
  high: End;
  unit?: string | null;
  /** Takes both ends as typed, empty for none; answers what is wrong with them. */
  onSet: (low: string, high: string) => string | undefined;
};

/** Two ends of a range, typed. */
export function RangeForm({ name, low, high, unit, onSet }: Props) {
  const [error, setError] = useState<string>();
  const ends = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The address has the last word: a chip or the way back changes it without this form.
    const [from, to] = ends.current?.querySelectorAll('input') ?? [];
    if (from) from.value = low.value;
    if (to) to.value = high.value;
  }, [low.value, high.value]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setError(onSet(String(form.get('low') ?? '').trim(), String(form.get('high') ?? '').trim()));
  };
  const field = { inputMode: 'decimal', autoComplete: 'off', className: 'px-2.5!' } as const;
  const suffix = unit ? ` (${unit})` : '';
  return (
    <form onSubmit={submit} noValidate>
      <div ref={ends} role="group" aria-label={name} className="grid grid-cols-[1fr_1fr_auto] items-end gap-2">
        <TextField label={`From${suffix}`} name="low" {...field} defaultValue={low.value} placeholder={low.placeholder} />
        <TextField label={`To${suffix}`} name="high" {...field} defaultValue={high.value} placeholder={high.placeholder} />
        <Button look="secondary" type="submit" className="px-3!">
          Set<span className="sr-only"> {name}</span>
        </Button>
      </div>
      {error && (
        <p role="alert" className="mt-1.5 text-sm text-danger">
          {error}
        </p>
      )}
    </form>
  );
}
