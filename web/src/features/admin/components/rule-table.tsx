import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SearchRule } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { Button, buttonClass } from '@/ui/button';
import { toast } from '@/ui/toast';
import { rulesKey, updateRule } from '../api/search';
import { ruleState } from '../rule-draft';
import { refusalOf } from '../words';
import { StateBadge } from './state-badge';
import { Table } from './table';

type Props = { rules: readonly SearchRule[]; mayWrite: boolean; onEdit: (rule: SearchRule) => void; onDelete: (rule: SearchRule) => void };

/** Rules with what they do, when, and the switch. */
export function RuleTable({ rules, mayWrite, onEdit, onDelete }: Props) {
  return (
    <Table caption="Rules" columns={['Query', 'Does', 'When', 'State', { name: 'Actions', hidden: true }]}>
      {rules.map((rule) => (
        <tr key={rule.id}>
          <th scope="row" className="min-w-44 py-3 pr-4 pl-4 text-left font-medium">
            {rule.query}
            <span className="block font-normal text-muted">
              {rule.matches === 'exact' ? 'Whole text' : 'Contained'}
              {rule.note !== '' && `: ${rule.note}`}
            </span>
          </th>
          <td className="tabular min-w-40 py-3 pr-4">
            {doesOf(rule).map((text) => (
              <span key={text} className="block">
                {text}
              </span>
            ))}
            {rule.unknown_products.length > 0 && (
              <span className="block text-warn">
                {rule.unknown_products.length} {rule.unknown_products.length === 1 ? 'product is' : 'products are'} not on sale
              </span>
            )}
          </td>
          <td className="tabular py-3 pr-4 text-muted">{timesOf(rule)}</td>
          <td className="py-3 pr-4">
            <StateBadge state={ruleState(rule)} />
          </td>
          <td className="py-2 pr-4">
            <span className="flex justify-end gap-2">
              <Link to="/admin/search/preview" search={{ q: rule.query }} className={buttonClass('secondary', 'sm')}>
                Preview<span className="sr-only"> {rule.query}</span>
              </Link>
              {mayWrite && (
                <>
                  <Button look="secondary" size="sm" aria-label={`Change ${rule.query}`} onClick={() => onEdit(rule)}>
                    Change
                  </Button>
                  <Switch rule={rule} />
                  <Button look="danger" size="sm" aria-label={`Delete ${rule.query}`} onClick={() => onDelete(rule)}>
                    Delete
                  </Button>
                </>
              )}
            </span>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function doesOf({ pinned, buried, redirect }: SearchRule): string[] {
  return [pinned.length > 0 ? `Pins ${pinned.length}` : '', buried.length > 0 ? `Buries ${buried.length}` : '', redirect === null ? '' : `Opens ${redirect}`].filter(Boolean);
}

function timesOf({ starts_at, ends_at }: SearchRule): string {
  const text = [starts_at === null ? '' : `from ${formatMoment(starts_at)}`, ends_at === null ? '' : `to ${formatMoment(ends_at)}`].filter(Boolean).join(' ');
  return text === '' ? 'Always' : text;
}

function Switch({ rule }: { rule: SearchRule }) {
  const client = useQueryClient();
  const on = rule.enabled;
  const { mutate, isPending } = useMutation({
    mutationFn: () => updateRule(rule, { enabled: !on }),
    onError: (error) => toast(refusalOf(error).join(' '), 'danger'),
    onSettled: () => client.invalidateQueries({ queryKey: rulesKey }),
  });
  return (
    <Button look={on ? 'danger' : 'secondary'} size="sm" busy={isPending} aria-label={`${on ? 'Disable' : 'Enable'} ${rule.query}`} onClick={() => mutate()}>
      {on ? 'Disable' : 'Enable'}
    </Button>
  );
}
