#!/usr/bin/env bash
# Fails when systemd-analyze has a word to say about a unit, or finds the service too open, with or without what a
# player needs. Files that only an installed agent has are stood in for.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -r systemd/. "$folder"
# verify wants each programme to exist and be executable, and any will do.
find "$folder" -name '*.service' -exec sed -i -E 's|^(Exec[A-Za-z]+)=.*|\1=/bin/true|' {} +

failed=0
# What Debian 12 does not know it leaves out, which the unit allows for.
newer='OpenFile|RestartSteps|RestartMaxDelaySec'
# The exit code is 0 for unknown keys; what is printed is what counts. Other units of this machine are not ours.
said=$(systemd-analyze verify --man=no "$folder"/*.service 2>&1 | grep -F "$folder" |
  grep -vE "Unknown key (name )?'($newer)' in section")
if [ -n "$said" ]; then
  echo "$said"
  failed=1
fi

# In tenths: 1.5 of 10. `npm run systemd` says the figures on the releases that count.
tightness() {
  local said
  said=$(systemd-analyze security --no-pager --offline=true --threshold=15 "$folder/amazonmusic2mqtt.service" 2>&1) &&
    return
  echo "more than 1.5 by systemd-analyze security, $1:"
  grep -E '✗|Overall' <<<"$said"
  failed=1
}
if systemd-analyze --help | grep -q -- --offline; then
  tightness 'with what a player needs'
  rm -r "$folder/amazonmusic2mqtt.service.d"
  tightness 'by itself'
fi

exit "$failed"
