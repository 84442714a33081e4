#!/usr/bin/env bash
# cfn-lint over every synthesized template. Any error or warning fails; what is left out is in .cfnlintrc.yaml, with reasons.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=$(scripts/python.sh)
compgen -G 'cdk.out/*.template.json' >/dev/null || {
  echo 'lint: no templates; `npm run synth` first' >&2
  exit 1
}
# A process for each core: one alone takes most of a minute.
printf '%s\0' cdk.out/*.template.json | xargs -0 -P "$(nproc)" -n 11 \
  "$venv/bin/cfn-lint" --config-file .cfnlintrc.yaml --regions us-east-1 --non-zero-exit-code warning
echo "lint: $(ls cdk.out/*.template.json | wc -l) templates"
