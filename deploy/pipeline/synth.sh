#!/usr/bin/env bash
# Synthesizes the AWS app into deploy/aws/cdk.out, without an account.
#
# CDK_CONTEXT, a JSON object, is what differs from the placeholders of deploy/aws/config/environments.ts: account
# numbers, certificates, the repository. It goes into ~/.cdk.json, the CDK's own place for it on a machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../aws"

if [ -n "${CDK_CONTEXT:-}" ]; then
  jq --exit-status '{context: (. | objects)}' <<<"$CDK_CONTEXT" >"$HOME/.cdk.json"
fi
npm ci --no-audit --no-fund
npx --no-install cdk synth --quiet --no-notices
