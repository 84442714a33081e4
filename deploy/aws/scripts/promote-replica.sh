#!/usr/bin/env bash
# A read replica becomes a primary of its own: for when the primary and its standby are both gone. Replicas are asynchronous,
# so what was acknowledged last may be missing (docs/operations/promotion.md says what to do with its payments).
#
#   promote-replica.sh ENVIRONMENT NUMBER     techmart-ENVIRONMENT-db-replica-NUMBER takes writes; prints its address
#   promote-replica.sh ENVIRONMENT failover   the standby takes over from a primary that still answers (a drill, a sick zone)
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT NUMBER|failover"
environment=${1:?$usage} which=${2:?$usage}

if [ "$which" = failover ]; then
  aws rds reboot-db-instance --db-instance-identifier "techmart-$environment-db-primary" --force-failover >/dev/null
  aws rds wait db-instance-available --db-instance-identifier "techmart-$environment-db-primary"
  exit
fi

replica="techmart-$environment-db-replica-$which"
aws rds promote-read-replica --db-instance-identifier "$replica" --backup-retention-period 7 >/dev/null
aws rds wait db-instance-available --db-instance-identifier "$replica"
# A single instance until this has run; it goes on answering meanwhile.
aws rds modify-db-instance --db-instance-identifier "$replica" --multi-az --apply-immediately >/dev/null
aws rds describe-db-instances --db-instance-identifier "$replica" --query 'DBInstances[0].Endpoint.Address' --output text
