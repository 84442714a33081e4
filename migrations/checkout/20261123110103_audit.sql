-- Who changed what: one row per change, written in the change's own transaction. Rows are only ever added.
set local role techmart_checkout_owner;
create table checkout.audit_log (
  audit_id bigint generated always as identity constraint audit_log_pkey primary key,
  occurred_at timestamptz not null default now(),
  actor_kind text not null,
  actor_id uuid,                                          -- the account of staff or a customer
  session_id uuid,
  action text not null,                                   -- noun.verb
  object_type text not null,
  object_id text not null,
  before jsonb,                                           -- what changed, never a secret
  after jsonb,
  reason text,
  request_id text,
  created_at timestamptz not null default now(),
  constraint audit_log_actor_kind_check check (actor_kind in ('staff', 'customer', 'guest', 'system')),
  constraint audit_log_actor_id_check check ((actor_kind in ('staff', 'customer')) = (actor_id is not null)),
  constraint audit_log_action_check check (action ~ '^[a-z][a-z_]*\.[a-z][a-z_]*$' and length(action) <= 80),
  constraint audit_log_object_check check (object_type ~ '^[a-z][a-z_]*$' and length(object_type) <= 40 and length(object_id) between 1 and 200),
  constraint audit_log_reason_check check (length(reason) <= 2000)
);
create index audit_log_occurred_idx on checkout.audit_log (occurred_at, audit_id);
create index audit_log_object_idx on checkout.audit_log (object_type, object_id, occurred_at, audit_id);
create index audit_log_actor_idx on checkout.audit_log (actor_id, occurred_at, audit_id) where actor_id is not null;
revoke update, delete, truncate on checkout.audit_log from techmart_checkout;
reset role;
