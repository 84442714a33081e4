#!/bin/sh
# The services' roles and their passwords, at every start: a new service gets its role, a changed password counts.
set -eu
PGPASSWORD=$(cat /run/secrets/superuser)
export PGPASSWORD
run() { psql -v ON_ERROR_STOP=1 --quiet --no-psqlrc --host "$PRIMARY" --username postgres --dbname techmart "$@"; }
run --file /roles.sql
for file in /run/secrets/*; do
  service=${file##*/}
  case $service in superuser | replication) continue ;; esac
  { printf '\\set password `cat %s`\n' "$file"; printf "alter role techmart_%s password :'password';\n" "$service"; } | run
done
