# Pages: put there, put back; and going back as a whole.
# shellcheck shell=bash disable=SC2154 # sourced by test.sh
echo '{"version":"6","registry":"r","images":{"cart":"sha256:c"}}' >"$scratch/release.json"
mkdir -p "$scratch/dist/assets" && echo '<html>' >"$scratch/dist/index.html"
edge='{"StackResources":[{"ResourceType":"AWS::S3::Bucket","LogicalResourceId":"Pages1","PhysicalResourceId":"b"},
  {"ResourceType":"AWS::S3::Bucket","LogicalResourceId":"Logs1","PhysicalResourceId":"l"}]}'

answer 'aws cloudformation describe-stack-resources --stack-name techmart-staging-edge' "$edge"
expect 0 'pages' "$here/publish-pages.sh" staging "$scratch/release.json" "$scratch/dist"
shows "$scratch/dist/assets s3://b/assets --recursive" 'pages: assets' "$CALLS"
shows 'public, max-age=31536000, immutable' 'pages: assets are kept for ever' <(grep 'dist/assets s3' "$CALLS")
shows '--exclude assets/* --cache-control no-cache' 'pages: what names them is not' <(grep 's3://b/releases/6 ' "$CALLS")
shows 'releases/6/index.html s3://b/index.html' 'pages: the page that names the rest comes last' <(tail -n 1 "$CALLS")
expect 1 'pages: none' "$here/publish-pages.sh" staging "$scratch/release.json" "$scratch"

fresh
answer 'aws cloudformation describe-stack-resources' '{"StackResources":[]}'
expect 1 'pages: no bucket' "$here/publish-pages.sh" staging "$scratch/release.json"

fresh
export ASSEMBLY="$scratch/back.out"
mkdir "$ASSEMBLY" && echo '{"Parameters":{"ImageDigest":{}}}' >"$ASSEMBLY/techmart-staging-service-cart.template.json"
answer 'aws cloudformation describe-stack-resources' "$edge"
answer 'aws ecs list-services' '["arn:cart"]'
answer 'aws ecs describe-services' '{"services":[{"serviceName":"cart","deployments":[
  {"status":"PRIMARY","taskDefinition":"cart:6","rolloutState":"COMPLETED"}]}]}'
answer 'aws ecs describe-task-definition' '{"taskDefinition":{"containerDefinitions":[{"name":"app","image":"r@sha256:c"}]}}'
expect 0 'go back' "$here/go-back.sh" staging "$scratch/release.json"
shows 'staging runs 6 again' 'go back: and says so'
shows 'releases/6/index.html s3://b/index.html' 'go back: pages, too' <(tail -n 1 "$CALLS")
answer_first 'aws ecs describe-task-definition' '{"taskDefinition":{"containerDefinitions":[{"name":"app","image":"r@sha256:newer"}]}}'
expect 1 'go back: something else runs' "$here/go-back.sh" staging "$scratch/release.json"
echo '{}' >"$scratch/none.json"
expect 1 'go back: nowhere' "$here/go-back.sh" staging "$scratch/none.json"
unset ASSEMBLY
