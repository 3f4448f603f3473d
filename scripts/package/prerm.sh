#!/bin/sh
set -e

# An upgrade restarts the service once the new one is in place.
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop amazonmusic2mqtt.service amazonmusic2mqtt-tty.service >/dev/null 2>&1 || true
fi
