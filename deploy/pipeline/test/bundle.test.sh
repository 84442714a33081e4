# What the pipeline is given.
# shellcheck shell=bash disable=SC2154 # sourced by test.sh
bundle="$here/../aws/scripts/bundle-release.sh"
export ASSEMBLY="$scratch/bundle.out"
mkdir "$ASSEMBLY"
for name in staging-migrations staging-service-cart production-migrations production-service-cart; do
  echo '{"Parameters":{"ImageDigest":{}}}' >"$ASSEMBLY/techmart-$name.template.json"
done
echo '{}' >"$ASSEMBLY/techmart-production-data.template.json"
echo '{"version":"7","registry":"r","images":{"cart":"sha256:c","migrate":"sha256:m"}}' >"$scratch/release.json"

expect 0 'bundle' "$bundle" "$scratch/release.json" "$scratch/release.zip"
shows 'bundle: 4 templates, 2 images' 'bundle: and says what it holds'
expect 0 'bundle: is an archive' zip --show-files "$scratch/release.zip"
shows 'templates/techmart-production-service-cart.template.json' 'bundle: templates of services'
shows 'templates/techmart-staging-migrations.template.json' 'bundle: and of migrations'
shows 'smoke.sh' 'bundle: the look from outside'
shows 'images.json' 'bundle: digests'
expect 1 'bundle: nothing that holds data' grep -q -- -data <(zip --show-files "$scratch/release.zip")
expect 0 'bundle: again' "$bundle" "$scratch/release.json" "$scratch/release.zip"

echo '{"Parameters":{"ImageDigest":{}}}' >"$ASSEMBLY/techmart-production-service-auth.template.json"
expect 1 'bundle: an image is missing' "$bundle" "$scratch/release.json" "$scratch/other.zip"
shows 'no image for techmart-production-service-auth' 'bundle: and it is named'
echo '{"version":"7","images":{}}' >"$scratch/release.json"
expect 1 'bundle: no images' "$bundle" "$scratch/release.json" "$scratch/other.zip"
expect 1 'bundle: no archive is left behind' test -e "$scratch/other.zip"
unset ASSEMBLY
