import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { previewSearch, searchStatusQuery } from '@/features/admin/api/search';
import { PreviewResults } from '@/features/admin/components/preview-results';
import { PreviewVariantForm } from '@/features/admin/components/preview-variant';
import { SearchHead } from '@/features/admin/components/search-tabs';
import { firstVariants, newVariant, previewOf, VARIANTS_MAX, VARIANTS_MIN, type VariantDraft } from '@/features/admin/preview-draft';
import { refusalOf } from '@/features/admin/words';
import { useTitle } from '@/lib/use-title';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/field';
import { Notice } from '@/ui/states';

const route = getRouteApi('/admin/search/preview');
const SHOWN = 20;

/** What a change would do to a query, beside what shoppers get now. Nothing is changed by looking. */
export function AdminSearchPreviewPage() {
  useTitle('Search preview', { index: false });
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: status } = useQuery(searchStatusQuery);
  const [q, setQ] = useState(search.q ?? '');
  const [drafts, setDrafts] = useState<VariantDraft[]>(firstVariants);
  const { mutate, data, error, isPending } = useMutation({ mutationFn: previewSearch });
  const body = q.trim() === '' ? null : previewOf(q.trim(), SHOWN, drafts);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (body === null || isPending) return;
    void navigate({ search: { q: body.q }, replace: true });
    mutate(body);
  };
  const replace = (draft: VariantDraft) => setDrafts((all) => all.map((one) => (one.key === draft.key ? draft : one)));
  const add = () => setDrafts((all) => [...all, newVariant(Math.max(...all.map(({ key }) => key)) + 1)]);
  return (
    <>
      <SearchHead title="Preview" />
      <form onSubmit={send} className="space-y-4" noValidate>
        <div className="flex flex-wrap items-end gap-3">
          <div className="w-full max-w-96">
            <TextField label="Query" type="search" value={q} onChange={({ target }) => setQ(target.value)} maxLength={200} spellCheck={false} />
          </div>
          <Button type="submit" busy={isPending} disabled={body === null}>
            Compare
          </Button>
          {drafts.length < VARIANTS_MAX && (
            <Button look="secondary" onClick={add}>
              Add a variant
            </Button>
          )}
        </div>
        <details open className="group">
          <summary className="flex min-h-9 items-center rounded-sm text-sm font-semibold">Ways to search</summary>
          <div className="mt-2 grid gap-4 md:grid-cols-2 xl:grid-cols-4">
            {drafts.map((draft) => (
              <PreviewVariantForm
                key={draft.key}
                draft={draft}
                engines={status?.engines ?? []}
                onChange={replace}
                onRemove={drafts.length > VARIANTS_MIN ? () => setDrafts((all) => all.filter(({ key }) => key !== draft.key)) : undefined}
              />
            ))}
          </div>
        </details>
      </form>
      <div className="mt-6" aria-busy={isPending}>
        {error && (
          <Notice tone="danger" live="alert" title="That did not work">
            {refusalOf(error).map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </Notice>
        )}
        {data && (
          <section aria-labelledby="compared">
            <h2 id="compared" className="mb-3 text-lg">
              Compared
            </h2>
            <PreviewResults preview={data} />
          </section>
        )}
      </div>
    </>
  );
}
