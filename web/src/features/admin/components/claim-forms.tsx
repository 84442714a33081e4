import { useState } from 'react';
import type { AdminOrder, AdminOrderLine, ClaimKind, OrderClaim, Resolution } from '@/api/types';
import { SelectField, TextField } from '@/ui/field';
import { decideClaim, openClaim } from '../api/changes';
import { useChange } from '../use-change';
import { wordsOf } from '../words';
import { ActionDrawer } from './action-drawer';
import { QuantityTable, unitsOf, type Quantities } from './quantity-table';

const KINDS: readonly ClaimKind[] = ['damaged', 'wrong_item', 'missing_item', 'lost', 'other'];
const RESOLUTIONS: Record<Resolution, string> = {
  refund: 'Give the money back',
  replacement: 'Send it again',
  both: 'Give the money back and send it again',
};
const shipped = ({ progress }: AdminOrderLine) => progress.shipped;

/** Something is wrong with what was shipped. */
export function OpenClaimForm({ order, onClose }: { order: AdminOrder; onClose: () => void }) {
  const [kind, setKind] = useState<ClaimKind>('damaged');
  const [units, setUnits] = useState<Quantities>({});
  const [shipment, setShipment] = useState('');
  const [description, setDescription] = useState('');
  const { mutate, isPending, error } = useChange(order, onClose);
  const lines = unitsOf(units, order.lines, shipped);
  const gone = order.shipments.filter(({ shipped_at }) => shipped_at !== null);
  const body = { kind, lines, description: description.trim(), ...(shipment === '' ? {} : { shipment_id: shipment }) };
  return (
    <ActionDrawer title="New claim" submit="Open the claim" busy={isPending} error={error} onClose={onClose} disabled={lines.length === 0} onSubmit={() => mutate(openClaim(order.id, body))}>
      <SelectField label="What is wrong" value={kind} onChange={(event) => setKind(event.target.value as ClaimKind)}>
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {wordsOf(one)}
          </option>
        ))}
      </SelectField>
      <QuantityTable label="Units that it is about" lines={order.lines} most={shipped} value={units} onChange={setUnits} />
      {gone.length > 1 && (
        <SelectField label="Shipment" value={shipment} onChange={(event) => setShipment(event.target.value)} optional>
          <option value="">Not known</option>
          {gone.map(({ id, seq }) => (
            <option key={id} value={id}>
              Shipment {seq}
            </option>
          ))}
        </SelectField>
      )}
      <TextField label="What happened" value={description} onChange={(event) => setDescription(event.target.value)} maxLength={1000} optional />
    </ActionDrawer>
  );
}

/** Agrees to a claim, and says how it is made good. */
export function ApproveClaimForm({ order, claim, onClose }: { order: AdminOrder; claim: OrderClaim; onClose: () => void }) {
  const [resolution, setResolution] = useState<Resolution>('replacement');
  const [reason, setReason] = useState('');
  const { mutate, isPending, error } = useChange(order, onClose);
  const decision = { resolution, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) };
  return (
    <ActionDrawer title={`Approve claim ${claim.seq}`} submit="Approve" busy={isPending} error={error} onClose={onClose} onSubmit={() => mutate(decideClaim(order.id, claim.id, decision))}>
      <SelectField label="How it is made good" value={resolution} onChange={(event) => setResolution(event.target.value as Resolution)}>
        {Object.entries(RESOLUTIONS).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </SelectField>
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} optional />
    </ActionDrawer>
  );
}
