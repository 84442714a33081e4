-- What staff decide about results: synonyms and rules for single queries. Every change raises the revision in its own
-- transaction; each instance of the service follows that number.
set local role techmart_search_owner;

-- Who changed what: one row per change, written in the change's own transaction. Rows are only ever added.
create table search.audit_log (
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
create index audit_log_occurred_idx on search.audit_log (occurred_at, audit_id);
create index audit_log_object_idx on search.audit_log (object_type, object_id, occurred_at, audit_id);
create index audit_log_actor_idx on search.audit_log (actor_id, occurred_at, audit_id) where actor_id is not null;
revoke update, delete, truncate on search.audit_log from techmart_search;

create table search.idempotency_key (
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
create index idempotency_key_expires_at_idx on search.idempotency_key (expires_at);

-- One row. Whoever changes synonyms or rules holds it until the transaction ends, so changes are counted one by one.
create table search.merchandising_revision (
  one_row boolean constraint merchandising_revision_pkey primary key default true,
  revision bigint not null default 1,
  popular_revision bigint not null default 1,             -- of search.popular_query, which no answer depends on
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint merchandising_revision_one_row_check check (one_row)
);
insert into search.merchandising_revision default values;
revoke insert, delete, truncate on search.merchandising_revision from techmart_search;

create table search.synonym (
  synonym_id uuid constraint synonym_pkey primary key,
  kind text not null,
  from_terms text[] not null,                             -- as staff wrote them; of 'equivalent' all terms
  to_terms text[] not null,                               -- empty for 'equivalent'
  keys text[] not null,                                   -- folded: the words of a query that the entry applies to
  note text not null default '',
  enabled boolean not null default true,
  version bigint not null default 1,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint synonym_kind_check check (kind in ('equivalent', 'one_way', 'disabled')),
  constraint synonym_terms_check check (cardinality(from_terms) between 1 and 20 and cardinality(to_terms) <= 20
    and (kind <> 'equivalent' or (cardinality(from_terms) >= 2 and cardinality(to_terms) = 0))
    and (kind <> 'one_way' or cardinality(to_terms) >= 1)),
  constraint synonym_keys_check check (cardinality(keys) between 1 and 20),
  constraint synonym_note_check check (length(note) <= 500)
);

create table search.rule (
  rule_id uuid constraint rule_pkey primary key,
  query text not null,                                    -- as staff wrote it
  query_key text not null,                                -- folded: what a shopper's text is compared with
  matches text not null,
  pinned uuid[] not null default '{}',                    -- products, the first place first
  buried uuid[] not null default '{}',
  redirect text,                                          -- a path in the shop
  starts_at timestamptz,
  ends_at timestamptz,
  enabled boolean not null default true,
  note text not null default '',
  version bigint not null default 1,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint rule_query_check check (length(query) between 1 and 100 and query_key <> ''),
  constraint rule_matches_check check (matches in ('exact', 'contains')),
  constraint rule_products_check check (cardinality(pinned) <= 20 and cardinality(buried) <= 100 and not pinned && buried),
  constraint rule_redirect_check check (redirect ~ '^/($|[^/\\])' and length(redirect) <= 500),
  constraint rule_effect_check check (cardinality(pinned) > 0 or cardinality(buried) > 0 or redirect is not null),
  constraint rule_time_check check (starts_at < ends_at),
  constraint rule_note_check check (length(note) <= 500)
);
reset role;
