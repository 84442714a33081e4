import type { AdminOrderLine } from '@/api/types';

export type Quantities = Readonly<Record<string, number>>;
type Most = (line: AdminOrderLine) => number;

type Props = { lines: readonly AdminOrderLine[]; most: Most; value: Quantities; onChange: (next: Quantities) => void; label: string };

/** How many of each line, from none to what is possible. Lines of which none is possible are left out. */
export function QuantityTable({ lines, most, value, onChange, label }: Props) {
  const possible = lines.filter((line) => most(line) > 0);
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 text-sm font-medium">{label}</legend>
      {possible.length === 0 && <p className="text-sm text-muted">There is nothing left for this.</p>}
      <ul className="divide-y divide-line rounded-md border border-line empty:hidden">
        {possible.map((line) => (
          <li key={line.id}>
            <label className="flex items-center gap-3 px-3 py-2 text-sm">
              <span className="min-w-0 flex-1">
                <span className="block truncate">{line.title}</span>
                <span className="block truncate text-muted">{[line.variant_title, line.sku].filter(Boolean).join(' · ')}</span>
              </span>
              <UnitsInput most={most(line)} value={Math.min(value[line.id] ?? 0, most(line))} onChange={(units) => onChange({ ...value, [line.id]: units })} />
              <span className="tabular w-10 text-muted">of {most(line)}</span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

/** A number of units that stays between none and the most. */
export function UnitsInput({ most, value, onChange, label }: { most: number; value: number; onChange: (units: number) => void; label?: string }) {
  return (
    <input
      type="number"
      inputMode="numeric"
      min={0}
      max={most}
      value={value}
      aria-label={label}
      onFocus={(event) => event.target.select()}
      onChange={(event) => onChange(Math.max(0, Math.min(most, Math.trunc(Number(event.target.value) || 0))))}
      className="tabular h-10 w-18 shrink-0 rounded-sm border border-line-strong/60 bg-surface px-2 text-right text-base"
    />
  );
}

/** All that is possible of each line. */
export function allOf(lines: readonly AdminOrderLine[], most: Most): Quantities {
  return Object.fromEntries(lines.map((line) => [line.id, most(line)]));
}

/** The lines of a request: only those with units, and never more than is possible by now. */
export function unitsOf(value: Quantities, lines: readonly AdminOrderLine[], most: Most): { line_id: string; quantity: number }[] {
  return lines.map((line) => ({ line_id: line.id, quantity: Math.min(value[line.id] ?? 0, most(line)) })).filter(({ quantity }) => quantity > 0);
}
