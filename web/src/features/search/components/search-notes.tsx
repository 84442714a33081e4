import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SearchResults } from '@/api/types';
import { cx } from '@/lib/cx';
import type { ListSearch } from '@/lib/filters';
import type { ChangeFilters } from '../filter-values';

type Note = SearchResults['query']['notes'][number];

/** Words from a list: "a", "b" and "c". */
function quoted(words: readonly string[]): string {
  const all = words.map((word) => `“${word}”`);
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function wordsOf(note: Note): string {
  switch (note.kind) {
    case 'dropped_words':
      return `No product has all of your words: ${quoted(note.words)} ${note.words.length === 1 ? 'was' : 'were'} left out.`;
    case 'any_word':
      return 'No product has all of your words: these have some of them.';
    case 'similar_in_meaning':
      return 'No product has your words: these are similar in meaning.';
    case 'dropped_filters':
      return note.filters.includes('price') ? 'Nothing is in the price range that you typed: these cost more or less.' : 'Nothing passes what you typed as a filter, so it was left out.';
  }
}

/** What was done so that something was found, and what may have been meant. */
export function SearchNotes({ results, search, onChange }: { results: SearchResults; search: ListSearch; onChange: ChangeFilters }) {
  const { corrected, did_you_mean: meant, notes, text } = results.query;
  const lines: ReactNode[] = [];
  if (corrected !== null) {
    lines.push(
      <>
        Showing results for <strong className="font-semibold text-ink">{corrected}</strong>; nothing matches “{text}”.
      </>,
    );
  }
  if (meant !== null) {
    lines.push(
      <>
        Did you mean{' '}
        <Link to="/search" search={{ q: meant }} className="link font-medium">
          {meant}
        </Link>
        ?
      </>,
    );
  }
  if (results.total > 0) lines.push(...notes.map(wordsOf));
  if (results.degraded) lines.push('The search works in a reduced way right now: some results may be missing.');
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-4 gap-y-1 text-muted">
      {lines.length > 0 && (
        <div className="space-y-1">
          {lines.map((line, place) => (
            <p key={place}>{line}</p>
          ))}
        </div>
      )}
      <Narrower {...{ results, search, onChange }} className={lines.length > 0 ? 'max-sm:hidden' : undefined} />
    </div>
  );
}

type NarrowerProps = { results: SearchResults; search: ListSearch; onChange: ChangeFilters; className?: string | undefined };

/** What the words name may be asked for more strictly: only that brand, or that kind. */
function Narrower({ results: { query, facets }, search, onChange, className }: NarrowerProps) {
  const { understood } = query;
  const { brand } = understood;
  const [kind] = understood.kinds;
  const offersBrand = brand !== null && search.brand === undefined && facets.brands.length > 1;
  const offersKind = kind !== undefined && search.category === undefined && facets.categories.length > 1;
  if (!offersBrand && !offersKind) return null;
  const chip = 'inline-flex min-h-9 items-center rounded-full border border-line bg-surface px-3.5 text-sm font-medium text-ink hover:border-line-strong';
  return (
    <p className={cx('flex flex-wrap gap-2', className)}>
      {offersKind && (
        <button type="button" className={chip} onClick={() => onChange({ category: [kind.slug] })}>
          Only in {kind.name}
        </button>
      )}
      {offersBrand && (
        <button type="button" className={chip} onClick={() => onChange({ brand: [brand.slug] })}>
          Only {brand.name}
        </button>
      )}
    </p>
  );
}
