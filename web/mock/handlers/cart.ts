import { http, HttpResponse, type HttpHandler } from 'msw';
import { cartView, couponProblem, findVariant, type Db, type MockCart } from '../db.ts';
import { BASE, bearer, bodyOf, notFound, problem } from '../http.ts';

/** The cart of the address, if the request may open it. */
export function openedCart(db: Db, id: unknown, request: Request): MockCart | null {
  const cart = db.carts.find((known) => known.id === id);
  if (!cart) return null;
  const mine = cart.user === null ? cart.token === request.headers.get('Cart-Token') : cart.user === bearer(request);
  return mine ? cart : null;
}

function newCart(db: Db, user: string | null): MockCart {
  const cart: MockCart = { id: db.id('crt'), token: user === null ? db.id('token') : null, user, state: 'open', version: 1, lines: [], order_id: null };
  db.carts.push(cart);
  return cart;
}

/** What can be had of a wish; less than asked is a refusal for the caller to word. */
const available = (db: Db, variantId: string) => findVariant(db, variantId)?.variant.available_quantity ?? 0;

function short(db: Db, variantId: string, requested: number) {
  const left = available(db, variantId);
  return problem(409, left > 0 ? 'insufficient_stock' : 'out_of_stock', left > 0 ? `Only ${left} can be ordered.` : 'This product is sold out.', { variant_id: variantId, requested, available: left });
}

function merge(db: Db, from: MockCart, to: MockCart) {
  const cuts = from.lines.map(({ variant_id, quantity }) => {
    const line = to.lines.find((known) => known.variant_id === variant_id);
    const wanted = quantity + (line?.quantity ?? 0);
    const kept = Math.min(wanted, available(db, variant_id));
    if (line) line.quantity = kept;
    else if (kept > 0) to.lines.push({ id: db.id('cln'), variant_id, quantity: kept });
    return { variant_id, title: findVariant(db, variant_id)?.product.title ?? '', requested: wanted, kept, reason: 'insufficient_stock' };
  });
  from.state = 'merged';
  return cuts.filter(({ requested, kept }) => kept < requested);
}

export function cartHandlers(db: Db): HttpHandler[] {
  const changed = (cart: MockCart) => {
    cart.version += 1;
    return HttpResponse.json(cartView(db, cart));
  };
  return [
    http.post(`${BASE}/carts`, ({ request }) => {
      const user = bearer(request);
      const known = user === null ? undefined : db.carts.find((cart) => cart.user === user && cart.state === 'open');
      const cart = known ?? newCart(db, user);
      return HttpResponse.json(cartView(db, cart), { status: known ? 200 : 201, headers: cart.token ? { 'Cart-Token': cart.token } : {} });
    }),
    http.get(`${BASE}/carts/:id`, ({ params, request }) => {
      const cart = openedCart(db, params['id'], request);
      return cart ? HttpResponse.json(cartView(db, cart)) : notFound();
    }),
    http.post(`${BASE}/carts/:id/lines`, async ({ params, request }) => {
      const cart = openedCart(db, params['id'], request);
      if (!cart) return notFound();
      const { variant_id, quantity } = await bodyOf<{ variant_id: string; quantity: number }>(request);
      const line = cart.lines.find((known) => known.variant_id === variant_id);
      const wanted = quantity + (line?.quantity ?? 0);
      if (wanted > available(db, variant_id)) return short(db, variant_id, wanted);
      if (line) line.quantity = wanted;
      else cart.lines.push({ id: db.id('cln'), variant_id, quantity });
      return changed(cart);
    }),
    http.patch(`${BASE}/carts/:id/lines/:line`, async ({ params, request }) => {
      const cart = openedCart(db, params['id'], request);
      const line = cart?.lines.find(({ id }) => id === params['line']);
      if (!cart || !line) return notFound();
      const { quantity } = await bodyOf<{ quantity: number }>(request);
      if (quantity > available(db, line.variant_id)) return short(db, line.variant_id, quantity);
      line.quantity = quantity;
      return changed(cart);
    }),
    http.delete(`${BASE}/carts/:id/lines/:line`, ({ params, request }) => {
      const cart = openedCart(db, params['id'], request);
      if (!cart) return notFound();
      cart.lines = cart.lines.filter(({ id }) => id !== params['line']);
      return changed(cart);
    }),
    http.put(`${BASE}/carts/:id/coupon`, async ({ params, request }) => {
      const cart = openedCart(db, params['id'], request);
      if (!cart) return notFound();
      const { code } = await bodyOf<{ code: string }>(request);
      const coupon = db.coupons.find((known) => known.code === code.trim().toUpperCase());
      if (!coupon) return problem(422, 'coupon_unknown', 'There is no such coupon.');
      const why = couponProblem(coupon, cartView(db, cart).totals.subtotal);
      const minimum = coupon.minimum === undefined ? {} : { minimum: { amount: coupon.minimum, currency: 'USD' } };
      if (why) return problem(422, `coupon_${why}`, 'The coupon does not apply.', minimum);
      cart.coupon = coupon.code;
      return changed(cart);
    }),
    http.delete(`${BASE}/carts/:id/coupon`, ({ params, request }) => {
      const cart = openedCart(db, params['id'], request);
      if (!cart) return notFound();
      cart.coupon = null;
      return changed(cart);
    }),
    http.post(`${BASE}/carts/:id/merge`, ({ params, request }) => {
      const user = bearer(request);
      const from = db.carts.find(({ id, token }) => id === params['id'] && token === request.headers.get('Cart-Token'));
      if (user === null || !from) return notFound();
      const to = db.carts.find((cart) => cart.user === user && cart.state === 'open') ?? newCart(db, user);
      const cuts = merge(db, from, to);
      to.version += 1;
      return HttpResponse.json({ ...cartView(db, to), merge: cuts });
    }),
  ];
}
