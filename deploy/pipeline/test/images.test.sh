# Images: built, joined, signed.
# shellcheck shell=bash disable=SC2154,SC2016 # sourced by test.sh
c=sha256:$(printf 'c%.0s' {1..64}) d=sha256:$(printf 'd%.0s' {1..64})
export REGISTRY=r VERSION=1 REVISION=abc SOURCE=https://example.com/techmart

answer 'docker buildx imagetools inspect' "{\"digest\":\"$d\"}"
expect 0 'pin' "$here/pin-bases.sh" "$scratch/bases.env"
shows "@$d" 'pin: by digest' "$scratch/bases.env"
expect 1 'pin: only what images stand on' grep POSTGRES_IMAGE "$scratch/bases.env"
fresh
answer 'docker buildx imagetools inspect' 'exit 1 not found'
expect 1 'pin: not there' "$here/pin-bases.sh" "$scratch/none.env"

fresh
answer 'docker buildx bake' "write --metadata-file {\"buildx.build.ref\":\"x\",\"cart\":{\"containerimage.digest\":\"$c\"}}"
expect 0 'build' env BASES="$scratch/bases.env" "$here/build-images.sh" arm64 "$scratch/arm64.json"
shows "\"cart\": \"$c\"" 'build: digests' "$scratch/arm64.json"
shows '--set *.platform=linux/arm64' 'build: one architecture' "$CALLS"
shows 'push-by-digest=true,name-canonical=true,push=true' 'build: no tag before the scan' "$CALLS"
shows '--sbom=true --provenance=mode=max' 'build: what is in it and where it is from' "$CALLS"
fresh
answer 'docker buildx bake' 'write --metadata-file {"buildx.build.ref":"x"}'
expect 1 'build: no digests' "$here/build-images.sh" arm64 "$scratch/none.json"

fresh
answer 'docker buildx imagetools inspect' "{\"digest\":\"$d\"}"
cp "$scratch/arm64.json" "$scratch/amd64.json"
expect 0 'join' "$here/join-images.sh" "$scratch/release.json" "$scratch/amd64.json" "$scratch/arm64.json"
shows "imagetools create --tag r/techmart/cart:1 r/techmart/cart@$c r/techmart/cart@$c" 'join: both' "$CALLS"
shows "\"cart\": \"$d\"" 'join: the digest of the index' "$scratch/release.json"
echo '{}' >"$scratch/amd64.json"
expect 1 'join: an image is missing' "$here/join-images.sh" "$scratch/other.json" "$scratch/amd64.json" "$scratch/arm64.json"

expect 0 'sign' "$here/sign-images.sh" sign "$scratch/release.json"
shows "cosign sign --yes --recursive r/techmart/cart@$d" 'sign: by digest' "$CALLS"
expect 0 'verify' env SIGNER=me "$here/sign-images.sh" verify "$scratch/release.json"
shows "--certificate-oidc-issuer https://token.actions.githubusercontent.com --certificate-identity me r/techmart/cart@$d" 'verify: who, and by whose word' "$CALLS"
answer 'cosign verify' 'exit 1 no signatures'
expect 1 'verify: unsigned' env SIGNER=me "$here/sign-images.sh" verify "$scratch/release.json"
expect 1 'verify: by nobody' "$here/sign-images.sh" verify "$scratch/release.json"
echo '{"images":{}}' >"$scratch/empty.json"
expect 1 'sign: nothing' "$here/sign-images.sh" sign "$scratch/empty.json"
unset REGISTRY VERSION REVISION SOURCE
