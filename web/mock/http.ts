import { HttpResponse } from 'msw';

export const BASE = '*/api/v1';

/** An RFC 9457 answer as the services give it. */
export function problem(status: number, code: string, detail: string, extra: Record<string, unknown> = {}) {
  return HttpResponse.json(
    { type: `/problems/${code}`, title: detail, status, detail, code, request_id: 'req_mock', ...extra },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  );
}

export const notFound = () => problem(404, 'not_found', 'There is nothing at this address.');

type FieldError = { pointer: string; code: string; detail: string };
export const invalid = (errors: FieldError[]) => problem(422, 'validation_failed', 'Some fields are not valid.', { errors });

export async function bodyOf<T>(request: Request): Promise<T> {
  return (await request.json()) as T;
}

/** The user id behind a bearer token, which is the token itself in the mock. */
export function bearer(request: Request): string | null {
  return request.headers.get('Authorization')?.replace('Bearer token-', '') ?? null;
}

/** A page of a list whose cursor is the next index. */
export function pageOf<T>(items: readonly T[], url: URL) {
  const limit = Number(url.searchParams.get('limit') ?? 24);
  const from = Number(url.searchParams.get('cursor') ?? 0);
  return { items: items.slice(from, from + limit), next_cursor: from + limit < items.length ? String(from + limit) : null };
}
