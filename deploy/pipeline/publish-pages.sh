#!/usr/bin/env bash
# Puts the shop's pages where CloudFront finds them, or puts an earlier release's back.
#
#   publish-pages.sh ENVIRONMENT RELEASE DIST     DIST is web/dist
#   publish-pages.sh ENVIRONMENT RELEASE          pages that were put there before
#
# Files under assets/ carry their content's hash: they are added, kept for ever and cached for ever, so that a page that
# is open in a browser finds its own. The others are kept once more under releases/VERSION/, and copied to the top with
# index.html last, because it names the rest.
set -euo pipefail
usage="usage: ${0##*/} ENVIRONMENT RELEASE [DIST]"
environment=${1:?$usage} version=$(jq --raw-output --exit-status .version "${2:?$usage}") dist=${3:-}

bucket=$(aws cloudformation describe-stack-resources --stack-name "techmart-$environment-edge" --output json \
  | jq --raw-output --exit-status '
    [.StackResources[] | select(.ResourceType == "AWS::S3::Bucket" and (.LogicalResourceId | startswith("Pages")))]
    | if length == 1 then .[0].PhysicalResourceId else empty end') || {
  echo "pages: techmart-$environment-edge has not one bucket for pages" >&2
  exit 1
}
kept="s3://$bucket/releases/$version"

if [ -n "$dist" ]; then
  [ -s "$dist/index.html" ] || {
    echo "pages: no index.html in $dist" >&2
    exit 1
  }
  # CloudFront compresses by itself.
  packed=(--exclude '*.gz' --exclude '*.br')
  aws s3 cp "$dist/assets" "s3://$bucket/assets" --recursive --only-show-errors "${packed[@]}" \
    --cache-control 'public, max-age=31536000, immutable'
  aws s3 cp "$dist" "$kept" --recursive --only-show-errors "${packed[@]}" --exclude 'assets/*' --cache-control no-cache
fi
aws s3 cp "$kept" "s3://$bucket" --recursive --only-show-errors --exclude index.html
aws s3 cp "$kept/index.html" "s3://$bucket/index.html" --only-show-errors
echo "pages: $environment shows those of $version"
