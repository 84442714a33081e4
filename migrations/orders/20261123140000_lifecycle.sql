-- The life of an order after it is placed: what was paid, shipped, cancelled, returned, claimed and refunded, and its
-- documents. Every guard on units is a check on orders.line_progress; whoever changes an order locks its row first.
set local role techmart_orders_owner;

alter table orders.sales_order
  add column coupon jsonb,                                -- {"code", "discount_minor"} as redeemed
  add column shipping_total_minor bigint not null default 0,   -- what the shopper pays for shipping, tax in it
  add column shipping_refunded_minor bigint not null default 0,
  add column authorized_minor bigint not null default 0,  -- held by the provider, to be captured yet
  add column captured_minor bigint not null default 0,
  add column refunded_minor bigint not null default 0,
  add column cancelled_minor bigint not null default 0,   -- value of units cancelled before they were paid for
  add column voided boolean not null default false,
  add column disputed boolean not null default false;
update orders.sales_order o
   set shipping_total_minor = o.total_minor - (select coalesce(sum(l.total_minor), 0) from orders.order_line l where l.order_id = o.order_id),
       captured_minor = case when o.payment_state in ('captured', 'refunded') then o.total_minor else 0 end,
       refunded_minor = case when o.payment_state = 'refunded' then o.total_minor else 0 end;
alter table orders.sales_order
  add constraint sales_order_paid_check check (authorized_minor >= 0 and captured_minor >= 0 and authorized_minor + captured_minor <= total_minor
    and refunded_minor between 0 and captured_minor and cancelled_minor between 0 and total_minor),
  add constraint sales_order_shipping_refunded_check check (shipping_refunded_minor between 0 and shipping_total_minor),
  add constraint sales_order_coupon_check check (jsonb_typeof(coupon) = 'object');

alter table orders.order_line add column replaces_line_id uuid
  constraint order_line_replaces_line_id_fkey references orders.order_line (line_id);
create index order_line_replaces_line_id_idx on orders.order_line (replaces_line_id) where replaces_line_id is not null;

alter table orders.timeline
  add column actor_id uuid,
  add column detail jsonb not null default '{}';

-- How far the units of a line have come. The only place where units are counted, so that no sequence of shipments,
-- cancellations, returns and refunds can count one twice.
create table orders.line_progress (
  line_id uuid constraint line_progress_pkey primary key
    constraint line_progress_line_id_fkey references orders.order_line (line_id),
  order_id uuid not null constraint line_progress_order_id_fkey references orders.sales_order (order_id),
  ordered int not null,
  cancelled int not null default 0,
  planned int not null default 0,                         -- on shipments that are not cancelled, shipped ones among them
  shipped int not null default 0,
  delivered int not null default 0,
  lost int not null default 0,
  coming_back int not null default 0,                     -- on returns that are open or received
  returned int not null default 0,                        -- received back
  refunded int not null default 0,
  refunded_minor bigint not null default 0,
  uncharged int not null default 0,                       -- cancelled before they were paid for
  uncharged_minor bigint not null default 0,
  given_tax_minor bigint not null default 0,              -- the tax in refunded_minor and uncharged_minor
  total_minor bigint not null,                            -- what was paid for the line
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint line_progress_planned_check check (cancelled >= 0 and planned >= 0 and cancelled + planned <= ordered),
  constraint line_progress_shipped_check check (shipped between 0 and planned),
  constraint line_progress_delivered_check check (delivered >= 0 and lost >= 0 and delivered + lost <= shipped),
  constraint line_progress_coming_back_check check (coming_back between 0 and shipped - lost),
  constraint line_progress_returned_check check (returned between 0 and coming_back),
  constraint line_progress_refunded_check check (refunded >= 0 and refunded + uncharged <= ordered),
  constraint line_progress_uncharged_check check (uncharged between 0 and cancelled),
  constraint line_progress_refunded_minor_check check (refunded_minor >= 0 and uncharged_minor >= 0 and refunded_minor + uncharged_minor <= total_minor),
  constraint line_progress_given_tax_minor_check check (given_tax_minor between 0 and refunded_minor + uncharged_minor)
);
create index line_progress_order_id_idx on orders.line_progress (order_id);
insert into orders.line_progress (line_id, order_id, ordered, refunded_minor, total_minor)
select l.line_id, l.order_id, l.quantity, 0, l.total_minor from orders.order_line l;

