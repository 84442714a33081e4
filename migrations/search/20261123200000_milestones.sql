-- Milestones of the history of the read model: everyone who writes documents leaves one, under the lock of writers, so
-- they stand in commit order. An index remembers the last one it passed. After the database was put back to a moment, or
-- a standby that lacked the last changes was promoted, a milestone of the time that is lost is not found here.
set local role techmart_search_owner;

create table search.milestone (
  milestone_id bigint generated always as identity constraint milestone_pkey primary key,
  token uuid not null default gen_random_uuid(),          -- numbers are given again in another history, tokens are not
  created_at timestamptz not null default now()
);
insert into search.milestone default values;
revoke update, truncate on search.milestone from techmart_search;
reset role;
