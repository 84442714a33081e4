import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { deleteRule, rulesKey, rulesQuery } from '@/features/admin/api/search';
import { DeleteDrawer } from '@/features/admin/components/delete-drawer';
import { Listing } from '@/features/admin/components/listing';
import { RuleForm } from '@/features/admin/components/rule-form';
import { RuleTable } from '@/features/admin/components/rule-table';
import { SearchForm } from '@/features/admin/components/search-form';
import { SearchHead } from '@/features/admin/components/search-tabs';
import { may } from '@/features/admin/permissions';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { Button } from '@/ui/button';

const route = getRouteApi('/admin/search/rules');
type Open = { kind: 'new' } | { kind: 'edit' | 'delete'; id: string };

/** Rules for single queries: what comes first or last, or which page opens. `add` in the address opens the form for a query. */
export function AdminSearchRulesPage() {
  useTitle('Search rules', { index: false });
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const session = useSession();
  const client = useQueryClient();
  const query = useInfiniteQuery(rulesQuery(search.q));
  const mayWrite = session.status === 'customer' && may(session.user, 'search.write');
  const [open, setOpen] = useState<Open | null>(search.add !== undefined && mayWrite ? { kind: 'new' } : null);
  const rules = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const chosen = open !== null && open.kind !== 'new' ? rules.find(({ id }) => id === open.id) : undefined;
  const close = () => {
    setOpen(null);
    if (search.add !== undefined) void navigate({ search: { q: search.q }, replace: true });
  };
  return (
    <>
      <SearchHead title="Rules" action={mayWrite && <Button onClick={() => setOpen({ kind: 'new' })}>New rule</Button>} />
      <SearchForm label="Query, page or note" value={search.q} onSearch={(q) => void navigate({ search: { q } })} />
      <Listing query={query} name="rules" count={rules.length} empty={search.q ? 'No rule fits.' : 'A rule puts products first or last for a query, or opens a page instead of results.'}>
        <RuleTable rules={rules} mayWrite={mayWrite} onEdit={({ id }) => setOpen({ kind: 'edit', id })} onDelete={({ id }) => setOpen({ kind: 'delete', id })} />
      </Listing>
      {open?.kind === 'new' && <RuleForm rule={null} query={search.add} onClose={close} />}
      {open?.kind === 'edit' && chosen && <RuleForm rule={chosen} onClose={close} />}
      {open?.kind === 'delete' && chosen && (
        <DeleteDrawer title="Delete the rule" onDelete={() => deleteRule(chosen)} onSettled={() => void client.invalidateQueries({ queryKey: rulesKey })} onClose={close}>
          <p>
            The rule for <strong className="font-semibold">{chosen.query}</strong> no longer applies, within two seconds.
          </p>
        </DeleteDrawer>
      )}
    </>
  );
}
