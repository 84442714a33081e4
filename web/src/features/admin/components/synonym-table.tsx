import type { Synonym } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { Button } from '@/ui/button';
import { lineOf } from '../synonym-draft';
import { StateBadge } from './state-badge';
import { Table } from './table';

const KINDS: Record<Synonym['kind'], string> = { equivalent: 'Equivalent', one_way: 'One way', disabled: 'Switches a built-in one off' };

type Props = { synonyms: readonly Synonym[]; mayWrite: boolean; onEdit: (synonym: Synonym) => void; onDelete: (synonym: Synonym) => void };

/** The shop's own entries. Those that switch a built-in one off can only be deleted, which switches it on again. */
export function SynonymTable({ synonyms, mayWrite, onEdit, onDelete }: Props) {
  return (
    <Table caption="Synonyms" columns={['Terms', 'Kind', 'Changed', 'State', ...(mayWrite ? [{ name: 'Actions', hidden: true }] : [])]}>
      {synonyms.map((synonym) => {
        const line = lineOf(synonym);
        return (
          <tr key={synonym.id}>
            <th scope="row" className="min-w-52 py-3 pr-4 pl-4 text-left font-medium">
              {line}
              {synonym.note !== '' && <span className="block font-normal text-muted">{synonym.note}</span>}
            </th>
            <td className="py-3 pr-4">{KINDS[synonym.kind]}</td>
            <td className="tabular py-3 pr-4 whitespace-nowrap text-muted">{formatMoment(synonym.updated_at)}</td>
            <td className="py-3 pr-4">
              <StateBadge state={synonym.enabled ? 'active' : 'disabled'} />
            </td>
            {mayWrite && (
              <td className="py-2 pr-4">
                <span className="flex justify-end gap-2">
                  {synonym.kind !== 'disabled' && (
                    <Button look="secondary" size="sm" aria-label={`Change ${line}`} onClick={() => onEdit(synonym)}>
                      Change
                    </Button>
                  )}
                  <Button look="danger" size="sm" aria-label={`Delete ${line}`} onClick={() => onDelete(synonym)}>
                    Delete
                  </Button>
                </span>
              </td>
            )}
          </tr>
        );
      })}
    </Table>
  );
}
