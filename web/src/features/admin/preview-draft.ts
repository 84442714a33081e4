import type { SearchPreviewRequest } from '@/api/types';
import { draftSynonymsOf } from './synonym-draft';

type Wire = SearchPreviewRequest['variants'][number];

/** One way to search, as its form holds it. */
export type VariantDraft = {
  key: number;
  name: string;
  engine: '' | NonNullable<Wire['engine']>;
  mode: '' | NonNullable<Wire['mode']>;
  synonyms: string;
  rule: 'in_force' | 'none' | 'draft';
  pinned: string[];
  buried: string[];
};

export const VARIANTS_MAX = 4;
export const VARIANTS_MIN = 2;

export const newVariant = (key: number, more: Partial<VariantDraft> = {}): VariantDraft => ({
  key,
  name: `Variant ${key}`,
  engine: '',
  mode: '',
  synonyms: '',
  rule: 'in_force',
  pinned: [],
  buried: [],
  ...more,
});

/** Where one begins: what shoppers get, beside the same without its rule. */
export const firstVariants = (): VariantDraft[] => [newVariant(1, { name: 'Now' }), newVariant(2, { name: 'With changes' })];

/** What is wrong with a variant's synonyms. */
export function synonymsWrong({ synonyms }: VariantDraft): string | undefined {
  return draftSynonymsOf(synonyms) === null ? 'Write one entry per line: “laptop, notebook”, or “usbc => usb c”.' : undefined;
}

/** The request; null where a variant is not in order. */
export function previewOf(q: string, limit: number, drafts: readonly VariantDraft[]): SearchPreviewRequest | null {
  const variants: Wire[] = [];
  for (const draft of drafts) {
    const synonyms = draftSynonymsOf(draft.synonyms);
    if (synonyms === null) return null;
    const { pinned, buried } = draft;
    const changes = pinned.length + buried.length > 0;
    variants.push({
      name: draft.name.trim() === '' ? `Variant ${draft.key}` : draft.name.trim(),
      ...(draft.engine === '' ? {} : { engine: draft.engine }),
      ...(draft.mode === '' ? {} : { mode: draft.mode }),
      synonyms,
      // A draft that does nothing is no rule.
      without_rule: draft.rule === 'none' || (draft.rule === 'draft' && !changes),
      ...(draft.rule === 'draft' && changes ? { rule: { query: q, matches: 'exact' as const, pinned, buried, enabled: true } } : {}),
    });
  }
  return { q, limit, variants };
}
