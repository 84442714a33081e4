-- Derived values of the catalogue, and what other services may ask of it.
set local role techmart_catalog_owner;

-- The coarse word for what is left: `p_free` = on_hand - reserved - allocated, `p_backorder` = units beyond it.
create function catalog.availability_v1(p_tracked boolean, p_free bigint, p_backorder bigint)
returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when not p_tracked or p_free > 5 then 'in_stock'
    when p_free > 0 then 'low'
    when p_free + p_backorder > 0 then 'backorder'
    else 'out'
  end
$$;
revoke all on function catalog.availability_v1(boolean, bigint, bigint) from public;
grant execute on function catalog.availability_v1(boolean, bigint, bigint) to techmart_catalog;

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

-- Takes the listing columns of products over from their variants, prices and stock, raises their version and tells
-- the consumers of 'product.changed'. Every write to a product, its variants, prices or coarse stock ends here.
create function catalog.refresh_products_v1(p_product_ids uuid[], p_currency text)
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

-- What a caller needs to show and to sell variants: authoritative prices and names. Unknown ids have no row;
-- `purchasable` is false where the variant or its product is not on sale or has no price in the currency.
-- `available` is null where stock is not tracked.
create function catalog.quote_v1(p_variant_ids uuid[], p_currency text)
returns table (
  variant_id uuid, product_id uuid, slug text, title text, variant_title text, sku text, art text, color text,
  unit_price_minor bigint, tax_class text, weight_g int, max_per_order int, purchasable boolean,
  available int, availability text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select v.variant_id, p.product_id, p.slug, p.title, v.title, v.sku, c.art, v.color,
         coalesce(r.amount_minor, 0), p.tax_class, v.weight_g, v.max_per_order,
         p.status = 'active' and v.status = 'active' and r.amount_minor is not null,
         case when v.track_inventory then greatest(s.free + s.backorder, 0)::int end,
         catalog.availability_v1(v.track_inventory, s.free, s.backorder)
    from catalog.variant v
    join catalog.product p on p.product_id = v.product_id
    join catalog.category c on c.category_id = p.category_id
    left join catalog.price r on r.variant_id = v.variant_id and r.currency = p_currency
    cross join lateral (
      select coalesce(sum(l.on_hand - l.reserved - l.allocated), 0)::bigint as free,
             coalesce(sum(l.backorder_limit), 0)::bigint as backorder
        from catalog.stock_level l where l.variant_id = v.variant_id) s
   where v.variant_id = any (p_variant_ids)
   order by v.variant_id
$$;
revoke all on function catalog.quote_v1(uuid[], text) from public;
grant execute on function catalog.quote_v1(uuid[], text) to techmart_catalog, techmart_cart, techmart_checkout;

-- Tax rates of a place by class; a region's own rate wins over its country's.
create function catalog.tax_rates_v1(p_country text, p_region text)
returns table (tax_class text, rate_ppm int, included boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct on (t.tax_class) t.tax_class, t.rate_ppm, t.included
    from catalog.tax_rate t
   where t.country = p_country and t.region in ('', coalesce(p_region, ''))
   order by t.tax_class, t.region desc
$$;
revoke all on function catalog.tax_rates_v1(text, text) from public;
grant execute on function catalog.tax_rates_v1(text, text) to techmart_catalog, techmart_checkout;

-- The documents that search indexes, as they are now. A product that is not on sale comes with deleted = true.
create function catalog.search_documents_v1(p_product_ids uuid[])
returns table (product_id uuid, version bigint, deleted boolean, body jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.product_id, p.version,
         p.status <> 'active' or p.price_minor is null,
         jsonb_build_object(
           'product_id', p.product_id, 'slug', p.slug, 'title', p.title, 'description', p.description,
           'brand', case when b.brand_id is null then null else jsonb_build_object('slug', b.slug, 'name', b.name) end,
           'category', jsonb_build_object('slug', c.slug, 'name', c.name, 'path', c.path),
           'category_names', (select jsonb_agg(a.name order by length(a.path)) from catalog.category a
                               where c.path = a.path or starts_with(c.path, a.path || '/')),
           'art', c.art,
           'color', (select v.color from catalog.variant v where v.variant_id = p.default_variant_id),
           'attributes', coalesce((select jsonb_agg(jsonb_build_object('code', d.code, 'name', d.name, 'kind', d.kind,
                                     'unit', d.unit, 'value', e.value, 'highlight', d.highlight) order by d.highlight nulls last, d.name)
                            from jsonb_each(p.attributes) e join catalog.attribute d on d.code = e.key), '[]'),
           'skus', coalesce((select jsonb_agg(distinct x.code) from catalog.variant v
                      cross join lateral (values (v.sku), (v.barcode)) x (code)
                     where v.product_id = p.product_id and x.code is not null), '[]'),
           'variant_titles', coalesce((select jsonb_agg(distinct v.title) from catalog.variant v
                     where v.product_id = p.product_id and v.title <> '' and v.status = 'active'), '[]'),
           'price_minor', p.price_minor, 'compare_at_minor', p.compare_at_minor, 'currency', p.currency,
           'availability', p.availability, 'variant_count', p.variant_count, 'default_variant_id', p.default_variant_id,
           'created_at', p.created_at, 'released_at', p.released_at)
    from catalog.product p
    join catalog.category c on c.category_id = p.category_id
    left join catalog.brand b on b.brand_id = p.brand_id
   where p.product_id = any (p_product_ids)
   order by p.product_id
$$;
revoke all on function catalog.search_documents_v1(uuid[]) from public;
grant execute on function catalog.search_documents_v1(uuid[]) to techmart_catalog, techmart_search;

-- Every product id after `p_after` (null = from the first), for a full rebuild.
create function catalog.list_product_ids_v1(p_after uuid, p_limit int)
returns table (product_id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.product_id from catalog.product p
   where p_after is null or p.product_id > p_after
   order by p.product_id limit p_limit
$$;
revoke all on function catalog.list_product_ids_v1(uuid, int) from public;
grant execute on function catalog.list_product_ids_v1(uuid, int) to techmart_catalog, techmart_search;
reset role;
