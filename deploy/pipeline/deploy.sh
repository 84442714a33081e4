#!/usr/bin/env bash
# Deploys stacks of one environment from a synthesized app, the services by the digests of a release.
#
#   deploy.sh ENVIRONMENT RELEASE foundation     network, data, platform and the migrations task
#   deploy.sh ENVIRONMENT RELEASE services       every service; CloudFormation waits until each is stable or rolled back
#   deploy.sh ENVIRONMENT RELEASE surroundings   edge and ops
#
# ASSEMBLY (default deploy/aws/cdk.out) is what `cdk synth` wrote. Stacks are deployed one by one, never what they stand
# on along with them, so that a part changes nothing but itself.
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT RELEASE foundation|services|surroundings"
environment=${1:?$usage} release=${2:?$usage} part=${3:?$usage}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
assembly=$(realpath "${ASSEMBLY:-$here/../aws/cdk.out}")
release=$(realpath "$release")
prefix="techmart-$environment"

case "$part" in
  foundation) wanted=(network data platform migrations) ;;
  services) wanted=('service-*') ;;
  surroundings) wanted=('edge*' 'ops*') ;;
  *)
    echo "$usage" >&2
    exit 2
    ;;
esac

stacks=()
for pattern in "${wanted[@]}"; do
  while IFS= read -r template; do
    stack=${template##*/}
    stacks+=("${stack%.template.json}")
  done < <(compgen -G "$assembly/$prefix-$pattern.template.json" | sort)
done
[ "${#stacks[@]}" -gt 0 ] || {
  echo "deploy: $assembly holds no stack for $part of $environment" >&2
  exit 1
}

units=$("$here/units.sh" "$assembly" "$environment")
parameters=()
while read -r stack unit; do
  [ -n "$stack" ] && [[ " ${stacks[*]} " == *" $stack "* ]] || continue
  digest=$(jq --raw-output --exit-status --arg unit "$unit" '.images[$unit]' "$release") || {
    echo "deploy: the release has no image for $stack" >&2
    exit 1
  }
  parameters+=(--parameters "$stack:ImageDigest=$digest")
done <<<"$units"

cd "$here/../aws"
npx --no-install cdk deploy --app "$assembly" --exclusively --require-approval never --concurrency 6 --progress events \
  "${parameters[@]}" "${stacks[@]}"
