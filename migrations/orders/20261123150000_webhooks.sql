-- Events of orders for other people's systems: who wants which, what was told, and what came of each attempt.
set local role techmart_orders_owner;

create table orders.webhook_endpoint (
  endpoint_id uuid constraint webhook_endpoint_pkey primary key,
  url text not null,
  description text not null default '',
  kinds text[] not null default '{}',                     -- empty: every kind
  state text not null default 'active',
  disabled_reason text,                                   -- who or what disabled it
  failing_since timestamptz,                              -- the first failure since the last success
  created_by uuid not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webhook_endpoint_url_check check (length(url) <= 2000 and url ~ '^https?://'),
  constraint webhook_endpoint_description_check check (length(description) <= 500),
  constraint webhook_endpoint_state_check check (state in ('active', 'disabled')),
  constraint webhook_endpoint_disabled_reason_check check ((state = 'disabled') = (disabled_reason is not null)
    and disabled_reason in ('staff', 'failing', 'gone'))
);

-- What messages to an endpoint are signed with. After a rotation the old one signs too, until it expires.
create table orders.webhook_secret (
  secret_id uuid constraint webhook_secret_pkey primary key,
  endpoint_id uuid not null constraint webhook_secret_endpoint_id_fkey references orders.webhook_endpoint (endpoint_id) on delete cascade,
  secret text not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  constraint webhook_secret_secret_check check (secret ~ '^whsec_[A-Za-z0-9+/=]{32,}$')
);
create index webhook_secret_endpoint_id_idx on orders.webhook_secret (endpoint_id);
create unique index webhook_secret_current_key on orders.webhook_secret (endpoint_id) where expires_at is null;

-- The last number given to an event of an order. Locked while the next is given, so that numbers have no holes.
create table orders.webhook_counter (
  order_id uuid constraint webhook_counter_pkey primary key
    constraint webhook_counter_order_id_fkey references orders.sales_order (order_id),
  last_seq int not null default 0,
  created_at timestamptz not null default now(),
  constraint webhook_counter_last_seq_check check (last_seq >= 0)
);

-- What happened, as it is told: the same bytes to everybody and at every attempt.
create table orders.webhook_event (
  event_id uuid constraint webhook_event_pkey primary key,
  order_id uuid constraint webhook_event_order_id_fkey references orders.sales_order (order_id),   -- null: a test
  seq int,
  kind text not null,
  data jsonb not null,
  occurred_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint webhook_event_seq_key unique (order_id, seq),
  constraint webhook_event_order_id_check check ((order_id is null) = (seq is null)),
  constraint webhook_event_seq_check check (seq >= 1)
);
create index webhook_event_created_at_idx on orders.webhook_event (created_at);

create table orders.webhook_delivery (
  delivery_id uuid constraint webhook_delivery_pkey primary key,
  endpoint_id uuid not null constraint webhook_delivery_endpoint_id_fkey references orders.webhook_endpoint (endpoint_id) on delete cascade,
  event_id uuid not null constraint webhook_delivery_event_id_fkey references orders.webhook_event (event_id) on delete cascade,
  order_id uuid,                                          -- as in the event: deliveries of an order keep its order
  seq int,
  state text not null default 'pending',
  attempts int not null default 0,                        -- ever made
  tries int not null default 0,                           -- made since it was last begun; sets the next pause
  next_at timestamptz not null,                           -- not before this; while an attempt runs, when it counts as lost
  last_status int,
  last_error text,
  last_latency_ms int,
  delivered_at timestamptz,
  created_at timestamptz not null default now(),
  constraint webhook_delivery_event_id_key unique (endpoint_id, event_id),
  constraint webhook_delivery_state_check check (state in ('pending', 'failed', 'delivered', 'dead')),
  constraint webhook_delivery_delivered_at_check check ((state = 'delivered') = (delivered_at is not null)),
  constraint webhook_delivery_attempts_check check (tries >= 0 and attempts >= tries),
  constraint webhook_delivery_order_id_check check ((order_id is null) = (seq is null))
);
create index webhook_delivery_event_id_idx on orders.webhook_delivery (event_id);
create index webhook_delivery_open_idx on orders.webhook_delivery (endpoint_id, next_at) where state in ('pending', 'failed');
create index webhook_delivery_order_idx on orders.webhook_delivery (endpoint_id, order_id, seq) where state in ('pending', 'failed');
create index webhook_delivery_newest_idx on orders.webhook_delivery (endpoint_id, created_at desc, delivery_id desc);

create table orders.webhook_attempt (
  delivery_id uuid not null constraint webhook_attempt_delivery_id_fkey references orders.webhook_delivery (delivery_id) on delete cascade,
  attempt int not null,
  status int,                                             -- null: no answer
  latency_ms int not null,
  error text,                                             -- why it counts as failed; null: delivered
  response text,                                          -- the beginning of the answer
  created_at timestamptz not null default now(),
  constraint webhook_attempt_pkey primary key (delivery_id, attempt),
  constraint webhook_attempt_response_check check (length(response) <= 1000)
);
revoke update on orders.webhook_attempt from techmart_orders;

insert into orders.subscription (kind, consumer)
select k.kind, 'webhooks'
  from unnest(array['order.placed', 'order.held', 'order.released', 'order.units_cancelled', 'order.cancelled', 'order.completed',
                    'order.reopened', 'payment.captured', 'payment.voided', 'payment.disputed', 'payment.dispute_closed',
                    'shipment.shipped', 'shipment.delivered', 'shipment.lost',
                    'refund.requested', 'refund.succeeded', 'refund.failed', 'refund.reversed',
                    'return.requested', 'return.approved', 'return.rejected', 'return.cancelled', 'return.received',
                    'claim.opened', 'claim.denied', 'claim.resolved', 'invoice.issued']) as k (kind)
on conflict do nothing;
reset role;