create table orders.shipment (
  shipment_id uuid constraint shipment_pkey primary key,
  order_id uuid not null constraint shipment_order_id_fkey references orders.sales_order (order_id),
  seq int not null,                                       -- counts from 1 within the order
  state text not null default 'planned',
  carrier text,
  tracking_number text,
  tracking_url text,
  shipped_at timestamptz,
  delivered_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint shipment_seq_key unique (order_id, seq),
  constraint shipment_state_check check (state in ('planned', 'picking', 'shipped', 'delivered', 'lost', 'cancelled')),
  constraint shipment_shipped_at_check check ((shipped_at is not null) = (state in ('shipped', 'delivered', 'lost'))),
  constraint shipment_delivered_at_check check ((delivered_at is not null) = (state = 'delivered')),
  constraint shipment_tracking_url_check check (tracking_url ~ '^https://')
);

create table orders.shipment_line (
  shipment_id uuid not null constraint shipment_line_shipment_id_fkey references orders.shipment (shipment_id),
  line_id uuid not null constraint shipment_line_line_id_fkey references orders.order_line (line_id),
  quantity int not null,
  created_at timestamptz not null default now(),
  constraint shipment_line_pkey primary key (shipment_id, line_id),
  constraint shipment_line_quantity_check check (quantity between 1 and 999)
);
create index shipment_line_line_id_idx on orders.shipment_line (line_id);

-- Money that goes back. What the provider makes of it stands in schema checkout and is reported by record_refund_v1.
create table orders.refund (
  refund_id uuid constraint refund_pkey primary key,
  order_id uuid not null constraint refund_order_id_fkey references orders.sales_order (order_id),
  seq int not null,
  state text not null,
  cause text not null,
  amount_minor bigint not null,                           -- lines, shipping and goodwill together
  shipping_minor bigint not null default 0,
  shipping_tax_minor bigint not null default 0,           -- the tax in shipping_minor
  goodwill_minor bigint not null default 0,
  destination text not null default 'original',
  reason text not null,
  requested_by uuid,                                      -- staff; null where the system or the shopper caused it
  approved_by uuid,
  failure text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint refund_seq_key unique (order_id, seq),
  constraint refund_state_check check (state in ('awaiting_approval', 'denied', 'requested', 'submitted', 'succeeded', 'failed', 'reversed', 'abandoned')),
  constraint refund_cause_check check (cause in ('staff', 'cancellation', 'return', 'claim')),
  constraint refund_destination_check check (destination in ('original', 'store_credit')),
  constraint refund_amount_minor_check check (amount_minor > 0 and shipping_minor >= 0 and goodwill_minor >= 0 and shipping_minor + goodwill_minor <= amount_minor),
  constraint refund_shipping_tax_minor_check check (shipping_tax_minor between 0 and shipping_minor),
  constraint refund_two_people_check check (approved_by <> requested_by)
);
create index refund_state_idx on orders.refund (state, created_at);

create table orders.refund_line (
  refund_id uuid not null constraint refund_line_refund_id_fkey references orders.refund (refund_id),
  line_id uuid not null constraint refund_line_line_id_fkey references orders.order_line (line_id),
  quantity int not null,                                  -- 0 where only an amount of the line goes back
  amount_minor bigint not null,
  tax_minor bigint not null default 0,                    -- the tax in it
  created_at timestamptz not null default now(),
  constraint refund_line_pkey primary key (refund_id, line_id),
  constraint refund_line_quantity_check check (quantity between 0 and 999),
  constraint refund_line_amount_minor_check check (amount_minor >= 0 and (quantity > 0 or amount_minor > 0)),
  constraint refund_line_tax_minor_check check (tax_minor between 0 and amount_minor)
);
create index refund_line_line_id_idx on orders.refund_line (line_id);

