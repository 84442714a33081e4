#!/usr/bin/env bash
# Deploys the services and pages of a release that is on record again, and asks whether they run.
#
#   go-back.sh ENVIRONMENT RELEASE
#
# Templates are those in deploy/aws/cdk.out, images and pages the older ones. Migrations stay: they only add, so the
# older code works with them.
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT RELEASE"
environment=${1:?$usage} release=${2:?$usage}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if ! jq --exit-status '.images' "$release" >/dev/null; then
  echo "go back: $environment has no release on record; ECS and CloudFormation have gone back as far as they could" >&2
  exit 1
fi
"$here/deploy.sh" "$environment" "$release" services
"$here/await-running.sh" "$environment" "$release"
"$here/publish-pages.sh" "$environment" "$release"
echo "go back: $environment runs $(jq --raw-output .version "$release") again"
