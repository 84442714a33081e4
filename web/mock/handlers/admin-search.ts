import { http, HttpResponse, type HttpHandler } from 'msw';
import type { NewSearchRule, NewSynonym, ProductSummary, QueryReport, SearchPreview, SearchPreviewRequest, SearchRule, Synonym } from '../../src/api/types.ts';
import { summaryOf, type Db } from '../db.ts';
import { BASE, bearer, bodyOf, notFound, pageOf, problem } from '../http.ts';
import { refusedTo } from './admin.ts';

const SEARCH = `${BASE}/admin/search`;
const NOW = '2026-11-23T10:15:00Z';
const DEFAULTS = [
  { kind: 'equivalent', from: ['laptop', 'notebook'], to: [] },
  { kind: 'equivalent', from: ['tv', 'television', 'telly'], to: [] },
  { kind: 'one_way', from: ['usbc'], to: ['usb c'] },
] as const;

const count = (query: string, searches: number, zero_results: number, corrected: number, clicks: number): QueryReport => ({
  query,
  searches,
  zero_results,
  corrected,
  clicks,
  click_rate: clicks / searches,
  mean_place: clicks > 0 ? 2.4 : null,
  carts: Math.floor(clicks / 4),
  last_at: NOW,
});
const QUERIES = [count('headphones', 412, 0, 0, 240), count('oled tv', 180, 0, 0, 96), count('quitt one', 44, 0, 44, 20), count('earbuds', 37, 37, 0, 0)];

const taken = (version: number) => problem(412, 'version_mismatch', 'It has changed since it was read.', { version });
const asSeen = (request: Request, { version }: { version: number }) => request.headers.get('If-Match') === `"${version}"`;

/** Products for a text, those of the rule first or last. */
function ranked(db: Db, q: string, synonyms: readonly NewSynonym[], pinned: readonly string[], buried: readonly string[]): ProductSummary[] {
  const texts = [q, ...synonyms.filter(({ from }) => from.includes(q)).flatMap(({ from, to = [] }) => [...from, ...to])].map((text) => text.toLowerCase());
  const all = db.products.map(summaryOf);
  const found = all.filter(({ id, title, category }) => texts.some((text) => `${title} ${category.name}`.toLowerCase().includes(text)) && !pinned.includes(id) && !buried.includes(id));
  const named = (ids: readonly string[]) => ids.flatMap((id) => all.filter((product) => product.id === id));
  return [...named(pinned), ...found, ...named(buried)];
}

function previewOf(db: Db, { q, limit = 24, variants }: SearchPreviewRequest): SearchPreview {
  const lists = variants.map(({ synonyms = [], rule }) => ranked(db, q, synonyms as NewSynonym[], rule?.pinned ?? [], rule?.buried ?? []));
  const place = (list: readonly ProductSummary[], id: string) => {
    const at = list.slice(0, limit).findIndex((product) => product.id === id);
    return at < 0 ? null : at + 1;
  };
  return {
    variants: variants.map(({ name, engine, mode, rule }, at) => ({
      name,
      engine: engine ?? 'embedded',
      mode: mode ?? 'lexical',
      total: lists[at]!.length,
      took_us: 850,
      redirect: null,
      query: { text: q, corrected: null, did_you_mean: null, notes: [], understood: { kinds: [], brand: null, price_min: null, price_max: null } },
      items: lists[at]!.slice(0, limit).map((product, rank) => ({
        product,
        score: 10 - rank / 4,
        lexical: 4.2,
        cosine: null,
        popularity: 0.5,
        pinned: rule?.pinned?.includes(product.id) ?? false,
        ranks: lists.map((list) => place(list, product.id)),
      })),
    })),
  } as SearchPreview;
}

