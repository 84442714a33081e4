# Migrations as a gated task.
# shellcheck shell=bash disable=SC2154 # sourced by test.sh

additions='20261123010000  applied  auth
20261123170000  pending  customer exists'
removals='20261123010000  applied  auth
20261123161000  pending  shipping rates only'

migrations "$additions" 1 SUCCEEDED
expect 0 'migrate: additions' "$here/migrate.sh" staging expand
shows 'start-execution --state-machine-arn arn:m' 'migrate: applied' "$CALLS"
shows '"subnets":["subnet-1"],"securityGroups":["sg-1"]' 'migrate: in the same network' "$CALLS"
migrations "$additions" 1 FAILED
expect 1 'migrate: the task fails' "$here/migrate.sh" staging expand
shows 'aws logs tail /techmart/staging/migrate' 'migrate: its log is shown' "$CALLS"
migrations "$additions" 1 SUCCEEDED
expect 0 'migrate: check only' "$here/migrate.sh" staging check
expect 1 'migrate: check applies nothing' grep start-execution "$CALLS"
migrations "$removals" 1 SUCCEEDED
expect 3 'migrate: removals wait' "$here/migrate.sh" staging expand
expect 1 'migrate: nothing is applied' grep start-execution "$CALLS"
migrations "$removals" 1 SUCCEEDED
expect 0 'migrate: removals by decision' "$here/migrate.sh" staging contract
shows 'create-db-snapshot --db-instance-identifier techmart-staging-db-primary' 'migrate: after a snapshot' "$CALLS"
shows 'start-execution' 'migrate: applied' "$CALLS"
migrations "$removals" 1 SUCCEEDED
answer_first 'aws rds' 'exit 254 no room for a snapshot'
expect 254 'migrate: no snapshot, no contract' "$here/migrate.sh" staging contract
expect 1 'migrate: nothing is applied' grep start-execution "$CALLS"
migrations 'techmart-migrate: cannot connect' 1 SUCCEEDED
expect 1 'migrate: no database, no contract either' "$here/migrate.sh" staging contract
migrations "$additions" 139 SUCCEEDED
expect 1 'migrate: the task dies' "$here/migrate.sh" staging expand
migrations "$additions" null SUCCEEDED
expect 1 'migrate: the task never starts' "$here/migrate.sh" staging expand
expect 1 'migrate: no such environment' "$here/migrate.sh" nowhere expand
