-- Stock after the sale, and the hot path of a purchase in fewer statements.
set local role techmart_catalog_owner;

-- How units are chosen where several places have them.
create table catalog.stock_setting (
  singleton boolean constraint stock_setting_pkey primary key default true,
  strategy text not null default 'priority',              -- 'priority' = the places' own order; 'most_stock' = where most is free
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint stock_setting_singleton_check check (singleton),
  constraint stock_setting_strategy_check check (strategy in ('priority', 'most_stock'))
);
insert into catalog.stock_setting default values;

-- In how many slots the stock of a variant lies, in every place. 1 = one row a place; more for a hot variant.
alter table catalog.variant add column slots smallint not null default 1;
alter table catalog.variant add column slots_fixed boolean not null default false;  -- an operator chose the number: it stays
alter table catalog.variant add constraint variant_slots_check check (slots between 1 and 64);

-- What became of the units that were sold; the rest of `quantity` is still allocated.
alter table catalog.reservation_line add column shipped int not null default 0;
alter table catalog.reservation_line add column released int not null default 0;
alter table catalog.reservation_line add constraint reservation_line_shipped_check check (shipped >= 0);
alter table catalog.reservation_line add constraint reservation_line_released_check check (released >= 0);
alter table catalog.reservation_line add constraint reservation_line_open_check check (shipped + released <= quantity);

-- 'cancel' = sold units that stay after all; 'move' = between slots of a place; 'transfer' = between places.
alter table catalog.stock_movement drop constraint stock_movement_kind_check;
alter table catalog.stock_movement add constraint stock_movement_kind_check check (kind in (
  'receive', 'adjust', 'reserve', 'release', 'expire', 'allocate', 'ship', 'cancel', 'restock', 'move', 'transfer'));
comment on column catalog.stock_movement.cause_id is
  'reserve, release, expire, allocate: the holder (checkout, claim or return); ship: the shipment; cancel, restock, transfer: the act';
-- What has a cause of its own happens once for it. An order may have several holders, so these are the cause of their allocation.
drop index catalog.stock_movement_once_key;
create unique index stock_movement_once_key on catalog.stock_movement (cause_id, kind, variant_id, location_id, slot)
  where kind in ('allocate', 'ship', 'cancel', 'restock', 'transfer');
-- Serves the pages of the ledger too. The index on causes alone cost every purchase and served nothing that the one above does not.
drop index catalog.stock_movement_stock_level_idx;
create index stock_movement_stock_level_idx on catalog.stock_movement (variant_id, location_id, slot, movement_id);
drop index catalog.stock_movement_cause_id_idx;
-- Counters change in place as long as their page has room.
alter table catalog.stock_level set (fillfactor = 60);

-- Internal: free units of a row went from p_before to p_after. Tells the consumers of 'stock.changed' if the word for the
-- variant may be another one now. A row with more than five free units before and after keeps the variant "in stock"
-- whatever the others hold: callers need not ask for it. Where the variant is one row, its word is known exactly. Where
-- it is several, none of them knows the others' uncommitted changes, so every change near the limit is told; one open
-- event says it for all. That event is held until the commit, so that its consumer sees the change. Variants in several
-- slots are looked at regularly anyhow: they tell nobody while there is plenty.
create function catalog.tell_stock(p_variant_id uuid, p_before int, p_after int, p_backorder int)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if p_before > 5 and p_after > 5 then
    return;
  end if;
  perform 1 from catalog.stock_level l where l.variant_id = p_variant_id offset 1 limit 1;
  if not found then
    if catalog.availability_v1(true, p_before, p_backorder) = catalog.availability_v1(true, p_after, p_backorder) then
      return;
    end if;
  else
    perform 1 from catalog.variant v
      where v.variant_id = p_variant_id and v.slots > 1
        and (select sum(greatest(l.on_hand - l.reserved - l.allocated, 0))
               from catalog.stock_level l where l.variant_id = p_variant_id) > 50;
    if found then
      return;
    end if;
    perform 1
       from catalog.variant v
       join catalog.outbox o on o.consumer = 'availability' and o.aggregate_id = v.product_id
      where v.variant_id = p_variant_id and o.kind = 'stock.changed' and o.attempts = 0
      limit 1 for key share of o skip locked;
    if found then
      return;
    end if;
  end if;
  perform catalog.emit_v1('stock.changed', v.product_id, jsonb_build_object('variant_id', v.variant_id))
     from catalog.variant v where v.variant_id = p_variant_id;
end
$$;
revoke all on function catalog.tell_stock(uuid, int, int, int) from public;

