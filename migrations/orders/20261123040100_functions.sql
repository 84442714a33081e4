-- What checkout may do with orders, and the events of orders.
set local role techmart_orders_owner;

create function orders.emit_v1(p_kind text, p_aggregate_id uuid, p_payload jsonb)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into orders.outbox (event_id, consumer, kind, aggregate_id, payload)
  select e.event_id, s.consumer, p_kind, p_aggregate_id, p_payload
    from (select gen_random_uuid() as event_id) e
    join orders.subscription s on s.kind = p_kind
$$;
revoke all on function orders.emit_v1(text, uuid, jsonb) from public;
grant execute on function orders.emit_v1(text, uuid, jsonb) to techmart_orders;

-- Leases up to p_batch events, only the oldest open one of each aggregate.
create function orders.claim_events_v1(p_consumer text, p_batch int, p_lease_seconds int)
returns table (event_id uuid, kind text, aggregate_id uuid, payload jsonb, attempts int, created_at timestamptz)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with claimed as (
    select o.position
      from orders.outbox o
     where o.consumer = p_consumer and o.available_at <= now()
       and not exists (select 1 from orders.outbox e
                        where e.consumer = o.consumer and e.aggregate_id = o.aggregate_id and e.position < o.position)
     order by o.position
     limit p_batch
       for update skip locked
  ), leased as (
    update orders.outbox o
       set attempts = o.attempts + 1, available_at = now() + make_interval(secs => p_lease_seconds)
      from claimed c
     where o.position = c.position
    returning o.position, o.event_id, o.kind, o.aggregate_id, o.payload, o.attempts, o.created_at
  )
  select l.event_id, l.kind, l.aggregate_id, l.payload, l.attempts, l.created_at from leased l order by l.position
$$;
revoke all on function orders.claim_events_v1(text, int, int) from public;
grant execute on function orders.claim_events_v1(text, int, int) to techmart_orders;

create function orders.finish_events_v1(p_consumer text, p_event_ids uuid[])
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from orders.outbox o where o.consumer = p_consumer and o.event_id = any (p_event_ids)
$$;
revoke all on function orders.finish_events_v1(text, uuid[]) from public;
grant execute on function orders.finish_events_v1(text, uuid[]) to techmart_orders;

create function orders.retry_event_v1(p_consumer text, p_event_id uuid, p_delay_seconds int, p_error text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update orders.outbox o
     set available_at = now() + make_interval(secs => p_delay_seconds), last_error = left(p_error, 500)
   where o.consumer = p_consumer and o.event_id = p_event_id
$$;
revoke all on function orders.retry_event_v1(text, uuid, int, text) from public;
grant execute on function orders.retry_event_v1(text, uuid, int, text) to techmart_orders;

-- Internal: the number of the n-th placed order. A fixed permutation of 0 … 2^35 - 1 (an odd multiplier and an
-- offset modulo 2^35), written as seven Crockford digits: short, unique, and telling nothing of how many were sold.
create function orders.order_number(p_n bigint)
returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 'TM-' || string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
           ((((p_n::numeric * 25214903917 + 11400714819) % 34359738368)::bigint >> (5 * (6 - d))) & 31)::int + 1, 1), '' order by d)
    from generate_series(0, 6) as d
$$;
revoke all on function orders.order_number(bigint) from public;

-- Internal: moves an order along a permitted transition and writes the timeline. False where the transition is not permitted.
create function orders.move_state(p_order_id uuid, p_to text, p_kind text, p_reason text, p_actor text)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  state_before text;
begin
  select o.state into state_before from orders.sales_order o where o.order_id = p_order_id for update;
  update orders.sales_order o set state = p_to, version = o.version + 1, updated_at = now()
   where o.order_id = p_order_id
     and exists (select 1 from orders.transition t where t.from_state = o.state and t.to_state = p_to);
  if not found then
    return false;
  end if;
  insert into orders.timeline (order_id, seq, kind, from_state, to_state, reason, actor)
  select p_order_id, coalesce(max(t.seq), 0) + 1, p_kind, state_before, p_to, p_reason, p_actor
    from orders.timeline t where t.order_id = p_order_id;
  return true;
end
$$;
revoke all on function orders.move_state(uuid, text, text, text, text) from public;

