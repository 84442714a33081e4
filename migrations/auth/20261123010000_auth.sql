-- Accounts, sessions, rotating refresh tokens, and what other services need to verify access tokens by themselves.
create schema auth authorization techmart_auth_owner;
-- Every service checks at its start that the migrations it needs are applied.
grant select on table public._sqlx_migrations to techmart_auth, techmart_catalog, techmart_cart, techmart_checkout, techmart_orders, techmart_search;
set local role techmart_auth_owner;
grant usage on schema auth to techmart_auth, techmart_catalog, techmart_cart, techmart_checkout, techmart_orders, techmart_search;
alter default privileges in schema auth grant select, insert, update, delete on tables to techmart_auth;

create table auth.user_account (
  user_id uuid constraint user_account_pkey primary key,
  email text not null,
  name text not null,
  role text not null,
  password_hash text not null,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_account_email_key unique (email),
  constraint user_account_email_check check (email = lower(email) and length(email) <= 254),
  constraint user_account_name_check check (length(name) between 1 and 200),
  constraint user_account_role_check check (role in ('customer', 'staff'))
);

create table auth.session (
  session_id uuid constraint session_pkey primary key,
  user_id uuid not null constraint session_user_id_fkey references auth.user_account (user_id),
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoke_reason text,
  constraint session_revoke_reason_check check ((revoked_at is null) = (revoke_reason is null))
);
create index session_user_id_idx on auth.session (user_id);
create index session_revoked_at_idx on auth.session (revoked_at) where revoked_at is not null;

-- Only the SHA-256 of a token is kept. A token has at most one child: the one that replaced it. While a child is unused,
-- sealed_token holds its text encrypted with a key that only its parent's text gives, for a client that lost the answer.
create table auth.refresh_token (
  token_hash bytea constraint refresh_token_pkey primary key,
  session_id uuid not null constraint refresh_token_session_id_fkey references auth.session (session_id),
  parent_hash bytea constraint refresh_token_parent_hash_key unique,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  sealed_token bytea,
  created_at timestamptz not null default now(),
  constraint refresh_token_token_hash_check check (length(token_hash) = 32),
  constraint refresh_token_sealed_token_check check (sealed_token is null or (length(sealed_token) = 32 and parent_hash is not null and used_at is null)),
  constraint refresh_token_expires_at_check check (expires_at > issued_at)
);
create index refresh_token_session_id_idx on auth.refresh_token (session_id);
create index refresh_token_expires_at_idx on auth.refresh_token (expires_at);
create index refresh_token_sealed_token_idx on auth.refresh_token (issued_at) where sealed_token is not null;

-- Public halves of the signing keys in use; the private half lives in the settings of the auth service only.
create table auth.signing_key (
  kid text constraint signing_key_pkey primary key,
  algorithm text not null,
  public_jwk jsonb not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  constraint signing_key_algorithm_check check (algorithm in ('EdDSA'))
);

create function auth.public_keys_v1()
returns table (kid text, public_jwk jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select k.kid, k.public_jwk from auth.signing_key k where k.retired_at is null order by k.kid
$$;
revoke all on function auth.public_keys_v1() from public;
grant execute on function auth.public_keys_v1() to techmart_auth, techmart_catalog, techmart_cart, techmart_checkout, techmart_orders, techmart_search;

-- Sessions revoked at or after a moment: what a service adds to its in-memory list every two seconds.
create function auth.revoked_since_v1(p_since timestamptz)
returns table (session_id uuid, revoked_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.session_id, s.revoked_at from auth.session s where s.revoked_at >= p_since order by s.revoked_at
$$;
revoke all on function auth.revoked_since_v1(timestamptz) from public;
grant execute on function auth.revoked_since_v1(timestamptz) to techmart_auth, techmart_catalog, techmart_cart, techmart_checkout, techmart_orders, techmart_search;
reset role;
