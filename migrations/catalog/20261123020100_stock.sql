-- Stock: levels with constraints that cannot be broken, reservations, and an append-only ledger of movements.
set local role techmart_catalog_owner;

create table catalog.stock_location (
  location_id uuid constraint stock_location_pkey primary key,
  code text not null,
  name text not null,
  priority int not null default 0,
  created_at timestamptz not null default now(),
  constraint stock_location_code_key unique (code)
);
insert into catalog.stock_location (location_id, code, name) values (gen_random_uuid(), 'main', 'Main warehouse');

-- One row per variant, location and slot. A hot variant may be split into several slots so that buyers do not queue
-- on one row; every slot keeps the invariant by itself, so no split can oversell.
create table catalog.stock_level (
  variant_id uuid not null constraint stock_level_variant_id_fkey references catalog.variant (variant_id),
  location_id uuid not null constraint stock_level_location_id_fkey references catalog.stock_location (location_id),
  slot smallint not null default 0,
  on_hand int not null default 0,
  reserved int not null default 0,                        -- held by checkouts that are not paid yet
  allocated int not null default 0,                       -- sold and not shipped yet
  backorder_limit int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint stock_level_pkey primary key (variant_id, location_id, slot),
  constraint stock_level_on_hand_check check (on_hand >= 0),
  constraint stock_level_reserved_check check (reserved >= 0),
  constraint stock_level_allocated_check check (allocated >= 0),
  constraint stock_level_backorder_limit_check check (backorder_limit >= 0),
  constraint stock_level_oversell_check check (reserved + allocated <= on_hand + backorder_limit)
);
create index stock_level_location_id_idx on catalog.stock_level (location_id);

-- The hold of one checkout. `units` is what its lines must add up to before it may be allocated.
create table catalog.reservation (
  checkout_id uuid constraint reservation_pkey primary key,
  state text not null default 'held',
  units int not null default 0,
  pinned boolean not null default false,                  -- a payment is under way: must not expire
  expires_at timestamptz not null,
  order_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint reservation_state_check check (state in ('held', 'allocated', 'released')),
  constraint reservation_units_check check (units >= 0),
  constraint reservation_order_id_check check ((state = 'allocated') = (order_id is not null))
);
create index reservation_expires_at_idx on catalog.reservation (expires_at) where state = 'held' and not pinned;
create index reservation_order_id_idx on catalog.reservation (order_id);

create table catalog.reservation_line (
  checkout_id uuid not null constraint reservation_line_checkout_id_fkey references catalog.reservation (checkout_id),
  variant_id uuid not null,
  location_id uuid not null,
  slot smallint not null,
  quantity int not null,
  created_at timestamptz not null default now(),
  constraint reservation_line_pkey primary key (checkout_id, variant_id, location_id, slot),
  constraint reservation_line_stock_level_fkey foreign key (variant_id, location_id, slot)
    references catalog.stock_level (variant_id, location_id, slot),
  constraint reservation_line_quantity_check check (quantity > 0)
);
create index reservation_line_stock_level_idx on catalog.reservation_line (variant_id, location_id, slot);

create table catalog.stock_movement (
  movement_id bigint generated always as identity constraint stock_movement_pkey primary key,
  variant_id uuid not null,
  location_id uuid not null,
  slot smallint not null,
  kind text not null,
  on_hand_delta int not null default 0,
  reserved_delta int not null default 0,
  allocated_delta int not null default 0,
  cause_id uuid,                                          -- the checkout or order
  reason text,
  actor text not null,
  created_at timestamptz not null default now(),
  constraint stock_movement_stock_level_fkey foreign key (variant_id, location_id, slot)
    references catalog.stock_level (variant_id, location_id, slot),
  constraint stock_movement_kind_check check (kind in ('receive', 'adjust', 'reserve', 'release', 'expire', 'allocate', 'ship', 'restock'))
);
create index stock_movement_stock_level_idx on catalog.stock_movement (variant_id, location_id, slot);
create index stock_movement_cause_id_idx on catalog.stock_movement (cause_id);
create unique index stock_movement_once_key on catalog.stock_movement (cause_id, variant_id, location_id, slot)
  where kind = 'allocate';
revoke update, delete on catalog.stock_movement from techmart_catalog;
reset role;
