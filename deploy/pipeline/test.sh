#!/usr/bin/env bash
# Tests of the scripts in this folder, with stand-ins for aws, cosign, docker, grype and npx (test/stub).
# Exit 1 when one fails. Needs jq and zip.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0

# Every program outside is one stub, which answers from $ANSWERS and writes its arguments to $CALLS.
mkdir "$scratch/bin"
for tool in aws cosign docker grype npx; do ln -s "$here/test/stub" "$scratch/bin/$tool"; done
export PATH="$scratch/bin:$PATH" ANSWERS="$scratch/answers" CALLS="$scratch/calls" POLL_S=0 WAIT_S=0

# expect STATUS NAME COMMAND...: the output is left in $scratch/out.
expect() {
  local want=$1 name=$2 got=0
  shift 2
  "$@" >"$scratch/out" 2>&1 || got=$?
  if [ "$got" -eq "$want" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $name: exit $got instead of $want" && sed 's/^/    /' "$scratch/out"
  fi
}

# shows TEXT NAME [FILE]
shows() {
  if grep -qF -- "$1" "${3:-$scratch/out}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $2: no \"$1\" in" && sed 's/^/    /' "${3:-$scratch/out}"
  fi
}

# A fresh set of answers; answer "START OF A CALL" TEXT says what the stub prints, fails_on that it fails.
fresh() { rm -rf "$ANSWERS" "$CALLS" && mkdir "$ANSWERS" && : >"$CALLS"; }
answer() { printf '%s\n%s\n' "$1" "$2" >"$ANSWERS/$(printf '%03d' "$(find "$ANSWERS" -type f | wc -l)")"; }
answer_first() { printf '%s\n%s\n' "$1" "$2" >"$ANSWERS/!"; }

# The migrations of staging: what their status prints, its exit code, how applying ends.
migrations() { # STATUS_LINES EXIT_CODE OUTCOME
  fresh
  answer 'aws stepfunctions list-state-machines' '{"stateMachines":[{"name":"techmart-staging-migrations","stateMachineArn":"arn:m"}]}'
  answer 'aws stepfunctions describe-state-machine' '{"States":{"Up":{"Parameters":{"NetworkConfiguration":
    {"AwsvpcConfiguration":{"Subnets":["subnet-1"],"SecurityGroups":["sg-1"]}}}}}}'
  answer 'aws ecs run-task' '{"tasks":[{"taskArn":"arn:aws:ecs:x:task/c/t1"}]}'
  answer 'aws ecs describe-tasks' "{\"tasks\":[{\"stoppedReason\":\"done\",\"containers\":[{\"name\":\"migrate\",\"exitCode\":$2}]}]}"
  answer 'aws logs get-log-events' "$(jq --null-input --arg text "$1" '{events: [$text | split("\n")[] | {message: .}]}')"
  answer 'aws stepfunctions start-execution' 'arn:run'
  answer 'aws stepfunctions describe-execution' "$3"
}

for part in "$here"/test/*.test.sh; do
  fresh
  # shellcheck source=/dev/null
  . "$part"
done
echo "pipeline: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
