#!/usr/bin/env bash
# Makes release.zip, which starts the pipeline when it is put into the bucket of releases.
#
#   bundle-release.sh RELEASE OUT     RELEASE is the file of deploy/pipeline/join-images.sh, OUT becomes the archive
#
# In it: images.json (unit to digest), templates/ (of cdk.out), smoke.sh.
set -euo pipefail
release=$(realpath "${1:?usage: ${0##*/} RELEASE OUT}") out=$(realpath -m "${2:?usage: ${0##*/} RELEASE OUT}")
aws=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

jq --exit-status .images "$release" >"$scratch/images.json"
mkdir "$scratch/templates"
cp "$aws"/cdk.out/*.template.json "$scratch/templates"
cp "$aws/../pipeline/smoke.sh" "$scratch"
rm -f "$out"
(cd "$scratch" && zip --quiet --recurse-paths "$out" .)
