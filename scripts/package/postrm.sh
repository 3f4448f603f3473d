#!/bin/sh
set -e

if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null || true
fi

# The other of the two packages may have taken the place of this one: then all of this is its own.
if [ "$1" = purge ] && [ ! -e /usr/lib/amazonmusic2mqtt/main.cjs ]; then
  for unit in amazonmusic2mqtt.service amazonmusic2mqtt-first-boot.service amazonmusic2mqtt-tty.service; do
    deb-systemd-helper purge "$unit" >/dev/null || true
    deb-systemd-helper unmask "$unit" >/dev/null || true
  done
  # The user stays, as Debian has it: its number may still stand at a file in a backup.
  rm -rf /var/lib/amazonmusic2mqtt /etc/amazonmusic2mqtt
  # Only now does nothing name the units any more.
  [ ! -d /run/systemd/system ] || systemctl --system daemon-reload >/dev/null || true
fi
