#!/usr/bin/env bash
# Fails when a file under version control names a package registry other than the public one, or a home folder: both
# come from the machine a file was made on, and work on no other.
set -uo pipefail

found=$(git grep -nIE '"resolved": "http|/home/[a-z][a-z0-9_-]*/|/Users/[A-Za-z]|registry *= *http' -- \
  ':!scripts/lib/check-names.sh' ':!test/**' ':!src/sandbox/**')
status=$?
if [ "$status" -gt 1 ]; then
  echo 'git grep failed'
  exit 1
fi
if [ -n "$found" ]; then
  echo "$found"
  exit 1
fi
