import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { WebhookEndpoint } from '@/api/types';
import { deliveriesKey, endpointsKey, endpointsQuery, pingEndpoint, updateEndpoint } from '@/features/admin/api/webhooks';
import { DeliveryList } from '@/features/admin/components/delivery-list';
import { EndpointForm } from '@/features/admin/components/endpoint-form';
import { Listing } from '@/features/admin/components/listing';
import { StateBadge } from '@/features/admin/components/state-badge';
import { Table } from '@/features/admin/components/table';
import { refusalOf, wordsOf } from '@/features/admin/words';
import { formatMoment } from '@/lib/dates';
import { useTitle } from '@/lib/use-title';
import { Button } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { toast } from '@/ui/toast';

const route = getRouteApi('/admin/webhooks');

/** Where events are sent to, and how the deliveries went. */
export function AdminWebhooksPage() {
  useTitle('Webhooks', { index: false });
  const { endpoint } = route.useSearch();
  const query = useInfiniteQuery(endpointsQuery);
  const [making, setMaking] = useState(false);
  const endpoints = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const chosen = endpoints.find(({ id }) => id === endpoint);
  return (
    <div className="space-y-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <PageHeading>Webhooks</PageHeading>
        <Button onClick={() => setMaking(true)}>New endpoint</Button>
      </div>
      <Listing query={query} name="endpoints" count={endpoints.length} empty="Events of orders and stock can be sent to other programs, signed and at least once.">
        <Table caption="Endpoints" columns={['Address', 'Events', { name: 'Waiting', end: true }, 'State', { name: 'Actions', hidden: true }]}>
          {endpoints.map((one) => (
            <Row key={one.id} endpoint={one} open={one.id === endpoint} />
          ))}
        </Table>
      </Listing>
      {chosen && <DeliveryList key={chosen.id} endpoint={chosen.id} name={chosen.description || new URL(chosen.url).host} />}
      {making && <EndpointForm onClose={() => setMaking(false)} />}
    </div>
  );
}

function Row({ endpoint, open }: { endpoint: WebhookEndpoint; open: boolean }) {
  const { id, url, description, kinds, waiting, state, disabled_reason, failing_since } = endpoint;
  return (
    <tr className={open ? 'bg-brand-soft/50' : undefined}>
      <th scope="row" className="min-w-60 py-3 pr-4 pl-4 text-left font-medium">
        <Link to="/admin/webhooks" search={{ endpoint: id }} resetScroll={false} aria-current={open ? 'true' : undefined} className="link break-all">
          {url}
        </Link>
        {description !== '' && <span className="block font-normal text-muted">{description}</span>}
      </th>
      <td className="max-w-60 py-3 pr-4 text-muted">{kinds.length === 0 ? 'All' : kinds.join(', ')}</td>
      <td className="tabular py-3 pr-4 text-right">{waiting}</td>
      <td className="py-3 pr-4">
        <StateBadge state={state} />
        {disabled_reason && <span className="block text-xs text-muted">{wordsOf(disabled_reason)}</span>}
        {failing_since && <span className="tabular block text-xs text-danger">Fails since {formatMoment(failing_since)}</span>}
      </td>
      <td className="py-2 pr-4">
        <Actions endpoint={endpoint} />
      </td>
    </tr>
  );
}

function Actions({ endpoint }: { endpoint: WebhookEndpoint }) {
  const client = useQueryClient();
  const on = endpoint.state === 'active';
  const refused = (error: unknown) => toast(refusalOf(error).join(' '), 'danger');
  const ping = useMutation({
    mutationFn: () => pingEndpoint(endpoint.id),
    onSuccess: ({ state, last_status, last_error }) =>
      state === 'delivered' ? toast(`The test was answered with ${last_status ?? 'success'}.`) : toast(`The test did not arrive: ${last_error ?? last_status ?? state}.`, 'danger'),
    onError: refused,
    onSettled: () => client.invalidateQueries({ queryKey: deliveriesKey(endpoint.id) }),
  });
  const flip = useMutation({
    mutationFn: () => updateEndpoint(endpoint, { state: on ? 'disabled' : 'active' }),
    onError: refused,
    onSettled: () => client.invalidateQueries({ queryKey: endpointsKey }),
  });
  return (
    <span className="flex justify-end gap-2">
      <Button look="secondary" size="sm" busy={ping.isPending} aria-label={`Test ${endpoint.url}`} onClick={() => ping.mutate()}>
        Test
      </Button>
      <Button look={on ? 'danger' : 'secondary'} size="sm" busy={flip.isPending} aria-label={`${on ? 'Disable' : 'Enable'} ${endpoint.url}`} onClick={() => flip.mutate()}>
        {on ? 'Disable' : 'Enable'}
      </Button>
    </span>
  );
}
