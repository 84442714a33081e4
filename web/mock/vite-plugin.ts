import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { getResponse } from 'msw';
import type { Connect, Plugin } from 'vite';
import { createDb } from './db.ts';
import { handlersFor } from './shop.ts';

const ANSWERED = /^\/(api\/|v1\/|3d_secure\/)/;
/** The payment simulator's browser files serve the mock shop too, so there is one stand-in only. */
const CARD_FORM = /^\/v3\/(stripe\.js|card-frame\.(?:html|js|css)|challenge\.(?:js|css))$/;
const ASSETS = fileURLToPath(new URL('../../crates/paysim/assets/', import.meta.url));
const TYPES: Record<string, string> = { js: 'text/javascript', html: 'text/html', css: 'text/css' };

async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return chunks.length > 0 ? Buffer.concat(chunks) : undefined;
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, handlers: ReturnType<typeof handlersFor>): Promise<void> {
  const body = await bodyOf(incoming);
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers: incoming.headers as Record<string, string>,
    ...(body ? { body: new Uint8Array(body) } : {}),
  });
  const response = (await getResponse(handlers, request)) ?? new Response(null, { status: 404 });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

/** Answers the API from memory inside Vite's own server, in `dev:mock` and `preview:mock`. */
export function mockApi(): Plugin {
  const handlers = handlersFor(createDb());
  const middleware: Connect.NextHandleFunction = (incoming, outgoing, next) => {
    const path = incoming.url?.split(/[?#]/)[0] ?? '';
    const file = CARD_FORM.exec(path)?.[1];
    if (file) {
      readFile(ASSETS + file).then(
        (content) => outgoing.writeHead(200, { 'Content-Type': TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain' }).end(content),
        next,
      );
    } else if (ANSWERED.test(path)) answer(incoming, outgoing, handlers).catch(next);
    else next();
  };
  return {
    name: 'mock-api',
    configureServer: (server) => void server.middlewares.use(middleware),
    configurePreviewServer: (server) => void server.middlewares.use(middleware),
  };
}
