import type { SearchStatus } from '@/api/types';
import { IconButton } from '@/ui/button';
import { SelectField, TextArea, TextField } from '@/ui/field';
import { CloseIcon } from '@/ui/icons';
import { synonymsWrong, type VariantDraft } from '../preview-draft';
import { BURIED_MAX, PINNED_MAX } from '../rule-draft';
import { ProductPicker } from './product-picker';
import { engineName } from './search-status';

type Props = {
  draft: VariantDraft;
  engines: SearchStatus['engines'];
  onChange: (draft: VariantDraft) => void;
  onRemove?: (() => void) | undefined;
};

/** One way to search: engine, mode, synonyms and a rule that are not in force yet. */
export function PreviewVariantForm({ draft, engines, onChange, onRemove }: Props) {
  const set = (next: Partial<VariantDraft>) => onChange({ ...draft, ...next });
  return (
    <fieldset className="relative min-w-0 space-y-4 rounded-lg border border-line bg-surface p-4">
      <legend className="sr-only">{draft.name}</legend>
      {onRemove && (
        <IconButton label={`Remove ${draft.name}`} className="absolute top-2 right-2 size-9!" onClick={onRemove}>
          <CloseIcon className="size-4" />
        </IconButton>
      )}
      <TextField label="Name" value={draft.name} onChange={({ target }) => set({ name: target.value })} maxLength={60} />
      {engines.length > 1 && (
        <SelectField label="Engine" value={draft.engine} onChange={({ target }) => set({ engine: target.value as VariantDraft['engine'] })}>
          <option value="">As set up</option>
          {engines.map(({ engine }) => (
            <option key={engine} value={engine}>
              {engineName(engine)}
            </option>
          ))}
        </SelectField>
      )}
      <SelectField label="Ranking" value={draft.mode} onChange={({ target }) => set({ mode: target.value as VariantDraft['mode'] })}>
        <option value="">As shoppers get it</option>
        <option value="lexical">By words only</option>
        <option value="hybrid">By words and by meaning</option>
      </SelectField>
      <TextArea
        label="Further synonyms"
        value={draft.synonyms}
        onChange={({ target }) => set({ synonyms: target.value })}
        error={synonymsWrong(draft)}
        rows={2}
        spellCheck={false}
        hint="One entry per line: “laptop, notebook”, or “usbc => usb c”."
        optional
      />
      <SelectField label="Rule" value={draft.rule} onChange={({ target }) => set({ rule: target.value as VariantDraft['rule'] })}>
        <option value="in_force">The one in force</option>
        <option value="none">None</option>
        <option value="draft">A draft</option>
      </SelectField>
      {draft.rule === 'draft' && (
        <>
          <ProductPicker label="Pinned" hint="They come first, in this order." ids={draft.pinned} max={PINNED_MAX} taken={draft.buried} ordered onChange={(pinned) => set({ pinned })} />
          <ProductPicker label="Buried" hint="They come last." ids={draft.buried} max={BURIED_MAX} taken={draft.pinned} onChange={(buried) => set({ buried })} />
        </>
      )}
    </fieldset>
  );
}
