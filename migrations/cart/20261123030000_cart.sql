-- Carts: PostgreSQL is the truth. A guest's cart is reached by a token of which only the SHA-256 is kept.
create schema cart authorization techmart_cart_owner;
set local role techmart_cart_owner;
grant usage on schema cart to techmart_cart, techmart_checkout;
alter default privileges in schema cart grant select, insert, update, delete on tables to techmart_cart;

create table cart.cart (
  cart_id uuid constraint cart_pkey primary key,
  customer_id uuid,
  token_hash bytea,
  currency text not null,
  state text not null default 'open',
  version bigint not null default 1,
  order_id uuid,
  merged_into uuid constraint cart_merged_into_fkey references cart.cart (cart_id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint cart_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint cart_state_check check (state in ('open', 'completing', 'ordered', 'merged')),
  constraint cart_owner_check check ((customer_id is null) <> (token_hash is null)),
  constraint cart_token_hash_check check (length(token_hash) = 32),
  constraint cart_order_id_check check ((state = 'ordered') = (order_id is not null)),
  constraint cart_merged_into_check check ((state = 'merged') = (merged_into is not null))
);
create unique index cart_customer_open_key on cart.cart (customer_id) where state in ('open', 'completing');
create index cart_merged_into_idx on cart.cart (merged_into) where merged_into is not null;
create index cart_updated_at_idx on cart.cart (updated_at);

create table cart.line (
  line_id uuid constraint line_pkey primary key,
  cart_id uuid not null constraint line_cart_id_fkey references cart.cart (cart_id),
  variant_id uuid not null,
  quantity int not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint line_variant_key unique (cart_id, variant_id),
  constraint line_quantity_check check (quantity between 1 and 999)
);

-- A cart and its lines for whoever owns it; no row for anybody else. The lines are [{"variant_id", "quantity"}] in the order added.
create function cart.read_cart_v1(p_cart_id uuid, p_customer_id uuid, p_token_hash bytea)
returns table (cart_id uuid, customer_id uuid, currency text, state text, version bigint, order_id uuid, lines jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c.cart_id, c.customer_id, c.currency, c.state, c.version, c.order_id,
         coalesce((select jsonb_agg(jsonb_build_object('variant_id', l.variant_id, 'quantity', l.quantity) order by l.line_id)
                     from cart.line l where l.cart_id = c.cart_id), '[]')
    from cart.cart c
   where c.cart_id = p_cart_id and (c.customer_id = p_customer_id or c.token_hash = p_token_hash)
$$;
revoke all on function cart.read_cart_v1(uuid, uuid, bytea) from public;
grant execute on function cart.read_cart_v1(uuid, uuid, bytea) to techmart_checkout;

-- Freezes a cart for a payment and answers its lines; a frozen cart stays as it is. Raises TM010 with DETAIL = the
-- state for a cart that is neither open nor frozen, TM011 for one that does not exist.
create function cart.freeze_cart_v1(p_cart_id uuid)
returns table (version bigint, currency text, lines jsonb)
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
                       from cart.line l where l.cart_id = c.cart_id), '[]'::jsonb)
      from cart.cart c where c.cart_id = p_cart_id;
end
$$;
revoke all on function cart.freeze_cart_v1(uuid) from public;
grant execute on function cart.freeze_cart_v1(uuid) to techmart_checkout;

-- The payment failed: the shopper may change the cart again.
create function cart.thaw_cart_v1(p_cart_id uuid)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update cart.cart c set state = 'open', version = c.version + 1, updated_at = now()
   where c.cart_id = p_cart_id and c.state = 'completing'
$$;
revoke all on function cart.thaw_cart_v1(uuid) from public;
grant execute on function cart.thaw_cart_v1(uuid) to techmart_checkout;

-- The cart became an order. Called again for the same order it finds it done; raises TM010 otherwise.
create function cart.close_cart_v1(p_cart_id uuid, p_order_id uuid)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update cart.cart c set state = 'ordered', order_id = p_order_id, version = c.version + 1, updated_at = now()
   where c.cart_id = p_cart_id and c.state in ('open', 'completing');
  if not found and not exists (select 1 from cart.cart c where c.cart_id = p_cart_id and c.order_id = p_order_id) then
    raise exception 'cart is closed' using errcode = 'TM010';
  end if;
end
$$;
revoke all on function cart.close_cart_v1(uuid, uuid) from public;
grant execute on function cart.close_cart_v1(uuid, uuid) to techmart_checkout;
reset role;