-- Writes a pending order: p_order and p_lines are the snapshots of contract-orders (NewOrder, NewOrderLine).
-- Raises 23505 (sales_order_checkout_live_key, sales_order_cart_live_key) where there is one already.
create function orders.open_order_v1(p_order jsonb, p_lines jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  new_id uuid := (p_order ->> 'order_id')::uuid;
begin
  insert into orders.sales_order (
    order_id, checkout_id, cart_id, customer_id, email, state, currency, subtotal_minor, discount_minor, shipping_minor,
    tax_minor, tax_included_minor, total_minor, shipping_address, billing_address, shipping_method)
  select n.order_id, n.checkout_id, n.cart_id, n.customer_id, n.email, 'pending', n.currency, n.subtotal_minor, n.discount_minor,
         n.shipping_minor, n.tax_minor, n.tax_included_minor, n.total_minor, n.shipping_address, n.billing_address, n.shipping_method
    from jsonb_to_record(p_order) as n (
      order_id uuid, checkout_id uuid, cart_id uuid, customer_id uuid, email text, currency text, subtotal_minor bigint,
      discount_minor bigint, shipping_minor bigint, tax_minor bigint, tax_included_minor bigint, total_minor bigint,
      shipping_address jsonb, billing_address jsonb, shipping_method jsonb);
  insert into orders.order_line (
    line_id, order_id, position, variant_id, product_id, slug, title, variant_title, sku, art, color, quantity,
    unit_price_minor, discount_minor, tax_minor, tax_rate_ppm, total_minor)
  select l.line_id, new_id, l.position, l.variant_id, l.product_id, l.slug, l.title, l.variant_title, l.sku, l.art, l.color,
         l.quantity, l.unit_price_minor, l.discount_minor, l.tax_minor, l.tax_rate_ppm, l.total_minor
    from jsonb_to_recordset(p_lines) as l (
      line_id uuid, position int, variant_id uuid, product_id uuid, slug text, title text, variant_title text, sku text,
      art text, color text, quantity int, unit_price_minor bigint, discount_minor bigint, tax_minor bigint,
      tax_rate_ppm int, total_minor bigint);
  insert into orders.timeline (order_id, seq, kind, from_state, to_state, actor)
  values (new_id, 1, 'order.opened', null, 'pending', 'system');
end
$$;
revoke all on function orders.open_order_v1(jsonb, jsonb) from public;
grant execute on function orders.open_order_v1(jsonb, jsonb) to techmart_checkout;

-- The payment covers the total: pending becomes placed and gets its number. Called again it answers the same;
-- for an order in any other state `placed` is false.
create function orders.place_order_v1(p_order_id uuid, p_payment_state text, p_now timestamptz)
returns table (placed boolean, state text, order_number text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if orders.move_state(p_order_id, 'placed', 'order.placed', null, 'system') then
    update orders.sales_order o
       set order_number = orders.order_number(nextval('orders.order_number_seq')), placed_at = p_now, payment_state = p_payment_state
     where o.order_id = p_order_id;
    perform orders.emit_v1('order.placed', p_order_id, '{}');
  end if;
  return query
    select o.placed_at is not null and o.state not in ('cancelled', 'expired'), o.state, o.order_number
      from orders.sales_order o where o.order_id = p_order_id;
end
$$;
revoke all on function orders.place_order_v1(uuid, text, timestamptz) from public;
grant execute on function orders.place_order_v1(uuid, text, timestamptz) to techmart_checkout;

-- The payment failed for good: pending becomes cancelled. Answers the state it is in afterwards.
create function orders.cancel_pending_order_v1(p_order_id uuid, p_reason text)
returns table (state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select 1 from orders.sales_order o where o.order_id = p_order_id and o.state = 'pending' for update) then
    perform orders.move_state(p_order_id, 'cancelled', 'order.cancelled', p_reason, 'system');
    update orders.sales_order o set payment_state = 'none' where o.order_id = p_order_id;
  end if;
  return query select o.state from orders.sales_order o where o.order_id = p_order_id;
end
$$;
revoke all on function orders.cancel_pending_order_v1(uuid, text) from public;
grant execute on function orders.cancel_pending_order_v1(uuid, text) to techmart_checkout;

-- Money that can buy nothing any more: records what became of a payment for a closed order.
create function orders.set_payment_state_v1(p_order_id uuid, p_payment_state text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update orders.sales_order o set payment_state = p_payment_state, version = o.version + 1, updated_at = now()
   where o.order_id = p_order_id and o.payment_state <> p_payment_state
$$;
revoke all on function orders.set_payment_state_v1(uuid, text) from public;
grant execute on function orders.set_payment_state_v1(uuid, text) to techmart_checkout;
reset role;
