#!/usr/bin/env bash
# Joins what the architectures built into one image each, names it by the version, and writes the release.
#
#   join-images.sh OUT DIGESTS...    DIGESTS are the files of build-images.sh; OUT becomes
#                                    {"version", "revision", "registry", "images": {"cart": "sha256:…", …}}
#
# REGISTRY, VERSION and REVISION come from the environment. Exit 1 when an architecture lacks an image.
set -euo pipefail
out=${1:?usage: ${0##*/} OUT DIGESTS...}
shift
: "${REGISTRY:?}" "${VERSION:?}" "${REVISION:?}"

[ "$(jq --compact-output 'keys' "$@" | sort -u | wc -l)" -eq 1 ] || {
  echo "join: the architectures did not build the same images" >&2
  exit 1
}

images='{}'
for name in $(jq --raw-output 'keys[]' "$1"); do
  repository="$REGISTRY/techmart/$name"
  parts=()
  for digests; do parts+=("$repository@$(jq --raw-output --arg name "$name" '.[$name]' "$digests")"); done
  docker buildx imagetools create --tag "$repository:$VERSION" "${parts[@]}"
  digest=$(docker buildx imagetools inspect --format '{{json .Manifest}}' "$repository:$VERSION" | jq --raw-output .digest)
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || {
    echo "join: no digest of $repository:$VERSION" >&2
    exit 1
  }
  images=$(jq --arg name "$name" --arg digest "$digest" '.[$name] = $digest' <<<"$images")
done
jq --null-input --arg version "$VERSION" --arg revision "$REVISION" --arg registry "$REGISTRY" --argjson images "$images" \
  '{$version, $revision, $registry, $images}' >"$out"
