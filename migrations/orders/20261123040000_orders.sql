-- Orders: immutable snapshots of what was bought, a state with guarded transitions, and a timeline.
create schema orders authorization techmart_orders_owner;
set local role techmart_orders_owner;
grant usage on schema orders to techmart_orders, techmart_checkout;
alter default privileges in schema orders grant select, insert, update, delete on tables to techmart_orders;

create sequence orders.order_number_seq minvalue 1 maxvalue 34359738367;

create table orders.sales_order (
  order_id uuid constraint sales_order_pkey primary key,
  order_number text,                                      -- given at 'placed', so that failed attempts leave no holes
  checkout_id uuid not null,
  cart_id uuid not null,
  customer_id uuid,
  email text not null,
  state text not null,
  payment_state text not null default 'pending',
  fulfilment_state text not null default 'unfulfilled',
  currency text not null,
  subtotal_minor bigint not null,
  discount_minor bigint not null,
  shipping_minor bigint not null,
  tax_minor bigint not null,                              -- all tax; tax_included_minor of it is inside the prices already
  tax_included_minor bigint not null default 0,
  total_minor bigint not null,
  shipping_address jsonb not null,
  billing_address jsonb not null,
  shipping_method jsonb not null,                         -- {"code", "name"}
  version bigint not null default 1,
  placed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint sales_order_order_number_key unique (order_number),
  constraint sales_order_state_check check (state in ('pending', 'placed', 'on_hold', 'completed', 'cancelled', 'expired')),
  constraint sales_order_payment_state_check check (payment_state in ('none', 'pending', 'authorized', 'partially_captured', 'captured', 'partially_refunded', 'refunded', 'voided', 'disputed')),
  constraint sales_order_fulfilment_state_check check (fulfilment_state in ('unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered')),
  constraint sales_order_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint sales_order_number_check check ((placed_at is null) = (order_number is null)),
  constraint sales_order_total_check check (total_minor = subtotal_minor - discount_minor + shipping_minor + tax_minor - tax_included_minor),
  constraint sales_order_amounts_check check (subtotal_minor >= 0 and discount_minor between 0 and subtotal_minor
    and shipping_minor >= 0 and tax_minor >= 0 and tax_included_minor between 0 and tax_minor and total_minor >= 0)
);
-- At most one live order comes out of a cart and out of a checkout, whatever happens in between.
create unique index sales_order_checkout_live_key on orders.sales_order (checkout_id) where state not in ('cancelled', 'expired');
create unique index sales_order_cart_live_key on orders.sales_order (cart_id) where state not in ('cancelled', 'expired');
create index sales_order_customer_idx on orders.sales_order (customer_id, created_at desc, order_id desc) where customer_id is not null;
create index sales_order_newest_idx on orders.sales_order (created_at desc, order_id desc);
create index sales_order_state_idx on orders.sales_order (state, created_at desc, order_id desc);
create index sales_order_email_idx on orders.sales_order (email);

create table orders.order_line (
  line_id uuid constraint order_line_pkey primary key,
  order_id uuid not null constraint order_line_order_id_fkey references orders.sales_order (order_id),
  position int not null,
  variant_id uuid not null,
  product_id uuid not null,
  slug text not null,
  title text not null,
  variant_title text not null,
  sku text,
  art text not null,
  color text,
  quantity int not null,
  unit_price_minor bigint not null,
  discount_minor bigint not null,
  tax_minor bigint not null,
  tax_rate_ppm int not null,
  total_minor bigint not null,                            -- what the shopper pays for the line, tax in it
  created_at timestamptz not null default now(),
  constraint order_line_position_key unique (order_id, position),
  constraint order_line_quantity_check check (quantity between 1 and 999),
  constraint order_line_amounts_check check (unit_price_minor >= 0 and discount_minor >= 0 and tax_minor >= 0 and total_minor >= 0)
);

create table orders.transition (
  from_state text not null,
  to_state text not null,
  created_at timestamptz not null default now(),
  constraint transition_pkey primary key (from_state, to_state)
);
insert into orders.transition (from_state, to_state) values
  ('pending', 'placed'), ('pending', 'cancelled'), ('pending', 'expired'),
  ('placed', 'on_hold'), ('placed', 'cancelled'), ('placed', 'completed'),
  ('on_hold', 'placed'), ('on_hold', 'cancelled'), ('completed', 'placed');

create table orders.timeline (
  order_id uuid not null constraint timeline_order_id_fkey references orders.sales_order (order_id),
  seq int not null,
  kind text not null,
  from_state text,
  to_state text,
  reason text,
  actor text not null,
  created_at timestamptz not null default now(),
  constraint timeline_pkey primary key (order_id, seq)
);
revoke update, delete on orders.timeline from techmart_orders;
revoke update, delete on orders.order_line from techmart_orders;

create table orders.subscription (
  kind text not null,
  consumer text not null,
  created_at timestamptz not null default now(),
  constraint subscription_pkey primary key (kind, consumer)
);
insert into orders.subscription (kind, consumer) values ('order.placed', 'mail');

create table orders.outbox (
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
create index outbox_consumer_idx on orders.outbox (consumer, position);
create index outbox_aggregate_idx on orders.outbox (consumer, aggregate_id, position);

-- What was or will be sent to a shopper: once per order and template.
create table orders.notification (
  order_id uuid not null constraint notification_order_id_fkey references orders.sales_order (order_id),
  template text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  sent_at timestamptz,                                    -- null while no SMTP server is configured
  attempts int not null default 0,
  available_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint notification_pkey primary key (order_id, template)
);
create index notification_unsent_idx on orders.notification (available_at) where sent_at is null;
reset role;
