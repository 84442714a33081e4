-- The read model of search. One leader at a time writes it (an advisory lock), which makes change_seq gap-free in
-- commit order, so that every instance can follow it with a cursor into its own index.
create schema search authorization techmart_search_owner;
set local role techmart_search_owner;
grant usage on schema search to techmart_search;
alter default privileges in schema search grant select, insert, update, delete on tables to techmart_search;
alter default privileges in schema search grant usage on sequences to techmart_search;

create sequence search.change_seq;
create table search.document (
  product_id uuid constraint document_pkey primary key,
  version bigint not null,
  deleted boolean not null,
  body jsonb not null,
  change_seq bigint not null default nextval('search.change_seq'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint document_change_seq_key unique (change_seq)
);
reset role;
