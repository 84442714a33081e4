import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { queriesQuery, QUERY_KINDS, type QueryKind } from '@/features/admin/api/search';
import { Listing } from '@/features/admin/components/listing';
import { QueryTable } from '@/features/admin/components/query-table';
import { SearchForm } from '@/features/admin/components/search-form';
import { StatusPanel } from '@/features/admin/components/search-status';
import { SearchHead } from '@/features/admin/components/search-tabs';
import { may } from '@/features/admin/permissions';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { SelectField } from '@/ui/field';

const route = getRouteApi('/admin/search');
const DAYS = [1, 7, 30, 90] as const;

/** What shoppers search for, and how the engines are doing. */
export function AdminSearchPage() {
  useTitle('Search', { index: false });
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const session = useSession();
  const kind: QueryKind = search.kind !== undefined && search.kind in QUERY_KINDS ? (search.kind as QueryKind) : 'top';
  const days = DAYS.find((known) => String(known) === search.days) ?? 7;
  const query = useInfiniteQuery(queriesQuery(kind, days, search.q));
  const queries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const mayWrite = session.status === 'customer' && may(session.user, 'search.write');
  return (
    <>
      <SearchHead title="Search" />
      <div className="space-y-8">
        <section aria-labelledby="queries">
          <h2 id="queries" className="mb-3 text-lg">
            What shoppers search for
          </h2>
          <SearchForm label="Query contains" value={search.q} onSearch={(q) => void navigate({ search: { ...search, q } })}>
            <div className="w-48">
              <SelectField label="Show" value={kind} onChange={({ target }) => void navigate({ search: { ...search, kind: target.value } })}>
                {Object.entries(QUERY_KINDS).map(([value, name]) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </SelectField>
            </div>
            <div className="w-40">
              <SelectField label="Of the last" value={days} onChange={({ target }) => void navigate({ search: { ...search, days: target.value } })}>
                {DAYS.map((value) => (
                  <option key={value} value={value}>
                    {value === 1 ? 'Day' : `${value} days`}
                  </option>
                ))}
              </SelectField>
            </div>
          </SearchForm>
          <Listing query={query} name="queries" count={queries.length} empty="A text is shown once it was searched a few times in these days. Texts that look like personal data are never kept.">
            <QueryTable queries={queries} mayWrite={mayWrite} />
          </Listing>
        </section>
        <section aria-labelledby="status">
          <h2 id="status" className="mb-3 text-lg">
            State
          </h2>
          <StatusPanel />
        </section>
      </div>
    </>
  );
}