create table orders.return_request (
  return_id uuid constraint return_request_pkey primary key,
  order_id uuid not null constraint return_request_order_id_fkey references orders.sales_order (order_id),
  seq int not null,
  kind text not null default 'return',
  state text not null default 'requested',
  comment text,
  opened_by text not null,                                -- customer, guest or staff
  decision_reason text,
  carrier text,
  tracking_number text,
  refund_id uuid constraint return_request_refund_id_fkey references orders.refund (refund_id),
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint return_request_seq_key unique (order_id, seq),
  constraint return_request_kind_check check (kind in ('return', 'exchange')),
  constraint return_request_opened_by_check check (opened_by in ('customer', 'guest', 'staff')),
  constraint return_request_state_check check (state in ('requested', 'approved', 'rejected', 'in_transit', 'partially_received', 'received', 'refunded', 'closed', 'cancelled'))
);
create index return_request_state_idx on orders.return_request (state, created_at);
create index return_request_refund_id_idx on orders.return_request (refund_id) where refund_id is not null;

create table orders.return_line (
  return_id uuid not null constraint return_line_return_id_fkey references orders.return_request (return_id),
  line_id uuid not null constraint return_line_line_id_fkey references orders.order_line (line_id),
  quantity int not null,
  reason text not null,
  exchange_variant_id uuid,                               -- what is wanted instead; null = the money
  received int not null default 0,
  resellable int not null default 0,
  created_at timestamptz not null default now(),
  constraint return_line_pkey primary key (return_id, line_id),
  constraint return_line_quantity_check check (quantity between 1 and 999),
  constraint return_line_reason_check check (reason in ('unwanted', 'defective', 'damaged', 'wrong_item', 'not_as_described', 'late', 'other')),
  constraint return_line_received_check check (received between 0 and quantity and resellable between 0 and received)
);
create index return_line_line_id_idx on orders.return_line (line_id);

create table orders.claim (
  claim_id uuid constraint claim_pkey primary key,
  order_id uuid not null constraint claim_order_id_fkey references orders.sales_order (order_id),
  shipment_id uuid constraint claim_shipment_id_fkey references orders.shipment (shipment_id),
  seq int not null,
  kind text not null,
  state text not null default 'open',
  description text not null default '',
  resolution text,
  decision_reason text,
  refund_id uuid constraint claim_refund_id_fkey references orders.refund (refund_id),
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint claim_seq_key unique (order_id, seq),
  constraint claim_kind_check check (kind in ('lost', 'damaged', 'wrong_item', 'missing_item', 'other')),
  constraint claim_state_check check (state in ('open', 'approved', 'denied', 'resolved')),
  constraint claim_resolution_check check (resolution in ('refund', 'replacement', 'both')),
  constraint claim_resolved_check check (state not in ('approved', 'resolved') or resolution is not null)
);
create index claim_shipment_id_idx on orders.claim (shipment_id) where shipment_id is not null;
create index claim_refund_id_idx on orders.claim (refund_id) where refund_id is not null;
create index claim_state_idx on orders.claim (state, created_at);

create table orders.claim_line (
  claim_id uuid not null constraint claim_line_claim_id_fkey references orders.claim (claim_id),
  line_id uuid not null constraint claim_line_line_id_fkey references orders.order_line (line_id),
  quantity int not null,
  created_at timestamptz not null default now(),
  constraint claim_line_pkey primary key (claim_id, line_id),
  constraint claim_line_quantity_check check (quantity between 1 and 999)
);
create index claim_line_line_id_idx on orders.claim_line (line_id);

create table orders.note (
  note_id uuid constraint note_pkey primary key,
  order_id uuid not null constraint note_order_id_fkey references orders.sales_order (order_id),
  author_id uuid not null,
  body text not null,
  created_at timestamptz not null default now(),
  constraint note_body_check check (length(body) between 1 and 4000)
);
create index note_order_id_idx on orders.note (order_id, created_at);
revoke update, delete on orders.note from techmart_orders;

