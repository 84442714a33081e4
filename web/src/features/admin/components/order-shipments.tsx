import type { AdminOrder, Shipment } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { Button } from '@/ui/button';
import { moveShipment } from '../api/changes';
import { packingSlipPath } from '../api/documents';
import type { OpenForm } from '../order-form';
import { Section } from './section';
import { StateBadge } from './state-badge';
import { DocumentButton, StepButton } from './step-buttons';
import { UnitsText } from './units-text';

const STEPS = { pick: 'Start picking', ship: 'Ship', deliver: 'Delivered' } as const;

/** The parcels of an order, with the steps that each may take. */
export function OrderShipments({ order, open }: { order: AdminOrder; open: OpenForm }) {
  if (order.shipments.length === 0) return null;
  return (
    <Section title="Shipments">
      <ul className="divide-y divide-line">
        {order.shipments.map((shipment) => (
          <li key={shipment.id} className="space-y-2 py-3.5 first:pt-0 last:pb-0">
            <p className="flex flex-wrap items-center gap-2">
              <span className="font-medium">Shipment {shipment.seq}</span>
              <StateBadge state={shipment.state} />
            </p>
            <UnitsText order={order} units={shipment.lines} />
            <Followed shipment={shipment} />
            <div className="flex flex-wrap gap-2">
              {(['pick', 'ship', 'deliver'] as const)
                .filter((step) => shipment.actions.includes(step))
                .map((step) => (
                  <StepButton key={step} order={order} change={moveShipment(order.id, shipment.id, step)}>
                    {STEPS[step]}
                  </StepButton>
                ))}
              {shipment.state !== 'cancelled' && (
                <DocumentButton path={packingSlipPath(order.id, shipment.id)} name={`packing-slip-${order.number ?? order.id}-${shipment.seq}.pdf`}>
                  Packing slip
                </DocumentButton>
              )}
              {shipment.actions.includes('edit') && (
                <Button look="secondary" size="sm" onClick={() => open({ kind: 'shipment', step: 'edit', id: shipment.id })}>
                  Tracking
                </Button>
              )}
              {shipment.actions.includes('lose') && (
                <Button look="danger" size="sm" onClick={() => open({ kind: 'shipment', step: 'lose', id: shipment.id })}>
                  Lost
                </Button>
              )}
              {shipment.actions.includes('cancel') && (
                <Button look="danger" size="sm" onClick={() => open({ kind: 'shipment', step: 'cancel', id: shipment.id })}>
                  Cancel
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Followed({ shipment }: { shipment: Shipment }) {
  const { carrier, tracking_number, tracking_url, shipped_at, delivered_at } = shipment;
  const number = [carrier, tracking_number].filter(Boolean).join(' ');
  const times = [shipped_at && `Shipped ${formatMoment(shipped_at)}`, delivered_at && `Delivered ${formatMoment(delivered_at)}`].filter(Boolean).join(' · ');
  if (number === '' && times === '' && tracking_url === null) return null;
  return (
    <p className="tabular text-sm text-muted">
      {tracking_url !== null && tracking_url.startsWith('https://') ? (
        <a href={tracking_url} target="_blank" rel="noopener noreferrer" className="link">
          {number || 'Track it'}
        </a>
      ) : (
        number
      )}
      {number !== '' && times !== '' && ' · '}
      {times}
    </p>
  );
}
