import { http, HttpResponse, type HttpHandler } from 'msw';
import { checkoutView, type Db } from '../db.ts';
import { BASE, bearer, bodyOf, notFound, problem } from '../http.ts';
import { money } from '../seed.ts';
import { openedCart } from './cart.ts';

/** Gift cards, store credit and saved cards. */
export function tenderHandlers(db: Db): HttpHandler[] {
  const found = (id: unknown, request: Request) => {
    const checkout = db.checkouts.find((known) => known.id === id);
    return checkout && openedCart(db, checkout.cart_id, request) ? checkout : null;
  };
  return [
    http.put(`${BASE}/checkouts/:id/gift-cards`, async ({ params, request }) => {
      const checkout = found(params['id'], request);
      if (!checkout) return notFound();
      const { code } = await bodyOf<{ code: string }>(request);
      const card = db.gift_cards.find((known) => known.code === code.replaceAll(/[\s-]/g, '').toUpperCase());
      if (!card) return problem(404, 'gift_card_unknown', 'No gift card with this code can be spent');
      checkout.gift_cards = [...new Set([...(checkout.gift_cards ?? []), card.id])];
      checkout.version += 1;
      return HttpResponse.json(checkoutView(db, checkout));
    }),
    http.delete(`${BASE}/checkouts/:id/gift-cards/:card`, ({ params, request }) => {
      const checkout = found(params['id'], request);
      if (!checkout) return notFound();
      checkout.gift_cards = (checkout.gift_cards ?? []).filter((id) => id !== params['card']);
      checkout.version += 1;
      return HttpResponse.json(checkoutView(db, checkout));
    }),
    http.get(`${BASE}/me/store-credit`, ({ request }) => {
      const user = bearer(request);
      if (user === null) return problem(401, 'token_missing', 'Sign in first.');
      return HttpResponse.json({ balances: [money(db.credit.get(user) ?? 0)] });
    }),
    http.get(`${BASE}/payment-methods`, ({ request }) => {
      const user = bearer(request);
      if (user === null) return problem(401, 'token_missing', 'Sign in first.');
      const mine = db.saved_cards.filter((card) => card.user === user);
      return HttpResponse.json({ items: mine.map(({ user: _user, number: _number, ...card }) => card).toReversed() });
    }),
    http.delete(`${BASE}/payment-methods/:id`, ({ params, request }) => {
      const index = db.saved_cards.findIndex(({ id, user }) => id === params['id'] && user === bearer(request));
      if (index < 0) return notFound();
      db.saved_cards.splice(index, 1);
      return new HttpResponse(null, { status: 204 });
    }),
  ];
}
