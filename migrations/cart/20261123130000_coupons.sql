-- Coupons: what they take off, how often they may be used, and which order used them. A use is counted in the
-- transaction that opens the order and given back in the one that cancels it.
set local role techmart_cart_owner;
grant usage on schema cart to techmart_orders;

create table cart.coupon (
  coupon_id uuid constraint coupon_pkey primary key,
  code text not null constraint coupon_code_key unique,    -- as shoppers type it, in upper case
  description text not null,
  kind text not null,
  percent_ppm int,                                         -- of the merchandise, for kind percent
  amount_minor bigint,                                     -- for kind amount
  min_subtotal_minor bigint,                               -- applies from this value of the merchandise on
  currency text,                                           -- of both amounts
  usage_limit int,                                         -- null = any number
  per_customer_limit int,
  used int not null default 0,
  starts_at timestamptz,
  ends_at timestamptz,
  state text not null default 'active',
  version bigint not null default 1,                       -- rises with every change by staff, not with uses
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint coupon_code_check check (code ~ '^[A-Z0-9_-]{3,40}$'),
  constraint coupon_description_check check (length(description) between 1 and 200),
  constraint coupon_kind_check check (kind in ('percent', 'amount')),
  constraint coupon_value_check check ((kind = 'percent') = (percent_ppm is not null) and (kind = 'amount') = (amount_minor is not null)),
  constraint coupon_percent_ppm_check check (percent_ppm between 1 and 1000000),
  constraint coupon_amount_minor_check check (amount_minor > 0),
  constraint coupon_min_subtotal_minor_check check (min_subtotal_minor > 0),
  constraint coupon_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint coupon_currency_given_check check ((currency is null) = (amount_minor is null and min_subtotal_minor is null)),
  constraint coupon_limits_check check (usage_limit > 0 and per_customer_limit > 0),
  constraint coupon_used_check check (used >= 0 and used <= coalesce(usage_limit, used)),
  constraint coupon_dates_check check (starts_at < ends_at),
  constraint coupon_state_check check (state in ('active', 'disabled'))
);

-- How often a customer used a coupon. The key is the id of a customer, or for guests the SHA-256 of the e-mail address.
create table cart.coupon_customer (
  coupon_id uuid not null constraint coupon_customer_coupon_id_fkey references cart.coupon (coupon_id),
  customer_key text not null,
  used int not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint coupon_customer_pkey primary key (coupon_id, customer_key),
  constraint coupon_customer_customer_key_check check (customer_key ~ '^([0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$'),
  constraint coupon_customer_used_check check (used >= 0)
);

-- Which order used a coupon.
create table cart.coupon_redemption (
  coupon_id uuid not null,
  order_id uuid not null,
  customer_key text not null,
  state text not null default 'redeemed',
  redeemed_at timestamptz not null,
  returned_at timestamptz,
  created_at timestamptz not null default now(),
  constraint coupon_redemption_pkey primary key (coupon_id, order_id),
  constraint coupon_redemption_customer_key_fkey foreign key (coupon_id, customer_key)
    references cart.coupon_customer (coupon_id, customer_key),
  constraint coupon_redemption_state_check check (state in ('redeemed', 'returned')),
  constraint coupon_redemption_returned_at_check check ((state = 'returned') = (returned_at is not null))
);
create index coupon_redemption_order_id_idx on cart.coupon_redemption (order_id);
create index coupon_redemption_customer_key_idx on cart.coupon_redemption (coupon_id, customer_key);

-- Only the functions below count uses: the service itself cannot.
revoke insert, update, delete on cart.coupon_customer, cart.coupon_redemption from techmart_cart;
revoke update, delete on cart.coupon from techmart_cart;
grant update (description, kind, percent_ppm, amount_minor, min_subtotal_minor, currency, usage_limit, per_customer_limit,
              starts_at, ends_at, state, version, updated_at) on cart.coupon to techmart_cart;

