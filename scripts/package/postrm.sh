#!/bin/sh
set -e

if [ "$1" = remove ]; then
  rm -rf /run/amazonmusic2mqtt-prompt
  if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
  fi
fi

# The other of the two packages may have taken the place of this one: then all of this is its own.
if [ "$1" = purge ] && [ ! -e /usr/lib/amazonmusic2mqtt/main.cjs ]; then
  for unit in .service -first-boot.service -prompt.path -prompt.service -tty.path -tty.service; do
    deb-systemd-helper purge "amazonmusic2mqtt$unit" >/dev/null || true
    deb-systemd-helper unmask "amazonmusic2mqtt$unit" >/dev/null || true
    # Of what an operator has enabled, the helper knows nothing.
    rm -f "/etc/systemd/system/multi-user.target.wants/amazonmusic2mqtt$unit"
  done
  rm -f /run/motd.d/50-amazonmusic2mqtt-settings
  # The user stays, as Debian has it: its number may still stand at a file in a backup.
  rm -rf /var/lib/amazonmusic2mqtt /etc/amazonmusic2mqtt
  # Only now does nothing name the units any more.
  [ ! -d /run/systemd/system ] || systemctl --system daemon-reload >/dev/null || true
fi
