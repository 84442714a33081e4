import { newKey } from '@/lib/idempotency';

/**
 * Tells the search service, a few at a time, which products are looked at, opened from results and put into the cart. An
 * event says nothing of who did it. Browsers that ask not to be tracked send none; what cannot be sent is dropped.
 */

/** The search that a product was found by. */
export type Origin = { query: string; position?: number | undefined };
type Event = { kind: 'view' | 'click' | 'cart'; product_id: string; search_id?: string } & Partial<Origin>;

const URL_PATH = '/api/v1/search/events';
const PAUSE_MS = 4000;
const BATCH = 50;
const ORIGINS = 100;
const QUERY_CHARS = 256;

let waiting: Event[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let listens = false;
/** By which search a product was opened: what goes into the cart later on this page load is counted for it. */
const origins = new Map<string, Origin & { search_id: string }>();
/** A name for each text of this page load, so that a search counts as clicked once. */
const searches = new Map<string, string>();

/** Do Not Track and Global Privacy Control. */
function refused(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { doNotTrack?: string | null; globalPrivacyControl?: boolean };
  return doNotTrack === '1' || globalPrivacyControl === true;
}

/** Sends what waits. The browser goes on with it after the page is left. */
export function flushEvents(): void {
  clearTimeout(timer);
  timer = undefined;
  while (waiting.length > 0) {
    const body = new Blob([JSON.stringify({ events: waiting.slice(0, BATCH) })], { type: 'application/json' });
    waiting = waiting.slice(BATCH);
    try {
      if (typeof navigator.sendBeacon === 'function' && navigator.sendBeacon(URL_PATH, body)) continue;
      fetch(URL_PATH, { method: 'POST', body, keepalive: true }).catch(() => undefined);
    } catch {
      // Signals are a by-product: the page must not notice.
    }
  }
}

function onHide(): void {
  if (document.visibilityState === 'hidden') flushEvents();
}

function push(event: Event): void {
  if (refused()) return;
  if (!listens) {
    listens = true;
    globalThis.addEventListener('pagehide', flushEvents);
    document.addEventListener('visibilitychange', onHide);
  }
  waiting.push(event);
  timer ??= setTimeout(flushEvents, PAUSE_MS);
}

export const sent = {
  /** A product's page was looked at. */
  view(product_id: string): void {
    push({ kind: 'view', product_id });
  },
  /** A product was opened from results or suggestions. */
  click(product_id: string, origin: Origin): void {
    const query = origin.query.slice(0, QUERY_CHARS);
    const search_id = searches.get(query) ?? newKey();
    searches.set(query, search_id);
    const found = { ...origin, query, search_id };
    origins.delete(product_id);
    origins.set(product_id, found);
    const [oldest] = origins.keys();
    if (origins.size > ORIGINS && oldest !== undefined) origins.delete(oldest);
    push({ kind: 'click', product_id, ...found });
  },
  /** A product went into the cart; counted for the search that led to it, if one did. */
  cart(product_id: string): void {
    push({ kind: 'cart', product_id, ...origins.get(product_id) });
  },
};
