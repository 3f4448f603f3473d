#!/usr/bin/env bash
# Fails when systemd-analyze has a word to say about the unit. Files that only an installed agent has are stood in for.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unit=$folder/amazonmusic2mqtt.service
# verify wants the programme to exist and be executable, and any will do.
sed 's|^ExecStart=.*|ExecStart=/bin/true|' systemd/amazonmusic2mqtt.service >"$unit"

# Its exit code is 0 for unknown keys; what it prints is what counts. Other units of this machine are not ours.
said=$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -F "$unit")
if [ -n "$said" ]; then
  echo "$said"
  exit 1
fi
