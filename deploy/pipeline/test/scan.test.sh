# What stops a release because of a vulnerability.
# shellcheck shell=bash disable=SC2154 # sourced by test.sh

report() { # SEVERITY
  printf '{"matches":[{"vulnerability":{"id":"CVE-1","severity":"%s","fix":{"versions":["2"]}},"artifact":{"name":"p","version":"1"}}]}' "$1"
}
judged() { # WANT NAME SEVERITY IGNORE
  report "$3" >"$scratch/report.json"
  printf '%s\n' "$4" >"$scratch/ignore"
  expect "$1" "scan: $2" env TODAY=2026-06-15 "$here/judge-scan.sh" "$scratch/report.json" "$scratch/ignore"
}
judged 0 'high is told, not refused' High ''
judged 1 'critical' Critical '# nothing'
shows 'CVE-1 in p 1, mended in 2' 'scan: it is named'
judged 0 'excused on the last day' Critical 'CVE-1 2026-06-15 not linked'
judged 1 'excused until yesterday' Critical 'CVE-1 2026-06-14 not linked'
judged 1 'another is excused' Critical 'CVE-11 2026-12-31 not linked'
judged 1 'without a reason' High 'CVE-1 2026-12-31'
judged 1 'without a day' High 'CVE-1 some reason here'
expect 0 'scan: the real list is well formed' "$here/judge-scan.sh" <(echo '{"matches":[]}')

echo '{"version":"1","registry":"r","images":{"cart":"sha256:c"}}' >"$scratch/release.json"
answer 'grype registry:r/techmart/cart@sha256:c --platform linux/amd64' 'write --file {"matches":[]}'
answer 'grype' "write --file $(report Critical)"
expect 1 'scan: one architecture of one image is enough' "$here/scan-images.sh" "$scratch/release.json" "$scratch/reports"
shows 'scan: cart, arm64' 'scan: all are looked at'

echo '{}' >"$scratch/none.json"
expect 4 'scan: no release is not a clean release' "$here/scan-images.sh" "$scratch/none.json" "$scratch/reports"