-- Internal: applies one movement and books it. The level's check constraints have the last word.
create or replace function catalog.move_stock(
  p_variant_id uuid, p_location_id uuid, p_slot smallint, p_kind text,
  p_on_hand int, p_reserved int, p_allocated int, p_cause_id uuid, p_reason text, p_actor text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  free int;
  backorder int;
  delta constant int := p_on_hand - p_reserved - p_allocated;
begin
  with moved as (
    update catalog.stock_level l
       set on_hand = l.on_hand + p_on_hand, reserved = l.reserved + p_reserved, allocated = l.allocated + p_allocated,
           updated_at = now()
     where l.variant_id = p_variant_id and l.location_id = p_location_id and l.slot = p_slot
    returning l.on_hand - l.reserved - l.allocated as free, l.backorder_limit
  ), booked as (
    insert into catalog.stock_movement (variant_id, location_id, slot, kind, on_hand_delta, reserved_delta, allocated_delta, cause_id, reason, actor)
    select p_variant_id, p_location_id, p_slot, p_kind, p_on_hand, p_reserved, p_allocated, p_cause_id, p_reason, p_actor from moved
  )
  select m.free, m.backorder_limit into free, backorder from moved m;
  if not found then
    raise exception 'stock level is missing' using errcode = 'TM003';
  end if;
  if delta <> 0 and (free <= 5 or free - delta <= 5) then
    perform catalog.tell_stock(p_variant_id, free - delta, free, backorder);
  end if;
end
$$;

-- Internal: takes `p_units` of a variant row by row, holding all of them, so that no unit that could be sold is refused.
-- Expired holds of this very variant are given back first where that is needed. Returns what is free when it could not.
create or replace function catalog.take_units(p_checkout_id uuid, p_variant_id uuid, p_units int, p_now timestamptz)
returns int
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  stale record;
  level record;
  free bigint;
  rest int := p_units;
  part int;
begin
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
  -- What is on hand first, then what may be sold beyond it.
  for level in
    select l.location_id, l.slot, x.free
      from catalog.stock_level l
      join catalog.stock_location o on o.location_id = l.location_id
      cross join catalog.stock_setting s
      cross join lateral (select greatest(l.on_hand - l.reserved - l.allocated, 0) as here,
                                 l.on_hand + l.backorder_limit - l.reserved - l.allocated as all_of_it) c
      cross join lateral (values (1, c.here), (2, c.all_of_it - c.here)) as x (turn, free)
     where l.variant_id = p_variant_id and x.free > 0
     order by x.turn, case s.strategy when 'most_stock' then - x.free end, o.priority, l.location_id, l.slot
  loop
    exit when rest = 0;
    part := least(rest, level.free);
    perform catalog.take_slot(p_checkout_id, p_variant_id, level.location_id, level.slot, part);
    rest := rest - part;
  end loop;
  return null;
end
$$;

-- Holds stock for a checkout (or for the claim or return that a replacement is sent for), all lines or none; called again
-- it moves only the difference and extends the hold. Quantities of one variant are summed. Raises TM001 with
-- DETAIL = [{"variant_id", "requested", "available"}], TM004 when the hold was allocated already.
create or replace function catalog.reserve_stock_v1(
  p_checkout_id uuid, p_variant_ids uuid[], p_quantities int[], p_expires_at timestamptz, p_now timestamptz)
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- The planner would make each plan anew, which costs more than the statements.
set plan_cache_mode = force_generic_plan as $$
declare
  fresh boolean;
  demand record;
  need int;
  low smallint;
  high smallint;
  free int;
  backorder int;
  refused jsonb;
begin
  insert into catalog.reservation as r (checkout_id, units, expires_at)
  select p_checkout_id, coalesce(sum(u.quantity), 0)::int, p_expires_at
    from unnest(p_variant_ids, p_quantities) as u (variant_id, quantity)
    join catalog.variant v on v.variant_id = u.variant_id and v.track_inventory
  on conflict (checkout_id) do update
    set state = 'held', units = excluded.units, expires_at = excluded.expires_at, updated_at = now()
    where r.state <> 'allocated'
  returning r.xmax = 0 into fresh;
  if not found then
    raise exception 'reservation is allocated' using errcode = 'TM004';
  end if;
  <<variants>>
  for demand in
    select coalesce(d.variant_id, h.variant_id) as variant_id, coalesce(d.units, 0) as wanted, coalesce(h.units, 0) as held, d.slots
      from (select u.variant_id, v.slots, sum(u.quantity)::int as units
              from unnest(p_variant_ids, p_quantities) as u (variant_id, quantity)
              join catalog.variant v on v.variant_id = u.variant_id and v.track_inventory
             group by u.variant_id, v.slots) d
      full join (select r.variant_id, sum(r.quantity)::int as units
              from catalog.reservation_line r where not fresh and r.checkout_id = p_checkout_id group by r.variant_id) h
        on h.variant_id = d.variant_id
     order by 1
  loop
    need := demand.wanted - demand.held;
    if need < 0 then
      perform catalog.give_back(p_checkout_id, demand.variant_id, - need, 'release');
    end if;
    continue when need <= 0;
    -- One row that covers them all, in whatever place: what is on hand before what is not, then by the strategy; rows that
    -- somebody else works on are passed over. First the slot of this connection, which hardly anybody else uses, then any.
    low := (pg_backend_pid() % demand.slots)::smallint;
    high := low;
    loop
      with pick as materialized (
        select l.location_id, l.slot
          from catalog.stock_level l
          join catalog.stock_location o on o.location_id = l.location_id
          cross join catalog.stock_setting s
         where l.variant_id = demand.variant_id and l.slot between low and high
           and l.on_hand + l.backorder_limit - l.reserved - l.allocated >= need
         order by l.on_hand - l.reserved - l.allocated < need,
                  case s.strategy when 'most_stock' then l.reserved + l.allocated - l.on_hand end,
                  o.priority, l.location_id, l.slot
         limit 1 for update of l skip locked
      ), taken as (
        update catalog.stock_level l
           set reserved = l.reserved + need, updated_at = now()
          from pick p
         where l.variant_id = demand.variant_id and l.location_id = p.location_id and l.slot = p.slot
        returning l.location_id, l.slot, l.on_hand - l.reserved - l.allocated as free, l.backorder_limit
      ), booked as (
        insert into catalog.stock_movement (variant_id, location_id, slot, kind, reserved_delta, cause_id, actor)
        select demand.variant_id, t.location_id, t.slot, 'reserve', need, p_checkout_id, 'system' from taken t
      ), line as (
        insert into catalog.reservation_line (checkout_id, variant_id, location_id, slot, quantity)
        select p_checkout_id, demand.variant_id, t.location_id, t.slot, need from taken t
        on conflict (checkout_id, variant_id, location_id, slot) do update set quantity = reservation_line.quantity + excluded.quantity
      )
      select t.free, t.backorder_limit into free, backorder from taken t;
      if found then
        if free <= 5 then
          perform catalog.tell_stock(demand.variant_id, free + need, free, backorder);
        end if;
        continue variants;
      end if;
      exit when demand.slots = 1 or high > low;
      low := 0;
      high := 32767;
    end loop;
    -- No single row has them: all rows, held at once.
    free := catalog.take_units(p_checkout_id, demand.variant_id, need, p_now);
    if free is not null then
      refused := coalesce(refused, '[]') || jsonb_build_object(
        'variant_id', demand.variant_id, 'requested', demand.wanted, 'available', free + demand.held);
    end if;
  end loop;
  if refused is not null then
    raise exception 'out of stock' using errcode = 'TM001', detail = refused::text;
  end if;
end
$$;
grant execute on function catalog.reserve_stock_v1(uuid, uuid[], int[], timestamptz, timestamptz) to techmart_orders;

-- Sold: reserved becomes allocated. Called again it finds it done. False when the hold is gone or incomplete; then nothing
-- has changed. What can be sold does not change by it, so nobody is told. Raises 40001 where the hold is lost this very moment.
create function catalog.allocate_stock_v2(p_checkout_id uuid, p_order_id uuid)
returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
  wanted int;
  line record;
begin
  update catalog.reservation r set state = 'allocated', order_id = p_order_id, pinned = false, updated_at = now()
   where r.checkout_id = p_checkout_id and r.state = 'held'
     and r.units = (select coalesce(sum(x.quantity), 0) from catalog.reservation_line x where x.checkout_id = p_checkout_id)
  returning r.units into wanted;
  if not found then
    return exists (select 1 from catalog.reservation r
                    where r.checkout_id = p_checkout_id and r.state = 'allocated' and r.order_id = p_order_id);
  end if;
  for line in
    select r.variant_id, r.location_id, r.slot, r.quantity from catalog.reservation_line r
     where r.checkout_id = p_checkout_id order by r.variant_id, r.location_id, r.slot
  loop
    with moved as (
      update catalog.stock_level l
         set reserved = l.reserved - line.quantity, allocated = l.allocated + line.quantity, updated_at = now()
       where l.variant_id = line.variant_id and l.location_id = line.location_id and l.slot = line.slot
      returning l.slot
    )
    insert into catalog.stock_movement (variant_id, location_id, slot, kind, reserved_delta, allocated_delta, cause_id, actor)
    select line.variant_id, line.location_id, m.slot, 'allocate', -line.quantity, line.quantity, p_checkout_id, 'system' from moved m;
    wanted := wanted - line.quantity;
  end loop;
  if wanted <> 0 then
    raise exception 'reservation was lost' using errcode = 'serialization_failure';
  end if;
  return true;
end
$$;
revoke all on function catalog.allocate_stock_v2(uuid, uuid) from public;
grant execute on function catalog.allocate_stock_v2(uuid, uuid) to techmart_checkout, techmart_orders;

-- As allocate_stock_v2; raises TM002 where that says false.
create or replace function catalog.allocate_stock_v1(p_checkout_id uuid, p_order_id uuid)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not catalog.allocate_stock_v2(p_checkout_id, p_order_id) then
    raise exception 'reservation is gone' using errcode = 'TM002';
  end if;
end
$$;
grant execute on function catalog.allocate_stock_v1(uuid, uuid) to techmart_orders;
grant execute on function catalog.release_stock_v1(uuid) to techmart_orders;
reset role;
