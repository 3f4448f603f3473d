#!/bin/sh
set -e

# An upgrade restarts the service once the new one is in place.
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  for unit in tty.path prompt.path tty.service prompt.service first-boot.service; do
    deb-systemd-invoke stop "amazonmusic2mqtt-$unit" >/dev/null 2>&1 || true
  done
  deb-systemd-invoke stop amazonmusic2mqtt.service >/dev/null 2>&1 || true
fi
