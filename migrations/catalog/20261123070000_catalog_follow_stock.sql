-- Following stock without false changes: a product gets a new version only where what lists show really changed.
set local role techmart_catalog_owner;

-- Internal: what lists show of products, derived from their variants, prices and stock.
create function catalog.derive_listing(p_product_ids uuid[], p_currency text)
returns table (
  product_id uuid, default_variant_id uuid, price_minor bigint, compare_at_minor bigint, currency text,
  variant_count int, availability text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with stock as (
    select v.variant_id,
           coalesce(sum(l.on_hand - l.reserved - l.allocated), 0)::bigint as free,
           coalesce(sum(l.backorder_limit), 0)::bigint as backorder
      from catalog.variant v
      left join catalog.stock_level l on l.variant_id = v.variant_id
     where v.product_id = any (p_product_ids)
     group by v.variant_id
  ), offered as (
    select v.product_id, v.variant_id, v.position, r.amount_minor, r.compare_at_minor,
           catalog.availability_v1(v.track_inventory, s.free, s.backorder) as availability
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
revoke all on function catalog.derive_listing(uuid[], text) from public;

create or replace function catalog.refresh_products_v1(p_product_ids uuid[], p_currency text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform 1 from catalog.product p where p.product_id = any (p_product_ids) order by p.product_id for update;

  update catalog.product p
     set default_variant_id = d.default_variant_id, price_minor = d.price_minor, compare_at_minor = d.compare_at_minor,
         currency = d.currency, variant_count = d.variant_count, availability = d.availability,
         version = p.version + 1, updated_at = now()
    from catalog.derive_listing(p_product_ids, p_currency) d
   where p.product_id = d.product_id;

  perform catalog.emit_v1('product.changed', p.product_id, jsonb_build_object('version', p.version))
     from catalog.product p where p.product_id = any (p_product_ids) order by p.product_id;
end
$$;
revoke all on function catalog.refresh_products_v1(uuid[], text) from public;
grant execute on function catalog.refresh_products_v1(uuid[], text) to techmart_catalog;

-- As refresh_products_v1, for those of the products only whose derived values changed; returns these. For stock, which
-- moves far more often than what lists show of it.
create function catalog.refresh_stale_products_v1(p_product_ids uuid[], p_currency text)
returns table (product_id uuid)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  stale uuid[];
begin
  perform 1 from catalog.product p where p.product_id = any (p_product_ids) order by p.product_id for update;
  select coalesce(array_agg(p.product_id), '{}') into stale
    from catalog.product p
    join catalog.derive_listing(p_product_ids, p_currency) d on d.product_id = p.product_id
   where (p.default_variant_id, p.price_minor, p.compare_at_minor, p.currency, p.variant_count, p.availability)
         is distinct from (d.default_variant_id, d.price_minor, d.compare_at_minor, d.currency, d.variant_count, d.availability);
  perform catalog.refresh_products_v1(stale, p_currency);
  return query select unnest(stale);
end
$$;
revoke all on function catalog.refresh_stale_products_v1(uuid[], text) from public;
grant execute on function catalog.refresh_stale_products_v1(uuid[], text) to techmart_catalog;
reset role;
