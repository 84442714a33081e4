import { useState } from 'react';
import type { AdminOrder, AdminOrderLine, Shipment } from '@/api/types';
import { Checkbox } from '@/ui/field';
import { editShipment, planShipment } from '../api/changes';
import { useChange } from '../use-change';
import { ActionDrawer } from './action-drawer';
import { allOf, QuantityTable, unitsOf } from './quantity-table';
import { isTrackingUrl, NO_TRACKING, TrackingFields, trackingOf } from './tracking-fields';

const shippable = ({ progress }: AdminOrderLine) => progress.shippable;

/** Puts units on a parcel, and hands it over at once where it is ready. */
export function ShipForm({ order, onClose }: { order: AdminOrder; onClose: () => void }) {
  const [units, setUnits] = useState(() => allOf(order.lines, shippable));
  const [tracking, setTracking] = useState(NO_TRACKING);
  const paid = order.authorized.amount === 0;
  const [now, setNow] = useState(paid);
  const { mutate, isPending, error } = useChange(order, onClose);
  const lines = unitsOf(units, order.lines, shippable);
  return (
    <ActionDrawer
      title="New shipment"
      submit={now ? 'Ship' : 'Plan the shipment'}
      busy={isPending}
      error={error}
      onClose={onClose}
      disabled={lines.length === 0 || !isTrackingUrl(tracking.url)}
      onSubmit={() => mutate(planShipment(order.id, { lines, ...trackingOf(tracking), ship: now }))}
    >
      <QuantityTable label="Units in this parcel" lines={order.lines} most={shippable} value={units} onChange={setUnits} />
      <TrackingFields value={tracking} onChange={setTracking} />
      <Checkbox
        label={paid ? 'It leaves now; the customer is told' : 'It leaves now. Planning it asks for the payment first'}
        checked={now}
        disabled={!paid}
        onChange={(event) => setNow(event.target.checked)}
      />
    </ActionDrawer>
  );
}

/** Corrects how a parcel is followed. */
export function TrackingForm({ order, shipment, onClose }: { order: AdminOrder; shipment: Shipment; onClose: () => void }) {
  const [tracking, setTracking] = useState({ carrier: shipment.carrier ?? '', number: shipment.tracking_number ?? '', url: shipment.tracking_url ?? '' });
  const { mutate, isPending, error } = useChange(order, onClose);
  const body = trackingOf(tracking);
  return (
    <ActionDrawer
      title={`Tracking of shipment ${shipment.seq}`}
      submit="Save"
      busy={isPending}
      error={error}
      onClose={onClose}
      disabled={Object.keys(body).length === 0 || !isTrackingUrl(tracking.url)}
      onSubmit={() => mutate(editShipment(order.id, shipment.id, body))}
    >
      <TrackingFields value={tracking} onChange={setTracking} />
    </ActionDrawer>
  );
}
