import { useState } from 'react';
import { Checkbox } from '@/ui/field';

export type Value = { value: string; name: string; count: number };

const SHOWN = 8;

type Props = {
  /** Names the values for readers, such as "brands". */
  what: string;
  values: readonly Value[];
  chosen: readonly string[];
  onToggle: (value: string, on: boolean) => void;
};

/** Values of which any number may be chosen. Long lists show the first few, and what is chosen. */
export function FacetValues({ what, values, chosen, onToggle }: Props) {
  const [all, setAll] = useState(false);
  const missing = chosen.filter((value) => !values.some((known) => known.value === value));
  const rows = [...missing.map((value) => ({ value, name: value, count: 0 })), ...values];
  const long = rows.length > SHOWN + 2;
  const shown = all || !long ? rows : rows.filter(({ value }, index) => index < SHOWN || chosen.includes(value));
  return (
    <>
      <ul aria-label={what}>
        {shown.map(({ value, name, count }) => (
          <li key={value}>
            <Checkbox label={name} end={count.toLocaleString('en-US')} checked={chosen.includes(value)} onChange={(event) => onToggle(value, event.target.checked)} />
          </li>
        ))}
      </ul>
      {long && (
        <button type="button" aria-expanded={all} className="link mt-1 min-h-9 text-sm" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${rows.length}`}
          <span className="sr-only"> {what}</span>
        </button>
      )}
    </>
  );
}