-- Numbers without holes: the row of the series is locked by the job that issues a document, never by a purchase.
create table orders.invoice_series (
  series text constraint invoice_series_pkey primary key, -- 'INV-2026', 'CRN-2026'
  next_number bigint not null default 1,
  created_at timestamptz not null default now(),
  constraint invoice_series_next_number_check check (next_number >= 1)
);
create table orders.invoice (
  invoice_id uuid constraint invoice_pkey primary key,
  order_id uuid not null constraint invoice_order_id_fkey references orders.sales_order (order_id),
  refund_id uuid constraint invoice_refund_id_fkey references orders.refund (refund_id),
  kind text not null,
  series text not null constraint invoice_series_fkey references orders.invoice_series (series),
  number bigint not null,
  issued_at timestamptz not null,
  snapshot jsonb not null,                                -- all that is printed
  created_at timestamptz not null default now(),
  constraint invoice_number_key unique (series, number),
  constraint invoice_kind_check check (kind in ('invoice', 'credit_note')),
  constraint invoice_refund_id_check check ((kind = 'credit_note') = (refund_id is not null)),
  constraint invoice_number_check check (number >= 1)
);
create unique index invoice_order_once_key on orders.invoice (order_id) where kind = 'invoice';
create unique index invoice_refund_once_key on orders.invoice (refund_id) where refund_id is not null;
create index invoice_order_id_idx on orders.invoice (order_id);
revoke update, delete on orders.invoice from techmart_orders;

create table orders.idempotency_key (
  scope text not null,
  key text not null,
  request_hash bytea not null,
  state text not null default 'in_progress',
  locked_until timestamptz,
  status smallint,
  body jsonb,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint idempotency_key_pkey primary key (scope, key),
  constraint idempotency_key_key_check check (length(key) between 1 and 255),
  constraint idempotency_key_state_check check (state in ('in_progress', 'done')),
  constraint idempotency_key_done_check check ((state = 'done') = (status is not null and body is not null))
);
create index idempotency_key_expires_at_idx on orders.idempotency_key (expires_at);

insert into orders.subscription (kind, consumer) values
  ('order.cancelled', 'mail'), ('shipment.shipped', 'mail'), ('shipment.delivered', 'mail'), ('refund.succeeded', 'mail'),
  ('return.requested', 'mail'), ('return.approved', 'mail'), ('return.rejected', 'mail'), ('return.received', 'mail'),
  ('claim.resolved', 'mail'),
  ('order.placed', 'documents'), ('payment.captured', 'documents'), ('refund.succeeded', 'documents'),
  ('order.placed', 'risk');

-- Internal: where the payment stands, from its sums. `p_authorized` is what may be captured yet.
create function orders.derive_payment_state(
  p_state text, p_total bigint, p_authorized bigint, p_captured bigint, p_refunded bigint, p_voided boolean, p_disputed boolean)
returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_disputed then 'disputed'
    when p_captured > 0 and p_refunded >= p_captured then 'refunded'
    when p_refunded > 0 then 'partially_refunded'
    when p_captured > 0 and p_authorized > 0 then 'partially_captured'
    when p_captured > 0 then 'captured'
    when p_authorized > 0 then 'authorized'
    when p_voided then 'voided'
    when p_state in ('cancelled', 'expired') then 'none'
    when p_total = 0 and p_state <> 'pending' then 'captured'
    else 'pending'
  end
$$;
revoke all on function orders.derive_payment_state(text, bigint, bigint, bigint, bigint, boolean, boolean) from public;

-- Internal: where the delivery stands, from the sums of units that are not cancelled.
create function orders.derive_fulfilment_state(p_units bigint, p_shipped bigint, p_delivered bigint)
returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_shipped = 0 then 'unfulfilled'
    when p_delivered >= p_units then 'delivered'
    when p_delivered > 0 then 'partially_delivered'
    when p_shipped >= p_units then 'fulfilled'
    else 'partially_fulfilled'
  end
$$;
revoke all on function orders.derive_fulfilment_state(bigint, bigint, bigint) from public;

-- Internal: writes a step of an order's life. The caller holds the order.
create function orders.write_step(p_order_id uuid, p_kind text, p_reason text, p_actor text, p_actor_id uuid, p_detail jsonb)
returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into orders.timeline (order_id, seq, kind, reason, actor, actor_id, detail)
  select p_order_id, coalesce(max(t.seq), 0) + 1, p_kind, p_reason, p_actor, p_actor_id, p_detail
    from orders.timeline t where t.order_id = p_order_id
