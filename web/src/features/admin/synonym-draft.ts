import type { DefaultSynonym, NewSynonym, Synonym } from '@/api/types';

/** What a synonym's form holds, as typed: a term per line, or by commas. */
export type SynonymDraft = { kind: 'equivalent' | 'one_way'; from: string; to: string; note: string; enabled: boolean };
export type SynonymErrors = Partial<Record<'from' | 'to', string>>;

const TERMS_MAX = 20;
const CHARS_MAX = 64;
const WORDS_MAX = 6;

export const newSynonymDraft = (from = ''): SynonymDraft => ({ kind: 'equivalent', from, to: '', note: '', enabled: true });

export function synonymDraftOf({ kind, from, to, note, enabled }: Synonym): SynonymDraft {
  return { kind: kind === 'one_way' ? 'one_way' : 'equivalent', from: from.join('\n'), to: to.join('\n'), note, enabled };
}

export function termsOf(text: string): string[] {
  const terms = text.split(/[\n,]/).map((term) => term.trim().replaceAll(/\s+/g, ' '));
  return [...new Set(terms.filter(Boolean))];
}

function wrongTerm(terms: readonly string[]): string | undefined {
  const wrong = terms.find((term) => term.length > CHARS_MAX || term.split(' ').length > WORDS_MAX || /#|=>/.test(term) || !/[\p{L}\p{N}]/u.test(term));
  return wrong && `“${wrong}” is not possible: a term has a letter or digit, at most ${WORDS_MAX} words and ${CHARS_MAX} characters, and neither # nor =>.`;
}

/** Everything that is wrong, by field. */
export function synonymErrors({ kind, from, to }: SynonymDraft): SynonymErrors {
  const [left, right] = [termsOf(from), kind === 'one_way' ? termsOf(to) : []];
  const errors: SynonymErrors = {};
  if (kind === 'equivalent' && left.length < 2) errors.from = 'Enter two terms at least.';
  if (kind === 'one_way' && left.length === 0) errors.from = 'Enter what shoppers type.';
  if (kind === 'one_way' && right.length === 0) errors.to = 'Enter what it also finds.';
  if (left.length + right.length > TERMS_MAX) errors.from = `An entry holds at most ${TERMS_MAX} terms.`;
  const [badLeft, badRight] = [wrongTerm(left), wrongTerm(right)];
  if (badLeft) errors.from = badLeft;
  if (badRight) errors.to = badRight;
  return errors;
}

export function synonymOf({ kind, from, to, note, enabled }: SynonymDraft): NewSynonym {
  return { kind, from: termsOf(from), to: kind === 'one_way' ? termsOf(to) : [], note: note.trim(), enabled };
}

/** An entry on one line: "laptop, notebook" or "usbc → usb c". */
export function lineOf({ from, to }: Pick<DefaultSynonym, 'from' | 'to'>): string {
  return to.length > 0 ? `${from.join(', ')} → ${to.join(', ')}` : from.join(', ');
}

/** Entries as typed for a preview, one per line: `a, b` or `a => b`. Null where a line is none. */
export function draftSynonymsOf(text: string): NewSynonym[] | null {
  const entries = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): SynonymDraft => {
      const [from = '', to] = line.split(/=>|→/);
      return { kind: to === undefined ? 'equivalent' : 'one_way', from, to: to ?? '', note: '', enabled: true };
    });
  if (entries.some((entry) => Object.keys(synonymErrors(entry)).length > 0)) return null;
  return entries.map(synonymOf);
}
