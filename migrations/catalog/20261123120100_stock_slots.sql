-- Levels as a whole: what lies in the slots of a place is one amount, and only here is it spread.
set local role techmart_catalog_owner;

-- Internal: changes what a place has of a variant by `p_delta` units, sets what may be sold beyond it (null = as it is),
-- and spreads both over the variant's slots: every slot covers what is held or sold from it, what is free is the same in
-- all slots in use and nowhere else. Units that come or go are booked as `p_kind`, those that change their slot as 'move'.
-- Breaks the check constraint where fewer units would be left than are held or sold. Locks the slots in order.
create function catalog.spread_stock(
  p_variant_id uuid, p_location_id uuid, p_delta int, p_backorder int, p_kind text, p_cause_id uuid, p_reason text, p_actor text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  slots constant int := (select v.slots from catalog.variant v where v.variant_id = p_variant_id);
  total record;
  level record;
  uncovered bigint;
  cover int;
  here int;
  beyond int;
  diff int;
  part int;
  rest int := p_delta;
begin
  insert into catalog.stock_level (variant_id, location_id, slot)
  select p_variant_id, p_location_id, n from generate_series(0, slots - 1) as n
  on conflict (variant_id, location_id, slot) do nothing;
  perform 1 from catalog.stock_level l
    where l.variant_id = p_variant_id and l.location_id = p_location_id order by l.slot for update;
  select sum(l.on_hand) + p_delta as on_hand, coalesce(p_backorder, sum(l.backorder_limit)) as backorder,
         sum(l.reserved + l.allocated) as committed
    into total
    from catalog.stock_level l where l.variant_id = p_variant_id and l.location_id = p_location_id;
  if total.on_hand < 0 then
    raise exception 'fewer than no units' using errcode = 'check_violation', constraint = 'stock_level_on_hand_check';
  elsif total.on_hand + total.backorder < total.committed then
    raise exception 'fewer units than are held or sold' using errcode = 'check_violation', constraint = 'stock_level_oversell_check';
  end if;
  uncovered := total.on_hand;
  for level in
    select l.slot, l.on_hand, l.backorder_limit, l.reserved + l.allocated as committed from catalog.stock_level l
     where l.variant_id = p_variant_id and l.location_id = p_location_id order by l.slot
  loop
    cover := least(level.committed, uncovered);
    uncovered := uncovered - cover;
    here := cover;
    beyond := level.committed - cover;
    if level.slot < slots then
      here := here + catalog.share_of(greatest(total.on_hand - total.committed, 0), slots, level.slot);
      beyond := beyond + catalog.share_of(total.backorder - greatest(total.committed - total.on_hand, 0), slots, level.slot);
    end if;
    continue when here = level.on_hand and beyond = level.backorder_limit;
    update catalog.stock_level l set on_hand = here, backorder_limit = beyond, updated_at = now()
     where l.variant_id = p_variant_id and l.location_id = p_location_id and l.slot = level.slot;
    diff := here - level.on_hand;
    part := case when rest >= 0 then greatest(least(diff, rest), 0) else least(greatest(diff, rest), 0) end;
    rest := rest - part;
    insert into catalog.stock_movement (variant_id, location_id, slot, kind, on_hand_delta, cause_id, reason, actor)
    select p_variant_id, p_location_id, level.slot, m.kind, m.delta, p_cause_id, p_reason, p_actor
      from (values (p_kind, part), ('move', diff - part)) as m (kind, delta) where m.delta <> 0;
  end loop;
  perform catalog.tell_stock(
    p_variant_id, (total.on_hand - p_delta - total.committed)::int, (total.on_hand - total.committed)::int, total.backorder::int);
end
$$;
revoke all on function catalog.spread_stock(uuid, uuid, int, int, text, uuid, text, text) from public;

-- Internal: what slot `p_slot` of `p_slots` gets of `p_units`.
create function catalog.share_of(p_units bigint, p_slots int, p_slot int)
returns int
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (p_units / p_slots + case when p_slot < p_units % p_slots then 1 else 0 end)::int
$$;
revoke all on function catalog.share_of(bigint, int, int) from public;

-- Staff: changes the units of a place and what may be sold beyond them (null = as it is). 23514 names the check constraint
-- where fewer would be left than are held or sold.
create function catalog.adjust_stock_v2(
  p_variant_id uuid, p_location_id uuid, p_kind text, p_delta int, p_backorder_limit int, p_cause_id uuid, p_reason text, p_actor text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select catalog.spread_stock(p_variant_id, p_location_id, p_delta, p_backorder_limit, p_kind, p_cause_id, p_reason, p_actor)
$$;
revoke all on function catalog.adjust_stock_v2(uuid, uuid, text, int, int, uuid, text, text) from public;
grant execute on function catalog.adjust_stock_v2(uuid, uuid, text, int, int, uuid, text, text) to techmart_catalog;

-- The number of slots in every place of a variant: more for a hot one, 1 for all others. A number that is fixed stays until
-- it is set again; others follow the demand. Units that are held or sold stay where they are; a slot out of use keeps no others.
create function catalog.split_slots_v1(p_variant_id uuid, p_slots int, p_actor text, p_fixed boolean default true)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  place uuid;
begin
  update catalog.variant v set slots = p_slots, slots_fixed = p_fixed where v.variant_id = p_variant_id;
  if not found then
    raise exception 'no such variant' using errcode = 'TM003';
  end if;
  for place in
    select l.location_id from catalog.stock_level l where l.variant_id = p_variant_id group by l.location_id order by l.location_id
  loop
    perform catalog.spread_stock(p_variant_id, place, 0, null, 'move', null, 'slots', p_actor);
  end loop;
end
$$;
revoke all on function catalog.split_slots_v1(uuid, int, text, boolean) from public;
grant execute on function catalog.split_slots_v1(uuid, int, text, boolean) to techmart_catalog;

-- Moves free units from one place to another. Raises TM006 with DETAIL as reserve_stock_v1 where fewer are free there.
create function catalog.transfer_stock_v1(
  p_transfer_id uuid, p_variant_id uuid, p_from_location_id uuid, p_to_location_id uuid, p_units int, p_reason text, p_actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  free int;
begin
  insert into catalog.stock_level (variant_id, location_id) values (p_variant_id, p_to_location_id)
  on conflict (variant_id, location_id, slot) do nothing;
  perform 1 from catalog.stock_level l
    where l.variant_id = p_variant_id and l.location_id in (p_from_location_id, p_to_location_id)
    order by l.location_id, l.slot for update;
  select greatest(coalesce(sum(l.on_hand - l.reserved - l.allocated), 0), 0)::int into free
    from catalog.stock_level l where l.variant_id = p_variant_id and l.location_id = p_from_location_id;
  if free < p_units then
    raise exception 'too few units are free' using errcode = 'TM006',
      detail = jsonb_build_array(jsonb_build_object('variant_id', p_variant_id, 'requested', p_units, 'available', free))::text;
  end if;
  perform catalog.spread_stock(p_variant_id, p_from_location_id, -p_units, null, 'transfer', p_transfer_id, p_reason, p_actor);
  perform catalog.spread_stock(p_variant_id, p_to_location_id, p_units, null, 'transfer', p_transfer_id, p_reason, p_actor);
end
$$;
revoke all on function catalog.transfer_stock_v1(uuid, uuid, uuid, uuid, int, text, text) from public;
grant execute on function catalog.transfer_stock_v1(uuid, uuid, uuid, uuid, int, text, text) to techmart_catalog;
reset role;
