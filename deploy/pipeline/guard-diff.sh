#!/usr/bin/env bash
# Refuses a change of infrastructure that would lose what cannot be made again.
#
#   guard-diff.sh DIFF     DIFF is what `cdk diff` printed. Exit 1 when something that holds data or keys is
#                          destroyed or replaced, or may be
set -euo pipefail
diff=${1:?usage: ${0##*/} DIFF}
holds='AWS::(RDS|ElastiCache|OpenSearchService|S3|KMS|SecretsManager|DynamoDB|ECR|Backup|Cognito)::'

lost=$(sed 's/\x1b\[[0-9;]*m//g' "$diff" | grep -E "^\[[-~+/]+\] $holds" | grep -vE '::(BucketPolicy|RotationSchedule|Alias) ' \
  | grep -E '^\[-\]| (destroy|replace|may be replaced)( .*)?$' || true)
if [ -n "$lost" ]; then
  echo "guard: this would lose data or keys; it is done by hand or not at all (docs/DELIVERY.md):" >&2
  echo "$lost" >&2
  exit 1
fi
