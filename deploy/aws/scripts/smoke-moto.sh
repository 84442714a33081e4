#!/usr/bin/env bash
# Creates the synthesized stacks of an environment on moto, an imitation of AWS. See smoke_moto.py.
#
#   smoke-moto.sh [ENVIRONMENT]     default production
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=$(scripts/python.sh)
exec "$venv/bin/python" scripts/smoke_moto.py "${1:-production}"
