import type { Problem } from './types';

/** A field the server refused: a JSON pointer into the request and words for the person. */
export type FieldProblem = { pointer: string; code: string; detail: string };

/**
 * What a request came back with when it was not a success. `code` is the stable code of
 * docs/ERRORS.md; a request that never got an answer has the code `network` and status 0.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];
  /** Seconds to wait before another try, where the server said so. */
  readonly retryAfter: number | null;
  readonly body: Record<string, unknown>;

  constructor(status: number, problem: Partial<Problem> & Record<string, unknown>, retryAfter: number | null = null) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.requestId = problem.request_id ?? null;
    this.fields = (problem.errors ?? []).map(({ pointer, code, detail }) => ({ pointer, code, detail: detail ?? code }));
    this.retryAfter = retryAfter;
    this.body = problem;
  }

  /** True when the same request may succeed later without a change. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The error of a request that got no answer at all. */
export function networkError(): ApiError {
  return new ApiError(0, {
    code: 'network',
    title: 'No connection',
    detail: 'We could not reach the shop. Check your connection and try again.',
  });
}

export function hasCode(error: unknown, ...codes: string[]): error is ApiError {
  return error instanceof ApiError && codes.includes(error.code);
}

/** True when the thing is missing or not this visitor's; the API tells the two apart from nobody. */
export function isHidden(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 404].includes(error.status);
}

/** Words for a person; never the text of an unexpected exception. */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong on this page.';
  if (error.status === 429) return 'That was a lot of requests at once. Please wait a moment and try again.';
  return error.message;
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of a successful answer, or an `ApiError`. */
export function unwrap<T>({ data, error, response }: Answer<T>): T {
  if (response.ok && error === undefined) return data as T;
  const wait = Number(response.headers.get('Retry-After'));
  const problem = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  throw new ApiError(response.status, problem, Number.isFinite(wait) && wait > 0 ? wait : null);
}
