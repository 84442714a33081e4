# Which migrations wait for a decision.
# shellcheck shell=bash disable=SC2154,SC2016 # sourced by test.sh

classified() { # WANT SQL
  printf '%s\n' "$2" >"$scratch/m.sql"
  expect 0 "classify: $2" "$here/migrations.sh" classify "$scratch/m.sql"
  shows "$1 " "classify: $2"
}
classified expand 'create table a.b (id bigint); revoke update on a.b from techmart_a;'
classified expand 'alter table a.b add column c text not null default $$x$$, add column d int;'
classified expand 'alter table a.b alter column c drop not null, drop constraint b_c_check;'
classified expand "create function a.f() returns void language sql as \$\$ delete from a.b; drop table a.b \$\$;"
classified expand '-- drop table a.b;'
classified expand "comment on table a.b is 'drop table; truncate a.b';"
classified expand '-- expand: nothing reads it since the release before
drop table a.b;'
classified expand 'revoke all on function a.f() from public;'
classified contract 'drop table a.b;'
classified contract 'DROP FUNCTION a.f(int);'
classified contract 'alter table a.b drop column c;'
classified contract 'alter table a.b drop c;'
classified contract 'alter table a.b add column c int, drop column d;'
classified contract 'alter table a.b add column c text not null;'
classified contract 'alter table a.b alter column c set not null;'
classified contract 'alter table a.b alter column c type bigint;'
classified contract 'alter table a.b rename column c to d;'
classified contract 'alter type a.t rename value $$x$$ to $$y$$;'
classified contract 'truncate a.b;'
classified contract 'delete from a.b where c;'
classified contract 'revoke select on a.b from techmart_a;'
classified contract '-- contract: the old code counts on one row
insert into a.b values (1);'
classified contract '-- expand: so it was thought
-- contract: but it is not
drop table a.b;'

gated() { # WANT NAME STATUS
  printf '%s\n' "$3" >"$scratch/status"
  expect "$1" "gate: $2" "$here/migrations.sh" gate "$scratch/status"
}
gated 1 'no list' 'techmart-migrate: cannot connect to the database'
gated 0 'an empty database' '20261123161000  pending  shipping rates only'
gated 0 'all is applied' '20261123161000  applied  shipping rates only'
gated 0 'only additions' '20261123010000  applied  auth
20261123170000  pending  customer exists'
gated 3 'something is taken away' '20261123010000  applied  auth
20261123161000  pending  shipping rates only'
gated 1 'changed after the fact' '20261123010000  changed  auth
20261123161000  applied  shipping rates only'
gated 1 'unknown to this checkout' '20261123010000  applied  auth
20991231000000  pending  from another branch'
