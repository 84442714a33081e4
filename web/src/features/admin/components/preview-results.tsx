import type { SearchPreview, SearchPreviewItem, SearchPreviewVariant } from '@/api/types';
import { cx } from '@/lib/cx';
import { formatMoney } from '@/lib/money';
import { Art } from '@/ui/art';
import { Badge } from '@/ui/badge';
import { engineName } from './search-status';

const MODES = { lexical: 'by words', hybrid: 'by words and by meaning' } as const;
const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** What each variant finds, beside each other. The first is what the others are compared with. */
export function PreviewResults({ preview }: { preview: SearchPreview }) {
  const [first] = preview.variants;
  return (
    <div className="scrollbar-thin grid auto-cols-[minmax(17rem,1fr)] grid-flow-col gap-4 overflow-x-auto pb-3">
      {preview.variants.map((variant, place) => (
        <Column key={place} variant={variant} place={place} base={place === 0 ? undefined : first} />
      ))}
    </div>
  );
}

function Column({ variant, place, base }: { variant: SearchPreviewVariant; place: number; base: SearchPreviewVariant | undefined }) {
  const { name, engine, mode, total, took_us, items } = variant;
  const gone = base?.items.filter(({ ranks }) => ranks[place] === null) ?? [];
  return (
    <section aria-label={name} className="min-w-0">
      <h3 className="text-base">{name}</h3>
      <p className="tabular mt-0.5 min-h-10 text-sm text-muted">
        {engineName(engine)}, {MODES[mode]}: {total.toLocaleString('en-US')} {total === 1 ? 'result' : 'results'} in {number.format(took_us / 1000)} ms
      </p>
      <Understanding variant={variant} />
      {items.length === 0 ? (
        <p className="rounded-md border border-dashed border-line px-4 py-8 text-center text-sm text-muted">Nothing found.</p>
      ) : (
        <ol aria-label={`Results of ${name}`} className="space-y-2">
          {items.map((item, at) => (
            <Row key={item.product.id} item={item} rank={at + 1} compared={base !== undefined} />
          ))}
        </ol>
      )}
      {gone.length > 0 && base && (
        <p className="mt-3 text-sm text-muted">
          No longer among these: {gone.map(({ product }) => product.title).join('; ')}
        </p>
      )}
    </section>
  );
}

/** How the words were understood, where that differs from what was typed. */
function Understanding({ variant: { query, redirect } }: { variant: SearchPreviewVariant }) {
  const { corrected, did_you_mean: meant, notes, understood } = query;
  const lines = [
    redirect === null ? '' : `Opens ${redirect} instead of results`,
    corrected === null ? '' : `Corrected to “${corrected}”`,
    meant === null ? '' : `Did you mean “${meant}”?`,
    ...notes.map((note) => (note.kind === 'dropped_words' ? `Left out: ${note.words.join(', ')}` : note.kind === 'any_word' ? 'Any of the words' : note.kind === 'similar_in_meaning' ? 'Similar in meaning' : `Left out: ${note.filters.join(', ')}`)),
    understood.kinds.length > 0 ? `Kind: ${understood.kinds.map(({ name }) => name).join(', ')}` : '',
    understood.brand === null ? '' : `Brand: ${understood.brand.name}`,
    understood.price_min === null ? '' : `From ${formatMoney(understood.price_min)}`,
    understood.price_max === null ? '' : `Up to ${formatMoney(understood.price_max)}`,
  ].filter(Boolean);
  if (lines.length === 0) return null;
  return (
    <ul className="mb-3 space-y-0.5 rounded-md bg-sunken px-3 py-2 text-sm">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Row({ item, rank, compared }: { item: SearchPreviewItem; rank: number; compared: boolean }) {
  const { product, score, lexical, cosine, popularity, pinned, ranks } = item;
  const before = ranks[0] ?? null;
  const facts = [
    `score ${number.format(score)}`,
    lexical === null ? 'no word matches' : `words ${number.format(lexical)}`,
    cosine === null ? '' : `meaning ${number.format(cosine)}`,
    `popularity ${number.format(popularity)}`,
  ].filter(Boolean);
  return (
    <li className="flex gap-3 rounded-md border border-line bg-surface p-2.5 text-sm">
      <span className="tabular w-6 shrink-0 pt-0.5 text-right font-medium">{rank}</span>
      <Art media={product.image} decorative className="size-10 shrink-0 rounded-sm" />
      <div className="min-w-0 flex-1">
        <p className="leading-snug">
          <a href={`/p/${product.slug}`} target="_blank" rel="noopener" className="hover:underline">
            {product.title}
            <span className="sr-only"> (new tab)</span>
          </a>
        </p>
        <p className="tabular mt-0.5 text-xs text-muted">{facts.join(' · ')}</p>
        <p className="mt-1 flex flex-wrap gap-1.5 empty:hidden">
          {pinned && <Badge tone="brand">Pinned</Badge>}
          {compared && <Move rank={rank} before={before} />}
        </p>
      </div>
    </li>
  );
}

function Move({ rank, before }: { rank: number; before: number | null }) {
  if (before === rank) return null;
  if (before === null) return <Badge tone="brand">New</Badge>;
  const up = before > rank;
  return (
    <span className={cx('tabular inline-flex items-center rounded-full px-2.5 py-0.5 text-xs leading-5 font-medium', up ? 'bg-ok-soft text-ok' : 'bg-warn-soft text-warn')}>
      <span aria-hidden="true">{up ? '▲' : '▼'} </span>
      {Math.abs(before - rank)} {up ? 'up' : 'down'}
    </span>
  );
}
