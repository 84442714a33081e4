// The two functions that run at the edge, before a request is looked up in the cache.

import { strippedHeaders } from './headers.ts';

/** The header in which the REST API is told the shopper's address. */
export const VIEWER_ADDRESS = 'x-viewer-address';

/** Pages: a path without a file name is a page of the application. */
export const PAGES_FUNCTION = `function handler(event) {
  var request = event.request;
  var name = request.uri.split('/').pop();
  if (name.indexOf('.') === -1) request.uri = '/index.html';
  return request;
}
`;

/** With these a stranger would choose which requests leave a trace, and pay for none. */
export const TRACE_HEADERS = ['traceparent', 'tracestate', 'baggage'] as const;

/** The API: what a client says of itself and only the edge may say is dropped. */
export const apiFunction = (): string => `var STRIPPED = ${JSON.stringify([...strippedHeaders(), ...TRACE_HEADERS])};
function handler(event) {
  var request = event.request;
  STRIPPED.forEach(function (name) { delete request.headers[name]; });
  request.headers['${VIEWER_ADDRESS}'] = { value: event.viewer.ip };
  return request;
}
`;
