-- Checkout sessions, payment attempts, the provider's inbox, shipping methods and stored answers.
create schema checkout authorization techmart_checkout_owner;
set local role techmart_checkout_owner;
grant usage on schema checkout to techmart_checkout;
alter default privileges in schema checkout grant select, insert, update, delete on tables to techmart_checkout;

create table checkout.shipping_method (
  code text constraint shipping_method_pkey primary key,
  name text not null,
  countries text[] not null default '{}',                 -- ISO 3166-1 alpha-2; empty = everywhere
  currency text not null,
  price_minor bigint not null,
  free_over_minor bigint,
  weight_g_max int,
  days_min int not null,
  days_max int not null,
  position int not null default 0,
  created_at timestamptz not null default now(),
  constraint shipping_method_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint shipping_method_price_minor_check check (price_minor >= 0),
  constraint shipping_method_days_check check (days_min between 0 and days_max)
);
-- A shop cannot sell before it can ship: these are what a new one starts with.
insert into checkout.shipping_method (code, name, countries, currency, price_minor, free_over_minor, weight_g_max, days_min, days_max, position) values
  ('standard', 'Standard delivery', '{US}', 'USD', 499, 5000, 30000, 3, 5, 1),
  ('express', 'Express delivery', '{US}', 'USD', 1499, null, 15000, 1, 2, 2),
  ('freight', 'Freight delivery', '{US}', 'USD', 4999, null, null, 5, 9, 3),
  ('international', 'International delivery', '{AT,AU,BE,CA,CH,CZ,DE,DK,ES,FI,FR,GB,IE,IT,JP,LU,NL,NO,NZ,PL,PT,SE}',
   'USD', 2499, null, 20000, 6, 14, 4);

create table checkout.checkout (
  checkout_id uuid constraint checkout_pkey primary key,
  cart_id uuid not null,
  customer_id uuid,
  token_hash bytea,                                       -- of the guest's cart token
  state text not null default 'open',
  version bigint not null default 1,
  currency text not null,
  email text,
  shipping_address jsonb,
  billing_address jsonb,
  shipping_method text constraint checkout_shipping_method_fkey references checkout.shipping_method (code),
  order_id uuid,                                          -- of the attempt under way, or the order that came of it
  lease_until timestamptz,                                -- while completing: who holds the saga, until when
  lease_by uuid,
  attempts int not null default 0,
  quoted jsonb,                                           -- lines and totals as agreed to, from the start of a payment on
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint checkout_state_check check (state in ('open', 'completing', 'completed', 'expired')),
  constraint checkout_owner_check check ((customer_id is null) <> (token_hash is null)),
  constraint checkout_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint checkout_lease_check check ((lease_until is null) = (lease_by is null)),
  constraint checkout_order_id_check check (state not in ('completing', 'completed') or order_id is not null),
  constraint checkout_quoted_check check ((state in ('completing', 'completed')) = (quoted is not null))
);
create unique index checkout_cart_live_key on checkout.checkout (cart_id) where state in ('open', 'completing', 'completed');
create index checkout_shipping_method_idx on checkout.checkout (shipping_method);
create index checkout_completing_idx on checkout.checkout (lease_until) where state = 'completing';
create index checkout_expires_at_idx on checkout.checkout (expires_at) where state = 'open';

-- What the saga did, in order; written in the transaction of each step.
create table checkout.saga_step (
  checkout_id uuid not null constraint saga_step_checkout_id_fkey references checkout.checkout (checkout_id),
  seq int generated always as identity,
  step text not null,
  detail jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint saga_step_pkey primary key (checkout_id, seq)
);
revoke update, delete on checkout.saga_step from techmart_checkout;

create table checkout.payment_attempt (
  attempt_id uuid constraint payment_attempt_pkey primary key,
  checkout_id uuid not null constraint payment_attempt_checkout_id_fkey references checkout.checkout (checkout_id),
  order_id uuid not null,
  attempt_no int not null,
  idempotency_key text not null,                          -- of the request that began it: its answer belongs there
  provider text not null,
  payment_method text not null,
  provider_ref text,                                      -- the provider's payment intent
  state text not null default 'created',
  amount_minor bigint not null,
  currency text not null,
  refunded_minor bigint not null default 0,
  decline_code text,
  next_poll_at timestamptz,
  polls int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint payment_attempt_no_key unique (checkout_id, attempt_no),
  constraint payment_attempt_order_id_key unique (order_id),
  constraint payment_attempt_provider_ref_key unique (provider, provider_ref),
  constraint payment_attempt_state_check check (state in ('created', 'requires_action', 'processing', 'authorized', 'captured', 'failed', 'voided', 'unknown')),
  constraint payment_attempt_amount_minor_check check (amount_minor > 0),
  constraint payment_attempt_refunded_minor_check check (refunded_minor between 0 and amount_minor),
  constraint payment_attempt_currency_check check (currency ~ '^[A-Z]{3}$')
);
create index payment_attempt_next_poll_at_idx on checkout.payment_attempt (next_poll_at) where next_poll_at is not null;

create table checkout.provider_inbox (
  provider text not null,
  event_id text not null,
  kind text not null,
  object_id text,
  payload jsonb not null,
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  outcome text,
  attempts int not null default 0,
  available_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint provider_inbox_pkey primary key (provider, event_id),
  constraint provider_inbox_outcome_check check ((processed_at is null) = (outcome is null))
);
create index provider_inbox_open_idx on checkout.provider_inbox (available_at) where processed_at is null;

create table checkout.idempotency_key (
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
create index idempotency_key_expires_at_idx on checkout.idempotency_key (expires_at);
reset role;
