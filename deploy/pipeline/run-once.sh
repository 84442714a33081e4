#!/usr/bin/env bash
# Runs an operator's command of a service once, as a task of its own beside the service, and prints what it said.
#
#   run-once.sh ENVIRONMENT SERVICE COMMAND...     as in: run-once.sh production auth staff create --email you@example.com
#
# The task has the image, settings, network and rights of the service. What it prints is kept in the service's log group:
# change a password that is printed at once. Exit 1 when the command fails. Needs a person's role: no workflow may do this.
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT SERVICE COMMAND..."
environment=${1:?$usage} service=${2:?$usage}
shift 2
[ "$#" -gt 0 ] || {
  echo "$usage" >&2
  exit 2
}
cluster="techmart-$environment-cluster"

described=$(aws ecs describe-services --cluster "$cluster" --services "$service" --output json \
  | jq --exit-status '.services[0] | select(.status == "ACTIVE")') || {
  echo "once: $cluster has no service $service" >&2
  exit 1
}
words='[]'
for word; do words=$(jq --compact-output --arg word "$word" '. + [$word]' <<<"$words"); done
overrides=$(jq --compact-output '{containerOverrides: [{name: "app", command: .}]}' <<<"$words")
task=$(aws ecs run-task --cluster "$cluster" --task-definition "$(jq --raw-output .taskDefinition <<<"$described")" \
  --launch-type FARGATE --network-configuration "$(jq --compact-output .networkConfiguration <<<"$described")" \
  --started-by operator --overrides "$overrides" --output json | jq --raw-output --exit-status '.tasks[0].taskArn')
aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task"
aws logs get-log-events --log-group-name "/techmart/$environment/$service" --log-stream-name "app/app/${task##*/}" \
  --start-from-head --output json | jq --raw-output '.events[].message'
code=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --output json \
  | jq --raw-output '.tasks[0].containers[] | select(.name == "app") | .exitCode // "none"')
[ "$code" = 0 ] || {
  echo "once: exit code $code" >&2
  exit 1
}
