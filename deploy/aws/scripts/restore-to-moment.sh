#!/usr/bin/env bash
# Restores the database of an environment to a moment, as an instance beside the one that runs; then gives it its name.
#
#   restore-to-moment.sh ENVIRONMENT TIME     makes techmart-ENVIRONMENT-db-restored as of TIME (2026-11-23T14:05:09Z) and waits
#   restore-to-moment.sh ENVIRONMENT swap     the running one becomes …-damaged, the restored one takes its name
#
# Between the two: techmart-migrate verify against the new instance. The whole procedure: docs/operations/restore.md.
# Needs the AWS CLI with a role that may do this; nothing here deletes anything.
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT TIME|swap"
environment=${1:?$usage} what=${2:?$usage}
primary="techmart-$environment-db-primary" restored="techmart-$environment-db-restored" damaged="techmart-$environment-db-damaged"

rename() { # FROM TO
  aws rds modify-db-instance --db-instance-identifier "$1" --new-db-instance-identifier "$2" --apply-immediately >/dev/null
  # The old name answers for a while.
  until aws rds describe-db-instances --db-instance-identifier "$2" >/dev/null 2>&1; do sleep 10; done
  aws rds wait db-instance-available --db-instance-identifier "$2"
}

if [ "$what" = swap ]; then
  rename "$primary" "$damaged"
  rename "$restored" "$primary"
  echo "$primary is the restored database; $damaged is kept. Replicas still follow $damaged: delete them and deploy the data stack."
  exit
fi

source=$(aws rds describe-db-instances --db-instance-identifier "$primary" --query 'DBInstances[0]' --output json)
value() { jq --raw-output "$1" <<<"$source"; }
mapfile -t groups < <(value '.VpcSecurityGroups[].VpcSecurityGroupId')
latest=$(value '.LatestRestorableTime // empty')
if [ -n "$latest" ] && [ "$(date -d "$latest" +%s)" -lt "$(date -d "$what" +%s)" ]; then
  echo "${0##*/}: the log is archived up to $latest; wait until that is behind $what" >&2
  exit 1
fi
aws rds restore-db-instance-to-point-in-time \
  --source-db-instance-identifier "$primary" --target-db-instance-identifier "$restored" --restore-time "$what" \
  --db-instance-class "$(value .DBInstanceClass)" --db-subnet-group-name "$(value .DBSubnetGroup.DBSubnetGroupName)" \
  --db-parameter-group-name "$(value '.DBParameterGroups[0].DBParameterGroupName')" \
  --vpc-security-group-ids "${groups[@]}" --multi-az --no-publicly-accessible --deletion-protection --copy-tags-to-snapshot >/dev/null
aws rds wait db-instance-available --db-instance-identifier "$restored"
aws rds describe-db-instances --db-instance-identifier "$restored" --query 'DBInstances[0].Endpoint.Address' --output text
