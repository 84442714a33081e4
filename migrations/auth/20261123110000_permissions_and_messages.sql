-- What staff may do, what is told to people by mail, and resetting a password.
set local role techmart_auth_owner;

-- Names such as 'orders.read'; '*' stands for all. Who was staff before there were permissions keeps all.
alter table auth.user_account add column permissions text[] not null default '{}';
update auth.user_account set permissions = '{*}' where role = 'staff';
alter table auth.user_account add constraint user_account_permissions_check
  check ((role = 'staff' or permissions = '{}') and array_position(permissions, null) is null);

-- Messages: each is sent once per template and cause.
create table auth.message (
  message_id uuid constraint message_pkey primary key,
  template text not null,
  cause_id uuid not null,                                 -- what it is about: sent once for each template and cause
  recipient text not null,
  subject text not null,
  body_text text,                                         -- null once a secret message was sent
  body_html text,
  secret boolean not null default false,                  -- holds a credential: its text is erased when it was sent
  expires_at timestamptz,                                 -- not sent any more after this
  sent_at timestamptz,                                    -- null while no SMTP server is configured
  attempts int not null default 0,
  available_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),
  constraint message_cause_key unique (template, cause_id),
  constraint message_body_text_check check (body_text is not null or secret),
  constraint message_secret_check check (not secret or sent_at is null or (body_text is null and body_html is null)),
  constraint message_attempts_check check (attempts >= 0)
);
create index message_unsent_idx on auth.message (available_at) where sent_at is null;
create index message_newest_idx on auth.message (created_at, message_id);
create index message_recipient_idx on auth.message (recipient, created_at, message_id);

-- Someone asked for a link. Written for every address alike, so that the answer takes as long where there is no account;
-- a job looks for the account, and the row is gone.
create table auth.password_reset_request (
  request_id uuid constraint password_reset_request_pkey primary key,
  email text not null,
  created_at timestamptz not null default now(),
  constraint password_reset_request_email_check check (email = lower(email) and length(email) <= 254)
);

-- Links to set a new password: only the SHA-256 of the token is kept. A link works once and until it expires.
create table auth.password_reset (
  token_hash bytea constraint password_reset_pkey primary key,
  user_id uuid not null constraint password_reset_user_id_fkey references auth.user_account (user_id),
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null default now(),
  constraint password_reset_token_hash_check check (length(token_hash) = 32)
);
create index password_reset_user_id_idx on auth.password_reset (user_id);
create index password_reset_expires_at_idx on auth.password_reset (expires_at);
reset role;
