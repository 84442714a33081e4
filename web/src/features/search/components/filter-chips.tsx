import { NO_FILTERS } from '@/lib/filters';
import { CloseIcon } from '@/ui/icons';
import type { Applied, ChangeFilters } from '../filter-values';

/** The filters in force, each with its way out. Nothing is shown when there are none. `extra` are those that only the words name. */
export function FilterChips({ applied, extra, onChange }: { applied: readonly Applied[]; extra?: Applied | undefined; onChange: ChangeFilters }) {
  const chips = extra ? [...applied, extra] : applied;
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Applied filters" className="mb-5 flex flex-wrap items-center gap-2">
      {chips.map(({ key, text, off }) => (
        <li key={key} className="min-w-0">
          <button
            type="button"
            onClick={() => onChange(off)}
            className="tabular inline-flex min-h-9 max-w-full items-center gap-2 rounded-full bg-brand-soft py-1 pr-2.5 pl-3.5 text-left text-sm font-medium text-brand-text hover:bg-sunken"
          >
            <span className="sr-only">Remove filter </span>
            <span className="min-w-0">{text}</span>
            <CloseIcon className="size-4 shrink-0" />
          </button>
        </li>
      ))}
      {applied.length > 1 && (
        <li>
          <button type="button" className="link min-h-9 px-2 text-sm" onClick={() => onChange(NO_FILTERS)}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}
