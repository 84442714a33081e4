import { useState, type FormEvent, type ReactNode } from 'react';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/field';

type Props = { label: string; value: string | undefined; onSearch: (text: string | undefined) => void; children?: ReactNode };

/** A text that a list is narrowed by, with further filters beside it. An empty one shows everything again. */
export function SearchForm({ label, value, onSearch, children }: Props) {
  const [text, setText] = useState(value ?? '');
  const [shown, setShown] = useState(value);
  // The address has the last word: the way back changes it without this form.
  if (shown !== value) {
    setShown(value);
    setText(value ?? '');
  }
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSearch(text.trim() === '' ? undefined : text.trim());
  };
  return (
    <form role="search" onSubmit={send} className="mb-5 flex flex-wrap items-end gap-3">
      <div className="w-full max-w-80">
        <TextField label={label} type="search" value={text} onChange={(event) => setText(event.target.value)} maxLength={100} />
      </div>
      <Button type="submit" look="secondary">
        Search
      </Button>
      {children}
    </form>
  );
}
