import type { NewSearchRule, SearchRule } from '@/api/types';
import { fromField, toField } from './moments';

/** What a rule's form holds. */
export type RuleDraft = {
  query: string;
  matches: 'exact' | 'contains';
  pinned: string[];
  buried: string[];
  redirect: string;
  starts: string;
  ends: string;
  enabled: boolean;
  note: string;
};
export type RuleErrors = Partial<Record<keyof RuleDraft, string>>;

export const PINNED_MAX = 20;
export const BURIED_MAX = 100;

export const newRuleDraft = (query = ''): RuleDraft => ({ query, matches: 'exact', pinned: [], buried: [], redirect: '', starts: '', ends: '', enabled: true, note: '' });

export function ruleDraftOf(rule: SearchRule): RuleDraft {
  const { query, matches, pinned, buried, redirect, enabled, note } = rule;
  return { query, matches, pinned, buried, redirect: redirect ?? '', starts: toField(rule.starts_at), ends: toField(rule.ends_at), enabled, note };
}

/** A path of the shop as typed; a whole address of this shop becomes its path. */
export function pathOf(text: string): string {
  const typed = text.trim();
  try {
    const url = new URL(typed);
    return url.origin === globalThis.location.origin ? url.pathname + url.search + url.hash : typed;
  } catch {
    return typed;
  }
}

/** Everything that is wrong, by field. */
export function ruleErrors(draft: RuleDraft): RuleErrors {
  const errors: RuleErrors = {};
  const path = pathOf(draft.redirect);
  if (!/[\p{L}\p{N}]/u.test(draft.query)) errors.query = 'Enter what shoppers type.';
  if (path !== '' && !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path)) errors.redirect = 'Enter a path of the shop, such as /c/laptops.';
  if (draft.starts !== '' && draft.ends !== '' && draft.ends <= draft.starts) errors.ends = 'It has to end after it begins.';
  if (draft.pinned.length + draft.buried.length === 0 && path === '') errors.pinned = 'Pin or bury a product, or enter a page to open: a rule does something.';
  return errors;
}

export function ruleOf(draft: RuleDraft): NewSearchRule {
  const { matches, pinned, buried, enabled } = draft;
  const path = pathOf(draft.redirect);
  return {
    query: draft.query.trim(),
    matches,
    pinned,
    buried,
    redirect: path === '' ? null : path,
    starts_at: fromField(draft.starts),
    ends_at: fromField(draft.ends),
    enabled,
    note: draft.note.trim(),
  };
}

/** Whether a rule applies now, and if not, why. */
export function ruleState({ enabled, starts_at, ends_at }: SearchRule, now = Date.now()): 'active' | 'disabled' | 'waiting' | 'expired' {
  if (!enabled) return 'disabled';
  if (starts_at !== null && Date.parse(starts_at) > now) return 'waiting';
  return ends_at !== null && Date.parse(ends_at) <= now ? 'expired' : 'active';
}
