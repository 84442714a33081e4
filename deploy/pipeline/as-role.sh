#!/usr/bin/env bash
# Runs a command in one of the roles that `cdk bootstrap` made in an account.
#
#   as-role.sh KIND ACCOUNT COMMAND...     KIND is as in `lookup`, which may only read
set -euo pipefail
usage="usage: ${0##*/} KIND ACCOUNT COMMAND..."
kind=${1:?$usage} account=${2:?$usage}
shift 2
role="arn:aws:iam::$account:role/cdk-hnb659fds-$kind-role-$account-${AWS_REGION:?}"

session=$(aws sts assume-role --role-arn "$role" --role-session-name pipeline --query Credentials --output json)
AWS_ACCESS_KEY_ID=$(jq --raw-output --exit-status .AccessKeyId <<<"$session")
AWS_SECRET_ACCESS_KEY=$(jq --raw-output --exit-status .SecretAccessKey <<<"$session")
AWS_SESSION_TOKEN=$(jq --raw-output --exit-status .SessionToken <<<"$session")
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
exec "$@"
