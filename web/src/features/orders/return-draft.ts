import type { NewReturnRequest, Order, OrderLine } from '@/api/types';

type Line = NewReturnRequest['lines'][number];
export type Reason = Line['reason'];

export const REASONS: Record<Reason, string> = {
  unwanted: 'I no longer want it',
  defective: 'It does not work',
  damaged: 'It was broken when it came',
  wrong_item: 'It is not what I ordered',
  not_as_described: 'It is not as described',
  late: 'It came too late',
  other: 'Something else',
};

/** What may be sent back of a line. */
export type Candidate = { line: OrderLine; most: number; until: string };

/** What a shopper chose for one line; `quantity` 0 keeps it. */
export type Choice = { quantity: number; reason: Reason | ''; variant: string };
export type Draft = { kind: NewReturnRequest['kind']; choices: Record<string, Choice>; comment: string };

export const NO_CHOICE: Choice = { quantity: 0, reason: '', variant: '' };

export function candidatesOf({ lines, allowed }: Pick<Order, 'lines' | 'allowed'>): Candidate[] {
  return allowed.returnable.flatMap(({ line_id, quantity, until }) => {
    const line = lines.find(({ id }) => id === line_id);
    return line && quantity > 0 ? [{ line, most: quantity, until }] : [];
  });
}

export function choiceOf(draft: Draft, lineId: string): Choice {
  return draft.choices[lineId] ?? NO_CHOICE;
}

/** What is missing, by the id of the field that can put it right. */
export function checkDraft(draft: Draft, candidates: readonly Candidate[]): Record<string, string> {
  const errors: Record<string, string> = {};
  const [first] = candidates;
  const wanted = candidates.filter(({ line }) => choiceOf(draft, line.id).quantity > 0);
  if (wanted.length === 0 && first) errors[`take-${first.line.id}`] = 'Choose at least one product.';
  for (const { line } of wanted) {
    const { reason, variant } = choiceOf(draft, line.id);
    if (reason === '') errors[`reason-${line.id}`] = `Say why ${line.title} comes back.`;
    if (draft.kind === 'exchange' && variant === '') errors[`variant-${line.id}`] = `Choose what you want instead of ${line.title}.`;
  }
  return errors;
}

/** The request; call it with a draft that has no errors. */
export function requestOf({ kind, comment, ...draft }: Draft, candidates: readonly Candidate[]): NewReturnRequest {
  const lines = candidates.flatMap(({ line, most }): Line[] => {
    const { quantity, reason, variant } = choiceOf({ kind, comment, ...draft }, line.id);
    if (quantity === 0 || reason === '') return [];
    return [{ line_id: line.id, quantity: Math.min(quantity, most), reason, ...(kind === 'exchange' ? { exchange_variant_id: variant } : {}) }];
  });
  const said = comment.trim();
  return { kind, lines, ...(said === '' ? {} : { comment: said }) };
}
