import { Link } from '@tanstack/react-router';
import type { QueryReport } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { buttonClass } from '@/ui/button';
import { Table } from './table';

const percent = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });
const end = (name: string) => ({ name, end: true });
const COLUMNS = ['Query', end('Searches'), end('Found nothing'), end('Corrected'), end('Click rate'), end('Mean place'), end('Into carts'), { name: 'Actions', hidden: true }];

/** What shoppers searched for, each with a way to better results. */
export function QueryTable({ queries, mayWrite }: { queries: readonly QueryReport[]; mayWrite: boolean }) {
  return (
    <Table caption="Queries" columns={COLUMNS}>
      {queries.map((row) => (
        <tr key={row.query}>
          <th scope="row" className="min-w-48 py-2.5 pr-4 pl-4 text-left font-medium">
            {row.query}
            <span className="tabular block font-normal text-muted">last {formatMoment(row.last_at)}</span>
          </th>
          {(['searches', 'zero_results', 'corrected'] as const).map((name) => (
            <td key={name} className="tabular py-2.5 pr-4 text-right">
              {row[name].toLocaleString('en-US')}
            </td>
          ))}
          <td className="tabular py-2.5 pr-4 text-right">{percent.format(row.click_rate)}</td>
          <td className="tabular py-2.5 pr-4 text-right">{row.mean_place === null ? <span className="text-muted">none</span> : row.mean_place.toFixed(1)}</td>
          <td className="tabular py-2.5 pr-4 text-right">{row.carts.toLocaleString('en-US')}</td>
          <td className="py-2 pr-4">
            <span className="flex justify-end gap-2">
              {mayWrite && (
                <>
                  <Link to="/admin/search/synonyms" search={{ add: row.query }} className={buttonClass('secondary', 'sm', 'whitespace-nowrap')}>
                    Add synonym<span className="sr-only"> for {row.query}</span>
                  </Link>
                  <Link to="/admin/search/rules" search={{ add: row.query }} className={buttonClass('secondary', 'sm', 'whitespace-nowrap')}>
                    Add rule<span className="sr-only"> for {row.query}</span>
                  </Link>
                </>
              )}
              <Link to="/admin/search/preview" search={{ q: row.query }} className={buttonClass('secondary', 'sm')}>
                Preview<span className="sr-only"> {row.query}</span>
              </Link>
            </span>
          </td>
        </tr>
      ))}
    </Table>
  );
}
