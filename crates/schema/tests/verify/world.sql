-- A small world in which everything agrees: one order of two units, one of them shipped and refunded.
-- Written by hand, so that the invariants are not judged by the code that they judge.
insert into catalog.category (category_id, slug, name, path, art) values ('00000000-0000-7000-8000-000000000c01', 'things', 'Things', 'things', 'box');
insert into catalog.product (product_id, slug, title, category_id, status, version) values ('00000000-0000-7000-8000-000000000a01', 'thing', 'Thing', '00000000-0000-7000-8000-000000000c01', 'active', 3);
insert into catalog.variant (variant_id, product_id) values ('00000000-0000-7000-8000-000000000b01', '00000000-0000-7000-8000-000000000a01');
insert into search.document (product_id, version, deleted, body) values ('00000000-0000-7000-8000-000000000a01', 3, false, '{}');

insert into catalog.stock_level (variant_id, location_id, slot, on_hand, reserved, allocated)
select '00000000-0000-7000-8000-000000000b01', location_id, 0, 9, 0, 1 from catalog.stock_location where code = 'main';
insert into catalog.reservation (checkout_id, state, units, expires_at, order_id)
values ('00000000-0000-7000-8000-00000000ce01', 'allocated', 2, now() + interval '15 minutes', '00000000-0000-7000-8000-000000000001');
insert into catalog.reservation_line (checkout_id, variant_id, location_id, slot, quantity, shipped)
select '00000000-0000-7000-8000-00000000ce01', l.variant_id, l.location_id, 0, 2, 1 from catalog.stock_level l;
insert into catalog.stock_movement (variant_id, location_id, slot, kind, on_hand_delta, reserved_delta, allocated_delta, cause_id, actor)
select l.variant_id, l.location_id, 0, m.kind, m.h, m.r, m.a, m.cause::uuid, 'system'
  from catalog.stock_level l cross join (values
    ('receive', 10, 0, 0, null), ('reserve', 0, 2, 0, '00000000-0000-7000-8000-00000000ce01'),
    ('allocate', 0, -2, 2, '00000000-0000-7000-8000-000000000001'), ('ship', -1, 0, -1, '00000000-0000-7000-8000-000000000501')) m (kind, h, r, a, cause);

