import { ApiError, hasCode, messageOf } from '@/api/errors';
import { formatMoney } from '@/lib/money';
import type { Money } from '@/api/types';

export type Tone = 'neutral' | 'brand' | 'ok' | 'warn' | 'danger';

const TONES: Record<string, Tone> = {
  pending: 'warn',
  placed: 'brand',
  on_hold: 'warn',
  completed: 'ok',
  cancelled: 'danger',
  authorized: 'warn',
  held: 'warn',
  processing: 'warn',
  requires_action: 'warn',
  unknown: 'danger',
  captured: 'ok',
  partially_captured: 'warn',
  disputed: 'danger',
  unfulfilled: 'warn',
  partially_fulfilled: 'brand',
  fulfilled: 'brand',
  partially_delivered: 'brand',
  delivered: 'ok',
  picking: 'brand',
  shipped: 'brand',
  lost: 'danger',
  succeeded: 'ok',
  failed: 'danger',
  reversed: 'danger',
  requested: 'warn',
  submitted: 'warn',
  awaiting_approval: 'warn',
  approved: 'brand',
  in_transit: 'brand',
  partially_received: 'warn',
  received: 'ok',
  denied: 'danger',
  rejected: 'danger',
  open: 'warn',
  resolved: 'ok',
  active: 'ok',
  disabled: 'neutral',
  waiting: 'warn',
  sent: 'ok',
  expired: 'neutral',
  low: 'warn',
  out: 'danger',
};

/** How a state looks; what is not named is plain. */
export function toneOf(state: string): Tone {
  return TONES[state] ?? 'neutral';
}

/** "partially_refunded" → "Partially refunded". */
export function wordsOf(code: string): string {
  const words = code.replaceAll(/[._]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Why a change was refused, for the person who tried it: what happened, and what is possible instead. */
export function refusalOf(error: unknown): string[] {
  if (hasCode(error, 'version_mismatch')) return ['It was changed meanwhile. What you see now is current: please check it and try again.'];
  if (!(error instanceof ApiError)) return [messageOf(error)];
  return [messageOf(error), ...error.fields.map(({ detail }) => detail), ...possible(error.body)].filter((text, place, all) => all.indexOf(text) === place);
}

/** What a refusal says is possible. */
function possible(body: Record<string, unknown>): string[] {
  const sentences: string[] = [];
  const lines = Array.isArray(body['lines']) ? (body['lines'] as { requested?: number; available?: number }[]) : [];
  for (const { requested, available } of lines) {
    if (typeof requested === 'number' && typeof available === 'number') sentences.push(`Asked for ${requested}, possible ${available}.`);
  }
  for (const name of ['left', 'most']) {
    const money = body[name] as Money | undefined;
    if (typeof money?.amount === 'number') sentences.push(`At most ${formatMoney(money)} is possible.`);
  }
  if (typeof body['on_hand'] === 'number') sentences.push(`There are ${body['on_hand']} on hand now.`);
  return sentences;
}

/** Who did something, as in the middle of a sentence: the reader, somebody else, or nobody. */
export function whoOf(actor: string, id: string | null | undefined, me: string | undefined): string {
  if (actor === 'staff') return id && id === me ? 'you' : id ? `staff …${id.slice(-6)}` : 'staff';
  return wordsOf(actor).toLowerCase();
}
