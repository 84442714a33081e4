#!/usr/bin/env bash
# Writes the base images that bake.hcl builds on, each by the digest that its tag has now, so that all architectures and
# all images of a release stand on the same ones. Provenance records them.
#
#   pin-bases.sh OUT
set -euo pipefail
out=${1:?usage: ${0##*/} OUT}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

: >"$out"
while IFS='=' read -r name image; do
  grep -q "^variable \"$name\"" "$root/deploy/pipeline/bake.hcl" || continue
  digest=$(docker buildx imagetools inspect --format '{{json .Manifest}}' "$image" | jq --raw-output .digest)
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || {
    echo "pin: no digest of $image" >&2
    exit 1
  }
  echo "$name=$image@$digest" >>"$out"
done < <(grep -E '^[A-Z_]+=' "$root/docker/images.env")
cat "$out"
