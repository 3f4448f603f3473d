#!/usr/bin/env bash
# npm run check: everything that can be told without running the tests. Each check is one line; what failed shows its
# output below it, and all of them run whatever the others say.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

failed=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT

check() {
  local name=$1
  shift
  if "$@" >"$output" 2>&1; then
    echo "ok    $name"
  else
    echo "FAIL  $name: $*"
    sed 's/^/      /' "$output"
    failed=1
  fi
}

# A line that says why is better than a tool that is silently left out; CI has no such excuse.
check_with() {
  local tool=$1
  shift
  if command -v "$tool" >/dev/null; then
    check "$@"
  elif [ "${CI:-}" = true ] || [ "${A2M_REQUIRE_TOOLS:-}" = 1 ]; then
    echo "FAIL  $1: $tool is not installed"
    failed=1
  else
    echo "skip  $1: $tool is not installed"
  fi
}

bin=node_modules/.bin
node scripts/build.mjs --force || exit 1

check types "$bin/tsc" --project .
check lint "$bin/eslint" --max-warnings 0 .
check formatting "$bin/prettier" --check --log-level warn .
check 'unused code' "$bin/knip"
check package "$bin/publint" --strict
check 'package content' node scripts/lib/check-package.mjs
check 'bill of materials' node scripts/lib/check-sbom.mjs
check 'docs from tables' node --import tsx scripts/docs.ts --check
check 'no private names' bash scripts/lib/check-names.sh
check_with shellcheck 'shell scripts' shellcheck scripts/*.sh scripts/lib/*.sh scripts/package/*.sh systemd/*.sh .ci/run
check_with shellcheck Dockerfile node scripts/lib/check-dockerfile.mjs
check_with systemd-analyze 'systemd unit' bash scripts/lib/check-unit.sh

exit "$failed"
