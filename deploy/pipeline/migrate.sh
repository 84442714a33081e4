#!/usr/bin/env bash
# Brings an environment's database to what the deployed migrations image knows.
#
#   migrate.sh ENVIRONMENT check       asks what is pending; exit 3 when something of it takes away (migrations.sh)
#   migrate.sh ENVIRONMENT expand      the same, and applies it
#   migrate.sh ENVIRONMENT contract    applies it whatever it takes away, after a snapshot of the database
#
# `check` runs `techmart-migrate status` as a one-off ECS task with the network of the state machine
# techmart-ENVIRONMENT-migrations; applying is that state machine's. Exit 1 when a task or the state machine fails.
# POLL_S (default 10) is the time between two looks.
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT check|expand|contract"
environment=${1:?$usage} mode=${2:?$usage}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name="techmart-$environment"
logs="/techmart/$environment/migrate"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

machine() {
  aws stepfunctions list-state-machines --output json \
    | jq --raw-output --exit-status --arg name "$name-migrations" '.stateMachines[] | select(.name == $name) | .stateMachineArn'
}

# What `techmart-migrate status` prints in a task of its own.
status() {
  local network=$1 task id stopped
  task=$(aws ecs run-task --cluster "$name-cluster" --task-definition "$name-migrate" --launch-type FARGATE \
    --network-configuration "$network" --started-by pipeline \
    --overrides '{"containerOverrides":[{"name":"migrate","command":["status"]}]}' --output json \
    | jq --raw-output --exit-status '.tasks[0].taskArn')
  id=${task##*/}
  aws ecs wait tasks-stopped --cluster "$name-cluster" --tasks "$task"
  stopped=$(aws ecs describe-tasks --cluster "$name-cluster" --tasks "$task" --output json)
  # 1 is its answer when something is pending; anything else, or none, is a failure.
  jq --exit-status '.tasks[0].containers[] | select(.name == "migrate") | .exitCode | . == 0 or . == 1' <<<"$stopped" >/dev/null || {
    jq '.tasks[0] | {stoppedReason, containers: [.containers[] | {name, exitCode, reason}]}' <<<"$stopped" >&2
    return 1
  }
  aws logs get-log-events --log-group-name "$logs" --log-stream-name "migrate/migrate/$id" --start-from-head \
    --output json | jq --raw-output '.events[].message'
}

apply() {
  local run state
  run=$(aws stepfunctions start-execution --state-machine-arn "$1" --query executionArn --output text)
  while true; do
    state=$(aws stepfunctions describe-execution --execution-arn "$run" --query status --output text)
    [ "$state" = RUNNING ] || break
    sleep "${POLL_S:-10}"
  done
  echo "migrate: $state"
  [ "$state" = SUCCEEDED ] && return
  aws logs tail "$logs" --since 1h >&2 || true
  return 1
}

snapshot() {
  local id
  id="$name-before-contract-$(date --utc +%Y%m%d%H%M%S)"
  aws rds create-db-snapshot --db-instance-identifier "$name-db-primary" --db-snapshot-identifier "$id" >/dev/null
  aws rds wait db-snapshot-available --db-snapshot-identifier "$id"
  echo "migrate: snapshot $id"
}

case "$mode" in
  check | expand | contract) ;;
  *)
    echo "$usage" >&2
    exit 2
    ;;
esac
arn=$(machine) || {
  echo "migrate: no state machine $name-migrations" >&2
  exit 1
}
network=$("$here/migrations-network.sh" "$environment")
status "$network" >"$scratch/status"
gate=0
"$here/migrations.sh" gate "$scratch/status" || gate=$?
case "$mode:$gate" in
  check:*) exit "$gate" ;;
  expand:0) apply "$arn" ;;
  contract:0 | contract:3)
    snapshot # not joined with && to the next line: that would let a failure inside pass
    apply "$arn"
    ;;
  *) exit "$gate" ;;
esac
