#!/usr/bin/env bash
# Runs an operator's command once, as a task of its own, and prints what it said.
#
#   run-once.sh ENVIRONMENT SERVICE COMMAND...     as in: run-once.sh production auth staff create --email you@example.com
#   run-once.sh ENVIRONMENT migrate COMMAND...     techmart-migrate's, as in: run-once.sh production migrate verify
#
# The task has the image, settings, network and rights of the service, or of the migrations task. What it prints is kept in
# the log group: change a password that is printed at once. Exit 1 when the command fails. Needs a person's role: no workflow
# may do this.
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT SERVICE|migrate COMMAND..."
environment=${1:?$usage} service=${2:?$usage}
shift 2
[ "$#" -gt 0 ] || {
  echo "$usage" >&2
  exit 2
}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cluster="techmart-$environment-cluster"

if [ "$service" = migrate ]; then
  container=migrate definition="techmart-$environment-migrate"
  network=$("$here/migrations-network.sh" "$environment")
else
  container=app
  described=$(aws ecs describe-services --cluster "$cluster" --services "$service" --output json \
    | jq --exit-status '.services[0] | select(.status == "ACTIVE")') || {
    echo "once: $cluster has no service $service" >&2
    exit 1
  }
  definition=$(jq --raw-output .taskDefinition <<<"$described") network=$(jq --compact-output .networkConfiguration <<<"$described")
fi
words='[]'
for word; do words=$(jq --compact-output --arg word "$word" '. + [$word]' <<<"$words"); done
overrides=$(jq --compact-output --arg name "$container" '{containerOverrides: [{name: $name, command: .}]}' <<<"$words")
task=$(aws ecs run-task --cluster "$cluster" --task-definition "$definition" --launch-type FARGATE --network-configuration "$network" \
  --started-by operator --overrides "$overrides" --output json | jq --raw-output --exit-status '.tasks[0].taskArn')
aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task"
aws logs get-log-events --log-group-name "/techmart/$environment/$service" --log-stream-name "$container/$container/${task##*/}" \
  --start-from-head --output json | jq --raw-output '.events[].message'
code=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --output json \
  | jq --raw-output --arg name "$container" '.tasks[0].containers[] | select(.name == $name) | .exitCode // "none"')
[ "$code" = 0 ] || {
  echo "once: exit code $code" >&2
  exit 1
}
