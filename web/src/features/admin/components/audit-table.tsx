import { Link } from '@tanstack/react-router';
import type { AuditEntry } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { whoOf, wordsOf } from '../words';
import { Table } from './table';

/** Changes with who made them, to what, and what was before and after. */
export function AuditTable({ entries, me }: { entries: readonly AuditEntry[]; me: string }) {
  return (
    <Table caption="Changes" columns={['When', 'Who', 'What', 'To what', 'Why', 'Change']}>
      {entries.map(({ id, at, actor, action, object, reason, before, after, request_id }) => (
        <tr key={id} className="align-top">
          <td className="tabular py-2.5 pr-4 pl-4 whitespace-nowrap text-muted">{formatMoment(at)}</td>
          <td className="py-2.5 pr-4 whitespace-nowrap">{wordsOf(whoOf(actor.kind, actor.id, me))}</td>
          <th scope="row" className="py-2.5 pr-4 text-left font-medium whitespace-nowrap">
            {wordsOf(action)}
          </th>
          <td className="py-2.5 pr-4">
            {object.type === 'order' ? (
              <Link to="/admin/orders/$orderId" params={{ orderId: object.id }} className="link font-mono text-xs break-all">
                {object.id}
              </Link>
            ) : (
              <span className="font-mono text-xs break-all">{object.id}</span>
            )}
          </td>
          <td className="max-w-60 py-2.5 pr-4">{reason}</td>
          <td className="min-w-60 py-2.5 pr-4 font-mono text-xs break-all">
            {before !== null && <span className="block text-muted">− {JSON.stringify(before)}</span>}
            {after !== null && <span className="block">+ {JSON.stringify(after)}</span>}
            {request_id !== null && <span className="block text-muted">{request_id}</span>}
          </td>
        </tr>
      ))}
    </Table>
  );
}
