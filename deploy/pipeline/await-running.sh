#!/usr/bin/env bash
# Waits until every service of an environment runs the image of a release and nothing else, or fails.
#
#   await-running.sh ENVIRONMENT RELEASE
#
# A stack can end well while ECS goes back to the task before; what runs is the truth. WAIT_S (default 1200) is the
# longest wait, POLL_S (default 15) the time between two looks.
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT RELEASE"
environment=${1:?$usage} release=${2:?$usage}
cluster="techmart-$environment-cluster"
deadline=$((SECONDS + ${WAIT_S:-1200}))

# One line a service: its name, how far its deployment is, and the digest that its task definition names.
look() {
  local services service definition state image
  mapfile -t services < <(aws ecs list-services --cluster "$cluster" --query 'serviceArns[]' --output json | jq --raw-output '.[]')
  [ "${#services[@]}" -gt 0 ] || return 0
  aws ecs describe-services --cluster "$cluster" --services "${services[@]}" --output json | jq --raw-output '
    .services[] | .serviceName as $name | (.deployments | length) as $deployments
    | .deployments[] | select(.status == "PRIMARY")
    | [$name, .taskDefinition, if .rolloutState == "COMPLETED" and $deployments > 1 then "DRAINING" else .rolloutState end]
    | @tsv' | while IFS=$'\t' read -r service definition state; do
    image=$(aws ecs describe-task-definition --task-definition "$definition" --output json \
      | jq --raw-output '.taskDefinition.containerDefinitions[] | select(.name == "app") | .image')
    echo "$service $state ${image##*@}"
  done
}

while true; do
  running=$(look)
  [ -n "$running" ] || {
    echo "await: $cluster has no services" >&2
    exit 1
  }
  open=0
  while read -r service state digest; do
    wanted=$(jq --raw-output --arg unit "$service" '.images[$unit] // "none"' "$release")
    if [ "$state" = FAILED ]; then
      echo "await: $service: the deployment failed" >&2
      exit 1
    fi
    if [ "$state" = COMPLETED ] && [ "$digest" != "$wanted" ]; then
      echo "await: $service runs $digest instead of $wanted: it was rolled back" >&2
      exit 1
    fi
    [ "$state" = COMPLETED ] || open=$((open + 1))
  done <<<"$running"
  if [ "$open" -eq 0 ]; then
    echo "await: $(wc -l <<<"$running") services run the release"
    exit 0
  fi
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "await: still open after ${WAIT_S:-1200} s:" >&2
    echo "$running" >&2
    exit 1
  fi
  echo "await: $open still open"
  sleep "${POLL_S:-15}"
done
