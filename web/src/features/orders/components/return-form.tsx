import { useState, type FormEvent } from 'react';
import { hasCode, messageOf } from '@/api/errors';
import type { NewReturnRequest, Order } from '@/api/types';
import { useOnce } from '@/lib/idempotency';
import { Button } from '@/ui/button';
import { ErrorSummary } from '@/ui/error-summary';
import { TextArea } from '@/ui/field';
import { Notice } from '@/ui/states';
import { toast } from '@/ui/toast';
import { openReturn } from '../api/changes';
import { candidatesOf, checkDraft, choiceOf, requestOf, type Choice, type Draft } from '../return-draft';
import { useOrderChange } from '../use-order-change';
import { ReturnLine } from './return-line';

const KINDS = [
  { kind: 'return', title: 'Money back', note: 'It goes back the way you paid, once we have the products.' },
  { kind: 'exchange', title: 'Exchange', note: 'Another version of the same product that costs no more.' },
] as const;

function refusal(error: unknown): string {
  if (hasCode(error, 'return_window_closed')) return 'The time to send this back is over.';
  if (hasCode(error, 'units_not_returnable')) return 'Some of this cannot be sent back any more. The page now shows what can.';
  if (hasCode(error, 'exchange_unavailable')) return 'What you chose instead is not available any more. Choose something else, or take the money back.';
  return messageOf(error);
}

/** What comes back, why, and for what. */
export function ReturnForm({ order, onDone }: { order: Order; onDone: () => void }) {
  const candidates = candidatesOf(order);
  const [draft, setDraft] = useState<Draft>(() => ({ kind: 'return', comment: '', choices: {} }));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [round, setRound] = useState(0);
  const once = useOnce();
  const open = useOrderChange(order.id, (request: NewReturnRequest) => once(request, (body, key) => openReturn(order.id, body, key)));
  const choose = (lineId: string, change: Partial<Choice>) => {
    setDraft((all) => ({ ...all, choices: { ...all.choices, [lineId]: { ...choiceOf(all, lineId), ...change } } }));
    setErrors({});
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = checkDraft(draft, candidates);
    setErrors(found);
    setRound((count) => count + 1);
    if (Object.keys(found).length > 0 || open.isPending) return;
    open.mutate(requestOf(draft, candidates), {
      onSuccess: () => {
        toast('Your request has reached us.');
        onDone();
      },
    });
  };
  if (candidates.length === 0) return <p>Nothing of this order can be sent back now.</p>;
  return (
    <form noValidate onSubmit={submit} className="space-y-6">
      <ErrorSummary errors={Object.entries(errors).map(([id, text]) => ({ id, text }))} round={round} />
      <fieldset className="space-y-2.5">
        <legend className="mb-1.5 text-sm font-medium">What would you like?</legend>
        {KINDS.map(({ kind, title, note }) => (
          <label key={kind} className="flex items-start gap-3 rounded-md border border-line px-3.5 py-2.5 has-checked:border-brand has-checked:bg-brand-soft">
            <input type="radio" name="return-kind" checked={draft.kind === kind} onChange={() => setDraft((all) => ({ ...all, kind }))} className="mt-0.5 size-5 accent-brand" />
            <span className="text-sm font-medium">
              {title}
              <span className="block font-normal text-muted">{note}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">Which products?</legend>
        <ul className="divide-y divide-line">
          {candidates.map((candidate) => (
            <ReturnLine
              key={candidate.line.id}
              candidate={candidate}
              kind={draft.kind}
              choice={choiceOf(draft, candidate.line.id)}
              errors={errors}
              onChoose={(change) => choose(candidate.line.id, change)}
            />
          ))}
        </ul>
      </fieldset>
      <TextArea
        label="Anything we should know"
        optional
        maxLength={2000}
        value={draft.comment}
        onChange={({ target }) => setDraft((all) => ({ ...all, comment: target.value }))}
      />
      {open.error && (
        <Notice tone="danger" live="alert">
          <p>{refusal(open.error)}</p>
        </Notice>
      )}
      <Button type="submit" size="lg" className="w-full" busy={open.isPending}>
        {draft.kind === 'exchange' ? 'Ask for the exchange' : 'Open the return'}
      </Button>
    </form>
  );
}
