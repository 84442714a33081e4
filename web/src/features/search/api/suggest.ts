import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';

/** What to offer for a few letters; for none, what shoppers search for most. A newer text cancels the older request, so answers never cross. */
export function suggestQuery(text: string, enabled: boolean) {
  return queryOptions({
    queryKey: ['suggest', text],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/search/suggest', { params: { query: text === '' ? {} : { q: text } }, signal })),
    enabled,
    retry: false,
  });
}
