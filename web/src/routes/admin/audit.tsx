import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { auditQuery, LOGS, type Log } from '@/features/admin/api/audit';
import { AuditTable } from '@/features/admin/components/audit-table';
import { Listing } from '@/features/admin/components/listing';
import { SearchForm } from '@/features/admin/components/search-form';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { SelectField } from '@/ui/field';
import { PageHeading } from '@/ui/page';

const route = getRouteApi('/admin/audit');

/** Who changed what, when and why. */
export function AdminAuditPage() {
  useTitle('Audit log', { index: false });
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const session = useSession();
  const log = search.log && search.log in LOGS ? (search.log as Log) : 'orders';
  const query = useInfiniteQuery(auditQuery(log, { object: search.object }));
  const entries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <PageHeading className="mb-5">Audit log</PageHeading>
      <SearchForm label="Id of what was changed" value={search.object} onSearch={(object) => void navigate({ search: { log, object } })}>
        <div className="w-56">
          <SelectField label="Log" value={log} onChange={(event) => void navigate({ search: { log: event.target.value } })}>
            {Object.entries(LOGS).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </SelectField>
        </div>
      </SearchForm>
      <Listing query={query} name="changes" count={entries.length} empty="Nothing was changed here yet.">
        <AuditTable entries={entries} me={session.status === 'customer' ? session.user.id : ''} />
      </Listing>
    </>
  );
}
