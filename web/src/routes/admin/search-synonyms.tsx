import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { deleteSynonym, synonymsKey, synonymsQuery } from '@/features/admin/api/search';
import { DefaultSynonyms } from '@/features/admin/components/default-synonyms';
import { DeleteDrawer } from '@/features/admin/components/delete-drawer';
import { Listing } from '@/features/admin/components/listing';
import { SearchForm } from '@/features/admin/components/search-form';
import { SearchHead } from '@/features/admin/components/search-tabs';
import { SynonymForm } from '@/features/admin/components/synonym-form';
import { SynonymTable } from '@/features/admin/components/synonym-table';
import { may } from '@/features/admin/permissions';
import { lineOf } from '@/features/admin/synonym-draft';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { Button } from '@/ui/button';

const route = getRouteApi('/admin/search/synonyms');
type Open = { kind: 'new' } | { kind: 'edit' | 'delete'; id: string };

/** Synonyms of the shop, and those that are built in. `add` in the address opens the form with a first term. */
export function AdminSynonymsPage() {
  useTitle('Synonyms', { index: false });
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const session = useSession();
  const client = useQueryClient();
  const query = useInfiniteQuery(synonymsQuery(search.q));
  const mayWrite = session.status === 'customer' && may(session.user, 'search.write');
  const [open, setOpen] = useState<Open | null>(search.add !== undefined && mayWrite ? { kind: 'new' } : null);
  const synonyms = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const chosen = open !== null && open.kind !== 'new' ? synonyms.find(({ id }) => id === open.id) : undefined;
  const close = () => {
    setOpen(null);
    if (search.add !== undefined) void navigate({ search: { q: search.q }, replace: true });
  };
  return (
    <>
      <SearchHead title="Synonyms" action={mayWrite && <Button onClick={() => setOpen({ kind: 'new' })}>New synonym</Button>} />
      <SearchForm label="Term or note" value={search.q} onSearch={(q) => void navigate({ search: { q } })} />
      <Listing query={query} name="synonyms" count={synonyms.length} empty={search.q ? 'No entry of the shop fits.' : 'The shop has none of its own yet; the built-in ones below are in force.'}>
        <SynonymTable synonyms={synonyms} mayWrite={mayWrite} onEdit={({ id }) => setOpen({ kind: 'edit', id })} onDelete={({ id }) => setOpen({ kind: 'delete', id })} />
      </Listing>
      <div className="mt-10">
        <DefaultSynonyms mayWrite={mayWrite} />
      </div>
      {open?.kind === 'new' && <SynonymForm synonym={null} term={search.add} onClose={close} />}
      {open?.kind === 'edit' && chosen && <SynonymForm synonym={chosen} onClose={close} />}
      {open?.kind === 'delete' && chosen && (
        <DeleteDrawer title="Delete the synonym" onDelete={() => deleteSynonym(chosen)} onSettled={() => void client.invalidateQueries({ queryKey: synonymsKey })} onClose={close}>
          <p>
            <strong className="font-semibold">{lineOf(chosen)}</strong> is no longer used, within two seconds.
            {chosen.kind === 'disabled' && ' The built-in entry is in force again.'}
          </p>
        </DeleteDrawer>
      )}
    </>
  );
}
