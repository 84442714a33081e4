# Stacks, what runs, what is on record, what a diff may do.
# shellcheck shell=bash disable=SC2154 # sourced by test.sh
echo '{"version":"7","registry":"r","images":{"cart":"sha256:c","migrate":"sha256:m"}}' >"$scratch/release.json"
export ASSEMBLY="$scratch/cdk.out"
mkdir "$ASSEMBLY"
stack() { echo "$2" >"$ASSEMBLY/techmart-$1.template.json"; }
for name in network data platform edge ops; do stack "staging-$name" '{}'; done
for name in staging-migrations staging-service-cart production-service-cart; do
  stack "$name" '{"Parameters":{"ImageDigest":{}}}'
done

expect 0 'units' "$here/units.sh" "$ASSEMBLY" staging
shows 'techmart-staging-migrations migrate' 'units: migrations'
shows 'techmart-staging-service-cart cart' 'units: services'
expect 0 'deploy: foundation' "$here/deploy.sh" staging "$scratch/release.json" foundation
shows 'techmart-staging-migrations:ImageDigest=sha256:m techmart-staging-network techmart-staging-data' 'deploy: foundation' "$CALLS"
fresh
expect 0 'deploy: services' "$here/deploy.sh" staging "$scratch/release.json" services
shows 'techmart-staging-service-cart:ImageDigest=sha256:c techmart-staging-service-cart' 'deploy: by digest' "$CALLS"
shows '--exclusively' 'deploy: nothing that it stands on goes along' "$CALLS"
expect 1 'deploy: production is not touched by staging' grep production "$CALLS"
expect 1 'deploy: services are services alone' grep -E 'staging-(network|data|platform|migrations|edge|ops)' "$CALLS"
expect 1 'deploy: an environment that is not there' "$here/deploy.sh" nowhere "$scratch/release.json" services
stack staging-service-auth '{"Parameters":{"ImageDigest":{}}}'
expect 1 'deploy: an image is missing' "$here/deploy.sh" staging "$scratch/release.json" services

running() { # STATE DIGEST [ANOTHER_DEPLOYMENT]
  fresh
  answer 'aws ecs list-services' '["arn:cart"]'
  answer 'aws ecs describe-services' "{\"services\":[{\"serviceName\":\"cart\",\"deployments\":[
    {\"status\":\"PRIMARY\",\"taskDefinition\":\"cart:7\",\"rolloutState\":\"$1\"}${3:-}]}]}"
  answer 'aws ecs describe-task-definition' "{\"taskDefinition\":{\"containerDefinitions\":[
    {\"name\":\"telemetry\",\"image\":\"t\"},{\"name\":\"app\",\"image\":\"r/techmart/cart@$2\"}]}}"
}
running COMPLETED sha256:c
expect 0 'await: the release runs' "$here/await-running.sh" staging "$scratch/release.json"
running COMPLETED sha256:old
expect 1 'await: rolled back' "$here/await-running.sh" staging "$scratch/release.json"
shows 'it was rolled back' 'await: and says so'
running COMPLETED sha256:c ',{"status":"ACTIVE","taskDefinition":"cart:6","rolloutState":"COMPLETED"}'
expect 1 'await: tasks of before still answer' "$here/await-running.sh" staging "$scratch/release.json"
running FAILED sha256:c
expect 1 'await: failed' "$here/await-running.sh" staging "$scratch/release.json"
shows 'the deployment failed' 'await: at once, and says so'
running IN_PROGRESS sha256:c
expect 1 'await: too long' "$here/await-running.sh" staging "$scratch/release.json"
fresh
answer 'aws ecs list-services' '[]'
expect 1 'await: an empty cluster' "$here/await-running.sh" staging "$scratch/release.json"

fresh
answer 'aws ssm get-parameter' 'exit 254 An error occurred (ParameterNotFound)'
expect 0 'release: none yet' "$here/release.sh" current staging "$scratch/current.json"
shows '{}' 'release: none yet' "$scratch/current.json"
fresh
answer 'aws ssm get-parameter' 'exit 254 AccessDenied'
expect 1 'release: not allowed' "$here/release.sh" current staging "$scratch/current.json"
fresh
expect 0 'release: recorded' "$here/release.sh" record staging "$scratch/release.json"
shows '/techmart/staging/release --type String --overwrite --value {"version":"7"' 'release: recorded' "$CALLS"

guarded() { # WANT LINE
  printf 'Resources\n%s\n' "$2" >"$scratch/diff"
  expect "$1" "guard: $2" "$here/guard-diff.sh" "$scratch/diff"
}
guarded 0 '[~] AWS::RDS::DBInstance Database Database1'
guarded 0 '[-] AWS::ECS::TaskDefinition Task Task1 destroy'
guarded 0 '[~] AWS::ECS::TaskDefinition Task Task1 replace'
guarded 0 '[-] AWS::S3::BucketPolicy Pages/Policy Pages1 destroy'
guarded 0 '[+] AWS::S3::Bucket New New1'
guarded 1 '[~] AWS::RDS::DBInstance Database Database1 replace'
guarded 1 '[~] AWS::ElastiCache::ReplicationGroup Cache Cache1 may be replaced'
guarded 1 '[-] AWS::S3::Bucket Pages Pages1 destroy'
guarded 1 '[-] AWS::KMS::Key Key Key1 orphan'
for kind in OpenSearchService::Domain SecretsManager::Secret DynamoDB::Table ECR::Repository Backup::BackupVault Cognito::UserPool; do
  guarded 1 "[~] AWS::$kind One One1 replace"
done
guarded 1 $'[\x1b[31m-\x1b[39m] \x1b[36mAWS::S3::Bucket\x1b[39m Pages \x1b[90mPages1\x1b[39m \x1b[31mdestroy\x1b[39m'
unset ASSEMBLY

fresh
answer 'aws sts assume-role --role-arn arn:aws:iam::1:role/cdk-hnb659fds-lookup-role-1-r' \
  '{"AccessKeyId":"a","SecretAccessKey":"s","SessionToken":"t"}'
expect 0 'as role' env AWS_REGION=r "$here/as-role.sh" lookup 1 printenv AWS_SESSION_TOKEN
shows t 'as role: the session is the command'"'"'s'
fresh
answer 'aws sts assume-role' 'exit 254 AccessDenied'
expect 254 'as role: refused' env AWS_REGION=r "$here/as-role.sh" lookup 1 printenv AWS_SESSION_TOKEN
