import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StockMovement } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { cx } from '@/lib/cx';
import { SelectField } from '@/ui/field';
import { movementsQuery } from '../api/stock';
import { whoOf, wordsOf } from '../words';
import { Listing } from './listing';
import { Section } from './section';
import { Table } from './table';

const KINDS = ['receive', 'adjust', 'reserve', 'release', 'expire', 'allocate', 'ship', 'cancel', 'restock', 'transfer', 'move'];
const end = (name: string) => ({ name, end: true });

/** The ledger of a variant: every entry with its reason, the newest first. */
export function MovementList({ variant, me }: { variant: string; me: string }) {
  const [kind, setKind] = useState('');
  const query = useInfiniteQuery(movementsQuery(variant, kind || undefined));
  const movements = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section
      title="Ledger"
      action={
        <div className="w-48">
          <SelectField label="Kind" value={kind} onChange={(event) => setKind(event.target.value)}>
            <option value="">All</option>
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {wordsOf(one)}
              </option>
            ))}
          </SelectField>
        </div>
      }
    >
      <Listing query={query} name="movements" count={movements.length} empty="Nothing of this kind happened.">
        <Table caption="Movements" columns={['When', 'What', 'Place', end('On hand'), end('Reserved'), end('Sold'), 'Why', 'Who']}>
          {movements.map((movement) => (
            <tr key={movement.id}>
              <td className="tabular py-2.5 pr-4 pl-4 whitespace-nowrap text-muted">{formatMoment(movement.at)}</td>
              <th scope="row" className="py-2.5 pr-4 text-left font-medium">
                {wordsOf(movement.kind)}
              </th>
              <td className="py-2.5 pr-4">{movement.location.name}</td>
              <Delta units={movement.on_hand_delta} />
              <Delta units={movement.reserved_delta} />
              <Delta units={movement.allocated_delta} />
              <td className="max-w-60 py-2.5 pr-4">{movement.reason}</td>
              <td className="py-2.5 pr-4 text-muted">{actorOf(movement, me)}</td>
            </tr>
          ))}
        </Table>
      </Listing>
    </Section>
  );
}

/** The ledger names people as `staff:usr_…`, or by their account alone. */
function actorOf({ actor }: StockMovement, me: string): string {
  const account = /usr_[0-9a-z]+/.exec(actor)?.[0];
  return wordsOf(account ? whoOf('staff', account, me) : actor);
}

function Delta({ units }: { units: number }) {
  return (
    <td className={cx('tabular py-2.5 pr-4 text-right', units > 0 && 'text-ok', units < 0 && 'text-danger', units === 0 && 'text-muted')}>
      {units > 0 ? `+${units}` : units < 0 ? `−${-units}` : '0'}
    </td>
  );
}
