import type { AdminOrderLine } from '@/api/types';
import { formatMoney, inputToMinor } from '@/lib/money';
import type { RefundLineRequest } from '../api/changes';
import { UnitsInput } from './quantity-table';

/** What was entered for one line: units, and an amount in place of their share. */
export type LineWish = { units: number; amount: string };
export type LineWishes = Readonly<Record<string, LineWish>>;

const NOTHING: LineWish = { units: 0, amount: '' };

/** True where an amount was typed that is none, or more than is left. */
function isWrong({ amount }: LineWish, { progress: { refundable_amount: left } }: AdminOrderLine): boolean {
  if (amount.trim() === '') return false;
  const minor = inputToMinor(amount, left.currency);
  return minor === null || minor === 0 || minor > left.amount;
}

const open = (lines: readonly AdminOrderLine[]) => lines.filter(({ progress }) => progress.refundable > 0 || progress.refundable_amount.amount > 0);

/** The lines of a request; null while an amount is wrong. */
export function requestOf(wishes: LineWishes, lines: readonly AdminOrderLine[]): RefundLineRequest[] | null {
  const request: RefundLineRequest[] = [];
  for (const line of open(lines)) {
    const wish = wishes[line.id] ?? NOTHING;
    if (isWrong(wish, line)) return null;
    const { refundable, refundable_amount: left } = line.progress;
    const quantity = Math.min(wish.units, refundable);
    const minor = wish.amount.trim() === '' ? null : inputToMinor(wish.amount, left.currency);
    if (quantity === 0 && minor === null) continue;
    request.push({ line_id: line.id, ...(quantity > 0 ? { quantity } : {}), ...(minor === null ? {} : { amount: { amount: minor, currency: left.currency } }) });
  }
  return request;
}

/** About what the lines come to in minor units; the server splits to the cent. */
export function estimateOf(request: readonly RefundLineRequest[], lines: readonly AdminOrderLine[]): number {
  return request.reduce((sum, { line_id, quantity = 0, amount }) => {
    if (amount) return sum + amount.amount;
    const progress = lines.find(({ id }) => id === line_id)?.progress;
    return progress ? sum + Math.round((progress.refundable_amount.amount * quantity) / Math.max(progress.refundable, 1)) : sum;
  }, 0);
}

type Props = { lines: readonly AdminOrderLine[]; value: LineWishes; onChange: (next: LineWishes) => void };

/** Units, or an amount, of each line of which money can go back. */
export function RefundLines({ lines, value, onChange }: Props) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 text-sm font-medium">What goes back</legend>
      <ul className="divide-y divide-line rounded-md border border-line">
        {open(lines).map((line) => {
          const wish = value[line.id] ?? NOTHING;
          const { refundable, refundable_amount: left } = line.progress;
          const set = (next: Partial<LineWish>) => onChange({ ...value, [line.id]: { ...wish, ...next } });
          const wrong = isWrong(wish, line);
          return (
            <li key={line.id} className="space-y-2 px-3 py-2.5 text-sm">
              <p>
                <span className="block truncate">{line.title}</span>
                <span className="tabular text-muted">
                  {[line.variant_title, `${formatMoney(left)} left`].filter(Boolean).join(' · ')}
                </span>
              </p>
              <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
                <span className="flex items-center gap-2">
                  <UnitsInput label={`Units of ${line.title}`} most={refundable} value={Math.min(wish.units, refundable)} onChange={(units) => set({ units })} />
                  <span className="tabular text-muted">of {refundable}</span>
                </span>
                <label className="flex items-center gap-2">
                  <span className="text-muted">
                    or<span className="sr-only"> an amount of {line.title} in</span> {left.currency}
                  </span>
                  <input
                    inputMode="decimal"
                    value={wish.amount}
                    aria-invalid={wrong || undefined}
                    aria-describedby={wrong ? `wrong-${line.id}` : undefined}
                    onChange={(event) => set({ amount: event.target.value })}
                    className="tabular h-10 w-24 rounded-sm border border-line-strong/60 bg-surface px-2 text-right text-base aria-invalid:border-danger"
                  />
                </label>
              </div>
              {wrong && (
                <p id={`wrong-${line.id}`} className="text-danger">
                  Enter an amount of at most {formatMoney(left)}.
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </fieldset>
  );
}
