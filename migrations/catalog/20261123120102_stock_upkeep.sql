-- What keeps stock right over time: the word for what is left over many rows, the report of differences, keys of staff writes.
set local role techmart_catalog_owner;

-- What is free in one row can be sold from it, whatever another row has sold beyond its stock: only rows that have free
-- units count as such, and all that can be sold beyond them is the rest.
create or replace function catalog.derive_listing(p_product_ids uuid[], p_currency text)
returns table (
  product_id uuid, default_variant_id uuid, price_minor bigint, compare_at_minor bigint, currency text,
  variant_count int, availability text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with stock as (
    select v.variant_id,
           coalesce(sum(greatest(l.on_hand - l.reserved - l.allocated, 0)), 0)::bigint as free,
           coalesce(sum(l.on_hand + l.backorder_limit - l.reserved - l.allocated), 0)::bigint as sellable
      from catalog.variant v
      left join catalog.stock_level l on l.variant_id = v.variant_id
     where v.product_id = any (p_product_ids)
     group by v.variant_id
  ), offered as (
    select v.product_id, v.variant_id, v.position, r.amount_minor, r.compare_at_minor,
           catalog.availability_v1(v.track_inventory, s.free, s.sellable - s.free) as availability
      from catalog.variant v
      join stock s on s.variant_id = v.variant_id
      join catalog.price r on r.variant_id = v.variant_id and r.currency = p_currency
     where v.product_id = any (p_product_ids) and v.status = 'active'
  ), best as (
    -- The default variant is the cheapest one that can be bought.
    select distinct on (o.product_id) o.product_id, o.variant_id, o.amount_minor, o.compare_at_minor
      from offered o
     order by o.product_id, o.availability = 'out', o.amount_minor, o.position, o.variant_id
  ), summary as (
    select o.product_id, count(*)::int as variant_count,
           case when bool_or(o.availability = 'in_stock') then 'in_stock'
                when bool_or(o.availability = 'low') then 'low'
                when bool_or(o.availability = 'backorder') then 'backorder'
                else 'out' end as availability
      from offered o
     group by o.product_id
  )
  select i.product_id, b.variant_id, b.amount_minor, b.compare_at_minor,
         case when b.product_id is null then null else p_currency end,
         coalesce(s.variant_count, 0), coalesce(s.availability, 'out')
    from unnest(p_product_ids) as i (product_id)
    left join best b on b.product_id = i.product_id
    left join summary s on s.product_id = i.product_id
$$;

create or replace function catalog.quote_v1(p_variant_ids uuid[], p_currency text)
returns table (
  variant_id uuid, product_id uuid, slug text, title text, variant_title text, sku text, art text, color text,
  unit_price_minor bigint, tax_class text, weight_g int, max_per_order int, purchasable boolean,
  available int, availability text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select v.variant_id, p.product_id, p.slug, p.title, v.title, v.sku, c.art, v.color,
         coalesce(r.amount_minor, 0), p.tax_class, v.weight_g, v.max_per_order,
         p.status = 'active' and v.status = 'active' and r.amount_minor is not null,
         case when v.track_inventory then greatest(s.sellable, 0)::int end,
         catalog.availability_v1(v.track_inventory, s.free, s.sellable - s.free)
    from catalog.variant v
    join catalog.product p on p.product_id = v.product_id
    join catalog.category c on c.category_id = p.category_id
    left join catalog.price r on r.variant_id = v.variant_id and r.currency = p_currency
    cross join lateral (
      select coalesce(sum(greatest(l.on_hand - l.reserved - l.allocated, 0)), 0)::bigint as free,
             coalesce(sum(l.on_hand + l.backorder_limit - l.reserved - l.allocated), 0)::bigint as sellable
        from catalog.stock_level l where l.variant_id = v.variant_id) s
   where v.variant_id = any (p_variant_ids)
   order by v.variant_id
$$;

-- Variants in several slots are few, and looked at often.
create index variant_slots_idx on catalog.variant (variant_id) where slots > 1;

-- One comparison of the counters with the ledger and the reservations, and what it found.
create table catalog.stock_audit (
  stock_audit_id bigint generated always as identity constraint stock_audit_pkey primary key,
  cause text not null,
  levels bigint not null,                                 -- rows that were compared
  differences bigint not null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint stock_audit_cause_check check (cause in ('schedule', 'command')),
  constraint stock_audit_levels_check check (levels >= 0),
  constraint stock_audit_differences_check check (differences >= 0)
);
create index stock_audit_finished_at_idx on catalog.stock_audit (finished_at);

create table catalog.stock_difference (
  stock_audit_id bigint not null constraint stock_difference_stock_audit_id_fkey references catalog.stock_audit (stock_audit_id),
  rule text not null,
  variant_id uuid not null,
  location_id uuid not null,
  slot smallint not null,
  expected bigint not null,
  found bigint not null,
  created_at timestamptz not null default now(),
  constraint stock_difference_pkey primary key (stock_audit_id, rule, variant_id, location_id, slot),
  constraint stock_difference_rule_check check (rule in (
    'on_hand_ledger', 'reserved_ledger', 'allocated_ledger', 'reserved_holds', 'allocated_orders'))
);

-- Answers of staff writes that must happen once.
create table catalog.idempotency_key (
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
create index idempotency_key_expires_at_idx on catalog.idempotency_key (expires_at);

alter table catalog.tax_rate add column updated_at timestamptz not null default now();
alter table catalog.tax_rate add constraint tax_rate_tax_class_check check (tax_class in ('standard', 'reduced', 'zero'));
alter table catalog.tax_rate add constraint tax_rate_region_check check (region ~ '^([A-Z0-9]{1,3})?$');
reset role;