/** Queries, synonyms, rules and previews as staff see and change them. */
export function adminSearchHandlers(db: Db): HttpHandler[] {
  const synonyms: Synonym[] = [];
  const rules: SearchRule[] = [];
  const read = (request: Request) => refusedTo(db, request, 'search.read');
  const write = (request: Request) => refusedTo(db, request, 'search.write');
  const stamp = (request: Request) => ({ version: 1, created_by: bearer(request) ?? '', created_at: NOW, updated_at: NOW });
  const unknown = ({ pinned, buried }: Pick<SearchRule, 'pinned' | 'buried'>) => [...pinned, ...buried].filter((id) => !db.products.some((product) => product.id === id));
  return [
    http.get(`${SEARCH}/queries`, ({ request }) => {
      const url = new URL(request.url);
      const kind = url.searchParams.get('kind') ?? 'top';
      const q = url.searchParams.get('q') ?? '';
      const rows = QUERIES.filter((row) => row.query.includes(q) && (kind === 'top' || (kind === 'zero' ? row.zero_results > 0 : row.corrected > 0)));
      return read(request) ?? HttpResponse.json(pageOf(rows, url));
    }),
    http.get(`${SEARCH}/status`, ({ request }) => {
      const engines = [{ engine: 'embedded', chosen: true, available: true, cursor: 120, behind: 0 }];
      return read(request) ?? HttpResponse.json({ engines, degraded: false, last_change: 120, products: db.products.length, embedded: 0, model: null, merchandising_revision: synonyms.length + rules.length });
    }),
    http.post(`${SEARCH}/preview`, async ({ request }) => read(request) ?? HttpResponse.json(previewOf(db, await bodyOf<SearchPreviewRequest>(request)))),
    http.get(`${SEARCH}/synonyms`, ({ request }) => {
      const url = new URL(request.url);
      const q = (url.searchParams.get('q') ?? '').toLowerCase();
      return read(request) ?? HttpResponse.json(pageOf(synonyms.filter(({ from, to, note }) => [...from, ...to, note].join(' ').includes(q)), url));
    }),
    http.get(`${SEARCH}/synonyms/defaults`, ({ request }) => {
      const off = (line: (typeof DEFAULTS)[number]) => synonyms.find(({ kind, from }) => kind === 'disabled' && from.join() === line.from.join())?.id ?? null;
      return read(request) ?? HttpResponse.json({ items: DEFAULTS.map((line) => ({ ...line, disabled_by: off(line) })) });
    }),
    http.post(`${SEARCH}/synonyms`, async ({ request }) => {
      const body = await bodyOf<NewSynonym>(request);
      const refused = write(request);
      if (refused) return refused;
      const synonym = { to: [], note: '', ...body, id: db.id('syn'), ...stamp(request) } as Synonym;
      synonyms.unshift(synonym);
      return HttpResponse.json(synonym, { status: 201 });
    }),
    http.get(`${SEARCH}/synonyms/:id`, ({ params, request }) => {
      const synonym = synonyms.find(({ id }) => id === params['id']);
      return read(request) ?? (synonym ? HttpResponse.json(synonym) : notFound());
    }),
    http.patch(`${SEARCH}/synonyms/:id`, async ({ params, request }) => {
      const synonym = synonyms.find(({ id }) => id === params['id']);
      const refused = write(request);
      if (refused || !synonym) return refused ?? notFound();
      if (!asSeen(request, synonym)) return taken(synonym.version);
      Object.assign(synonym, await bodyOf<Partial<Synonym>>(request), { version: synonym.version + 1 });
      return HttpResponse.json(synonym);
    }),
    http.delete(`${SEARCH}/synonyms/:id`, ({ params, request }) => {
      const at = synonyms.findIndex(({ id }) => id === params['id']);
      const refused = write(request);
      if (refused || at < 0) return refused ?? notFound();
      if (!asSeen(request, synonyms[at]!)) return taken(synonyms[at]!.version);
      synonyms.splice(at, 1);
      return new HttpResponse(null, { status: 204 });
    }),
    http.get(`${SEARCH}/rules`, ({ request }) => {
      const url = new URL(request.url);
      const q = (url.searchParams.get('q') ?? '').toLowerCase();
      return read(request) ?? HttpResponse.json(pageOf(rules.filter(({ query, note, redirect }) => `${query} ${note} ${redirect}`.toLowerCase().includes(q)), url));
    }),
    http.post(`${SEARCH}/rules`, async ({ request }) => {
      const body = await bodyOf<NewSearchRule>(request);
      const refused = write(request);
      if (refused) return refused;
      const rule = { pinned: [], buried: [], redirect: null, starts_at: null, ends_at: null, note: '', ...body, id: db.id('rul'), unknown_products: [], ...stamp(request) } as SearchRule;
      rule.unknown_products = unknown(rule);
      rules.unshift(rule);
      return HttpResponse.json(rule, { status: 201 });
    }),
    http.patch(`${SEARCH}/rules/:id`, async ({ params, request }) => {
      const rule = rules.find(({ id }) => id === params['id']);
      const refused = write(request);
      if (refused || !rule) return refused ?? notFound();
      if (!asSeen(request, rule)) return taken(rule.version);
      Object.assign(rule, await bodyOf<Partial<SearchRule>>(request), { version: rule.version + 1 });
      rule.unknown_products = unknown(rule);
      return HttpResponse.json(rule);
    }),
    http.delete(`${SEARCH}/rules/:id`, ({ params, request }) => {
      const at = rules.findIndex(({ id }) => id === params['id']);
      const refused = write(request);
      if (refused || at < 0) return refused ?? notFound();
      if (!asSeen(request, rules[at]!)) return taken(rules[at]!.version);
      rules.splice(at, 1);
      return new HttpResponse(null, { status: 204 });
    }),
  ];
}
