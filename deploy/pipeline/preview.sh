#!/usr/bin/env bash
# Shows what the synthesized stacks would change in an environment, and refuses what would lose data (guard-diff.sh).
# On GitHub the comparison goes into the job's summary.
#
#   preview.sh ENVIRONMENT
#
# Only templates are compared: a change set, which would know more, needs the right to make one.
set -euo pipefail
environment=${1:?usage: ${0##*/} ENVIRONMENT}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
diff=$(mktemp)
trap 'rm -f "$diff"' EXIT

cd "$here/../aws"
NO_COLOR=1 npx --no-install cdk diff --app cdk.out --method template --no-notices "techmart-$environment-*" 2>&1 | tee "$diff"
{
  echo "### $environment"
  echo '```'
  # A summary may hold one megabyte.
  head -c 900000 "$diff"
  echo '```'
} >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
"$here/guard-diff.sh" "$diff"
