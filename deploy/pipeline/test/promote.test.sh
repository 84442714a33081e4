# Promotion through CodePipeline.
# shellcheck shell=bash disable=SC2154 # sourced by test.sh
touch "$scratch/release.zip"

promoted() { # EXECUTIONS
  fresh
  answer 'aws codepipeline get-pipeline --name techmart' '{"pipeline":{"stages":[{"actions":[{"name":"Release",
    "actionTypeId":{"category":"Source","provider":"S3"},"configuration":{"S3Bucket":"b","S3ObjectKey":"k.zip"}}]}]}}'
  answer 'aws s3api put-object --bucket b --key k.zip' 'v1'
  answer 'aws codepipeline list-pipeline-executions' "{\"pipelineExecutionSummaries\":[$1]}"
  answer 'aws codepipeline list-action-executions --pipeline-name techmart --filter pipelineExecutionId=run-1' '{"actionExecutionDetails":[
    {"stageName":"production","actionName":"cart","status":"Failed","output":{"executionResult":{"externalExecutionSummary":"no"}}}]}'
}
execution() { printf '{"pipelineExecutionId":"run-%s","status":"%s","sourceRevisions":[{"revisionId":"v%s"}]}' "$1" "$2" "$1"; }
promoted "$(execution 2 Failed),$(execution 1 Succeeded)"
expect 0 'promote: another execution is not ours' "$here/promote.sh" "$scratch/release.zip"
promoted "$(execution 2 Succeeded),$(execution 1 Failed)"
expect 1 'promote: failed' "$here/promote.sh" "$scratch/release.zip"
shows 'production cart: Failed no' 'promote: and says where'
promoted "$(execution 1 InProgress)"
expect 1 'promote: too long' "$here/promote.sh" "$scratch/release.zip"
promoted "$(execution 2 Succeeded)"
expect 1 'promote: never started' "$here/promote.sh" "$scratch/release.zip"
shows 'never started' 'promote: and says so'
fresh
answer 'aws codepipeline get-pipeline' '{"pipeline":{"stages":[]}}'
expect 1 'promote: no source' "$here/promote.sh" "$scratch/release.zip"
