import { http, HttpResponse, type HttpHandler } from 'msw';
import type { Message, NewCoupon, StaffCoupon, StockMovement, VariantStock } from '../../src/api/types.ts';
import { findVariant, type Db } from '../db.ts';
import { BASE, bearer, bodyOf, notFound, pageOf, problem } from '../http.ts';
import { refusedTo } from './admin.ts';

const ADMIN = `${BASE}/admin`;
const NOW = '2026-11-23T10:15:00Z';
const MAIN = { id: 'loc_main', code: 'main', name: 'Main warehouse' };

function stockOf(db: Db, id: string): VariantStock | null {
  const found = findVariant(db, id);
  if (!found) return null;
  const units = found.variant.available_quantity;
  const level = { on_hand: units, reserved: 0, allocated: 0, backorder_limit: 0, available: units };
  return { variant_id: id, sku: found.variant.sku ?? null, tracked: true, slots: 1, total: level, locations: [{ location: MAIN, ...level }] };
}

/** Stock, coupons and messages as staff see and change them. */
export function adminShopHandlers(db: Db): HttpHandler[] {
  const coupons: StaffCoupon[] = [];
  const movements: StockMovement[] = [];
  return [
    http.get(`${ADMIN}/products`, ({ request }) => {
      const url = new URL(request.url);
      const q = (url.searchParams.get('q') ?? '').toLowerCase();
      const found = db.products.filter(({ title, variants }) => title.toLowerCase().includes(q) || variants.some(({ sku }) => sku?.toLowerCase() === q));
      const rows = found.map(({ id, slug, title, variants }) => ({ id, slug, title, status: 'active', variant_count: variants.length }));
      return refusedTo(db, request, 'catalog.read') ?? HttpResponse.json(pageOf(rows, url));
    }),
    http.get(`${ADMIN}/products/:id`, ({ params, request }) => {
      const product = db.products.find(({ id }) => id === params['id']);
      if (!product) return notFound();
      const variants = product.variants.map(({ id, title, sku }) => ({ id, title, sku, status: 'active', stock: stockOf(db, id)!.total }));
      return refusedTo(db, request, 'catalog.read') ?? HttpResponse.json({ id: product.id, slug: product.slug, title: product.title, status: 'active', variants });
    }),
    http.get(`${ADMIN}/low-stock`, ({ request }) => {
      const rows = db.products.flatMap(({ id, title, variants }) =>
        variants.filter(({ available_quantity }) => available_quantity <= 5).map((variant) => ({ variant_id: variant.id, product_id: id, title, variant_title: variant.title, sku: variant.sku, stock: stockOf(db, variant.id)!.total })),
      );
      return refusedTo(db, request, 'catalog.read') ?? HttpResponse.json(pageOf(rows, new URL(request.url)));
    }),
    http.get(`${ADMIN}/stock-locations`, ({ request }) => refusedTo(db, request, 'catalog.read') ?? HttpResponse.json({ items: [{ ...MAIN, priority: 0, variant_count: 1, created_at: NOW }] })),
    http.get(`${ADMIN}/variants/:id/stock`, ({ params, request }) => {
      const stock = stockOf(db, String(params['id']));
      return refusedTo(db, request, 'catalog.read') ?? (stock ? HttpResponse.json(stock) : notFound());
    }),
    http.get(`${ADMIN}/variants/:id/stock/movements`, ({ request }) => refusedTo(db, request, 'catalog.read') ?? HttpResponse.json(pageOf(movements, new URL(request.url)))),
    http.post(`${ADMIN}/variants/:id/stock`, async ({ params, request }) => {
      const body = await bodyOf<{ delta?: number; on_hand?: number; expected_on_hand?: number; kind: string; reason: string }>(request);
      const refused = refusedTo(db, request, 'stock.adjust');
      const found = findVariant(db, String(params['id']));
      if (refused || !found) return refused ?? notFound();
      const there = found.variant.available_quantity;
      if (body.expected_on_hand !== undefined && body.expected_on_hand !== there) return problem(409, 'stock_count_changed', 'There are others by now.', { on_hand: there });
      const delta = body.delta ?? (body.on_hand === undefined ? 0 : body.on_hand - there);
      found.variant.available_quantity += delta;
      movements.unshift({ id: movements.length + 1, kind: body.kind, location: MAIN, slot: 0, on_hand_delta: delta, reserved_delta: 0, allocated_delta: 0, cause_id: null, reason: body.reason, actor: bearer(request) ?? '', at: NOW });
      return HttpResponse.json(stockOf(db, found.variant.id)!.total);
    }),
    http.get(`${ADMIN}/coupons`, ({ request }) => refusedTo(db, request, 'coupons.read') ?? HttpResponse.json(pageOf(coupons, new URL(request.url)))),
    http.post(`${ADMIN}/coupons`, async ({ request }) => {
      const body = await bodyOf<NewCoupon>(request);
      const refused = refusedTo(db, request, 'coupons.write');
      if (refused) return refused;
      const code = body.code.toUpperCase();
      if (coupons.some((coupon) => coupon.code === code)) return problem(409, 'coupon_code_taken', 'There is a coupon with this code.');
      const coupon = { percent_ppm: null, amount: null, min_subtotal: null, usage_limit: null, per_customer_limit: null, starts_at: null, ends_at: null, ...body, id: db.id('cpn'), code, kind: body.amount ? 'amount' : 'percent', used: 0, state: 'active', version: 1, created_by: bearer(request) ?? '', created_at: NOW, updated_at: NOW } as StaffCoupon;
      coupons.unshift(coupon);
      return HttpResponse.json(coupon, { status: 201 });
    }),
    http.patch(`${ADMIN}/coupons/:id`, async ({ params, request }) => {
      const coupon = coupons.find(({ id }) => id === params['id']);
      const refused = refusedTo(db, request, 'coupons.write');
      if (refused || !coupon) return refused ?? notFound();
      if (request.headers.get('If-Match') !== `"${coupon.version}"`) return problem(412, 'version_mismatch', 'It has changed since it was read.', { version: coupon.version });
      Object.assign(coupon, await bodyOf<Partial<StaffCoupon>>(request), { version: coupon.version + 1 });
      return HttpResponse.json(coupon);
    }),
    http.get(`${ADMIN}/messages/:source`, ({ params, request }) =>
      refusedTo(db, request, 'mailbox.read') ?? HttpResponse.json(pageOf(lettersOf(db, String(params['source'])), new URL(request.url))),
    ),
    http.get(`${ADMIN}/messages/:source/:id`, ({ params, request }) => {
      const letter = lettersOf(db, String(params['source'])).find(({ id }) => id === params['id']);
      return refusedTo(db, request, 'mailbox.read') ?? (letter ? HttpResponse.json(letter) : notFound());
    }),
  ];
}

/** The mock shop writes a confirmation for each order, and nothing about accounts. */
function lettersOf(db: Db, source: string): Message[] {
  if (source !== 'orders') return [];
  return db.orders.map(({ order }) => ({
    id: order.id.replace('ord', 'msg'),
    template: 'order_confirmation',
    recipient: order.email,
    subject: `Your order ${order.number ?? ''}`,
    secret: false,
    progress: 'waiting',
    attempts: 0,
    last_error: null,
    sent_at: null,
    created_at: NOW,
    body: { text: `Thank you for order ${order.number ?? ''}.`, html: `<p style="font-weight: bold">Thank you for order ${order.number ?? ''}.</p>` },
  }));
}
