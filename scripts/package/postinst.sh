#!/bin/sh
set -e

service=amazonmusic2mqtt
settings=/etc/amazonmusic2mqtt/amazonmusic2mqtt.env
state=/var/lib/amazonmusic2mqtt

configure() {
  systemd-sysusers "/usr/lib/sysusers.d/$service.conf"

  # As the package brings it, it is root's alone. What an operator has made of it is theirs.
  if [ "$(stat -c %U:%G "$settings")" = root:root ]; then
    chgrp "$service" "$settings"
    chmod 0640 "$settings"
  fi
  # systemd would make it too, but the command line may come first, and not every machine runs systemd.
  if [ ! -d "$state" ]; then
    install -d -m 0700 -o "$service" -g "$service" "$state"
  fi

  for path in /usr/lib/systemd/system/"$service"*; do
    unit=${path##*/}
    # The screen is the operator's to give.
    case $unit in "$service-tty".* | *.d) continue ;; esac
    grep -q '^\[Install\]' "$path" || continue
    deb-systemd-helper unmask "$unit" >/dev/null || true
    # Whoever has disabled it finds it disabled after an upgrade.
    if deb-systemd-helper --quiet was-enabled "$unit"; then
      deb-systemd-helper enable "$unit" >/dev/null || true
    else
      deb-systemd-helper update-state "$unit" >/dev/null || true
    fi
  done

  [ -d /run/systemd/system ] || return 0
  systemctl --system daemon-reload >/dev/null || true
  if [ -n "$1" ]; then
    deb-systemd-invoke restart "$service-prompt.path" "$service.service" >/dev/null 2>&1 || true
  else
    # Settings may lie on the boot partition: those first.
    for unit in "$service-first-boot.service" "$service-prompt.path" "$service.service"; do
      deb-systemd-invoke start "$unit" >/dev/null 2>&1 || true
    done
  fi
  # Whoever upgrades knows how to begin.
  [ -z "$1" ] || return 0
  if systemctl --quiet is-active "$service.service"; then
    echo "amazonmusic2mqtt runs. If it waits for a sign-in, this shows the QR code:"
    echo "  sudo amazonmusic2mqtt login"
  elif [ "$(systemctl show --property=ExecMainStatus --value "$service.service")" = 78 ]; then
    echo "amazonmusic2mqtt needs settings: fill in A2M_LWA_CLIENT_ID and A2M_SECURITY_PROFILE_ID in $settings"
    echo "Then: sudo systemctl restart amazonmusic2mqtt && sudo amazonmusic2mqtt login"
  else
    echo "amazonmusic2mqtt has not started. Why: journalctl -u amazonmusic2mqtt"
    echo "What it needs is tried by: sudo amazonmusic2mqtt check"
  fi
}

case $1 in
configure) configure "${2-}" ;;
abort-upgrade | abort-remove | abort-deconfigure) ;;
*)
  echo "postinst called with unknown argument '$1'" >&2
  exit 1
  ;;
esac
