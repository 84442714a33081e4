import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { hasCode } from '@/api/errors';
import type { SearchRule } from '@/api/types';
import { Checkbox, SelectField, TextField } from '@/ui/field';
import { createRule, rulesKey, updateRule } from '../api/search';
import { BURIED_MAX, newRuleDraft, PINNED_MAX, ruleDraftOf, ruleErrors, ruleOf, type RuleDraft } from '../rule-draft';
import { useAttempt } from '../use-attempt';
import { ActionDrawer } from './action-drawer';
import { ProductPicker } from './product-picker';

type Props = { rule: SearchRule | null; query?: string | undefined; onClose: () => void };

/** Makes a rule for a query, or changes one. */
export function RuleForm({ rule, query, onClose }: Props) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<RuleDraft>(() => (rule ? ruleDraftOf(rule) : newRuleDraft(query)));
  const [tried, setTried] = useState(false);
  const refresh = () => void client.invalidateQueries({ queryKey: rulesKey });
  const done = () => {
    refresh();
    onClose();
  };
  const creation = useAttempt(createRule, done);
  const change = useMutation({
    mutationFn: (seen: SearchRule) => updateRule(seen, ruleOf(draft)),
    onSuccess: done,
    onError: (error) => hasCode(error, 'version_mismatch') && refresh(),
  });
  const { isPending, error } = rule ? change : creation;
  const errors = tried ? ruleErrors(draft) : {};
  const set = (next: Partial<RuleDraft>) => setDraft((all) => ({ ...all, ...next }));
  const send = () => {
    setTried(true);
    if (Object.keys(ruleErrors(draft)).length > 0) return;
    if (rule) change.mutate(rule);
    else creation.mutate(ruleOf(draft));
  };
  return (
    <ActionDrawer title={rule ? `Rule for “${rule.query}”` : 'New rule'} submit={rule ? 'Save' : 'Make the rule'} busy={isPending} error={error} onClose={onClose} onSubmit={send}>
      <TextField
        label="Query"
        value={draft.query}
        onChange={({ target }) => set({ query: target.value })}
        error={errors.query}
        maxLength={100}
        spellCheck={false}
        autoFocus
        hint="Case and accents do not matter."
      />
      <SelectField label="Applies where" value={draft.matches} onChange={({ target }) => set({ matches: target.value === 'contains' ? 'contains' : 'exact' })}>
        <option value="exact">The whole text is this query</option>
        <option value="contains">The text contains this query</option>
      </SelectField>
      <ProductPicker
        label="Pinned"
        hint="They come first, in this order."
        ids={draft.pinned}
        max={PINNED_MAX}
        taken={draft.buried}
        ordered
        error={errors.pinned}
        onChange={(pinned) => set({ pinned })}
      />
      <ProductPicker label="Buried" hint="They come last." ids={draft.buried} max={BURIED_MAX} taken={draft.pinned} onChange={(buried) => set({ buried })} />
      <TextField
        label="Page to open instead of results"
        value={draft.redirect}
        onChange={({ target }) => set({ redirect: target.value })}
        error={errors.redirect}
        maxLength={500}
        spellCheck={false}
        autoCapitalize="none"
        hint="A path of the shop, such as /c/laptops or /p/a-product."
        optional
      />
      <TextField label="Begins" type="datetime-local" value={draft.starts} onChange={({ target }) => set({ starts: target.value })} optional />
      <TextField label="Ends" type="datetime-local" value={draft.ends} onChange={({ target }) => set({ ends: target.value })} error={errors.ends} optional />
      <TextField label="Note" value={draft.note} onChange={({ target }) => set({ note: target.value })} maxLength={500} hint="For staff: why it is there." optional />
      <Checkbox label="Enabled" checked={draft.enabled} onChange={({ target }) => set({ enabled: target.checked })} />
    </ActionDrawer>
  );
}
