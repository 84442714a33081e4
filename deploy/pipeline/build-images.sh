#!/usr/bin/env bash
# Builds every image of bake.hcl for one architecture, natively, and pushes each by its digest, without a tag: nothing
# that runs can pick it up before join-images.sh has given it a name and it is scanned and signed.
#
#   build-images.sh ARCH OUT     ARCH is amd64 or arm64; OUT becomes {"cart": "sha256:…", …}
#
# REGISTRY, VERSION, REVISION and SOURCE come from the environment, base images from the file that BASES names (default
# docker/images.env; a release takes what pin-bases.sh wrote). SBOM and provenance are attached by BuildKit, which needs
# a builder of the docker-container driver.
set -euo pipefail
arch=${1:?usage: ${0##*/} ARCH OUT} out=$(realpath "${2:?usage: ${0##*/} ARCH OUT}")
: "${REGISTRY:?}" "${VERSION:?}" "${REVISION:?}" "${SOURCE:?}"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bases=$(realpath "${BASES:-$root/docker/images.env}")
cd "$root"

set -a
# shellcheck source=/dev/null
. "$bases"
set +a

metadata=$(mktemp)
trap 'rm -f "$metadata"' EXIT
docker buildx bake --file deploy/pipeline/bake.hcl --progress plain --metadata-file "$metadata" \
  --sbom=true --provenance=mode=max --set "*.platform=linux/$arch" \
  --set '*.output=type=image,push-by-digest=true,name-canonical=true,push=true'
jq 'with_entries(select(.value | type == "object" and has("containerimage.digest")) | .value |= .["containerimage.digest"])' \
  "$metadata" >"$out"
[ "$(jq length "$out")" -gt 0 ] || {
  echo "build: no digests in BuildKit's answer" >&2
  exit 1
}
