#!/usr/bin/env bash
# Prints the network of an environment's migrations task as `aws ecs run-task` wants it: the subnets and security groups
# with which the state machine techmart-ENVIRONMENT-migrations runs it.
#
#   migrations-network.sh ENVIRONMENT
set -euo pipefail
name="techmart-${1:?usage: ${0##*/} ENVIRONMENT}-migrations"

machine=$(aws stepfunctions list-state-machines --output json \
  | jq --raw-output --exit-status --arg name "$name" '.stateMachines[] | select(.name == $name) | .stateMachineArn') || {
  echo "network: no state machine $name" >&2
  exit 1
}
aws stepfunctions describe-state-machine --state-machine-arn "$machine" --query definition --output text \
  | jq --compact-output --exit-status '[.. | objects | .AwsvpcConfiguration? | select(. != null)][0]
    | {awsvpcConfiguration: {subnets: .Subnets, securityGroups: .SecurityGroups, assignPublicIp: "DISABLED"}}'
