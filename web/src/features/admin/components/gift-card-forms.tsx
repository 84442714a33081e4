import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { hasCode } from '@/api/errors';
import type { GiftCard } from '@/api/types';
import { formatMoney, inputToMinor } from '@/lib/money';
import { Button } from '@/ui/button';
import { Drawer } from '@/ui/dialog';
import { TextField } from '@/ui/field';
import { Notice } from '@/ui/states';
import { giftCardsKey, issueGiftCard, switchGiftCard } from '../api/gift-cards';
import { useAttempt } from '../use-attempt';
import { ActionDrawer } from './action-drawer';

/** Issues a card, then shows its code: this is the only time that anybody sees it. */
export function IssueForm({ currency, onClose }: { currency: string; onClose: () => void }) {
  const client = useQueryClient();
  const [amount, setAmount] = useState('');
  const [ends, setEnds] = useState('');
  const [note, setNote] = useState('');
  const { mutate, isPending, error, data } = useAttempt(issueGiftCard, () => void client.invalidateQueries({ queryKey: giftCardsKey }));
  if (data) return <Issued code={data.code ?? null} card={data.gift_card} onClose={onClose} />;
  const minor = inputToMinor(amount, currency);
  const send = () => {
    if (!minor) return;
    mutate({ amount: { amount: minor, currency }, ...(ends === '' ? {} : { expires_at: new Date(ends).toISOString() }), ...(note.trim() === '' ? {} : { note: note.trim() }) });
  };
  return (
    <ActionDrawer title="New gift card" submit="Issue the card" busy={isPending} error={error} onClose={onClose} disabled={!minor} onSubmit={send}>
      <TextField
        label={`Amount in ${currency}`}
        value={amount}
        onChange={(event) => setAmount(event.target.value)}
        inputMode="decimal"
        error={amount.trim() !== '' && !minor ? 'Enter an amount, such as 25.00.' : undefined}
      />
      <TextField label="Valid until" type="datetime-local" value={ends} onChange={(event) => setEnds(event.target.value)} optional />
      <TextField label="Note" value={note} onChange={(event) => setNote(event.target.value)} maxLength={500} hint="For staff: for whom, and why." optional />
    </ActionDrawer>
  );
}

function Issued({ code, card, onClose }: { code: string | null; card: GiftCard; onClose: () => void }) {
  return (
    <Drawer open title="Gift card issued" onClose={onClose}>
      <div className="space-y-5">
        <p>
          {formatMoney(card.balance)}, ending in <span className="font-mono">{card.last4}</span>
        </p>
        {code === null ? (
          <Notice tone="warn" title="Its code was shown before">
            <p>It is not kept. If it was lost, disable this card and issue another.</p>
          </Notice>
        ) : (
          <>
            <p className="rounded-md bg-sunken px-4 py-3 font-mono text-lg break-all select-all">{code}</p>
            <Notice tone="warn" live="off" title="Copy the code now">
              <p>It is not kept and cannot be shown again.</p>
            </Notice>
          </>
        )}
        <Button onClick={onClose}>Done</Button>
      </div>
    </Drawer>
  );
}

/** Lets a card pay, or not, with the reason for the log. */
export function SwitchForm({ card, onClose }: { card: GiftCard; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => switchGiftCard(card, reason.trim()),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: giftCardsKey });
      onClose();
    },
    onError: (refusal) => {
      if (hasCode(refusal, 'version_mismatch')) void client.invalidateQueries({ queryKey: giftCardsKey });
    },
  });
  const name = card.active ? 'Disable' : 'Enable';
  return (
    <ActionDrawer title={`${name} card ${card.last4}`} submit={name} busy={isPending} error={error} onClose={onClose} disabled={reason.trim() === ''} onSubmit={() => mutate()}>
      <p className="text-sm text-muted">
        {formatMoney(card.balance)} is on it. {card.active ? 'It can no longer pay until it is enabled again.' : 'It can pay again.'}
      </p>
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} />
    </ActionDrawer>
  );
}
