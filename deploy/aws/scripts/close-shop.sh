#!/usr/bin/env bash
# Closes an environment's shop, so that nothing is written, and opens it again.
#
#   close-shop.sh ENVIRONMENT close    scaling is suspended, every service goes to no tasks; the edge answers 503
#   close-shop.sh ENVIRONMENT open     every service gets its smallest number of tasks, scaling goes on; auth is ready first
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT close|open"
environment=${1:?$usage} what=${2:?$usage}
case $what in close) suspended=true ;; open) suspended=false ;; *) echo "$usage" >&2; exit 2 ;; esac
cluster="techmart-$environment-cluster"

mapfile -t services < <(aws ecs list-services --cluster "$cluster" --output json \
  | jq --raw-output '[.serviceArns[] | split("/")[-1]] | sort_by(test("^auth$") | not)[]')
[ ${#services[@]} -gt 0 ] || { echo "${0##*/}: no service in $cluster" >&2; exit 1; }

# smallest SERVICE: how many tasks scaling keeps at least.
smallest() {
  aws application-autoscaling describe-scalable-targets --service-namespace ecs --resource-ids "service/$cluster/$1" --output json \
    | jq '.ScalableTargets[0].MinCapacity // 1'
}

for service in "${services[@]}"; do
  count=0
  if [ "$what" = open ]; then count=$(smallest "$service"); fi
  aws application-autoscaling register-scalable-target --service-namespace ecs --resource-id "service/$cluster/$service" \
    --scalable-dimension ecs:service:DesiredCount --suspended-state \
    "DynamicScalingInSuspended=$suspended,DynamicScalingOutSuspended=$suspended,ScheduledScalingSuspended=$suspended" >/dev/null
  aws ecs update-service --cluster "$cluster" --service "$service" --desired-count "$count" >/dev/null
  if [ "$what" = open ]; then aws ecs wait services-stable --cluster "$cluster" --services "$service"; fi
done
if [ "$what" = close ]; then aws ecs wait services-stable --cluster "$cluster" --services "${services[@]}"; fi
