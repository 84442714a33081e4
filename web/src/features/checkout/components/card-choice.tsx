import { useId, type ReactNode } from 'react';
import type { SavedCard } from '@/api/types';
import { cx } from '@/lib/cx';
import { cardExpired, cardExpiry, cardName } from '../card-words';

type Props = {
  cards: readonly SavedCard[];
  /** The chosen card; null for a new one. */
  chosen: string | null;
  onChoose: (id: string | null) => void;
};

/** The customer's saved cards, and a new one. */
export function CardChoice({ cards, chosen, onChoose }: Props) {
  const group = useId();
  const option = (id: string | null, title: string, note: ReactNode, disabled = false) => (
    <label
      key={id}
      className={cx(
        'flex min-h-14 items-center gap-4 rounded-md border px-4 py-2.5 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
        chosen === id ? 'border-brand bg-brand-soft ring-1 ring-brand' : 'border-line',
        disabled ? 'text-muted' : chosen !== id && 'hover:border-line-strong',
      )}
    >
      <input type="radio" name={group} checked={chosen === id} disabled={disabled} onChange={() => onChoose(id)} className="size-5 accent-brand" />
      <span className="flex-1 font-medium">{title}</span>
      {note && <span className="tabular text-sm text-muted">{note}</span>}
    </label>
  );
  return (
    <fieldset className="grid gap-2.5">
      <legend className="mb-1.5 text-sm font-medium">Pay with</legend>
      {cards.map((card) => option(card.id, cardName(card), cardExpired(card) ? 'Expired' : `Expires ${cardExpiry(card)}`, cardExpired(card)))}
      {option(null, 'Another card', null)}
    </fieldset>
  );
}
