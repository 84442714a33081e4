import type { Order, Shipment } from '@/api/types';
import { formatDay } from '@/lib/dates';
import { Badge } from '@/ui/badge';
import { buttonClass } from '@/ui/button';
import { TruckIcon } from '@/ui/icons';
import { shipmentStatus } from '../words';

/** Parcels that are more than a plan. */
export function shownParcels({ shipments }: Pick<Order, 'shipments'>): Shipment[] {
  return shipments.filter(({ state }) => state !== 'cancelled');
}

/** Only an address that leads out of the shop by HTTP is made a link. */
function trackingLink(url: string | null | undefined): string | null {
  return url && /^https?:\/\//i.test(url) ? url : null;
}

export function Parcels({ order }: { order: Order }) {
  return (
    <ul className="divide-y divide-line">
      {shownParcels(order).map((shipment) => (
        <Parcel key={shipment.id} order={order} shipment={shipment} />
      ))}
    </ul>
  );
}

function Parcel({ order, shipment }: { order: Order; shipment: Shipment }) {
  const { seq, carrier, tracking_number, tracking_url, lines, shipped_at, delivered_at } = shipment;
  const { text, tone } = shipmentStatus(shipment);
  const link = trackingLink(tracking_url);
  const day = delivered_at ?? shipped_at;
  return (
    <li className="flex gap-3.5 py-4 first:pt-0 last:pb-0">
      <TruckIcon className="mt-0.5 size-5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1 space-y-2 text-sm">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-base">
          <span className="font-medium">Parcel {seq}</span>
          <Badge tone={tone}>{text}</Badge>
          {day && <span className="text-sm text-muted">{formatDay(day)}</span>}
        </p>
        <ul className="text-muted">
          {lines.map(({ line_id, quantity }) => (
            <li key={line_id}>
              {quantity} × {order.lines.find(({ id }) => id === line_id)?.title}
            </li>
          ))}
        </ul>
        {(carrier ?? tracking_number) && (
          <p className="text-muted">
            {carrier}
            {carrier && tracking_number && ', number '}
            <span className="tabular break-all">{tracking_number}</span>
          </p>
        )}
        {link && (
          <a href={link} target="_blank" rel="noopener noreferrer" className={buttonClass('secondary', 'sm')}>
            Track the parcel
            <span className="sr-only"> {seq} (opens in a new tab)</span>
          </a>
        )}
      </div>
    </li>
  );
}
