-- What the orders do with stock that is theirs: ship it, give it back, take returns in.
set local role techmart_catalog_owner;

-- Internal: locks the reservations of an order, then the rows that hold its allocated units, in order. Where such a row may
-- have sold units that are not there yet, all slots of its place are locked with it: they share what is physically there.
create function catalog.lock_allocated(p_order_id uuid, p_variant_ids uuid[], p_location_id uuid)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform 1 from catalog.reservation r where r.order_id = p_order_id order by r.checkout_id for update;
  perform 1
     from (select distinct x.variant_id, x.location_id, case when l.backorder_limit = 0 then x.slot end as slot
             from catalog.reservation r
             join catalog.reservation_line x on x.checkout_id = r.checkout_id
             join catalog.stock_level l on l.variant_id = x.variant_id and l.location_id = x.location_id and l.slot = x.slot
            where r.order_id = p_order_id and r.state = 'allocated' and x.quantity > x.shipped + x.released
              and (p_variant_ids is null or x.variant_id = any (p_variant_ids))
              and (p_location_id is null or x.location_id = p_location_id)) p
     join catalog.stock_level l
       on l.variant_id = p.variant_id and l.location_id = p.location_id and (p.slot is null or l.slot = p.slot)
    order by l.variant_id, l.location_id, l.slot for update of l;
end
$$;
revoke all on function catalog.lock_allocated(uuid, uuid[], uuid) from public;

-- Internal: what an order has allocated, by variant and row. With p_location_id only what lies there.
create function catalog.list_open(p_order_id uuid, p_location_id uuid)
returns table (variant_id uuid, location_id uuid, slot smallint, units int)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select x.variant_id, x.location_id, x.slot, sum(x.quantity - x.shipped - x.released)::int
    from catalog.reservation r
    join catalog.reservation_line x on x.checkout_id = r.checkout_id
   where r.order_id = p_order_id and r.state = 'allocated' and x.quantity > x.shipped + x.released
     and (p_location_id is null or x.location_id = p_location_id)
   group by x.variant_id, x.location_id, x.slot
$$;
revoke all on function catalog.list_open(uuid, uuid) from public;

-- Internal: marks `p_units` allocated units of an order in one row as shipped or released, the oldest holder's first.
create function catalog.close_units(p_order_id uuid, p_variant_id uuid, p_location_id uuid, p_slot smallint, p_units int, p_shipped boolean)
returns void
language sql set search_path = pg_catalog, pg_temp as $$
  update catalog.reservation_line x
     set shipped = x.shipped + case when p_shipped then c.units else 0 end,
         released = x.released + case when p_shipped then 0 else c.units end
    from (select o.checkout_id, least(o.units, p_units - o.before)::int as units
            from (select y.checkout_id, y.quantity - y.shipped - y.released as units,
                         coalesce(sum(y.quantity - y.shipped - y.released)
                           over (order by r.created_at, y.checkout_id rows between unbounded preceding and 1 preceding), 0) as before
                    from catalog.reservation r
                    join catalog.reservation_line y on y.checkout_id = r.checkout_id
                   where r.order_id = p_order_id and r.state = 'allocated' and y.quantity > y.shipped + y.released
                     and y.variant_id = p_variant_id and y.location_id = p_location_id and y.slot = p_slot) o
           where o.before < p_units) c
   where x.checkout_id = c.checkout_id and x.variant_id = p_variant_id and x.location_id = p_location_id and x.slot = p_slot
$$;
revoke all on function catalog.close_units(uuid, uuid, uuid, smallint, int, boolean) from public;

