#!/usr/bin/env bash
# Lints what the delivery is made of: workflows, Dockerfiles, shell scripts, YAML.
#
#   deploy/pipeline/lint.sh            a linter that can be neither installed nor found is named and counted
#   deploy/pipeline/lint.sh --strict   and fails the run (CI)
#   deploy/pipeline/lint.sh --online   asks GitHub, too, about holes in actions and about their pins (needs GH_TOKEN)
#
# The linters and their versions are in lint.txt; they go into a Python environment in the user's
# cache, made anew when that file changes. Exit 1 on a finding.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."

strict=false
online=(--offline)
for option; do
  case "$option" in
    --strict) strict=true ;;
    --online) online=() ;;
    *)
      echo "usage: ${0##*/} [--strict] [--online]" >&2
      exit 2
      ;;
  esac
done

venv="${XDG_CACHE_HOME:-$HOME/.cache}/techmart/lint-$(cksum <"$here/lint.txt" | cut -d' ' -f1)"
passed=0 failed=0 skipped=0

install() {
  [ -e "$venv/complete" ] && return
  rm -rf "$venv"
  if python3 -m venv "$venv" \
    && "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 30 \
      --only-binary :all: --require-hashes -r "$here/lint.txt"; then
    touch "$venv/complete"
  else
    rm -rf "$venv"
    echo "lint: the pinned linters cannot be installed; what is on PATH is used" >&2
  fi
}

# Repository files that match the patterns, those included that are not committed yet.
files() {
  git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do
    if [ -f "$file" ]; then echo "$file"; fi
  done
}

scripts() {
  {
    files '*.sh'
    files .ci deploy docker | while IFS= read -r file; do
      if head -c 64 "$file" | head -n 1 | grep -aqE '^#!.*\b(ba|da)?sh\b'; then echo "$file"; fi
    done
  } | sort -u
}

# check TOOL FILES ARGUMENTS...: one linter over a list of files, one file a line.
check() {
  local tool=$1 list=$2
  shift 2
  if [ -z "$list" ]; then
    echo "lint: $tool: no files"
    return
  fi
  if ! command -v "$tool" >/dev/null; then
    echo "lint: $tool: skipped, not installed"
    skipped=$((skipped + 1))
    return
  fi
  local names
  mapfile -t names <<<"$list"
  if "$tool" "$@" "${names[@]}"; then
    echo "lint: $tool: ${#names[@]} clean"
    passed=$((passed + 1))
  else
    echo "lint: $tool: findings" >&2
    failed=$((failed + 1))
  fi
}

install
PATH="$venv/bin:$PATH"
check actionlint "$(files '.github/workflows/*.yml')" -no-color
check zizmor "$(files .github/workflows .github/dependabot.yml)" --quiet --no-progress --persona pedantic "${online[@]}"
check hadolint "$(files '*Dockerfile')"
# Dollars and backticks in quoted text are meant, and names that are only counted may come from ls.
check shellcheck "$(scripts)" --external-sources --exclude SC2012,SC2016
check yamllint "$(files '.github/*.yml' '.github/*.yaml' 'docker-compose*.yml' 'deploy/*.yml' 'deploy/*.yaml')" \
  --strict -c "$here/yamllint.yml"

echo "lint: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] || exit 1
if $strict && [ "$skipped" -gt 0 ]; then exit 1; fi
