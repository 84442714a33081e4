#!/usr/bin/env bash
# Signs every image of a release, or checks the signatures, without a key: the workflow that runs is the identity.
#
#   sign-images.sh sign RELEASE
#   sign-images.sh verify RELEASE      SIGNER is the identity, as in
#                                      https://github.com/OWNER/NAME/.github/workflows/images.yml@refs/heads/main
#
# The architectures' images under each index are signed with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
action=${1:-} release=${2:?usage: ${0##*/} sign|verify RELEASE}

mapfile -t references < <("$here/references.sh" "$release" | cut -d' ' -f2)
[ "${#references[@]}" -gt 0 ] || {
  echo "sign: no images in $release" >&2
  exit 1
}
case "$action" in
  sign) cosign sign --yes --recursive "${references[@]}" ;;
  verify)
    cosign verify --certificate-oidc-issuer https://token.actions.githubusercontent.com \
      --certificate-identity "${SIGNER:?}" "${references[@]}" >/dev/null
    ;;
  *)
    echo "usage: ${0##*/} sign|verify RELEASE" >&2
    exit 2
    ;;
esac
echo "sign: ${#references[@]} images: $action"
