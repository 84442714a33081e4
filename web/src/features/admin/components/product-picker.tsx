import { useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useDebounced } from '@/lib/use-debounced';
import { Art } from '@/ui/art';
import { Button, IconButton } from '@/ui/button';
import { TextField } from '@/ui/field';
import { AlertIcon, ChevronDown, CloseIcon } from '@/ui/icons';
import { pickedQuery, pickQuery } from '../api/search';

const PAUSE_MS = 200;

type Props = {
  label: string;
  hint: ReactNode;
  ids: readonly string[];
  max: number;
  /** Products that cannot be chosen here, because they are elsewhere. */
  taken: readonly string[];
  /** Whether their order counts. */
  ordered?: boolean;
  error?: string | undefined;
  onChange: (ids: string[]) => void;
};

/** Chooses products by searching for them as a shopper would. */
export function ProductPicker({ label, hint, ids, max, taken, ordered = false, error, onChange }: Props) {
  const heading = useId();
  const [text, setText] = useState('');
  const typed = useDebounced(text.trim(), PAUSE_MS);
  const found = useQuery(pickQuery(typed));
  const { data: known = [] } = useQuery(pickedQuery(ids));
  // Answers are shown only while they belong to what is in the field.
  const offers = typed === '' || typed !== text.trim() ? [] : (found.data ?? []).filter(({ id }) => !ids.includes(id));
  const swap = (at: number, by: number) => {
    const next = [...ids];
    [next[at], next[at + by]] = [next[at + by]!, next[at]!];
    onChange(next);
  };
  return (
    <div role="group" aria-labelledby={heading} className="space-y-2 rounded-md border border-line p-3">
      <p id={heading} className="text-sm font-medium">
        {label} <span className="tabular font-normal text-muted">({ids.length})</span>
      </p>
      {ids.length > 0 && (
        <ol aria-label={label} className="space-y-1">
          {ids.map((id, at) => {
            const product = known.find((one) => one.id === id);
            const title = product?.title ?? id;
            return (
              <li key={id} className="flex flex-wrap items-center gap-x-2 rounded-sm bg-sunken px-2 py-1 text-sm">
                {ordered && <span className="tabular w-5 shrink-0 text-muted">{at + 1}</span>}
                <Art media={product?.image} decorative className="size-8 shrink-0 rounded-sm" />
                <span className="min-w-28 flex-1">
                  <span className="two-lines min-h-0! leading-snug">{title}</span>
                  {!product && <span className="block text-xs text-muted">Not on sale now: without effect</span>}
                </span>
                <span className="ml-auto flex">
                  {ordered && (
                    <>
                      <IconButton label={`Move ${title} up`} className="size-8! disabled:opacity-40" disabled={at === 0} onClick={() => swap(at, -1)}>
                        <ChevronDown className="size-4 rotate-180" />
                      </IconButton>
                      <IconButton label={`Move ${title} down`} className="size-8! disabled:opacity-40" disabled={at === ids.length - 1} onClick={() => swap(at, 1)}>
                        <ChevronDown className="size-4" />
                      </IconButton>
                    </>
                  )}
                  <IconButton label={`Remove ${title}`} className="size-8!" onClick={() => onChange(ids.filter((other) => other !== id))}>
                    <CloseIcon className="size-4" />
                  </IconButton>
                </span>
              </li>
            );
          })}
        </ol>
      )}
      {ids.length < max && (
        <TextField
          label="Find a product"
          type="search"
          value={text}
          onChange={({ target }) => setText(target.value)}
          // Enter looks for it at once anyway; it must not send the form around it.
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
          maxLength={100}
          autoComplete="off"
          hint={hint}
        />
      )}
      <p role="status" className="text-sm text-muted">
        {typed !== '' && found.data?.length === 0 && 'Nothing found.'}
        {found.error !== null && typed !== '' && 'The search did not answer.'}
      </p>
      {offers.length > 0 && ids.length < max && (
        <ul aria-label={`${label}: found`} className="space-y-1">
          {offers.map(({ id, title, image }) => (
            <li key={id} className="flex items-center gap-2 text-sm">
              <Art media={image} decorative className="size-8 shrink-0 rounded-sm" />
              <span className="two-lines min-h-0! min-w-0 flex-1 leading-snug">{title}</span>
              <Button
                look="secondary"
                size="sm"
                disabled={taken.includes(id)}
                aria-label={`Add ${title}`}
                onClick={() => {
                  onChange([...ids, id]);
                  setText('');
                }}
              >
                {taken.includes(id) ? 'In the other list' : 'Add'}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {error && (
        <p role="alert" className="flex gap-1.5 text-sm text-danger">
          <AlertIcon className="mt-0.5 size-4 shrink-0" />
          {error}
        </p>
      )}
    </div>
  );
}
