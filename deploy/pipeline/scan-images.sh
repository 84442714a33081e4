#!/usr/bin/env bash
# Looks for known vulnerabilities in every image of a release, for every architecture.
#
#   scan-images.sh RELEASE REPORTS     RELEASE is the file of join-images.sh, REPORTS a folder for grype's answers
#
# Exit 1 on a critical one that vulnerabilities.ignore does not excuse today. GRYPE names the scanner.
set -euo pipefail
release=${1:?usage: ${0##*/} RELEASE REPORTS} reports=${2:?usage: ${0##*/} RELEASE REPORTS}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$reports"

images=$("$here/references.sh" "$release")
failed=0
while read -r name reference; do
  for arch in amd64 arm64; do
    report="$reports/$name-$arch.json"
    "${GRYPE:-grype}" "registry:$reference" --platform "linux/$arch" --quiet --output json --file "$report"
    echo "scan: $name, $arch"
    "$here/judge-scan.sh" "$report" || failed=1
  done
done <<<"$images"
exit "$failed"
