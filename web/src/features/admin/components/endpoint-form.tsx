import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/ui/button';
import { Drawer } from '@/ui/dialog';
import { Checkbox, TextField } from '@/ui/field';
import { Notice } from '@/ui/states';
import { createEndpoint, endpointsKey, eventKindsQuery } from '../api/webhooks';
import { useAttempt } from '../use-attempt';
import { ActionDrawer } from './action-drawer';

/** Makes an endpoint, then shows the secret that its messages are signed with: the only time that anybody sees it. */
export function EndpointForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const { data: known } = useQuery(eventKindsQuery);
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState('');
  const [kinds, setKinds] = useState<ReadonlySet<string>>(new Set());
  const { mutate, isPending, error, data } = useAttempt(createEndpoint, () => void client.invalidateQueries({ queryKey: endpointsKey }));
  if (data) return <Secret secret={data.secret ?? null} onClose={onClose} />;
  const fine = url.trim().startsWith('https://') && URL.canParse(url.trim());
  const pick = (kind: string, on: boolean) => {
    const next = new Set(kinds);
    if (on) next.add(kind);
    else next.delete(kind);
    setKinds(next);
  };
  return (
    <ActionDrawer
      title="New endpoint"
      submit="Make the endpoint"
      busy={isPending}
      error={error}
      onClose={onClose}
      disabled={!fine}
      onSubmit={() => mutate({ url: url.trim(), description: description.trim(), kinds: [...kinds].toSorted() })}
    >
      <TextField
        label="Address"
        type="url"
        value={url}
        onChange={(event) => setUrl(event.target.value)}
        maxLength={2000}
        hint="A public address that begins with https://."
        error={url.trim() !== '' && !fine ? 'Enter an address that begins with https://.' : undefined}
      />
      <TextField label="What it is for" value={description} onChange={(event) => setDescription(event.target.value)} maxLength={500} optional />
      <fieldset>
        <legend className="mb-1 text-sm font-medium">Events</legend>
        <p className="mb-2 text-sm text-muted">{kinds.size === 0 ? 'All of them, as long as none is chosen.' : `${kinds.size} chosen.`}</p>
        {(known?.items ?? []).map(({ kind, meaning }) => (
          <Checkbox
            key={kind}
            className="py-1"
            checked={kinds.has(kind)}
            onChange={(event) => pick(kind, event.target.checked)}
            label={
              <>
                <span className="block font-mono">{kind}</span>
                <span className="block text-muted">{meaning}</span>
              </>
            }
          />
        ))}
      </fieldset>
    </ActionDrawer>
  );
}

function Secret({ secret, onClose }: { secret: string | null; onClose: () => void }) {
  return (
    <Drawer open title="Endpoint made" onClose={onClose}>
      <div className="space-y-5">
        {secret === null ? (
          <Notice tone="warn" title="Its secret was shown before">
            <p>Make another endpoint if it was lost.</p>
          </Notice>
        ) : (
          <>
            <p className="rounded-md bg-sunken px-4 py-3 font-mono text-sm break-all select-all">{secret}</p>
            <Notice tone="warn" live="off" title="Copy the secret now">
              <p>Messages are signed with it. It cannot be shown again.</p>
            </Notice>
          </>
        )}
        <Button onClick={onClose}>Done</Button>
      </div>
    </Drawer>
  );
}
