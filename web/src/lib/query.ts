import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/errors';

/** Catalogue answers stay fresh for a minute; personal ones say so themselves. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        gcTime: 15 * 60_000,
        retry: (failures, error) => failures < 2 && error instanceof ApiError && error.transient,
        retryDelay: (attempt, error) =>
          error instanceof ApiError && error.retryAfter !== null ? error.retryAfter * 1000 : 400 * 2 ** attempt,
      },
      mutations: { retry: false },
    },
  });
}
