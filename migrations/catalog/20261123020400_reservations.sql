-- Holding, allocating and releasing stock. Locks are taken in one order: the reservation first, then stock levels by
-- (variant, location, slot). Whoever meets them the other way round skips locked reservations.
set local role techmart_catalog_owner;

-- Internal: books one movement and applies it. The level's check constraints have the last word.
create function catalog.move_stock(
  p_variant_id uuid, p_location_id uuid, p_slot smallint, p_kind text,
  p_on_hand int, p_reserved int, p_allocated int, p_cause_id uuid, p_reason text, p_actor text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  before_class text;
  after_class text;
begin
  select catalog.availability_v1(true, l.on_hand - l.reserved - l.allocated, l.backorder_limit) into before_class
    from catalog.stock_level l
   where l.variant_id = p_variant_id and l.location_id = p_location_id and l.slot = p_slot for update;
  update catalog.stock_level l
     set on_hand = l.on_hand + p_on_hand, reserved = l.reserved + p_reserved, allocated = l.allocated + p_allocated,
         updated_at = now()
   where l.variant_id = p_variant_id and l.location_id = p_location_id and l.slot = p_slot
  returning catalog.availability_v1(true, l.on_hand - l.reserved - l.allocated, l.backorder_limit) into after_class;
  if not found then
    raise exception 'stock level is missing' using errcode = 'TM003';
  end if;
  insert into catalog.stock_movement (variant_id, location_id, slot, kind, on_hand_delta, reserved_delta, allocated_delta, cause_id, reason, actor)
  values (p_variant_id, p_location_id, p_slot, p_kind, p_on_hand, p_reserved, p_allocated, p_cause_id, p_reason, p_actor);
  -- The word shown in lists changes rarely; only then is anybody told.
  if before_class is distinct from after_class then
    perform catalog.emit_v1('stock.changed', v.product_id, jsonb_build_object('variant_id', v.variant_id))
       from catalog.variant v where v.variant_id = p_variant_id;
  end if;
end
$$;
revoke all on function catalog.move_stock(uuid, uuid, smallint, text, int, int, int, uuid, text, text) from public;

-- Staff: sets or moves the units on hand. Raises TM003 for an unknown level, 23514 where the constraint forbids it.
create function catalog.adjust_stock_v1(
  p_variant_id uuid, p_location_id uuid, p_slot smallint, p_kind text, p_delta int, p_reason text, p_actor text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select catalog.move_stock(p_variant_id, p_location_id, p_slot, p_kind, p_delta, 0, 0, null, p_reason, p_actor)
$$;
revoke all on function catalog.adjust_stock_v1(uuid, uuid, smallint, text, int, text, text) from public;
grant execute on function catalog.adjust_stock_v1(uuid, uuid, smallint, text, int, text, text) to techmart_catalog;

-- Internal: gives `p_units` of a reservation's hold on one variant back, last slot first. The caller holds the reservation.
create function catalog.give_back(p_checkout_id uuid, p_variant_id uuid, p_units int, p_kind text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  line record;
  rest int := p_units;
  part int;
begin
  for line in
    select r.location_id, r.slot, r.quantity from catalog.reservation_line r
     where r.checkout_id = p_checkout_id and r.variant_id = p_variant_id
     order by r.location_id, r.slot
  loop
    exit when rest = 0;
    part := least(rest, line.quantity);
    perform catalog.move_stock(p_variant_id, line.location_id, line.slot, p_kind, 0, -part, 0, p_checkout_id, null, 'system');
    if part = line.quantity then
      delete from catalog.reservation_line r
       where r.checkout_id = p_checkout_id and r.variant_id = p_variant_id and r.location_id = line.location_id and r.slot = line.slot;
    else
      update catalog.reservation_line r set quantity = r.quantity - part
       where r.checkout_id = p_checkout_id and r.variant_id = p_variant_id and r.location_id = line.location_id and r.slot = line.slot;
    end if;
    rest := rest - part;
  end loop;
end
$$;
revoke all on function catalog.give_back(uuid, uuid, int, text) from public;

-- Internal: takes `p_units` of one slot for a reservation, if the slot covers them.
create function catalog.take_slot(p_checkout_id uuid, p_variant_id uuid, p_location_id uuid, p_slot smallint, p_units int)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform catalog.move_stock(p_variant_id, p_location_id, p_slot, 'reserve', 0, p_units, 0, p_checkout_id, null, 'system');
  insert into catalog.reservation_line (checkout_id, variant_id, location_id, slot, quantity)
  values (p_checkout_id, p_variant_id, p_location_id, p_slot, p_units)
  on conflict (checkout_id, variant_id, location_id, slot) do update set quantity = reservation_line.quantity + excluded.quantity;
end
$$;
revoke all on function catalog.take_slot(uuid, uuid, uuid, smallint, int) from public;

-- Internal: takes `p_units` of a variant, or nothing. Returns what is free when it could not.
create function catalog.take_units(p_checkout_id uuid, p_variant_id uuid, p_units int, p_now timestamptz)
returns int
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  level record;
  stale record;
  free int;
  rest int := p_units;
  part int;
begin
  -- Fast path: one slot that covers the whole quantity, locked only if it still does.
  select l.location_id, l.slot into level
    from catalog.stock_level l join catalog.stock_location o on o.location_id = l.location_id
   where l.variant_id = p_variant_id and l.on_hand + l.backorder_limit - l.reserved - l.allocated >= p_units
   order by o.priority, l.location_id, l.slot
   limit 1 for update of l skip locked;
  if found then
    perform catalog.take_slot(p_checkout_id, p_variant_id, level.location_id, level.slot, p_units);
    return null;
  end if;

  -- Otherwise all slots are locked in order, expired holds of this very variant are given back, and the quantity is
  -- drawn across the slots, so that no unit that could be sold is refused.
  perform 1 from catalog.stock_level l where l.variant_id = p_variant_id order by l.location_id, l.slot for update;
  select coalesce(sum(l.on_hand + l.backorder_limit - l.reserved - l.allocated), 0) into free
    from catalog.stock_level l where l.variant_id = p_variant_id;
  if free < p_units then
    for stale in
      select r.checkout_id, (select sum(x.quantity)::int from catalog.reservation_line x
                              where x.checkout_id = r.checkout_id and x.variant_id = p_variant_id) as units
        from catalog.reservation r
       where r.state = 'held' and not r.pinned and r.expires_at <= p_now and r.checkout_id <> p_checkout_id
         and exists (select 1 from catalog.reservation_line x where x.checkout_id = r.checkout_id and x.variant_id = p_variant_id)
         for update of r skip locked
    loop
      perform catalog.give_back(stale.checkout_id, p_variant_id, stale.units, 'expire');
    end loop;
    select coalesce(sum(l.on_hand + l.backorder_limit - l.reserved - l.allocated), 0) into free
      from catalog.stock_level l where l.variant_id = p_variant_id;
  end if;
  if free < p_units then
    return free;
  end if;
  for level in
    select l.location_id, l.slot, l.on_hand + l.backorder_limit - l.reserved - l.allocated as free
      from catalog.stock_level l join catalog.stock_location o on o.location_id = l.location_id
     where l.variant_id = p_variant_id and l.on_hand + l.backorder_limit - l.reserved - l.allocated > 0
     order by o.priority, l.location_id, l.slot
  loop
    exit when rest = 0;
    part := least(rest, level.free);
    perform catalog.take_slot(p_checkout_id, p_variant_id, level.location_id, level.slot, part);
    rest := rest - part;
  end loop;
  return null;
end
$$;
revoke all on function catalog.take_units(uuid, uuid, int, timestamptz) from public;

-- Holds stock for a checkout, all lines or none; called again it moves only the difference and extends the hold.
-- Quantities of one variant are summed. Raises TM001 with DETAIL = [{"variant_id", "requested", "available"}],
-- TM004 when the hold was allocated already.
create function catalog.reserve_stock_v1(
  p_checkout_id uuid, p_variant_ids uuid[], p_quantities int[], p_expires_at timestamptz, p_now timestamptz)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  hold catalog.reservation;
  demand record;
  free int;
  refused jsonb := '[]';
  total int := 0;
begin
  insert into catalog.reservation (checkout_id, expires_at) values (p_checkout_id, p_expires_at)
  on conflict (checkout_id) do nothing;
  select * into hold from catalog.reservation r where r.checkout_id = p_checkout_id for update;
  if hold.state = 'allocated' then
    raise exception 'reservation is allocated' using errcode = 'TM004';
  end if;
  for demand in
    select coalesce(d.variant_id, h.variant_id) as variant_id, coalesce(d.units, 0) as wanted, coalesce(h.units, 0) as held
      from (select u.variant_id, sum(u.quantity)::int as units
              from unnest(p_variant_ids, p_quantities) as u (variant_id, quantity)
              join catalog.variant v on v.variant_id = u.variant_id and v.track_inventory
             group by u.variant_id) d
      full join (select r.variant_id, sum(r.quantity)::int as units
              from catalog.reservation_line r where r.checkout_id = p_checkout_id group by r.variant_id) h
        on h.variant_id = d.variant_id
     order by 1
  loop
    total := total + demand.wanted;
    if demand.wanted < demand.held then
      perform catalog.give_back(p_checkout_id, demand.variant_id, demand.held - demand.wanted, 'release');
    elsif demand.wanted > demand.held then
      free := catalog.take_units(p_checkout_id, demand.variant_id, demand.wanted - demand.held, p_now);
      if free is not null then
        refused := refused || jsonb_build_object(
          'variant_id', demand.variant_id, 'requested', demand.wanted, 'available', free + demand.held);
      end if;
    end if;
  end loop;
  if jsonb_array_length(refused) > 0 then
    raise exception 'out of stock' using errcode = 'TM001', detail = refused::text;
  end if;
  update catalog.reservation r
     set state = 'held', units = total, expires_at = p_expires_at, updated_at = now()
   where r.checkout_id = p_checkout_id;
end
$$;
revoke all on function catalog.reserve_stock_v1(uuid, uuid[], int[], timestamptz, timestamptz) from public;
grant execute on function catalog.reserve_stock_v1(uuid, uuid[], int[], timestamptz, timestamptz) to techmart_checkout;

-- A payment is under way: the hold cannot expire until it is allocated, released or unpinned.
create function catalog.pin_reservation_v1(p_checkout_id uuid, p_pinned boolean, p_expires_at timestamptz)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update catalog.reservation r set pinned = p_pinned, expires_at = p_expires_at, updated_at = now()
   where r.checkout_id = p_checkout_id and r.state = 'held'
$$;
revoke all on function catalog.pin_reservation_v1(uuid, boolean, timestamptz) from public;
grant execute on function catalog.pin_reservation_v1(uuid, boolean, timestamptz) to techmart_checkout;

-- Sold: reserved becomes allocated. Called again it finds it done. Raises TM002 when the hold is gone or incomplete.
create function catalog.allocate_stock_v1(p_checkout_id uuid, p_order_id uuid)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  hold catalog.reservation;
  line record;
  held int;
begin
  select * into hold from catalog.reservation r where r.checkout_id = p_checkout_id for update;
  if hold.state = 'allocated' and hold.order_id = p_order_id then
    return;
  end if;
  select coalesce(sum(r.quantity), 0)::int into held from catalog.reservation_line r where r.checkout_id = p_checkout_id;
  if hold.state is distinct from 'held' or held <> hold.units then
    raise exception 'reservation is gone' using errcode = 'TM002';
  end if;
  for line in
    select r.variant_id, r.location_id, r.slot, r.quantity from catalog.reservation_line r
     where r.checkout_id = p_checkout_id order by r.variant_id, r.location_id, r.slot
  loop
    perform catalog.move_stock(line.variant_id, line.location_id, line.slot, 'allocate',
                               0, -line.quantity, line.quantity, p_order_id, null, 'system');
  end loop;
  update catalog.reservation r set state = 'allocated', order_id = p_order_id, pinned = false, updated_at = now()
   where r.checkout_id = p_checkout_id;
end
$$;
revoke all on function catalog.allocate_stock_v1(uuid, uuid) from public;
grant execute on function catalog.allocate_stock_v1(uuid, uuid) to techmart_checkout;

-- Gives a hold back. Nothing happens where there is none; an allocated one is left alone.
create function catalog.release_stock_v1(p_checkout_id uuid)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  hold catalog.reservation;
  line record;
begin
  select * into hold from catalog.reservation r where r.checkout_id = p_checkout_id for update;
  if hold.state is distinct from 'held' then
    return;
  end if;
  for line in
    select r.variant_id, sum(r.quantity)::int as units from catalog.reservation_line r
     where r.checkout_id = p_checkout_id group by r.variant_id order by r.variant_id
  loop
    perform catalog.give_back(p_checkout_id, line.variant_id, line.units, 'release');
  end loop;
  update catalog.reservation r set state = 'released', units = 0, pinned = false, updated_at = now()
   where r.checkout_id = p_checkout_id;
end
$$;
revoke all on function catalog.release_stock_v1(uuid) from public;
grant execute on function catalog.release_stock_v1(uuid) to techmart_checkout;

-- Gives back up to p_limit expired holds; returns how many.
create function catalog.sweep_reservations_v1(p_now timestamptz, p_limit int)
returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  stale uuid[];
  line record;
begin
  select array_agg(s.checkout_id) into stale from (
    select r.checkout_id from catalog.reservation r
     where r.state = 'held' and not r.pinned and r.expires_at <= p_now
     order by r.expires_at limit p_limit for update skip locked) s;
  for line in
    select r.checkout_id, r.variant_id, sum(r.quantity)::int as units from catalog.reservation_line r
     where r.checkout_id = any (stale) group by r.variant_id, r.checkout_id order by r.variant_id, r.checkout_id
  loop
    perform catalog.give_back(line.checkout_id, line.variant_id, line.units, 'expire');
  end loop;
  update catalog.reservation r set state = 'released', units = 0, updated_at = now() where r.checkout_id = any (stale);
  return coalesce(array_length(stale, 1), 0);
end
$$;
revoke all on function catalog.sweep_reservations_v1(timestamptz, int) from public;
grant execute on function catalog.sweep_reservations_v1(timestamptz, int) to techmart_catalog;
reset role;