insert into cart.coupon (coupon_id, code, description, kind, percent_ppm, usage_limit, per_customer_limit, used, created_by)
values ('00000000-0000-7000-8000-00000000c001', 'TEN', 'Ten percent', 'percent', 100000, 5, 1, 1, '00000000-0000-7000-8000-0000000000ee');
insert into cart.coupon_customer (coupon_id, customer_key, used) values ('00000000-0000-7000-8000-00000000c001', '00000000-0000-7000-8000-0000000000cc', 1);
insert into cart.coupon_redemption (coupon_id, order_id, customer_key, redeemed_at)
values ('00000000-0000-7000-8000-00000000c001', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-0000000000cc', now());
insert into cart.cart (cart_id, customer_id, currency, state, version, order_id)
values ('00000000-0000-7000-8000-00000000ca01', '00000000-0000-7000-8000-0000000000cc', 'USD', 'ordered', 4, '00000000-0000-7000-8000-000000000001');
insert into cart.line (line_id, cart_id, variant_id, quantity)
values ('00000000-0000-7000-8000-00000000ca11', '00000000-0000-7000-8000-00000000ca01', '00000000-0000-7000-8000-000000000b01', 2);

insert into orders.sales_order (order_id, order_number, checkout_id, cart_id, customer_id, email, state, payment_state, fulfilment_state, currency,
  subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor, shipping_address, billing_address, shipping_method, placed_at,
  shipping_total_minor, captured_minor, refunded_minor)
values ('00000000-0000-7000-8000-000000000001', 'TM-0000001', '00000000-0000-7000-8000-00000000ce01', '00000000-0000-7000-8000-00000000ca01',
  '00000000-0000-7000-8000-0000000000cc', 'a@b.example', 'placed', 'partially_refunded', 'partially_fulfilled', 'USD',
  2000, 200, 499, 0, 2299, '{}', '{}', '{}', now() - interval '1 minute', 499, 2299, 900);
insert into orders.order_line (line_id, order_id, position, variant_id, product_id, slug, title, variant_title, art, quantity, unit_price_minor,
  discount_minor, tax_minor, tax_rate_ppm, total_minor)
values ('00000000-0000-7000-8000-000000000101', '00000000-0000-7000-8000-000000000001', 0, '00000000-0000-7000-8000-000000000b01',
  '00000000-0000-7000-8000-000000000a01', 'thing', 'Thing', '', 'box', 2, 1000, 200, 0, 0, 1800);
insert into orders.line_progress (line_id, order_id, ordered, planned, shipped, refunded, refunded_minor, total_minor)
values ('00000000-0000-7000-8000-000000000101', '00000000-0000-7000-8000-000000000001', 2, 1, 1, 1, 900, 1800);
insert into orders.timeline (order_id, seq, kind, from_state, to_state, actor) values
  ('00000000-0000-7000-8000-000000000001', 1, 'order.opened', null, 'pending', 'system'),
  ('00000000-0000-7000-8000-000000000001', 2, 'order.placed', 'pending', 'placed', 'system');
insert into orders.shipment (shipment_id, order_id, seq, state, shipped_at)
values ('00000000-0000-7000-8000-000000000501', '00000000-0000-7000-8000-000000000001', 1, 'shipped', now());
insert into orders.shipment_line (shipment_id, line_id, quantity) values ('00000000-0000-7000-8000-000000000501', '00000000-0000-7000-8000-000000000101', 1);
insert into orders.refund (refund_id, order_id, seq, state, cause, amount_minor, reason)
values ('00000000-0000-7000-8000-000000000f01', '00000000-0000-7000-8000-000000000001', 1, 'succeeded', 'staff', 900, 'broken');
insert into orders.refund_line (refund_id, line_id, quantity, amount_minor) values ('00000000-0000-7000-8000-000000000f01', '00000000-0000-7000-8000-000000000101', 1, 900);
insert into orders.invoice_series (series, next_number) values ('INV-2026', 2);
insert into orders.invoice (invoice_id, order_id, kind, series, number, issued_at, snapshot)
values ('00000000-0000-7000-8000-000000000901', '00000000-0000-7000-8000-000000000001', 'invoice', 'INV-2026', 1, now(), '{}');
insert into orders.message (message_id, template, cause_id, recipient, subject, body_text)
values ('00000000-0000-7000-8000-000000000701', 'order_confirmation', '00000000-0000-7000-8000-000000000001', 'a@b.example', 'Your order', 'Thank you.');

insert into checkout.checkout (checkout_id, cart_id, customer_id, state, currency, order_id, quoted, expires_at)
values ('00000000-0000-7000-8000-00000000ce01', '00000000-0000-7000-8000-00000000ca01', '00000000-0000-7000-8000-0000000000cc', 'completed', 'USD',
  '00000000-0000-7000-8000-000000000001', '{"totals": {"total": {"amount": 2299, "currency": "USD"}}}', now() + interval '1 day');
insert into checkout.stored_value (stored_value_id, kind, code_hash, code_last4, currency, balance_minor)
values ('00000000-0000-7000-8000-000000000801', 'gift_card', '\x01', 'ABCD', 'USD', 2700);
insert into checkout.tender (tender_id, order_id, checkout_id, stored_value_id, amount_minor, currency, state)
values ('00000000-0000-7000-8000-000000000811', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000ce01',
  '00000000-0000-7000-8000-000000000801', 300, 'USD', 'captured');
insert into checkout.payment_attempt (attempt_id, checkout_id, order_id, attempt_no, idempotency_key, provider, payment_method, provider_ref, state,
  amount_minor, currency, captured_minor, refunded_minor)
values ('00000000-0000-7000-8000-000000000301', '00000000-0000-7000-8000-00000000ce01', '00000000-0000-7000-8000-000000000001', 1, 'key', 'stripe',
  'pm_1', 'pi_1', 'captured', 1999, 'USD', 1999, 900);
insert into checkout.payment_operation (operation_id, order_id, attempt_id, refund_id, kind, amount_minor, currency, state, provider_ref)
values ('00000000-0000-7000-8000-000000000401', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000301',
  '00000000-0000-7000-8000-000000000f01', 'refund', 900, 'USD', 'succeeded', 're_1');
insert into checkout.ledger_transfer (kind, debit_account, credit_account, amount_minor, currency, order_id, cause_id) values
  ('issue', 'issued', 'gift_cards', 3000, 'USD', null, '00000000-0000-7000-8000-000000000801'),
  ('hold', 'gift_cards', 'held', 300, 'USD', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000811'),
  ('spend', 'held', 'sales', 300, 'USD', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000811'),
  ('capture', 'provider', 'sales', 1999, 'USD', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000301'),
  ('refund', 'sales', 'provider', 900, 'USD', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000401');
insert into checkout.idempotency_key (scope, key, request_hash, state, status, body, expires_at)
values ('usr complete chk', 'key', '\x01', 'done', 201, '{}', now() + interval '1 day');
insert into checkout.provider_inbox (provider, event_id, kind, payload, processed_at, outcome)
values ('stripe', 'evt_1', 'payment_intent.succeeded', '{}', now(), 'known');

insert into auth.user_account (user_id, email, name, role, password_hash) values ('00000000-0000-7000-8000-0000000000cc', 'a@b.example', 'A', 'customer', '-');
insert into auth.session (session_id, user_id) values ('00000000-0000-7000-8000-000000000601', '00000000-0000-7000-8000-0000000000cc');
insert into auth.refresh_token (token_hash, session_id, parent_hash, expires_at, used_at) values
  (sha256('parent'), '00000000-0000-7000-8000-000000000601', null, now() + interval '1 day', now()),
  (sha256('child'), '00000000-0000-7000-8000-000000000601', sha256('parent'), now() + interval '1 day', null);
delete from catalog.outbox;
delete from orders.outbox;
