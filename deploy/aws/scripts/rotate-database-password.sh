#!/usr/bin/env bash
# Gives the database role of a service a new password. Tasks know both before it changes, so nobody is turned away
# (docs/operations/secrets.md says why). Run again after it was interrupted, it begins anew from what it finds.
#
#   rotate-database-password.sh ENVIRONMENT UNIT     UNIT: a service, or techmart where one process is all of them
#
# Exit 3 while migrations wait that take something away: nothing is begun then.
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT UNIT"
environment=${1:?$usage} unit=${2:?$usage}
migrate=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../pipeline" && pwd)/migrate.sh
secret="techmart/$environment/db/$unit" cluster="techmart-$environment-cluster"

# keep PASSWORD OTHER: what tasks are given that start from now on. Never an argument of a program, which others could see.
keep() {
  local value
  value=$(printf '%s\n%s\n' "$1" "$2" | jq --raw-input --null-input '[inputs] | {password: .[0], other: .[1]}')
  aws secretsmanager put-secret-value --secret-id "$secret" --secret-string file:///dev/stdin >/dev/null <<<"$value"
}

# The database takes `password`, as it does with every migration.
set_password() { "$migrate" "$environment" expand; }

# What takes something away is decided elsewhere, and applying would not ask.
"$migrate" "$environment" check
value=$(aws secretsmanager get-secret-value --secret-id "$secret" --query SecretString --output text)
old=$(jq --raw-output --exit-status .password <<<"$value")
if [ -n "$(jq --raw-output .other <<<"$value")" ]; then
  # Interrupted before: now it is certain again which of both the database takes.
  set_password
fi
new=$(aws secretsmanager get-random-password --password-length 48 --exclude-punctuation --query RandomPassword --output text)
keep "$old" "$new"
aws ecs update-service --cluster "$cluster" --service "$unit" --force-new-deployment >/dev/null
aws ecs wait services-stable --cluster "$cluster" --services "$unit"
keep "$new" "$old"
set_password
keep "$new" ''
echo "$secret: changed"
