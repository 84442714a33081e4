import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { hasCode, messageOf } from '@/api/errors';
import type { Checkout, CheckoutTender } from '@/api/types';
import { formatMoney } from '@/lib/money';
import { IconButton } from '@/ui/button';
import { CodeForm } from '@/ui/code-form';
import { Checkbox } from '@/ui/field';
import { AlertIcon, CloseIcon } from '@/ui/icons';
import { GiftIcon } from '@/ui/rare-icons';
import { patchCheckout } from '../api/checkout';
import { addGiftCard, removeGiftCard, storeCreditQuery } from '../api/tenders';
import { tenderName } from './order-summary';

type Props = {
  checkout: Checkout;
  /** Whether the shopper has an account, which may hold store credit. */
  customer: boolean;
  busy: boolean;
  error: unknown;
  onChange: (change: () => Promise<Checkout>, then?: { onSuccess: () => void }) => void;
  onEdit: () => void;
};

function refusal(error: unknown): string {
  if (hasCode(error, 'gift_card_unknown')) return 'No gift card with this code can be spent. Check it for typing errors; letter case and hyphens do not matter.';
  if (hasCode(error, 'gift_card_other_currency')) return 'This gift card is for another currency.';
  if (hasCode(error, 'too_many_gift_cards')) return 'No more gift cards can be used for one order.';
  if (hasCode(error, 'too_many_guesses')) return 'That were many wrong codes. Please try again in an hour, or pay by card.';
  if (hasCode(error, 'validation_failed')) return 'This is not a gift card code. Check it for typing errors.';
  return messageOf(error);
}

/** What pays before a card does: gift cards and the customer's credit in the shop. */
export function TenderSection({ checkout, customer, busy, error, onChange, onEdit }: Props) {
  const credit = useQuery({ ...storeCreditQuery, enabled: customer });
  const mine = credit.data?.find(({ currency, amount }) => currency === checkout.totals.total.currency && amount > 0);
  const [open, setOpen] = useState(false);
  const cards = checkout.tenders.filter(({ kind }) => kind === 'gift_card');
  const box = useRef<HTMLDivElement>(null);
  // What was pressed is gone: the list that changed takes the focus.
  const changed = () => {
    setOpen(false);
    box.current?.focus();
  };
  const used = checkout.tenders.find(({ kind }) => kind === 'store_credit');
  return (
    <div ref={box} tabIndex={-1} aria-busy={busy} className="space-y-3 focus:outline-none">
      {mine && (
        <Checkbox
          checked={checkout.use_store_credit}
          disabled={busy}
          onChange={({ target }) => {
            const use_store_credit = target.checked;
            onChange(() => patchCheckout(checkout.id, { use_store_credit }));
          }}
          label={`Use my store credit (${formatMoney(mine)})`}
          end={used && used.amount.amount > 0 ? `−${formatMoney(used.amount)}` : undefined}
        />
      )}
      {cards.length > 0 && (
        <ul aria-label="Gift cards" className="space-y-2">
          {cards.map((card) => (
            <GiftCard key={card.id} card={card} busy={busy} onRemove={() => onChange(() => removeGiftCard(checkout.id, card.id), { onSuccess: changed })} />
          ))}
        </ul>
      )}
      {open ? (
        <CodeForm
          label="Gift card code"
          empty="Enter the code of the gift card."
          busy={busy}
          error={error === null ? null : refusal(error)}
          onEdit={onEdit}
          onSubmit={(code) => onChange(() => addGiftCard(checkout.id, code), { onSuccess: changed })}
        />
      ) : (
        <>
          <button type="button" className="link min-h-9 text-sm" onClick={() => setOpen(true)}>
            {cards.length > 0 ? 'Add another gift card' : 'Add a gift card'}
          </button>
          {error !== null && (
            <p role="alert" className="flex gap-1.5 text-sm text-danger">
              <AlertIcon className="mt-0.5 size-4 shrink-0" />
              {refusal(error)}
            </p>
          )}
        </>
      )}
    </div>
  );
}

function GiftCard({ card, busy, onRemove }: { card: CheckoutTender; busy: boolean; onRemove: () => void }) {
  const { amount, balance } = card;
  const rest = balance.amount - amount.amount;
  return (
    <li className="flex items-center gap-3 rounded-md border border-line px-3 py-2 text-sm">
      <GiftIcon className="size-5 shrink-0 text-ok" />
      <p className="tabular min-w-0 flex-1">
        <span className="font-semibold">{tenderName(card)}</span>
        <span className="block text-muted">
          {amount.amount > 0 ? `Pays ${formatMoney(amount)}` : 'Not needed for this order'}
          {rest > 0 && `; ${formatMoney({ ...balance, amount: rest })} ${amount.amount > 0 ? 'stays' : 'is'} on it`}
        </span>
      </p>
      <IconButton label={`Remove ${tenderName(card)}`} className="-mr-2 text-muted" disabled={busy} onClick={onRemove}>
        <CloseIcon className="size-4.5" />
      </IconButton>
    </li>
  );
}
