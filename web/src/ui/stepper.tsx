import { IconButton } from './button';
import { MinusIcon, PlusIcon } from './icons';

type Props = { value: number; max: number; onChange: (value: number) => void; label: string; disabled?: boolean };

/** A quantity with a button on each side; the number is announced as it changes. */
export function Stepper({ value, max, onChange, label, disabled = false }: Props) {
  return (
    <div role="group" aria-label={label} className="inline-flex items-center rounded-md border border-line bg-surface">
      <IconButton label="One fewer" disabled={disabled || value <= 1} onClick={() => onChange(value - 1)} className="disabled:opacity-35">
        <MinusIcon className="size-4" />
      </IconButton>
      <output aria-live="polite" className="tabular min-w-8 text-center font-medium">
        {value}
      </output>
      <IconButton label="One more" disabled={disabled || value >= max} onClick={() => onChange(value + 1)} className="disabled:opacity-35">
        <PlusIcon className="size-4" />
      </IconButton>
    </div>
  );
}