-- Answers to staff requests that must not happen twice.
create table cart.idempotency_key (
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
create index idempotency_key_expires_at_idx on cart.idempotency_key (expires_at);

-- A cart remembers one coupon. Whether it applies is asked anew each time.
alter table cart.cart add column coupon_id uuid constraint cart_coupon_id_fkey references cart.coupon (coupon_id);
create index cart_coupon_id_idx on cart.cart (coupon_id) where coupon_id is not null;

-- Internal: a coupon as other services get it.
create function cart.coupon_definition(p_coupon_id uuid)
returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
           'coupon_id', c.coupon_id, 'code', c.code, 'description', c.description, 'kind', c.kind,
           'percent_ppm', c.percent_ppm, 'amount_minor', c.amount_minor, 'min_subtotal_minor', c.min_subtotal_minor,
           'currency', c.currency, 'usage_limit', c.usage_limit, 'per_customer_limit', c.per_customer_limit,
           'used', c.used, 'starts_at', c.starts_at, 'ends_at', c.ends_at, 'state', c.state)
    from cart.coupon c where c.coupon_id = p_coupon_id
$$;
revoke all on function cart.coupon_definition(uuid) from public;

-- As cart.read_cart_v1, and the coupon that the cart remembers (null for none).
create function cart.read_cart_v2(p_cart_id uuid, p_customer_id uuid, p_token_hash bytea)
returns table (cart_id uuid, customer_id uuid, currency text, state text, version bigint, order_id uuid, lines jsonb, coupon jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c.cart_id, c.customer_id, c.currency, c.state, c.version, c.order_id,
         coalesce((select jsonb_agg(jsonb_build_object('variant_id', l.variant_id, 'quantity', l.quantity) order by l.line_id)
                     from cart.line l where l.cart_id = c.cart_id), '[]'),
         case when c.coupon_id is not null then cart.coupon_definition(c.coupon_id) end
    from cart.cart c
   where c.cart_id = p_cart_id and (c.customer_id = p_customer_id or c.token_hash = p_token_hash)
$$;
revoke all on function cart.read_cart_v2(uuid, uuid, bytea) from public;
grant execute on function cart.read_cart_v2(uuid, uuid, bytea) to techmart_checkout;

-- As cart.freeze_cart_v1, and the coupon that the cart remembers (null for none).
create function cart.freeze_cart_v2(p_cart_id uuid)
returns table (version bigint, currency text, lines jsonb, coupon jsonb)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_state text;
begin
  select c.state into found_state from cart.cart c where c.cart_id = p_cart_id for update;
  if found_state is null then
    raise exception 'cart does not exist' using errcode = 'TM011';
  elsif found_state not in ('open', 'completing') then
    raise exception 'cart is closed' using errcode = 'TM010', detail = found_state;
  end if;
  update cart.cart c set state = 'completing', version = c.version + 1, updated_at = now()
   where c.cart_id = p_cart_id and c.state = 'open';
  return query
    select c.version, c.currency,
           coalesce((select jsonb_agg(jsonb_build_object('variant_id', l.variant_id, 'quantity', l.quantity) order by l.line_id)
                       from cart.line l where l.cart_id = c.cart_id), '[]'::jsonb),
           case when c.coupon_id is not null then cart.coupon_definition(c.coupon_id) end
      from cart.cart c where c.cart_id = p_cart_id;
end
$$;
revoke all on function cart.freeze_cart_v2(uuid) from public;
grant execute on function cart.freeze_cart_v2(uuid) to techmart_checkout;

-- Uses a coupon once for an order. Called again for the same order it finds it done. Raises TM020 for a coupon that
-- cannot be used, with DETAIL = unknown, disabled, not_started, ended, exhausted or customer_limit.
-- The coupon's row is held until the transaction ends: use coupons before stock, and give them back before stock.
create function cart.redeem_coupon_v1(p_coupon_id uuid, p_order_id uuid, p_customer_key text, p_now timestamptz)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  customer_limit int;
  reason text;
begin
  if exists (select from cart.coupon_redemption r
              where r.coupon_id = p_coupon_id and r.order_id = p_order_id and r.state = 'redeemed') then
    return;
  end if;
  update cart.coupon c set used = c.used + 1
   where c.coupon_id = p_coupon_id and c.state = 'active'
     and p_now >= coalesce(c.starts_at, p_now) and p_now < coalesce(c.ends_at, 'infinity')
     and (c.usage_limit is null or c.used < c.usage_limit)
  returning c.per_customer_limit into customer_limit;
  if not found then
    -- A call for the same order may have come first and taken the last use.
    if exists (select from cart.coupon_redemption r
                where r.coupon_id = p_coupon_id and r.order_id = p_order_id and r.state = 'redeemed') then
      return;
    end if;
    select case when c.state <> 'active' then 'disabled'
                when p_now < c.starts_at then 'not_started'
                when p_now >= c.ends_at then 'ended'
                else 'exhausted' end
      into reason from cart.coupon c where c.coupon_id = p_coupon_id;
    raise exception 'coupon cannot be used' using errcode = 'TM020', detail = coalesce(reason, 'unknown');
  end if;
  -- From here on this transaction holds the coupon's row: nobody else redeems or returns it.
  if exists (select from cart.coupon_redemption r
              where r.coupon_id = p_coupon_id and r.order_id = p_order_id and r.state = 'redeemed') then
    update cart.coupon c set used = c.used - 1 where c.coupon_id = p_coupon_id;
    return;
  end if;
  insert into cart.coupon_customer as u (coupon_id, customer_key, used) values (p_coupon_id, p_customer_key, 1)
  on conflict (coupon_id, customer_key) do update set used = u.used + 1, updated_at = now()
   where customer_limit is null or u.used < customer_limit;
  if not found then
    raise exception 'coupon cannot be used' using errcode = 'TM020', detail = 'customer_limit';
  end if;
  insert into cart.coupon_redemption (coupon_id, order_id, customer_key, redeemed_at)
  values (p_coupon_id, p_order_id, p_customer_key, p_now)
  on conflict (coupon_id, order_id) do update
     set state = 'redeemed', customer_key = excluded.customer_key, redeemed_at = excluded.redeemed_at, returned_at = null;
end
$$;
revoke all on function cart.redeem_coupon_v1(uuid, uuid, text, timestamptz) from public;
grant execute on function cart.redeem_coupon_v1(uuid, uuid, text, timestamptz) to techmart_checkout;

-- Gives back every use of an order, once. Answers how many those were: 0 when called again.
create function cart.return_coupon_v1(p_order_id uuid)
returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  given_back int;
begin
  perform from cart.coupon c
    where c.coupon_id in (select r.coupon_id from cart.coupon_redemption r where r.order_id = p_order_id and r.state = 'redeemed')
    order by c.coupon_id for no key update;
  with returned as (
    update cart.coupon_redemption r set state = 'returned', returned_at = now()
     where r.order_id = p_order_id and r.state = 'redeemed'
    returning r.coupon_id, r.customer_key
  ), counted as (
    update cart.coupon c set used = c.used - 1 from returned x where c.coupon_id = x.coupon_id
  ), by_customer as (
    update cart.coupon_customer u set used = u.used - 1, updated_at = now()
      from returned x where u.coupon_id = x.coupon_id and u.customer_key = x.customer_key
  )
  select count(*) into given_back from returned;
  return given_back;
end
$$;
revoke all on function cart.return_coupon_v1(uuid) from public;
grant execute on function cart.return_coupon_v1(uuid) to techmart_checkout, techmart_orders;

-- How often a customer used a coupon, without what was given back.
create function cart.count_coupon_uses_v1(p_coupon_id uuid, p_customer_key text)
returns int
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select u.used from cart.coupon_customer u
                    where u.coupon_id = p_coupon_id and u.customer_key = p_customer_key), 0)
$$;
revoke all on function cart.count_coupon_uses_v1(uuid, text) from public;
grant execute on function cart.count_coupon_uses_v1(uuid, text) to techmart_checkout;
reset role;