$$;
revoke all on function orders.write_step(uuid, text, text, text, uuid, jsonb) from public;

-- Writes a step and tells the consumers of `p_kind`; `p_detail` is both. The caller holds the order.
create function orders.tell_v1(p_order_id uuid, p_kind text, p_reason text, p_actor text, p_actor_id uuid, p_detail jsonb)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select orders.write_step(p_order_id, p_kind, p_reason, p_actor, p_actor_id, p_detail);
  select orders.emit_v1(p_kind, p_order_id, p_detail)
$$;
revoke all on function orders.tell_v1(uuid, text, text, text, uuid, jsonb) from public;
grant execute on function orders.tell_v1(uuid, text, text, text, uuid, jsonb) to techmart_orders;

-- Moves an order along a permitted transition, with a step in its timeline and an event. False where it is not permitted.
create function orders.change_state_v1(p_order_id uuid, p_to text, p_kind text, p_reason text, p_actor text, p_actor_id uuid)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not orders.move_state(p_order_id, p_to, p_kind, p_reason, p_actor) then
    return false;
  end if;
  update orders.timeline t set actor_id = p_actor_id
   where t.order_id = p_order_id and t.seq = (select max(x.seq) from orders.timeline x where x.order_id = p_order_id);
  perform orders.emit_v1(p_kind, p_order_id, '{}');
  return true;
end
$$;
revoke all on function orders.change_state_v1(uuid, text, text, text, text, uuid) from public;
grant execute on function orders.change_state_v1(uuid, text, text, text, text, uuid) to techmart_orders;

-- Derives the two axes anew and raises the version; completes an order that is delivered and owes nothing, and opens a
-- completed one to which units were added. Every change of an order ends here.
create function orders.refresh_order_v1(p_order_id uuid)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known orders.sales_order;
  units_open boolean;
begin
  select coalesce(sum(x.ordered - x.cancelled - x.lost - x.delivered), 0) > 0 into units_open
    from orders.line_progress x where x.order_id = p_order_id;
  update orders.sales_order o
     set payment_state = orders.derive_payment_state(o.state, o.total_minor, o.authorized_minor, o.captured_minor,
                           o.refunded_minor, o.voided, o.disputed),
         fulfilment_state = orders.derive_fulfilment_state(p.units, p.shipped, p.delivered),
         version = o.version + 1, updated_at = now()
    from (select coalesce(sum(x.ordered - x.cancelled - x.lost), 0) as units, coalesce(sum(x.shipped - x.lost), 0) as shipped,
                 coalesce(sum(x.delivered), 0) as delivered
            from orders.line_progress x where x.order_id = p_order_id) p
   where o.order_id = p_order_id
  returning o.* into known;
  if known.state = 'placed' and not units_open and known.authorized_minor = 0 and not known.disputed
     and not exists (select 1 from orders.refund r where r.order_id = p_order_id
                      and r.state in ('awaiting_approval', 'requested', 'submitted', 'failed'))
     and not exists (select 1 from orders.claim c where c.order_id = p_order_id and c.state in ('open', 'approved')) then
    perform orders.change_state_v1(p_order_id, 'completed', 'order.completed', null, 'system', null);
  elsif known.state = 'completed' and units_open then
    perform orders.change_state_v1(p_order_id, 'placed', 'order.reopened', null, 'system', null);
  end if;
  return (select o.version from orders.sales_order o where o.order_id = p_order_id);
end
$$;
revoke all on function orders.refresh_order_v1(uuid) from public;
grant execute on function orders.refresh_order_v1(uuid) to techmart_orders;

-- Locks an order for a change that begins elsewhere: checkout takes it before its own rows, as orders does.
create function orders.lock_order_v1(p_order_id uuid)
returns table (state text)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select o.state from orders.sales_order o where o.order_id = p_order_id for update
$$;
revoke all on function orders.lock_order_v1(uuid) from public;
grant execute on function orders.lock_order_v1(uuid) to techmart_checkout;

