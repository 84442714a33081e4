import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DefaultSynonym } from '@/api/types';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/field';
import { Skeleton } from '@/ui/skeleton';
import { ErrorState } from '@/ui/states';
import { toast } from '@/ui/toast';
import { createSynonym, defaultSynonymsQuery, enableDefault, synonymsKey } from '../api/search';
import { lineOf } from '../synonym-draft';
import { useAttempt } from '../use-attempt';
import { refusalOf } from '../words';
import { StateBadge } from './state-badge';
import { Table } from './table';

const SHOWN = 20;

/** The entries that come with the shop: to read, and to switch off one by one. */
export function DefaultSynonyms({ mayWrite }: { mayWrite: boolean }) {
  const { data, error, refetch } = useQuery(defaultSynonymsQuery);
  const [text, setText] = useState('');
  const [all, setAll] = useState(false);
  const wanted = text.trim().toLowerCase();
  const found = (data ?? []).filter(({ from, to }) => [...from, ...to].some((term) => term.toLowerCase().includes(wanted)));
  const shown = all ? found : found.slice(0, SHOWN);
  return (
    <section aria-labelledby="built-in">
      <h2 id="built-in" className="mb-1 text-lg">
        Built-in synonyms
      </h2>
      <p className="mb-4 text-sm text-muted">They come with the shop and cannot be changed. One that misleads can be switched off.</p>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton className="h-60 rounded-lg" />}
      {data && (
        <div className="space-y-4">
          <div className="max-w-80">
            <TextField label="Term" type="search" value={text} onChange={({ target }) => setText(target.value)} maxLength={64} />
          </div>
          <p role="status" className="text-sm text-muted">
            {found.length === data.length ? `${data.length} entries` : `${found.length} of ${data.length} entries`}
          </p>
          {shown.length > 0 && (
            <Table caption="Built-in entries" columns={['Terms', 'State', ...(mayWrite ? [{ name: 'Actions', hidden: true }] : [])]}>
              {shown.map((entry) => (
                <tr key={`${entry.kind}-${lineOf(entry)}`}>
                  <th scope="row" className="py-2.5 pr-4 pl-4 text-left font-normal">
                    {lineOf(entry)}
                  </th>
                  <td className="py-2.5 pr-4">
                    <StateBadge state={entry.disabled_by === null ? 'active' : 'disabled'} />
                  </td>
                  {mayWrite && (
                    <td className="py-1.5 pr-4 text-right">
                      <Switch entry={entry} />
                    </td>
                  )}
                </tr>
              ))}
            </Table>
          )}
          {found.length > SHOWN && !all && (
            <Button look="secondary" onClick={() => setAll(true)}>
              Show all {found.length}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function Switch({ entry }: { entry: DefaultSynonym }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: synonymsKey });
  const refused = (error: unknown) => toast(refusalOf(error).join(' '), 'danger');
  const off = useAttempt(createSynonym, () => void refresh());
  const on = useMutation({ mutationFn: enableDefault, onError: refused, onSettled: refresh });
  const { disabled_by: by, from, to } = entry;
  const line = lineOf(entry);
  return (
    <Button
      look={by === null ? 'danger' : 'secondary'}
      size="sm"
      busy={off.isPending || on.isPending}
      aria-label={`Switch ${by === null ? 'off' : 'on'} ${line}`}
      onClick={() => (by === null ? off.mutate({ kind: 'disabled', from, to, enabled: true }, { onError: refused }) : on.mutate(by))}
    >
      {by === null ? 'Switch off' : 'Switch on'}
    </Button>
  );
}
