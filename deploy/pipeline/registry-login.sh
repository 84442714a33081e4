#!/usr/bin/env bash
# Signs Docker in to the registry that REGISTRY names, with the AWS role of the moment.
set -euo pipefail
aws ecr get-login-password | docker login --username AWS --password-stdin "${REGISTRY:?}"
