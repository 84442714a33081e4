#!/usr/bin/env bash
# Lists the stacks of an environment that run an image of ours: a line of stack and image's name for each. An image comes
# in by the stack's parameter ImageDigest, and which one it is, is in the stack's name.
#
#   units.sh ASSEMBLY ENVIRONMENT
set -euo pipefail
usage="usage: ${0##*/} ASSEMBLY ENVIRONMENT"
assembly=${1:?$usage} prefix="techmart-${2:?$usage}"

for template in "$assembly/$prefix"-*.template.json; do
  jq --exit-status '.Parameters.ImageDigest' "$template" >/dev/null || continue
  stack=${template##*/}
  stack=${stack%.template.json}
  unit=${stack#"$prefix-"}
  unit=${unit#service-}
  echo "$stack ${unit/#migrations/migrate}"
done
