#!/usr/bin/env bash
# Which release an environment runs, kept in a parameter of the environment's account.
#
#   release.sh current ENVIRONMENT OUT        writes it; an empty object when there was none yet
#   release.sh record ENVIRONMENT RELEASE     after it has proved itself
set -euo pipefail
usage="usage: ${0##*/} current|record ENVIRONMENT FILE"
action=${1:?$usage} environment=${2:?$usage} file=${3:?$usage}
parameter="/techmart/$environment/release"

case "$action" in
  current)
    if ! aws ssm get-parameter --name "$parameter" --query Parameter.Value --output text >"$file" 2>"$file.error"; then
      grep -q ParameterNotFound "$file.error" || {
        cat "$file.error" >&2
        exit 1
      }
      echo '{}' >"$file"
    fi
    rm -f "$file.error"
    jq --raw-output '"release: \(.version // "none")"' "$file"
    ;;
  record) aws ssm put-parameter --name "$parameter" --type String --overwrite --value "$(jq --compact-output . "$file")" >/dev/null ;;
  *)
    echo "$usage" >&2
    exit 2
    ;;
esac
