import { readFileSync } from 'node:fs';
import { http, HttpResponse, type HttpHandler } from 'msw';
import type { Db, MockIntent } from '../db.ts';

const PAGE = new URL('../../../crates/paysim/assets/challenge.html', import.meta.url);

function view({ id, state, amount }: MockIntent) {
  return {
    id,
    object: 'payment_intent',
    amount: amount.amount,
    currency: 'usd',
    status: state === 'waits' ? 'requires_action' : state === 'confirmed' ? 'succeeded' : 'requires_payment_method',
    next_action: state === 'waits' ? { type: 'use_stripe_sdk', use_stripe_sdk: { stripe_js: `http://localhost/3d_secure/${id}?challenge=1` } } : null,
    last_payment_error: state === 'refused' ? { code: 'payment_intent_authentication_failure', message: 'The bank was told that it was not you.' } : null,
  };
}

/** The provider's side of a payment that needs the shopper's word: its intents and the bank's page. */
export function bankHandlers(db: Db): HttpHandler[] {
  const found = (id: unknown) => db.intents.find((intent) => intent.id === id);
  const answer = (state: MockIntent['state']) => ({ params }: { params: Record<string, unknown> }) => {
    const intent = found(params['id']);
    if (!intent) return new HttpResponse(null, { status: 404 });
    if (intent.state === 'waits') intent.state = state;
    return HttpResponse.json(view(intent));
  };
  return [
    http.get('*/v1/payment_intents/:id', ({ params }) => {
      const intent = found(params['id']);
      return intent ? HttpResponse.json(view(intent)) : new HttpResponse(null, { status: 404 });
    }),
    http.get('*/3d_secure/:id', ({ params }) => {
      const intent = found(params['id']);
      if (!intent) return new HttpResponse(null, { status: 404 });
      const values: Record<string, string> = { intent: intent.id, amount: `$${(intent.amount.amount / 100).toFixed(2)}`, brand: 'Visa', last4: '3184', client_secret: intent.secret, challenge: '1' };
      return HttpResponse.html(readFileSync(PAGE, 'utf8').replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''));
    }),
    http.post('*/3d_secure/:id/complete', answer('confirmed')),
    http.post('*/3d_secure/:id/fail', answer('refused')),
  ];
}
