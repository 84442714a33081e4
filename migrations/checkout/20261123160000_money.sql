-- Money in full: authorisations and captures, refunds, gift cards and store credit as tender, saved cards, disputes,
-- a ledger that is balanced by construction, and shipping by zone and weight.
-- Locks are taken in one order: checkout, order, payment attempt, stored value, cart, stock.
set local role techmart_checkout_owner;
grant usage on schema checkout to techmart_orders;

alter table checkout.payment_attempt
  add column capture_method text not null default 'automatic',
  add column captured_minor bigint not null default 0,
  add column refund_pending_minor bigint not null default 0,   -- refunds on their way
  add column credited_minor bigint not null default 0,         -- given back as store credit: the provider keeps it
  add column customer_ref text,                                -- the provider's customer, where a card is saved or used
  add column save_card boolean not null default false,
  add column card_brand text,
  add column card_last4 text,
  add column disputed boolean not null default false;
update checkout.payment_attempt set captured_minor = amount_minor where state = 'captured' or refunded_minor > 0;
alter table checkout.payment_attempt
  drop constraint payment_attempt_refunded_minor_check,
  add constraint payment_attempt_capture_method_check check (capture_method in ('automatic', 'manual')),
  add constraint payment_attempt_captured_minor_check check (captured_minor between 0 and amount_minor),
  add constraint payment_attempt_refunded_minor_check check (refunded_minor >= 0 and refund_pending_minor >= 0 and credited_minor >= 0
    and refunded_minor + refund_pending_minor + credited_minor <= captured_minor),
  add constraint payment_attempt_card_last4_check check (card_last4 ~ '^[0-9]{4}$');

-- Gift cards and store credit: a balance that is only ever moved by conditional updates.
create table checkout.stored_value (
  stored_value_id uuid constraint stored_value_pkey primary key,
  kind text not null,
  code_hash bytea,                                        -- SHA-256 of a gift card's code; the code itself is shown once
  code_last4 text,
  customer_id uuid,                                       -- whose credit it is
  currency text not null,
  balance_minor bigint not null,
  state text not null default 'active',
  expires_at timestamptz,
  note text,
  issued_by uuid,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint stored_value_code_hash_key unique (code_hash),
  constraint stored_value_kind_check check (kind in ('gift_card', 'store_credit')),
  constraint stored_value_state_check check (state in ('active', 'disabled')),
  constraint stored_value_owner_check check ((kind = 'gift_card') = (code_hash is not null) and (kind = 'store_credit') = (customer_id is not null)),
  constraint stored_value_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint stored_value_balance_minor_check check (balance_minor between 0 and 9007199254740991)
);
create unique index stored_value_customer_key on checkout.stored_value (customer_id, currency) where kind = 'store_credit';

-- What a checkout is to be paid with, beside a card.
create table checkout.checkout_tender (
  checkout_id uuid not null constraint checkout_tender_checkout_id_fkey references checkout.checkout (checkout_id),
  stored_value_id uuid not null constraint checkout_tender_stored_value_id_fkey references checkout.stored_value (stored_value_id),
  created_at timestamptz not null default now(),
  constraint checkout_tender_pkey primary key (checkout_id, stored_value_id)
);
create index checkout_tender_stored_value_id_idx on checkout.checkout_tender (stored_value_id);

-- What stored value paid of an order.
create table checkout.tender (
  tender_id uuid constraint tender_pkey primary key,
  order_id uuid not null,
  checkout_id uuid not null constraint tender_checkout_id_fkey references checkout.checkout (checkout_id),
  stored_value_id uuid not null constraint tender_stored_value_id_fkey references checkout.stored_value (stored_value_id),
  amount_minor bigint not null,
  refunded_minor bigint not null default 0,
  currency text not null,
  state text not null default 'held',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tender_order_key unique (order_id, stored_value_id),
  constraint tender_state_check check (state in ('held', 'captured', 'released')),
  constraint tender_amount_minor_check check (amount_minor > 0),
  constraint tender_refunded_minor_check check (refunded_minor between 0 and amount_minor and (refunded_minor = 0 or state = 'captured')),
  constraint tender_currency_check check (currency ~ '^[A-Z]{3}$')
);
create index tender_checkout_id_idx on checkout.tender (checkout_id);
create index tender_stored_value_id_idx on checkout.tender (stored_value_id);

