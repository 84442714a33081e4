#!/usr/bin/env bash
# Lists the images of a release: a line of name and reference by digest for each.
#
#   references.sh RELEASE
set -euo pipefail
jq --raw-output --exit-status '
  . as $release | .images | select(length > 0) | to_entries[] | "\(.key) \($release.registry)/techmart/\(.key)@\(.value)"
' "${1:?usage: ${0##*/} RELEASE}"
