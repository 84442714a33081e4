#!/bin/sh
# A replica that streams from the primary. New data are a copy of the primary's; later starts go on where the last one ended.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  chmod 0700 "$PGDATA"
  PGPASSWORD=$(cat /run/secrets/replication)
  export PGPASSWORD
  # What a copy that was cut off left behind goes first.
  until find "$PGDATA" -mindepth 1 -delete && pg_basebackup --host "$PRIMARY" --username replicator --no-password \
    --pgdata "$PGDATA" --wal-method stream --checkpoint fast --write-recovery-conf; do
    sleep 1
  done
  unset PGPASSWORD
fi
exec "$@"
