import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { formatMoment } from '@/lib/dates';
import { Button } from '@/ui/button';
import { SelectField } from '@/ui/field';
import { toast } from '@/ui/toast';
import { deliveriesKey, deliveriesQuery, redeliver } from '../api/webhooks';
import { refusalOf, wordsOf } from '../words';
import { Listing } from './listing';
import { Section } from './section';
import { StateBadge } from './state-badge';
import { Table } from './table';

const STATES = ['pending', 'failed', 'delivered', 'dead'];

/** What was sent to an endpoint, the newest first, and how it went. */
export function DeliveryList({ endpoint, name }: { endpoint: string; name: string }) {
  const [state, setState] = useState('');
  const query = useInfiniteQuery(deliveriesQuery(endpoint, state || undefined));
  const deliveries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section
      title={`Deliveries to ${name}`}
      action={
        <div className="w-48">
          <SelectField label="State of deliveries" value={state} onChange={(event) => setState(event.target.value)}>
            <option value="">Any</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {wordsOf(one)}
              </option>
            ))}
          </SelectField>
        </div>
      }
    >
      <Listing query={query} name="deliveries" count={deliveries.length} empty="Nothing was sent yet.">
        <Table caption="Deliveries" columns={['Event', 'When', 'Order', 'State', { name: 'Attempts', end: true }, 'Last answer', { name: 'Actions', hidden: true }]}>
          {deliveries.map((delivery) => (
            <tr key={delivery.id}>
              <th scope="row" className="py-2.5 pr-4 pl-4 text-left font-mono text-xs font-medium">
                {delivery.kind}
              </th>
              <td className="tabular py-2.5 pr-4 whitespace-nowrap text-muted">{formatMoment(delivery.occurred_at)}</td>
              <td className="py-2.5 pr-4">
                {delivery.order_id && (
                  <Link to="/admin/orders/$orderId" params={{ orderId: delivery.order_id }} className="link">
                    Order
                  </Link>
                )}
              </td>
              <td className="py-2.5 pr-4">
                <StateBadge state={delivery.state} />
              </td>
              <td className="tabular py-2.5 pr-4 text-right">{delivery.attempts}</td>
              <td className="max-w-72 py-2.5 pr-4 text-muted">{[delivery.last_status, delivery.last_error, delivery.last_latency_ms && `${delivery.last_latency_ms} ms`].filter(Boolean).join(', ')}</td>
              <td className="py-2 pr-4 text-right">
                <Again endpoint={endpoint} delivery={delivery.id} kind={delivery.kind} />
              </td>
            </tr>
          ))}
        </Table>
      </Listing>
    </Section>
  );
}

function Again({ endpoint, delivery, kind }: { endpoint: string; delivery: string; kind: string }) {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () => redeliver(endpoint, delivery),
    onSuccess: () => toast(`${kind} is sent again.`),
    onError: (error) => toast(refusalOf(error).join(' '), 'danger'),
    onSettled: () => client.invalidateQueries({ queryKey: deliveriesKey(endpoint) }),
  });
  return (
    <Button look="secondary" size="sm" busy={isPending} aria-label={`Send ${kind} again`} onClick={() => mutate()}>
      Again
    </Button>
  );
}
