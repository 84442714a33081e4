#!/usr/bin/env bash
# Judges one of grype's reports by the rule: no critical vulnerability, except those that vulnerabilities.ignore excuses.
#
#   judge-scan.sh REPORT [IGNORE]
#
# A line of IGNORE is "ID UNTIL REASON…"; after the day UNTIL (UTC) it excuses nothing. TODAY can be given for tests.
set -euo pipefail
report=${1:?usage: ${0##*/} REPORT [IGNORE]}
ignore=${2:-$(dirname "${BASH_SOURCE[0]}")/vulnerabilities.ignore}
today=${TODAY:-$(date --utc +%F)}

excused() {
  awk -v id="$1" -v today="$today" '$1 == id && $2 >= today { found = 1 } END { exit !found }' "$ignore"
}

wrong=$(grep -vE '^(#|$)|^[^ ]+ [0-9]{4}-[0-9]{2}-[0-9]{2} [^ ]' "$ignore" || true)
if [ -n "$wrong" ]; then
  echo "scan: not \"ID UNTIL REASON\": $wrong" >&2
  exit 1
fi

jq --raw-output '.matches[].vulnerability.severity' "$report" | sort | uniq -c | sort -rn
failed=0
while IFS=$'\t' read -r id package version fix; do
  if excused "$id"; then
    echo "scan: excused until its day: $id in $package $version"
  else
    echo "scan: critical: $id in $package $version, mended in ${fix:-no version yet}" >&2
    failed=1
  fi
done < <(jq --raw-output '
  [.matches[] | select(.vulnerability.severity == "Critical")
    | [.vulnerability.id, .artifact.name, .artifact.version, (.vulnerability.fix.versions // [] | join(" or "))]]
  | unique[] | @tsv' "$report")
exit "$failed"
