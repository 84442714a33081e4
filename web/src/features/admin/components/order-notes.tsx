import { useState, type FormEvent } from 'react';
import type { AdminOrder } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/field';
import { note } from '../api/changes';
import { useChange } from '../use-change';
import { refusalOf, whoOf, wordsOf } from '../words';
import { Section } from './section';

/** What staff write for each other; customers never see it. */
export function OrderNotes({ order, me }: { order: AdminOrder; me: string }) {
  const [text, setText] = useState('');
  const { mutate, isPending, error } = useChange(order, () => setText(''));
  const may = order.actions.includes('note');
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '' && !isPending) mutate(note(order.id, text.trim()));
  };
  if (!may && order.notes.length === 0) return null;
  return (
    <Section title="Notes">
      <ul className="space-y-3 text-sm">
        {order.notes.map(({ id, author_id, body, created_at }) => (
          <li key={id}>
            <p className="whitespace-pre-wrap">{body}</p>
            <p className="tabular text-xs text-muted">
              {wordsOf(whoOf('staff', author_id, me))}, <time dateTime={created_at}>{formatMoment(created_at)}</time>
            </p>
          </li>
        ))}
      </ul>
      {may && (
        <form onSubmit={send} className="mt-3 space-y-3">
          <TextField label="New note" value={text} onChange={(event) => setText(event.target.value)} maxLength={4000} error={error === null ? undefined : refusalOf(error).join(' ')} />
          <Button type="submit" look="secondary" size="sm" busy={isPending} disabled={text.trim() === ''}>
            Add the note
          </Button>
        </form>
      )}
    </Section>
  );
}
