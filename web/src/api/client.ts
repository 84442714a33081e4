import createClient from 'openapi-fetch';
import type { paths } from './schema.gen';
import { sessionFetch } from './session';

/** The typed door to the API. Answers go through `unwrap`, which turns problems into `ApiError`. */
export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  fetch: sessionFetch,
  querySerializer: { array: { style: 'form', explode: true } },
});