-- Double entry: each row moves one amount from one account to another, so that nothing can be booked on one side only.
-- Accounts: provider, sales, gift_cards, store_credit, held, issued, disputes.
create table checkout.ledger_transfer (
  transfer_id bigint generated always as identity constraint ledger_transfer_pkey primary key,
  kind text not null,
  debit_account text not null,
  credit_account text not null,
  amount_minor bigint not null,
  currency text not null,
  order_id uuid,
  cause_id uuid not null,                                 -- the attempt, operation, tender or stored value that moved it
  created_at timestamptz not null default now(),
  constraint ledger_transfer_once_key unique (cause_id, kind),
  constraint ledger_transfer_kind_check check (kind in ('capture', 'refund', 'issue', 'hold', 'spend', 'release', 'restore', 'credit', 'withdraw', 'dispute', 'dispute_won', 'refund_reversed')),
  constraint ledger_transfer_account_check check (debit_account <> credit_account
    and debit_account in ('provider', 'sales', 'gift_cards', 'store_credit', 'held', 'issued', 'disputes')
    and credit_account in ('provider', 'sales', 'gift_cards', 'store_credit', 'held', 'issued', 'disputes')),
  constraint ledger_transfer_amount_minor_check check (amount_minor > 0),
  constraint ledger_transfer_currency_check check (currency ~ '^[A-Z]{3}$')
);
create index ledger_transfer_order_id_idx on checkout.ledger_transfer (order_id);
revoke update, delete on checkout.ledger_transfer from techmart_checkout;
-- The same as entries with signs, debit positive: what an accountant reads.
create view checkout.ledger_entry as
  select t.transfer_id, t.kind, e.account, e.amount_minor, t.currency, t.order_id, t.cause_id, t.created_at
    from checkout.ledger_transfer t
    cross join lateral (values (t.debit_account, t.amount_minor), (t.credit_account, -t.amount_minor)) e (account, amount_minor);

-- Movements of money after the purchase: asked for in one transaction, carried out by a job, final by the provider's word.
create table checkout.payment_operation (
  operation_id uuid constraint payment_operation_pkey primary key,   -- also the provider's idempotency key
  order_id uuid not null,
  attempt_id uuid constraint payment_operation_attempt_id_fkey references checkout.payment_attempt (attempt_id),
  tender_id uuid constraint payment_operation_tender_id_fkey references checkout.tender (tender_id),
  refund_id uuid,                                         -- the order's refund that it is a part of
  kind text not null,
  amount_minor bigint not null,
  currency text not null,
  state text not null default 'requested',
  provider_ref text,
  tries int not null default 0,
  next_try_at timestamptz,
  failure text,
  requested_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint payment_operation_provider_ref_key unique (provider_ref),
  constraint payment_operation_kind_check check (kind in ('capture', 'void', 'refund', 'credit')),
  constraint payment_operation_state_check check (state in ('requested', 'submitted', 'succeeded', 'failed', 'superseded')),
  constraint payment_operation_source_check check (attempt_id is not null or tender_id is not null),
  constraint payment_operation_amount_minor_check check (amount_minor > 0),
  constraint payment_operation_next_try_at_check check (next_try_at is null or state in ('requested', 'submitted'))
);
-- An authorisation is ended once: captured or voided.
create unique index payment_operation_ending_key on checkout.payment_operation (attempt_id)
  where kind in ('capture', 'void') and state in ('requested', 'submitted', 'succeeded');
create index payment_operation_attempt_id_idx on checkout.payment_operation (attempt_id);
create index payment_operation_tender_id_idx on checkout.payment_operation (tender_id);
create index payment_operation_order_id_idx on checkout.payment_operation (order_id);
create index payment_operation_refund_id_idx on checkout.payment_operation (refund_id);
create index payment_operation_next_try_at_idx on checkout.payment_operation (next_try_at) where next_try_at is not null;

create table checkout.dispute (
  provider_ref text constraint dispute_pkey primary key,
  attempt_id uuid not null constraint dispute_attempt_id_fkey references checkout.payment_attempt (attempt_id),
  order_id uuid not null,
  amount_minor bigint not null,
  currency text not null,
  reason text not null,
  state text not null,                                    -- the provider's word: needs_response, under_review, won, lost, …
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint dispute_amount_minor_check check (amount_minor >= 0)
);
create index dispute_attempt_id_idx on checkout.dispute (attempt_id);

