import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { LocationStock, StockChange, StockLocation, VariantStock } from '@/api/types';
import { SelectField, TextField } from '@/ui/field';
import { changeStock, movementsKey, transferStock, variantStockKey } from '../api/stock';
import { useAttempt } from '../use-attempt';
import { ActionDrawer } from './action-drawer';

const WHATS = {
  receive: { name: 'A delivery came', label: 'Units that came', least: 1 },
  correct: { name: 'More or fewer than booked', label: 'Units more, or less with a minus sign', least: -1_000_000 },
  count: { name: 'They were counted', label: 'Units that are there', least: 0 },
  backorder: { name: 'Sell more than is there', label: 'Units that may be sold beyond what is there', least: 0 },
} as const;
type What = keyof typeof WHATS;

/** The whole number that was typed; null where it is none, or too small. */
export function wholeNumber(text: string, least: number): number | null {
  if (!/^[+-]?\d{1,7}$/.test(text.trim())) return null;
  const number = Number(text);
  return number >= least && number <= 1_000_000 ? number : null;
}

/** The booking; what depends on how many are there says how many were seen. */
function bookingOf(what: What, units: number, location: string, seen: number, reason: string): StockChange {
  const shared = { location, reason };
  switch (what) {
    case 'receive':
      return { ...shared, kind: 'receive', delta: units };
    case 'correct':
      return { ...shared, kind: 'adjust', delta: units, expected_on_hand: seen };
    case 'count':
      return { ...shared, kind: 'adjust', on_hand: units, expected_on_hand: seen };
    case 'backorder':
      return { ...shared, kind: 'adjust', backorder_limit: units };
  }
}

function useFresh(variant: string, onClose: () => void) {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [variantStockKey(variant), movementsKey(variant), ['admin', 'low-stock'], ['admin', 'product']]) void client.invalidateQueries({ queryKey });
    onClose();
  };
}

type Props = { stock: VariantStock; locations: readonly StockLocation[]; onClose: () => void };

const levelAt = ({ locations }: VariantStock, code: string): LocationStock | undefined => locations.find(({ location }) => location.code === code);

function Places({ label, locations, value, onChange }: { label: string; locations: readonly StockLocation[]; value: string; onChange: (code: string) => void }) {
  return (
    <SelectField label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {locations.map(({ id, code, name }) => (
        <option key={id} value={code}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

/** Books units that came, went or were counted, with the reason for the ledger. */
export function AdjustForm({ stock, locations, onClose }: Props) {
  const client = useQueryClient();
  const [what, setWhat] = useState<What>('receive');
  const [place, setPlace] = useState(locations[0]?.code ?? 'main');
  const [units, setUnits] = useState('');
  const [reason, setReason] = useState('');
  const done = useFresh(stock.variant_id, onClose);
  const { mutate, isPending, error } = useAttempt((key: string, body: StockChange) => changeStock(stock.variant_id, key, body), done);
  const { label, least } = WHATS[what];
  const seen = levelAt(stock, place)?.on_hand ?? 0;
  const number = wholeNumber(units, least);
  const nothing = what === 'correct' && number === 0;
  const send = () => {
    if (number === null) return;
    mutate(bookingOf(what, number, place, seen, reason.trim()), { onError: () => void client.invalidateQueries({ queryKey: variantStockKey(stock.variant_id) }) });
  };
  return (
    <ActionDrawer title="Book units" submit="Book" busy={isPending} error={error} onClose={onClose} disabled={number === null || nothing || reason.trim() === ''} onSubmit={send}>
      <SelectField label="What happened" value={what} onChange={(event) => setWhat(event.target.value as What)}>
        {Object.entries(WHATS).map(([value, { name }]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </SelectField>
      <Places label="Place" locations={locations} value={place} onChange={setPlace} />
      <TextField
        label={label}
        value={units}
        onChange={(event) => setUnits(event.target.value)}
        inputMode="numeric"
        hint={`${seen} on hand in this place.`}
        error={units.trim() !== '' && number === null ? 'Enter a whole number that is possible here.' : undefined}
      />
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} maxLength={200} hint="It stands in the ledger, such as a delivery note." />
    </ActionDrawer>
  );
}

/** Moves free units from one place to another. */
export function TransferForm({ stock, locations, onClose }: Props) {
  const [from, setFrom] = useState(locations[0]?.code ?? '');
  const [to, setTo] = useState(locations[1]?.code ?? '');
  const [units, setUnits] = useState('');
  const [reason, setReason] = useState('');
  const done = useFresh(stock.variant_id, onClose);
  const { mutate, isPending, error } = useAttempt(transferStock, done);
  const quantity = wholeNumber(units, 1);
  const level = levelAt(stock, from);
  const free = level ? Math.max(0, level.on_hand - level.reserved - level.allocated) : 0;
  const send = () => {
    if (quantity !== null) mutate({ variant_id: stock.variant_id, from, to, quantity, reason: reason.trim() });
  };
  return (
    <ActionDrawer title="Move units" submit="Move" busy={isPending} error={error} onClose={onClose} disabled={quantity === null || from === to || reason.trim() === ''} onSubmit={send}>
      <Places label="From" locations={locations} value={from} onChange={setFrom} />
      <Places label="To" locations={locations} value={to} onChange={setTo} />
      <TextField
        label="Units"
        value={units}
        onChange={(event) => setUnits(event.target.value)}
        inputMode="numeric"
        hint={`${free} are free to be moved.`}
        error={units.trim() !== '' && quantity === null ? 'Enter a whole number from 1 on.' : undefined}
      />
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} maxLength={200} />
    </ActionDrawer>
  );
}
