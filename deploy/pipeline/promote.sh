#!/usr/bin/env bash
# Hands a release over to the CodePipeline and waits until it has reached production, or has failed or been refused.
#
#   promote.sh BUNDLE     BUNDLE is the file of deploy/aws/scripts/bundle-release.sh
#
# Bucket and key are those of the pipeline's source; that the object is there starts it. Its execution is known by the
# object's version. PIPELINE (default techmart) names it; WAIT_S (default 6000: somebody has to
# approve meanwhile, and a role's session ends after two hours) and POLL_S (default 15) are as in await-running.sh.
set -euo pipefail
bundle=${1:?usage: ${0##*/} BUNDLE}
pipeline=${PIPELINE:-techmart}

source=$(aws codepipeline get-pipeline --name "$pipeline" --output json | jq --raw-output --exit-status '
  [.pipeline.stages[].actions[] | select(.actionTypeId.category == "Source" and .actionTypeId.provider == "S3") | .configuration]
  | if length == 1 then .[0] | "\(.S3Bucket) \(.S3ObjectKey)" else empty end') || {
  echo "promote: $pipeline has not one source in S3" >&2
  exit 1
}
read -r bucket key <<<"$source"
version=$(aws s3api put-object --bucket "$bucket" --key "$key" --body "$bundle" --query VersionId --output text)
echo "promote: $pipeline has been given $key, version $version"

# What became of the execution that took this version; empty until there is one.
look() {
  aws codepipeline list-pipeline-executions --pipeline-name "$pipeline" --max-items 50 --output json \
    | jq --raw-output --arg version "$version" '
      [.pipelineExecutionSummaries[] | select(any(.sourceRevisions[]?; .revisionId == $version))][0]
      | select(. != null) | "\(.status) \(.pipelineExecutionId)"'
}

deadline=$((SECONDS + ${WAIT_S:-6000}))
while true; do
  read -r state run <<<"$(look) " || true
  case "$state" in
    '' | InProgress | Stopping) ;;
    *) break ;;
  esac
  if [ "$SECONDS" -ge "$deadline" ]; then break; fi
  sleep "${POLL_S:-15}"
done
echo "promote: ${state:-never started}"
[ "$state" = Succeeded ] && exit
if [ -n "${run// /}" ]; then
  aws codepipeline list-action-executions --pipeline-name "$pipeline" --filter "pipelineExecutionId=${run// /}" --output json \
    | jq --raw-output '.actionExecutionDetails[] | select(.status != "Succeeded")
      | "\(.stageName) \(.actionName): \(.status) \(.output.executionResult.externalExecutionSummary // "")"' >&2
fi
exit 1
