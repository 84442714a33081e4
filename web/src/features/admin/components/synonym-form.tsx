import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { hasCode } from '@/api/errors';
import type { Synonym } from '@/api/types';
import { Checkbox, SelectField, TextArea, TextField } from '@/ui/field';
import { createSynonym, synonymsKey, updateSynonym } from '../api/search';
import { lineOf, newSynonymDraft, synonymDraftOf, synonymErrors, synonymOf, type SynonymDraft } from '../synonym-draft';
import { useAttempt } from '../use-attempt';
import { ActionDrawer } from './action-drawer';

type Props = { synonym: Synonym | null; term?: string | undefined; onClose: () => void };

/** Makes an entry, with a first term where one is given, or changes one. */
export function SynonymForm({ synonym, term, onClose }: Props) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<SynonymDraft>(() => (synonym ? synonymDraftOf(synonym) : newSynonymDraft(term ? `${term}\n` : '')));
  const [tried, setTried] = useState(false);
  const refresh = () => void client.invalidateQueries({ queryKey: synonymsKey });
  const done = () => {
    refresh();
    onClose();
  };
  const creation = useAttempt(createSynonym, done);
  const change = useMutation({
    mutationFn: (seen: Synonym) => updateSynonym(seen, synonymOf(draft)),
    onSuccess: done,
    onError: (error) => hasCode(error, 'version_mismatch') && refresh(),
  });
  const { isPending, error } = synonym ? change : creation;
  const errors = tried ? synonymErrors(draft) : {};
  const set = (next: Partial<SynonymDraft>) => setDraft((all) => ({ ...all, ...next }));
  const send = () => {
    setTried(true);
    if (Object.keys(synonymErrors(draft)).length > 0) return;
    if (synonym) change.mutate(synonym);
    else creation.mutate(synonymOf(draft));
  };
  const oneWay = draft.kind === 'one_way';
  return (
    <ActionDrawer title={synonym ? `Synonym ${lineOf(synonym)}` : 'New synonym'} submit={synonym ? 'Save' : 'Make the synonym'} busy={isPending} error={error} onClose={onClose} onSubmit={send}>
      <SelectField label="Kind" value={draft.kind} onChange={({ target }) => set({ kind: target.value === 'one_way' ? 'one_way' : 'equivalent' })}>
        <option value="equivalent">Equivalent: each finds the others</option>
        <option value="one_way">One way: the first also find the second</option>
      </SelectField>
      <TextArea
        label={oneWay ? 'What shoppers type' : 'Terms'}
        value={draft.from}
        onChange={({ target }) => set({ from: target.value })}
        error={errors.from}
        rows={4}
        spellCheck={false}
        autoFocus
        hint="One per line, or by commas."
      />
      {oneWay && <TextArea label="What it also finds" value={draft.to} onChange={({ target }) => set({ to: target.value })} error={errors.to} rows={4} spellCheck={false} />}
      <TextField label="Note" value={draft.note} onChange={({ target }) => set({ note: target.value })} maxLength={500} hint="For staff: why it is there." optional />
      <Checkbox label="In force" checked={draft.enabled} onChange={({ target }) => set({ enabled: target.checked })} />
    </ActionDrawer>
  );
}
