#!/usr/bin/env bash
# Makes release.zip, which starts the pipeline when it is put into the bucket of releases.
#
#   bundle-release.sh RELEASE OUT     RELEASE is the file of deploy/pipeline/join-images.sh, OUT becomes the archive
#
# In it: images.json (unit to digest), templates/ (those of ASSEMBLY, default cdk.out, that take a digest), smoke.sh.
# Exit 1 when a template asks for an image that the release has not.
set -euo pipefail
usage="usage: ${0##*/} RELEASE OUT"
release=$(realpath "${1:?$usage}") out=$(realpath -m "${2:?$usage}")
aws=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
assembly=$(realpath "${ASSEMBLY:-$aws/cdk.out}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

jq --exit-status '.images | select(length > 0)' "$release" >"$scratch/images.json" || {
  echo "bundle: no images in $release" >&2
  exit 1
}
mkdir "$scratch/templates"
for environment in staging production; do
  units=$("$aws/../pipeline/units.sh" "$assembly" "$environment")
  while read -r stack unit; do
    jq --exit-status --arg unit "$unit" 'has($unit)' "$scratch/images.json" >/dev/null || {
      echo "bundle: the release has no image for ${stack:-$environment}" >&2
      exit 1
    }
    cp "$assembly/$stack.template.json" "$scratch/templates"
  done <<<"$units"
done
cp "$aws/../pipeline/smoke.sh" "$scratch"
rm -f "$out"
(cd "$scratch" && zip --quiet --recurse-paths "$out" .)
echo "bundle: $(find "$scratch/templates" -type f | wc -l) templates, $(jq length "$scratch/images.json") images"
