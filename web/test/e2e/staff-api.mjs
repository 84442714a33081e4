import assert from 'node:assert/strict';
import { BASE } from './steps.mjs';

let session = null;

async function login() {
  const { STAFF_EMAIL: email, STAFF_PASSWORD: password } = process.env;
  const response = await fetch(`${BASE}/api/v1/auth/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email, password }) });
  assert.equal(response.status, 200, 'staff can sign in');
  return (await response.json()).access_token;
}

/** What staff do behind a journey of a shopper: a call of the staff API that must succeed. */
export async function staff(method, path, body, headers = {}) {
  session ??= await login();
  const response = await fetch(`${BASE}/api/v1/admin${path}`, {
    method,
    headers: { Authorization: `Bearer ${session}`, 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return { answer, etag: response.headers.get('ETag') };
}

export async function makeCoupon(percent) {
  const code = `E2E${Date.now().toString(36).toUpperCase()}`;
  await staff('POST', '/coupons', { code, description: `${percent}% off your order`, percent_ppm: percent * 10_000 });
  return code;
}

export async function makeGiftCard(amount) {
  const { answer } = await staff('POST', '/gift-cards', { amount: { amount, currency: 'USD' } });
  return answer.code;
}

/** Ships everything of an order and says that it has arrived. */
export async function deliverAll(orderId) {
  const order = await staff('GET', `/orders/${orderId}`);
  const lines = order.answer.lines.map(({ id, quantity }) => ({ line_id: id, quantity }));
  const tracking_url = 'https://carrier.example.com/track/PP123';
  const shipped = await staff('POST', `/orders/${orderId}/shipments`, { lines, carrier: 'Parcel Post', tracking_number: 'PP 123', tracking_url, ship: true }, { 'If-Match': order.etag });
  const shipment = shipped.answer.shipments.at(-1);
  await staff('POST', `/orders/${orderId}/shipments/${shipment.id}/deliver`, {}, { 'If-Match': shipped.etag });
}

/** Agrees to the first return of an order. */
export async function approveReturn(orderId) {
  const order = await staff('GET', `/orders/${orderId}`);
  const [back] = order.answer.returns;
  if (back.state === 'requested') await staff('POST', `/orders/${orderId}/returns/${back.id}/approve`, {}, { 'If-Match': order.etag });
}