create table checkout.provider_customer (
  customer_id uuid constraint provider_customer_pkey primary key,
  provider_ref text not null,
  created_at timestamptz not null default now(),
  constraint provider_customer_provider_ref_key unique (provider_ref)
);
create table checkout.saved_card (
  saved_card_id uuid constraint saved_card_pkey primary key,
  customer_id uuid not null constraint saved_card_customer_id_fkey references checkout.provider_customer (customer_id),
  provider_ref text not null,                             -- pm_…: card data never come here
  brand text not null,
  last4 text not null,
  exp_month int not null,
  exp_year int not null,
  created_at timestamptz not null default now(),
  constraint saved_card_provider_ref_key unique (provider_ref),
  constraint saved_card_last4_check check (last4 ~ '^[0-9]{4}$'),
  constraint saved_card_exp_month_check check (exp_month between 1 and 12)
);
create index saved_card_customer_id_idx on checkout.saved_card (customer_id, created_at);

-- Shipping by zone and weight. A method's rate is the one of the address's zone with the smallest weight limit that fits.
create table checkout.shipping_zone (
  zone_code text constraint shipping_zone_pkey primary key,
  name text not null,
  countries text[] not null,                              -- ISO 3166-1 alpha-2
  regions text[] not null default '{}',                   -- of a single country; empty = all of it
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint shipping_zone_zone_code_check check (zone_code ~ '^[a-z0-9_-]{1,40}$'),
  constraint shipping_zone_countries_check check (cardinality(countries) between 1 and 250),
  constraint shipping_zone_regions_check check (cardinality(regions) = 0 or cardinality(countries) = 1)
);
create table checkout.shipping_rate (
  rate_id bigint generated always as identity constraint shipping_rate_pkey primary key,
  method_code text not null constraint shipping_rate_method_code_fkey references checkout.shipping_method (code),
  zone_code text not null constraint shipping_rate_zone_code_fkey references checkout.shipping_zone (zone_code),
  currency text not null,
  weight_g_max int,                                       -- null = any weight
  price_minor bigint not null,
  free_over_minor bigint,                                 -- merchandise of this value ships free
  created_at timestamptz not null default now(),
  constraint shipping_rate_band_key unique nulls not distinct (method_code, zone_code, currency, weight_g_max),
  constraint shipping_rate_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint shipping_rate_weight_g_max_check check (weight_g_max > 0),
  constraint shipping_rate_price_minor_check check (price_minor >= 0 and free_over_minor >= 0)
);
create index shipping_rate_zone_code_idx on checkout.shipping_rate (zone_code);
insert into checkout.shipping_zone (zone_code, name, countries) values
  ('domestic', 'United States', '{US}'),
  ('europe', 'Europe', '{AT,BE,BG,CH,CY,CZ,DE,DK,EE,ES,FI,FR,GB,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,NO,PL,PT,RO,SE,SI,SK}'),
  ('pacific', 'Canada and the Pacific', '{AU,CA,JP,NZ}');
insert into checkout.shipping_rate (method_code, zone_code, currency, weight_g_max, price_minor, free_over_minor) values
  ('standard', 'domestic', 'USD', 2000, 499, 5000), ('standard', 'domestic', 'USD', 30000, 899, 5000),
  ('express', 'domestic', 'USD', 2000, 1499, null), ('express', 'domestic', 'USD', 15000, 2499, null),
  ('freight', 'domestic', 'USD', null, 4999, null),
  ('international', 'europe', 'USD', 2000, 1999, null), ('international', 'europe', 'USD', 20000, 2999, null),
  ('international', 'pacific', 'USD', 2000, 2499, null), ('international', 'pacific', 'USD', 20000, 3999, null);
alter table checkout.shipping_method
  add column enabled boolean not null default true,
  add column tax_class text not null default 'standard',
  add column version bigint not null default 1,
  add column updated_at timestamptz not null default now();