-- As before, with what shipping costs in all, the coupon, and the counters of each line.
create or replace function orders.open_order_v1(p_order jsonb, p_lines jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  new_id uuid := (p_order ->> 'order_id')::uuid;
begin
  insert into orders.sales_order (
    order_id, checkout_id, cart_id, customer_id, email, state, currency, subtotal_minor, discount_minor, shipping_minor,
    tax_minor, tax_included_minor, total_minor, shipping_address, billing_address, shipping_method, coupon, shipping_total_minor)
  select n.order_id, n.checkout_id, n.cart_id, n.customer_id, n.email, 'pending', n.currency, n.subtotal_minor, n.discount_minor,
         n.shipping_minor, n.tax_minor, n.tax_included_minor, n.total_minor, n.shipping_address, n.billing_address, n.shipping_method,
         n.coupon, n.total_minor - (select coalesce(sum((l ->> 'total_minor')::bigint), 0) from jsonb_array_elements(p_lines) l)
    from jsonb_to_record(p_order) as n (
      order_id uuid, checkout_id uuid, cart_id uuid, customer_id uuid, email text, currency text, subtotal_minor bigint,
      discount_minor bigint, shipping_minor bigint, tax_minor bigint, tax_included_minor bigint, total_minor bigint,
      shipping_address jsonb, billing_address jsonb, shipping_method jsonb, coupon jsonb);
  with line as (
    insert into orders.order_line (
      line_id, order_id, position, variant_id, product_id, slug, title, variant_title, sku, art, color, quantity,
      unit_price_minor, discount_minor, tax_minor, tax_rate_ppm, total_minor)
    select l.line_id, new_id, l.position, l.variant_id, l.product_id, l.slug, l.title, l.variant_title, l.sku, l.art, l.color,
           l.quantity, l.unit_price_minor, l.discount_minor, l.tax_minor, l.tax_rate_ppm, l.total_minor
      from jsonb_to_recordset(p_lines) as l (
        line_id uuid, position int, variant_id uuid, product_id uuid, slug text, title text, variant_title text, sku text,
        art text, color text, quantity int, unit_price_minor bigint, discount_minor bigint, tax_minor bigint,
        tax_rate_ppm int, total_minor bigint)
    returning line_id, quantity, total_minor)
  insert into orders.line_progress (line_id, order_id, ordered, total_minor)
  select line.line_id, new_id, line.quantity, line.total_minor from line;
  insert into orders.timeline (order_id, seq, kind, from_state, to_state, actor)
  values (new_id, 1, 'order.opened', null, 'pending', 'system');
end
$$;

-- The payment covers the total: pending becomes placed and gets its number. `p_authorized` is held and to be captured,
-- `p_captured` is taken. Called again it answers the same; for an order in any other state `placed` is false.
create function orders.place_order_v2(p_order_id uuid, p_authorized bigint, p_captured bigint, p_now timestamptz)
returns table (placed boolean, state text, order_number text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if orders.move_state(p_order_id, 'placed', 'order.placed', null, 'system') then
    update orders.sales_order o
       set order_number = orders.order_number(nextval('orders.order_number_seq')), placed_at = p_now,
           authorized_minor = p_authorized, captured_minor = p_captured,
           payment_state = orders.derive_payment_state('placed', o.total_minor, p_authorized, p_captured, 0, false, false)
     where o.order_id = p_order_id;
    perform orders.emit_v1('order.placed', p_order_id, '{}');
  end if;
  return query
    select o.placed_at is not null and o.state not in ('cancelled', 'expired'), o.state, o.order_number
      from orders.sales_order o where o.order_id = p_order_id;
end
$$;
revoke all on function orders.place_order_v2(uuid, bigint, bigint, timestamptz) from public;
grant execute on function orders.place_order_v2(uuid, bigint, bigint, timestamptz) to techmart_checkout;

create or replace function orders.place_order_v1(p_order_id uuid, p_payment_state text, p_now timestamptz)
returns table (placed boolean, state text, order_number text)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select p.placed, p.state, p.order_number
    from orders.sales_order o,
         orders.place_order_v2(p_order_id, case when p_payment_state = 'authorized' then o.total_minor else 0 end,
                               case when p_payment_state = 'captured' then o.total_minor else 0 end, p_now) p
   where o.order_id = p_order_id
$$;

-- What the payment of an order adds up to now. `p_kind` (null for none) becomes a step and an event, with `p_detail`.
create function orders.record_payment_v1(
  p_order_id uuid, p_authorized bigint, p_captured bigint, p_refunded bigint, p_voided boolean, p_disputed boolean,
  p_kind text, p_detail jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update orders.sales_order o
     set authorized_minor = p_authorized, captured_minor = p_captured, refunded_minor = p_refunded, voided = p_voided,
         disputed = p_disputed
   where o.order_id = p_order_id;
  if p_kind is not null then
    perform orders.tell_v1(p_order_id, p_kind, null, 'system', null, p_detail);
  end if;
  perform orders.refresh_order_v1(p_order_id);
end
$$;
revoke all on function orders.record_payment_v1(uuid, bigint, bigint, bigint, boolean, boolean, text, jsonb) from public;
grant execute on function orders.record_payment_v1(uuid, bigint, bigint, bigint, boolean, boolean, text, jsonb) to techmart_checkout, techmart_orders;

-- The money of a refund stays after all: its units and amounts may be refunded again. The caller holds the order.
create function orders.uncount_refund_v1(p_refund_id uuid)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update orders.line_progress p
     set refunded = p.refunded - l.quantity, refunded_minor = p.refunded_minor - l.amount_minor,
         given_tax_minor = p.given_tax_minor - l.tax_minor, updated_at = now()
    from orders.refund_line l where l.refund_id = p_refund_id and p.line_id = l.line_id;
  update orders.sales_order o set shipping_refunded_minor = o.shipping_refunded_minor - r.shipping_minor
    from orders.refund r where r.refund_id = p_refund_id and o.order_id = r.order_id and r.shipping_minor > 0;
end
$$;
revoke all on function orders.uncount_refund_v1(uuid) from public;
grant execute on function orders.uncount_refund_v1(uuid) to techmart_orders;

-- What became of a refund: `submitted`, `succeeded`, `failed` (with why) or `reversed`. The caller holds the order.
-- Called again with the same state it does nothing.
create function orders.record_refund_v1(p_refund_id uuid, p_state text, p_failure text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known orders.refund;
  settled record;
begin
  update orders.refund r set state = p_state, failure = p_failure, version = r.version + 1, updated_at = now()
   where r.refund_id = p_refund_id and r.state <> p_state
     and r.state in ('requested', 'submitted', 'failed', 'succeeded')
     and case r.state when 'succeeded' then p_state in ('failed', 'reversed') else p_state <> 'reversed' end
  returning r.* into known;
  if not found then
    return;
  end if;
  if p_state <> 'submitted' then
    perform orders.tell_v1(known.order_id, 'refund.' || p_state, p_failure, 'system', null,
      jsonb_build_object('refund_id', p_refund_id, 'amount_minor', known.amount_minor));
  end if;
  if p_state = 'reversed' then
    perform orders.uncount_refund_v1(p_refund_id);
  elsif p_state = 'succeeded' then
    for settled in
      update orders.return_request q set state = 'refunded', version = q.version + 1, updated_at = now()
       where q.refund_id = p_refund_id and q.state = 'received' returning q.return_id
    loop
      perform orders.tell_v1(known.order_id, 'return.refunded', null, 'system', null, jsonb_build_object('return_id', settled.return_id));
    end loop;
    for settled in
      update orders.claim c set state = 'resolved', version = c.version + 1, updated_at = now()
       where c.refund_id = p_refund_id and c.state = 'approved' returning c.claim_id
    loop
      perform orders.tell_v1(known.order_id, 'claim.resolved', null, 'system', null, jsonb_build_object('claim_id', settled.claim_id));
    end loop;
  end if;
  perform orders.refresh_order_v1(known.order_id);
end
$$;
revoke all on function orders.record_refund_v1(uuid, text, text) from public;
grant execute on function orders.record_refund_v1(uuid, text, text) to techmart_checkout, techmart_orders;
reset role;
