import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';
import type { NewSearchRule, NewSynonym, SearchPreviewRequest, SearchRule, SearchRulePatch, Synonym, SynonymPatch } from '@/api/types';

const PAGE_SIZE = 25;

export const synonymsKey = ['admin', 'search', 'synonyms'] as const;
export const rulesKey = ['admin', 'search', 'rules'] as const;

export const QUERY_KINDS = { top: 'Searched most', zero: 'Found nothing', corrected: 'Corrected' } as const;
export type QueryKind = keyof typeof QUERY_KINDS;

/** What shoppers searched for in so many days. */
export function queriesQuery(kind: QueryKind, days: number, q: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ['admin', 'search', 'queries', kind, days, q],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/admin/search/queries', { params: { query: { kind, days, q, limit: PAGE_SIZE, cursor: pageParam } }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

/** How the engines are doing, followed while it is looked at. */
export const searchStatusQuery = queryOptions({
  queryKey: ['admin', 'search', 'status'],
  queryFn: async ({ signal }) => {
    await restoreSession();
    return unwrap(await api.GET('/api/v1/admin/search/status', { signal }));
  },
  refetchInterval: 10_000,
  staleTime: 0,
});

export function synonymsQuery(q: string | undefined) {
  return infiniteQueryOptions({
    queryKey: [...synonymsKey, { q }],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/admin/search/synonyms', { params: { query: { q, limit: PAGE_SIZE, cursor: pageParam } }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

export const defaultSynonymsQuery = queryOptions({
  queryKey: [...synonymsKey, 'defaults'],
  queryFn: async ({ signal }) => {
    await restoreSession();
    return unwrap(await api.GET('/api/v1/admin/search/synonyms/defaults', { signal })).items;
  },
  staleTime: 0,
});

const made = (key: string) => ({ header: { 'Idempotency-Key': key } });
/** A change of what was seen; refused where it was changed meanwhile. */
const seen = ({ id, version }: { id: string; version: number }) => ({ path: { id }, header: { 'If-Match': `"${version}"` } });

export async function createSynonym(key: string, body: NewSynonym) {
  return unwrap(await api.POST('/api/v1/admin/search/synonyms', { params: made(key), body }));
}

export async function updateSynonym(synonym: Synonym, patch: Partial<NewSynonym>) {
  // The generated type takes members with a default for required ones.
  const body = patch as SynonymPatch;
  return unwrap(await api.PATCH('/api/v1/admin/search/synonyms/{id}', { params: seen(synonym), body }));
}

export async function deleteSynonym(synonym: Pick<Synonym, 'id' | 'version'>) {
  return unwrap(await api.DELETE('/api/v1/admin/search/synonyms/{id}', { params: seen(synonym) }));
}

/** Takes away the entry that switches a built-in one off. */
export async function enableDefault(disabledBy: string) {
  return deleteSynonym(unwrap(await api.GET('/api/v1/admin/search/synonyms/{id}', { params: { path: { id: disabledBy } } })));
}

export function rulesQuery(q: string | undefined) {
  return infiniteQueryOptions({
    queryKey: [...rulesKey, { q }],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/admin/search/rules', { params: { query: { q, limit: PAGE_SIZE, cursor: pageParam } }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

export async function createRule(key: string, body: NewSearchRule) {
  return unwrap(await api.POST('/api/v1/admin/search/rules', { params: made(key), body }));
}

export async function updateRule(rule: SearchRule, patch: Partial<NewSearchRule>) {
  // See updateSynonym.
  const body = patch as SearchRulePatch;
  return unwrap(await api.PATCH('/api/v1/admin/search/rules/{id}', { params: seen(rule), body }));
}

export async function deleteRule(rule: SearchRule) {
  return unwrap(await api.DELETE('/api/v1/admin/search/rules/{id}', { params: seen(rule) }));
}

export async function previewSearch(body: SearchPreviewRequest) {
  return unwrap(await api.POST('/api/v1/admin/search/preview', { body }));
}

/** Products to pick from, as the shop's own search finds them. */
export function pickQuery(q: string) {
  return queryOptions({
    queryKey: ['admin', 'search', 'pick', q],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/search', { params: { query: { q, limit: 6 } }, signal })).items,
    enabled: q !== '',
    retry: false,
  });
}

/** Titles of picked products; those not on sale have none. */
export function pickedQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ['admin', 'search', 'picked', ids],
    queryFn: async ({ signal }) => {
      const pages: string[][] = [];
      for (let at = 0; at < ids.length; at += 48) pages.push(ids.slice(at, at + 48));
      const answers = await Promise.all(pages.map(async (id) => unwrap(await api.GET('/api/v1/search/products', { params: { query: { id } }, signal })).items));
      return answers.flat();
    },
    enabled: ids.length > 0,
    retry: false,
    placeholderData: (before) => before,
  });
}