-- Internal: sees to it that a slot has `p_units` on hand: what it lacks comes from other slots of the place, which take over
-- as much of what it may sell beyond its stock. Every slot keeps its sum of both, so no check can break.
create function catalog.fill_slot(p_variant_id uuid, p_location_id uuid, p_slot smallint, p_units int, p_cause_id uuid, p_actor text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  need int;
  donor record;
  part int;
begin
  select p_units - l.on_hand into need from catalog.stock_level l
   where l.variant_id = p_variant_id and l.location_id = p_location_id and l.slot = p_slot;
  if need <= 0 then
    return;
  end if;
  for donor in
    select l.slot, l.on_hand from catalog.stock_level l
     where l.variant_id = p_variant_id and l.location_id = p_location_id and l.slot <> p_slot and l.on_hand > 0
     order by l.on_hand - l.reserved - l.allocated desc, l.slot
  loop
    exit when need = 0;
    part := least(need, donor.on_hand);
    with moved as (
      update catalog.stock_level l
         set on_hand = l.on_hand + m.delta, backorder_limit = l.backorder_limit - m.delta, updated_at = now()
        from (values (donor.slot, - part), (p_slot, part)) as m (slot, delta)
       where l.variant_id = p_variant_id and l.location_id = p_location_id and l.slot = m.slot
      returning l.slot, m.delta
    )
    insert into catalog.stock_movement (variant_id, location_id, slot, kind, on_hand_delta, cause_id, actor)
    select p_variant_id, p_location_id, m.slot, 'move', m.delta, p_cause_id, p_actor from moved m;
    need := need - part;
  end loop;
end
$$;
revoke all on function catalog.fill_slot(uuid, uuid, smallint, int, uuid, text) from public;

-- Internal: the rows that answer for a cause, now as on a repeated call.
create function catalog.list_moved(p_cause_id uuid, p_kind text)
returns table (variant_id uuid, location_id uuid, quantity int)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select m.variant_id, m.location_id, sum(abs(case p_kind when 'cancel' then m.allocated_delta else m.on_hand_delta end))::int
    from catalog.stock_movement m
   where m.cause_id = p_cause_id and m.kind = p_kind
   group by m.variant_id, m.location_id order by m.variant_id, m.location_id
$$;
revoke all on function catalog.list_moved(uuid, text) from public;

-- A shipment leaves: on hand and allocated go down. Once per shipment: called again it changes nothing and answers the same.
-- Units come from all holders of the order, from p_location_id only if that is given. Variants that are not tracked are
-- passed over. Raises TM005 where more is asked for than is allocated, TM006 where units were sold beyond the stock and are
-- not there yet; DETAIL of both = [{"variant_id", "requested", "available"}].
create function catalog.ship_stock_v1(
  p_order_id uuid, p_shipment_id uuid, p_variant_ids uuid[], p_quantities int[], p_location_id uuid, p_actor text)
returns table (variant_id uuid, location_id uuid, quantity int)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  demand record;
  place record;
  part int;
  rest int;
  missing jsonb;
  late jsonb;
begin
  perform catalog.lock_allocated(p_order_id, p_variant_ids, p_location_id);
  perform 1 from catalog.stock_movement m where m.cause_id = p_shipment_id and m.kind = 'ship' limit 1;
  if found then
    return query select m.variant_id, m.location_id, m.quantity from catalog.list_moved(p_shipment_id, 'ship') m;
    return;
  end if;
  for demand in
    select u.variant_id, v.track_inventory as tracked, sum(u.units)::int as units,
           (select coalesce(sum(o.units), 0)::int from catalog.list_open(p_order_id, p_location_id) o where o.variant_id = u.variant_id) as open
      from unnest(p_variant_ids, p_quantities) as u (variant_id, units)
      join catalog.variant v on v.variant_id = u.variant_id
     group by u.variant_id, v.track_inventory order by u.variant_id
  loop
    if demand.tracked and demand.open < demand.units then
      missing := coalesce(missing, '[]') || jsonb_build_object(
        'variant_id', demand.variant_id, 'requested', demand.units, 'available', demand.open);
      continue;
    end if;
    rest := least(demand.units, demand.open);
    for place in
      select o.location_id, o.slot, o.units from catalog.list_open(p_order_id, p_location_id) o
       where o.variant_id = demand.variant_id order by o.location_id, o.slot
    loop
      exit when rest = 0;
      select least(rest, place.units, sum(l.on_hand))::int into part from catalog.stock_level l
       where l.variant_id = demand.variant_id and l.location_id = place.location_id;
      continue when part = 0;
      perform catalog.fill_slot(demand.variant_id, place.location_id, place.slot, part, p_shipment_id, p_actor);
      perform catalog.move_stock(demand.variant_id, place.location_id, place.slot, 'ship', - part, 0, - part, p_shipment_id, null, p_actor);
      perform catalog.close_units(p_order_id, demand.variant_id, place.location_id, place.slot, part, true);
      rest := rest - part;
    end loop;
    if rest > 0 then
      late := coalesce(late, '[]') || jsonb_build_object(
        'variant_id', demand.variant_id, 'requested', demand.units, 'available', demand.units - rest);
    end if;
  end loop;
  if missing is not null then
    raise exception 'more than is allocated' using errcode = 'TM005', detail = missing::text;
  elsif late is not null then
    raise exception 'not on hand yet' using errcode = 'TM006', detail = late::text;
  end if;
  return query select m.variant_id, m.location_id, m.quantity from catalog.list_moved(p_shipment_id, 'ship') m;
end
$$;
revoke all on function catalog.ship_stock_v1(uuid, uuid, uuid[], int[], uuid, text) from public;
grant execute on function catalog.ship_stock_v1(uuid, uuid, uuid[], int[], uuid, text) to techmart_orders;

-- Sold units are not wanted any more and go back on sale: allocated goes down. With p_variant_ids null all that the order
-- still has. Once per cause, as ship_stock_v1. Units that are not there yet are given back before those that are.
-- Raises TM005 as ship_stock_v1.
create function catalog.release_allocation_v1(
  p_order_id uuid, p_cause_id uuid, p_variant_ids uuid[], p_quantities int[], p_actor text)
returns table (variant_id uuid, location_id uuid, quantity int)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  demand record;
  place record;
  part int;
  rest int;
  missing jsonb;
begin
  perform catalog.lock_allocated(p_order_id, p_variant_ids, null);
  perform 1 from catalog.stock_movement m where m.cause_id = p_cause_id and m.kind = 'cancel' limit 1;
  if found then
    return query select m.variant_id, m.location_id, m.quantity from catalog.list_moved(p_cause_id, 'cancel') m;
    return;
  end if;
  for demand in
    select w.variant_id, v.track_inventory as tracked, w.units, w.open
      from (select coalesce(u.variant_id, o.variant_id) as variant_id, coalesce(u.units, case when p_variant_ids is null then o.units end) as units,
                   coalesce(o.units, 0) as open
              from (select x.variant_id, sum(x.units)::int as units
                      from unnest(p_variant_ids, p_quantities) as x (variant_id, units) group by x.variant_id) u
              full join (select y.variant_id, sum(y.units)::int as units from catalog.list_open(p_order_id, null) y group by y.variant_id) o
                on o.variant_id = u.variant_id) w
      join catalog.variant v on v.variant_id = w.variant_id
     where w.units > 0 order by w.variant_id
  loop
    if demand.tracked and demand.open < demand.units then
      missing := coalesce(missing, '[]') || jsonb_build_object(
        'variant_id', demand.variant_id, 'requested', demand.units, 'available', demand.open);
      continue;
    end if;
    rest := least(demand.units, demand.open);
    for place in
      select o.location_id, o.slot, o.units
        from catalog.list_open(p_order_id, null) o
        join catalog.stock_level l on l.variant_id = o.variant_id and l.location_id = o.location_id and l.slot = o.slot
       where o.variant_id = demand.variant_id
       order by l.on_hand >= l.reserved + l.allocated, o.location_id desc, o.slot desc
    loop
      exit when rest = 0;
      part := least(rest, place.units);
      perform catalog.move_stock(demand.variant_id, place.location_id, place.slot, 'cancel', 0, 0, - part, p_cause_id, null, p_actor);
      perform catalog.close_units(p_order_id, demand.variant_id, place.location_id, place.slot, part, false);
      rest := rest - part;
    end loop;
  end loop;
  if missing is not null then
    raise exception 'more than is allocated' using errcode = 'TM005', detail = missing::text;
  end if;
  return query select m.variant_id, m.location_id, m.quantity from catalog.list_moved(p_cause_id, 'cancel') m;
end
$$;
revoke all on function catalog.release_allocation_v1(uuid, uuid, uuid[], int[], text) from public;
grant execute on function catalog.release_allocation_v1(uuid, uuid, uuid[], int[], text) to techmart_orders, techmart_checkout;

-- Returned units go back on sale in a place (null = the first one): on hand goes up. Once per cause, as ship_stock_v1.
-- Variants that are not tracked are passed over. Raises TM003 where there is no such place.
create function catalog.restock_v1(
  p_cause_id uuid, p_location_id uuid, p_variant_ids uuid[], p_quantities int[], p_reason text, p_actor text)
returns table (variant_id uuid, location_id uuid, quantity int)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  place uuid;
  demand record;
begin
  select o.location_id into place from catalog.stock_location o
   where p_location_id is null or o.location_id = p_location_id order by o.priority, o.location_id limit 1;
  if place is null then
    raise exception 'no such place' using errcode = 'TM003';
  end if;
  -- Whoever books the same cause at the same time waits here.
  perform pg_advisory_xact_lock(hashtextextended('catalog.restock:' || p_cause_id, 0));
  perform 1 from catalog.stock_movement m where m.cause_id = p_cause_id and m.kind = 'restock' limit 1;
  if not found then
    for demand in
      select u.variant_id, sum(u.units)::int as units
        from unnest(p_variant_ids, p_quantities) as u (variant_id, units)
        join catalog.variant v on v.variant_id = u.variant_id and v.track_inventory
       group by u.variant_id order by u.variant_id
    loop
      perform catalog.spread_stock(demand.variant_id, place, demand.units, null, 'restock', p_cause_id, p_reason, p_actor);
    end loop;
  end if;
  return query select m.variant_id, m.location_id, m.quantity from catalog.list_moved(p_cause_id, 'restock') m;
end
$$;
revoke all on function catalog.restock_v1(uuid, uuid, uuid[], int[], text, text) from public;
grant execute on function catalog.restock_v1(uuid, uuid, uuid[], int[], text, text) to techmart_orders;

-- What an order has in stock, by variant and place: still allocated, shipped, released, and what is physically there.
create function catalog.list_allocations_v1(p_order_id uuid)
returns table (variant_id uuid, location_id uuid, location_code text, location_name text, allocated int, shipped int, released int, on_hand int)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select a.variant_id, a.location_id, o.code, o.name, a.allocated, a.shipped, a.released,
         (select sum(l.on_hand)::int from catalog.stock_level l where l.variant_id = a.variant_id and l.location_id = a.location_id)
    from (select x.variant_id, x.location_id, sum(x.quantity - x.shipped - x.released)::int as allocated,
                 sum(x.shipped)::int as shipped, sum(x.released)::int as released
            from catalog.reservation r join catalog.reservation_line x on x.checkout_id = r.checkout_id
           where r.order_id = p_order_id and r.state = 'allocated'
           group by x.variant_id, x.location_id) a
    join catalog.stock_location o on o.location_id = a.location_id
   order by a.variant_id, o.priority, a.location_id
$$;
revoke all on function catalog.list_allocations_v1(uuid) from public;
grant execute on function catalog.list_allocations_v1(uuid) to techmart_orders, techmart_checkout;

-- The places that hold stock, in their order.
create function catalog.list_locations_v1()
returns table (location_id uuid, code text, name text, priority int)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select o.location_id, o.code, o.name, o.priority from catalog.stock_location o order by o.priority, o.code
$$;
revoke all on function catalog.list_locations_v1() from public;
grant execute on function catalog.list_locations_v1() to techmart_catalog, techmart_orders;
reset role;
