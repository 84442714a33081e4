#!/usr/bin/env bash
# The gate before migrations: expand goes on by itself, contract waits for a decision.
#
#   migrations.sh classify FILE...    one line a file: "expand" or "contract", with what it takes away
#   migrations.sh gate STATUS         STATUS is what `techmart-migrate status` printed. Exit 0: nothing, or only additions,
#                                     is pending; 3: something pending takes away; 1: the list is empty or a file was changed
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

classify() {
  local file reasons
  for file; do
    reasons=$(awk -f "$here/migration-phase.awk" "$file")
    if [ -z "$reasons" ]; then
      echo "expand   $file"
    else
      while IFS= read -r reason; do echo "contract $file  ${reason:0:120}"; done <<<"$reasons"
    fi
  done
}

# Every line of the list begins with a version of 14 digits and names the state.
gate() {
  local list pending versions=() files=()
  list=$(grep -E '^[0-9]{14} +[a-z]+ ' "$1") || {
    echo "migrations: no list in the status: the database did not answer" >&2
    return 1
  }
  if grep -E '^[0-9]{14} +changed ' <<<"$list" >&2; then
    echo "migrations: a migration that was applied has another content here" >&2
    return 1
  fi
  pending=$(awk '$2 == "pending" { print $1 }' <<<"$list")
  [ -n "$pending" ] || {
    echo "migrations: nothing is pending"
    return 0
  }
  mapfile -t versions <<<"$pending"
  if [ "${#versions[@]}" -eq "$(wc -l <<<"$list")" ]; then
    echo "migrations: an empty database; nothing can be lost"
    return 0
  fi
  local version
  cd "$root"
  for version in "${versions[@]}"; do
    mapfile -t -O "${#files[@]}" files < <(compgen -G "migrations/*/${version}_*.sql")
  done
  if [ "${#files[@]}" -ne "${#versions[@]}" ]; then
    echo "migrations: this checkout does not hold every pending migration" >&2
    return 1
  fi
  # Taken whole before it is searched: a pipe that ends early would read as "nothing found".
  local phases
  phases=$(classify "${files[@]}")
  echo "$phases"
  grep -q '^contract ' <<<"$phases" || return 0
  echo "migrations: a pending migration takes something away; it waits for the workflow contract-migrations" >&2
  return 3
}

case "${1:-}" in
  classify) shift && classify "$@" ;;
  gate) gate "${2:?usage: ${0##*/} gate STATUS}" ;;
  *)
    echo "usage: ${0##*/} classify FILE... | gate STATUS" >&2
    exit 2
    ;;
esac
