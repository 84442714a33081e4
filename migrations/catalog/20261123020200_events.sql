-- Events of the catalogue: written in the transaction of the change, one row per consumer, ordered per aggregate.
set local role techmart_catalog_owner;

create table catalog.subscription (
  kind text not null,
  consumer text not null,
  created_at timestamptz not null default now(),
  constraint subscription_pkey primary key (kind, consumer)
);
insert into catalog.subscription (kind, consumer) values
  ('product.changed', 'search'),
  ('stock.changed', 'availability');

create table catalog.outbox (
  position bigint generated always as identity constraint outbox_pkey primary key,
  event_id uuid not null,
  consumer text not null,
  kind text not null,
  aggregate_id uuid not null,
  payload jsonb not null,
  attempts int not null default 0,
  available_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),
  constraint outbox_event_id_key unique (consumer, event_id)
);
create index outbox_consumer_idx on catalog.outbox (consumer, position);
create index outbox_aggregate_idx on catalog.outbox (consumer, aggregate_id, position);

create function catalog.emit_v1(p_kind text, p_aggregate_id uuid, p_payload jsonb)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into catalog.outbox (event_id, consumer, kind, aggregate_id, payload)
  select e.event_id, s.consumer, p_kind, p_aggregate_id, p_payload
    from (select gen_random_uuid() as event_id) e
    join catalog.subscription s on s.kind = p_kind
$$;
revoke all on function catalog.emit_v1(text, uuid, jsonb) from public;
grant execute on function catalog.emit_v1(text, uuid, jsonb) to techmart_catalog;

-- Leases up to p_batch events, only the oldest open one of each aggregate.
create function catalog.claim_events_v1(p_consumer text, p_batch int, p_lease_seconds int)
returns table (event_id uuid, kind text, aggregate_id uuid, payload jsonb, attempts int, created_at timestamptz)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with claimed as (
    select o.position
      from catalog.outbox o
     where o.consumer = p_consumer and o.available_at <= now()
       and not exists (select 1 from catalog.outbox e
                        where e.consumer = o.consumer and e.aggregate_id = o.aggregate_id and e.position < o.position)
     order by o.position
     limit p_batch
       for update skip locked
  ), leased as (
    update catalog.outbox o
       set attempts = o.attempts + 1, available_at = now() + make_interval(secs => p_lease_seconds)
      from claimed c
     where o.position = c.position
    returning o.position, o.event_id, o.kind, o.aggregate_id, o.payload, o.attempts, o.created_at
  )
  select l.event_id, l.kind, l.aggregate_id, l.payload, l.attempts, l.created_at from leased l order by l.position
$$;
revoke all on function catalog.claim_events_v1(text, int, int) from public;
grant execute on function catalog.claim_events_v1(text, int, int) to techmart_catalog, techmart_search;

create function catalog.finish_events_v1(p_consumer text, p_event_ids uuid[])
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from catalog.outbox o where o.consumer = p_consumer and o.event_id = any (p_event_ids)
$$;
revoke all on function catalog.finish_events_v1(text, uuid[]) from public;
grant execute on function catalog.finish_events_v1(text, uuid[]) to techmart_catalog, techmart_search;

create function catalog.retry_event_v1(p_consumer text, p_event_id uuid, p_delay_seconds int, p_error text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update catalog.outbox o
     set available_at = now() + make_interval(secs => p_delay_seconds), last_error = left(p_error, 500)
   where o.consumer = p_consumer and o.event_id = p_event_id
$$;
revoke all on function catalog.retry_event_v1(text, uuid, int, text) from public;
grant execute on function catalog.retry_event_v1(text, uuid, int, text) to techmart_catalog, techmart_search;
reset role;
