import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { restoreSession } from '@/api/session';
import type { GiftCard, IssueGiftCard } from '@/api/types';

const PAGE_SIZE = 25;

export const giftCardsKey = ['admin', 'gift-cards'] as const;

export function giftCardsQuery(last4: string | undefined) {
  return infiniteQueryOptions({
    queryKey: [...giftCardsKey, last4 ?? ''],
    queryFn: async ({ pageParam, signal }) => {
      await restoreSession();
      return unwrap(await api.GET('/api/v1/admin/gift-cards', { params: { query: { last4, limit: PAGE_SIZE, cursor: pageParam } }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

/** Issues a card. Its code is in the first answer only. */
export async function issueGiftCard(key: string, body: IssueGiftCard) {
  return unwrap(await api.POST('/api/v1/admin/gift-cards', { params: { header: { 'Idempotency-Key': key } }, body }));
}

/** Lets a card pay, or not, as it was seen. */
export async function switchGiftCard({ id, version, active }: GiftCard, reason: string) {
  const params = { path: { id }, header: { 'If-Match': `"${version}"` } };
  const body = { reason };
  return unwrap(active ? await api.POST('/api/v1/admin/gift-cards/{id}/disable', { params, body }) : await api.POST('/api/v1/admin/gift-cards/{id}/enable', { params, body }));
}
