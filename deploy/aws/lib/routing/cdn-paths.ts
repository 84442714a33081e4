// Path patterns of CloudFront: what goes to the API; everything else is the pages.

import { isParameter, segmentsOf, type Route } from './table.ts';

/** Where the API lives. Whatever is below it and no route is answered by the API with 404, never by a page. */
const API = '/api/';

/** A pattern for the API and one for each path outside of it. */
export function apiPatterns(routes: readonly Route[]): string[] {
  const outside = routes.filter((route) => !route.path.startsWith(API)).map((route) => wildcards(route.path));
  return [...new Set([`${API}*`, ...outside])];
}

/** Patterns of what may be kept at the edge as long as the service allows: pictures. */
export const cachedPatterns = (routes: readonly Route[]): string[] => [
  ...new Set(routes.filter((route) => route.rate_class === 'media').map((route) => wildcards(route.path))),
];

const wildcards = (path: string): string =>
  segmentsOf(path)
    .map((segment) => `/${isParameter(segment) ? '*' : segment}`)
    .join('');