-- Internal: what the payment of an order adds up to.
create function checkout.payment_sums(p_order_id uuid)
returns table (authorized_minor bigint, captured_minor bigint, refunded_minor bigint, voided boolean, disputed boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select (coalesce(a.authorized, 0))::bigint, (coalesce(a.captured, 0) + coalesce(t.captured, 0))::bigint,
         (coalesce(a.refunded, 0) + coalesce(t.refunded, 0))::bigint, coalesce(a.voided, false), coalesce(a.disputed, false)
    from (select sum(x.amount_minor) filter (where x.state = 'authorized') as authorized, sum(x.captured_minor) as captured,
                 sum(x.refunded_minor + x.credited_minor) as refunded, bool_or(x.state = 'voided') as voided,
                 bool_or(x.disputed) as disputed
            from checkout.payment_attempt x where x.order_id = p_order_id) a,
         (select sum(x.amount_minor) filter (where x.state = 'captured') as captured, sum(x.refunded_minor) as refunded
            from checkout.tender x where x.order_id = p_order_id) t
$$;
revoke all on function checkout.payment_sums(uuid) from public;

-- The same for orders, after it asked for a movement of money.
create function checkout.payment_sums_v1(p_order_id uuid)
returns table (authorized_minor bigint, captured_minor bigint, refunded_minor bigint, voided boolean, disputed boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.* from checkout.payment_sums(p_order_id) s
$$;
revoke all on function checkout.payment_sums_v1(uuid) from public;
grant execute on function checkout.payment_sums_v1(uuid) to techmart_checkout, techmart_orders;

-- Asks for the capture of an authorised payment, `p_amount_minor` of it (null = all); what is left of it is let go.
-- The caller holds the order. Called again with the same id it does nothing. Raises TM031 where nothing is authorised, or
-- its end is asked for already; TM032 with DETAIL = the most, for more than is authorised.
create function checkout.request_capture_v1(p_operation_id uuid, p_order_id uuid, p_amount_minor bigint, p_actor_id uuid)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known checkout.payment_attempt;
begin
  if exists (select 1 from checkout.payment_operation o where o.operation_id = p_operation_id) then
    return;
  end if;
  select * into known from checkout.payment_attempt a where a.order_id = p_order_id and a.state = 'authorized' for update;
  if not found or exists (select 1 from checkout.payment_operation o where o.attempt_id = known.attempt_id
                           and o.kind in ('capture', 'void') and o.state in ('requested', 'submitted', 'succeeded')) then
    raise exception 'nothing to capture' using errcode = 'TM031';
  end if;
  if coalesce(p_amount_minor, known.amount_minor) not between 1 and known.amount_minor then
    raise exception 'more than is authorised' using errcode = 'TM032', detail = known.amount_minor::text;
  end if;
  insert into checkout.payment_operation (operation_id, order_id, attempt_id, kind, amount_minor, currency, next_try_at, requested_by)
  values (p_operation_id, p_order_id, known.attempt_id, 'capture', coalesce(p_amount_minor, known.amount_minor), known.currency, now(), p_actor_id);
end
$$;
revoke all on function checkout.request_capture_v1(uuid, uuid, bigint, uuid) from public;
grant execute on function checkout.request_capture_v1(uuid, uuid, bigint, uuid) to techmart_orders;

-- Asks for the end of an authorisation that nothing was taken of. Answers false where there is none. Raises TM031 where
-- its capture is under way.
create function checkout.request_void_v1(p_operation_id uuid, p_order_id uuid, p_actor_id uuid)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known checkout.payment_attempt;
begin
  select * into known from checkout.payment_attempt a where a.order_id = p_order_id and a.state = 'authorized' for update;
  if not found then
    return false;
  end if;
  if exists (select 1 from checkout.payment_operation o where o.attempt_id = known.attempt_id
              and o.kind = 'capture' and o.state in ('requested', 'submitted', 'succeeded')) then
    raise exception 'a capture is under way' using errcode = 'TM031';
  end if;
  insert into checkout.payment_operation (operation_id, order_id, attempt_id, kind, amount_minor, currency, next_try_at, requested_by)
  values (p_operation_id, p_order_id, known.attempt_id, 'void', known.amount_minor, known.currency, now(), p_actor_id)
  on conflict do nothing;
  return true;
end
$$;
revoke all on function checkout.request_void_v1(uuid, uuid, uuid) from public;
grant execute on function checkout.request_void_v1(uuid, uuid, uuid) to techmart_orders;

-- Internal: gives `p_amount_minor` of an order to its customer's store credit. Raises TM033 for a guest's order.
create function checkout.add_credit(p_order_id uuid, p_operation_id uuid, p_amount_minor bigint, p_currency text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  owner_id uuid;
begin
  select c.customer_id into owner_id from checkout.checkout c where c.order_id = p_order_id;
  if owner_id is null then
    raise exception 'a guest has no store credit' using errcode = 'TM033';
  end if;
  insert into checkout.stored_value (stored_value_id, kind, customer_id, currency, balance_minor)
  values (gen_random_uuid(), 'store_credit', owner_id, p_currency, p_amount_minor)
  on conflict (customer_id, currency) where kind = 'store_credit'
  do update set balance_minor = stored_value.balance_minor + excluded.balance_minor, version = stored_value.version + 1, updated_at = now();
  insert into checkout.ledger_transfer (kind, debit_account, credit_account, amount_minor, currency, order_id, cause_id)
  values ('credit', 'sales', 'store_credit', p_amount_minor, p_currency, p_order_id, p_operation_id);
end
$$;
revoke all on function checkout.add_credit(uuid, uuid, bigint, text) from public;

-- Asks for a refund: the card first, then gift cards and credit that paid; or all of it as store credit. What needs no
-- provider happens at once. Answers whether all of it is done. The caller holds the order. Called again with the same
-- refund it does nothing. Raises TM030 with DETAIL = what is left, TM033 for store credit to a guest.
create function checkout.request_refund_v1(
  p_refund_id uuid, p_order_id uuid, p_amount_minor bigint, p_destination text, p_actor_id uuid)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  card checkout.payment_attempt;
  paid record;
  free bigint;
  rest bigint := p_amount_minor;
  part bigint;
  operation uuid;
begin
  if exists (select 1 from checkout.payment_operation o where o.refund_id = p_refund_id) then
    return not exists (select 1 from checkout.payment_operation o where o.refund_id = p_refund_id and o.state not in ('succeeded', 'superseded'));
  end if;
  select * into card from checkout.payment_attempt a where a.order_id = p_order_id and a.captured_minor > 0 for update;
  perform 1 from checkout.tender t where t.order_id = p_order_id and t.state = 'captured' order by t.stored_value_id for update;
  free := coalesce(card.captured_minor - card.refunded_minor - card.refund_pending_minor - card.credited_minor, 0);
  select free + coalesce(sum(t.amount_minor - t.refunded_minor), 0) into free
    from checkout.tender t where t.order_id = p_order_id and t.state = 'captured';
  if p_amount_minor is null or p_amount_minor not between 1 and free then
    raise exception 'more than is left' using errcode = 'TM030', detail = free::text;
  end if;

  part := least(rest, coalesce(card.captured_minor - card.refunded_minor - card.refund_pending_minor - card.credited_minor, 0));
  if part > 0 then
    operation := gen_random_uuid();
    insert into checkout.payment_operation (operation_id, order_id, attempt_id, refund_id, kind, amount_minor, currency, state, next_try_at, requested_by)
    values (operation, p_order_id, card.attempt_id, p_refund_id, case p_destination when 'store_credit' then 'credit' else 'refund' end, part,
            card.currency, case p_destination when 'store_credit' then 'succeeded' else 'requested' end,
            case p_destination when 'store_credit' then null else now() end, p_actor_id);
    if p_destination = 'store_credit' then
      update checkout.payment_attempt a set credited_minor = a.credited_minor + part, updated_at = now() where a.attempt_id = card.attempt_id;
      perform checkout.add_credit(p_order_id, operation, part, card.currency);
    else
      update checkout.payment_attempt a set refund_pending_minor = a.refund_pending_minor + part, updated_at = now() where a.attempt_id = card.attempt_id;
    end if;
    rest := rest - part;
  end if;

  for paid in
    select t.tender_id, t.stored_value_id, t.amount_minor - t.refunded_minor as free, t.currency, v.kind
      from checkout.tender t join checkout.stored_value v using (stored_value_id)
     where t.order_id = p_order_id and t.state = 'captured' and t.refunded_minor < t.amount_minor
     order by t.stored_value_id
  loop
    exit when rest = 0;
    part := least(rest, paid.free);
    operation := gen_random_uuid();
    insert into checkout.payment_operation (operation_id, order_id, tender_id, refund_id, kind, amount_minor, currency, state, requested_by)
    values (operation, p_order_id, paid.tender_id, p_refund_id, case p_destination when 'store_credit' then 'credit' else 'refund' end, part,
            paid.currency, 'succeeded', p_actor_id);
    update checkout.tender t set refunded_minor = t.refunded_minor + part, updated_at = now() where t.tender_id = paid.tender_id;
    if p_destination = 'store_credit' then
      perform checkout.add_credit(p_order_id, operation, part, paid.currency);
    else
      update checkout.stored_value v set balance_minor = v.balance_minor + part, version = v.version + 1, updated_at = now()
       where v.stored_value_id = paid.stored_value_id;
      insert into checkout.ledger_transfer (kind, debit_account, credit_account, amount_minor, currency, order_id, cause_id)
      values ('restore', 'sales', case paid.kind when 'gift_card' then 'gift_cards' else 'store_credit' end, part, paid.currency, p_order_id, operation);
    end if;
    rest := rest - part;
  end loop;
  return not exists (select 1 from checkout.payment_operation o where o.refund_id = p_refund_id and o.state not in ('succeeded', 'superseded'));
end
$$;
revoke all on function checkout.request_refund_v1(uuid, uuid, bigint, text, uuid) from public;
grant execute on function checkout.request_refund_v1(uuid, uuid, bigint, text, uuid) to techmart_orders;

-- Tries the failed parts of a refund once more. Answers whether there were any. Raises TM030 with DETAIL = what is left,
-- where their money was given back in another way meanwhile.
create function checkout.retry_refund_v1(p_refund_id uuid)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  failed record;
  free bigint;
  tried boolean := false;
begin
  for failed in
    select o.operation_id, o.attempt_id, o.amount_minor, o.order_id, o.currency, o.requested_by
      from checkout.payment_operation o
     where o.refund_id = p_refund_id and o.state = 'failed' and o.kind = 'refund' order by o.operation_id for update
  loop
    -- A new operation: the provider answers the old key with the old failure.
    update checkout.payment_operation o set state = 'superseded', updated_at = now() where o.operation_id = failed.operation_id;
    select a.captured_minor - a.refunded_minor - a.refund_pending_minor - a.credited_minor into free
      from checkout.payment_attempt a where a.attempt_id = failed.attempt_id for update;
    if failed.amount_minor > free then
      raise exception 'more than is left' using errcode = 'TM030', detail = free::text;
    end if;
    update checkout.payment_attempt a set refund_pending_minor = a.refund_pending_minor + failed.amount_minor, updated_at = now()
     where a.attempt_id = failed.attempt_id;
    insert into checkout.payment_operation (operation_id, order_id, attempt_id, refund_id, kind, amount_minor, currency, next_try_at, requested_by)
    values (gen_random_uuid(), failed.order_id, failed.attempt_id, p_refund_id, 'refund', failed.amount_minor, failed.currency, now(), failed.requested_by);
    tried := true;
  end loop;
  return tried;
end
$$;
revoke all on function checkout.retry_refund_v1(uuid) from public;
grant execute on function checkout.retry_refund_v1(uuid) to techmart_orders;

-- How an order was and is paid: [{"kind": "card" | "gift_card" | "store_credit", "state", amounts, card, …}], with the
-- movements asked for since. For staff and for documents; no secrets.
create function checkout.order_payments_v1(p_order_id uuid)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'payments', coalesce((select jsonb_agg(p.item order by p.at) from (
        select a.created_at as at, jsonb_build_object('kind', 'card', 'state', a.state, 'amount_minor', a.amount_minor,
                 'captured_minor', a.captured_minor, 'refunded_minor', a.refunded_minor + a.credited_minor,
                 'refund_pending_minor', a.refund_pending_minor, 'brand', a.card_brand, 'last4', a.card_last4,
                 'provider_ref', a.provider_ref, 'decline_code', a.decline_code, 'disputed', a.disputed) as item
          from checkout.payment_attempt a where a.order_id = p_order_id
        union all
        select t.created_at, jsonb_build_object('kind', v.kind, 'state', t.state, 'amount_minor', t.amount_minor,
                 'captured_minor', case t.state when 'captured' then t.amount_minor else 0 end, 'refunded_minor', t.refunded_minor,
                 'refund_pending_minor', 0, 'last4', v.code_last4)
          from checkout.tender t join checkout.stored_value v using (stored_value_id) where t.order_id = p_order_id) p), '[]'),
    'operations', coalesce((select jsonb_agg(jsonb_build_object('operation_id', o.operation_id, 'kind', o.kind, 'state', o.state,
                 'amount_minor', o.amount_minor, 'refund_id', o.refund_id, 'provider_ref', o.provider_ref, 'failure', o.failure,
                 'created_at', o.created_at, 'updated_at', o.updated_at) order by o.created_at, o.operation_id)
               from checkout.payment_operation o where o.order_id = p_order_id), '[]'))
$$;
revoke all on function checkout.order_payments_v1(uuid) from public;
grant execute on function checkout.order_payments_v1(uuid) to techmart_orders;
reset role;
