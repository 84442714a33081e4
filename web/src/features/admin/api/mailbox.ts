import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';
import type { MessageSummary } from '@/api/types';

/** The services that write messages. */
export type Source = 'orders' | 'auth';
export type Letter = MessageSummary & { source: Source };

const SOURCES: readonly Source[] = ['orders', 'auth'];
const PAGE_SIZE = 25;
/** How often the list is read again: messages are written as things happen. */
const REFRESH_MS = 15_000;

/** Where the next page goes on: each source's cursor (null at its end), and what was read of it but not shown yet. */
type Place = { cursors: Record<Source, string | undefined | null>; rest: Letter[] };
type MailPage = { items: Letter[]; next: Place | null };

const newestFirst = (a: Letter, b: Letter) => b.created_at.localeCompare(a.created_at);

async function readPage(source: Source, cursor: string | undefined, recipient: string | undefined, signal: AbortSignal) {
  const params = { query: { limit: PAGE_SIZE, cursor, recipient } };
  if (source === 'auth') return unwrap(await api.GET('/api/v1/admin/messages/auth', { params, signal }));
  return unwrap(await api.GET('/api/v1/admin/messages/orders', { params, signal }));
}

/** The next messages of all sources. Older ones of one source wait until the other has been read as far back. */
async function readBoth(place: Place, recipient: string | undefined, signal: AbortSignal): Promise<MailPage> {
  const cursors = { ...place.cursors };
  const known = [...place.rest];
  let oldest = '';
  await Promise.all(
    SOURCES.map(async (source) => {
      const cursor = cursors[source];
      if (cursor === null) return;
      const { items, next_cursor } = await readPage(source, cursor, recipient, signal);
      cursors[source] = next_cursor ?? null;
      known.push(...items.map((item) => ({ ...item, source })));
      const last = items.at(-1);
      if (next_cursor && last && last.created_at > oldest) oldest = last.created_at;
    }),
  );
  known.sort(newestFirst);
  const items = known.filter(({ created_at }) => created_at >= oldest);
  const rest = known.filter(({ created_at }) => created_at < oldest);
  const over = SOURCES.every((source) => cursors[source] === null);
  return { items, next: over ? null : { cursors, rest } };
}

/** Messages of all services, the newest first. */
export function messagesQuery(recipient: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ['admin', 'messages', recipient ?? ''],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      return readBoth(pageParam, recipient, signal);
    },
    initialPageParam: { cursors: { orders: undefined, auth: undefined }, rest: [] } as Place,
    getNextPageParam: ({ next }: MailPage) => next ?? undefined,
    staleTime: 0,
    refetchInterval: REFRESH_MS,
  });
}

export function messageQuery(source: Source, id: string) {
  return queryOptions({
    queryKey: ['admin', 'message', source, id],
    queryFn: async ({ signal }) => {
      await restoreSession();
      const params = { path: { id } };
      if (source === 'auth') return unwrap(await api.GET('/api/v1/admin/messages/auth/{id}', { params, signal }));
      return unwrap(await api.GET('/api/v1/admin/messages/orders/{id}', { params, signal }));
    },
    staleTime: 5000,
  });
}
