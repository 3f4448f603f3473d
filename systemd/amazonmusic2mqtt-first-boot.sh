#!/bin/sh
# Applies settings from the boot partition of the SD card and deletes them there: whoever has the card could read them.
# A file with errors stays, with a text beside it that names them, and is tried again at each boot.
set -eu

motd=/run/motd.d/50-amazonmusic2mqtt-settings

report() {
  rm -f "$motd"
  mkdir -p "${motd%/*}"
  printf '\n%s\n\n' "$1" >"$motd"
  chmod 0644 "$motd"
  printf '%s\n' "$1"
}

take() {
  file=$1
  problems=${file%/*}/amazonmusic2mqtt-problems.txt
  if ! said=$(sh /usr/lib/amazonmusic2mqtt/change-settings.sh <"$file"); then
    report "The settings in $file are not usable, and nothing of them was taken:
$said
Correct them there, then: sudo systemctl start amazonmusic2mqtt-first-boot (or start the machine again)."
    # Line ends of Windows: people open it there.
    sed 's/$/\r/' "$motd" >"$problems" || true
    sync -f "${file%/*}"
    return 78
  fi
  rm -f "$motd" "$problems" 2>/dev/null || true
  # What is only deleted from such a partition can be read back.
  shred -n 1 "$file" 2>/dev/null || true
  if rm -f "$file" && sync -f "${file%/*}"; then
    echo "The settings in $file have been taken over, and the file is deleted."
  else
    report "The settings in $file have been taken over, but the file cannot be deleted. Whoever has the card can read it."
  fi
}

status=0
taken=''
for folder in /boot/firmware /boot; do
  for name in amazonmusic2mqtt.env amazonmusic2mqtt.env.txt; do
    [ -f "$folder/$name" ] || continue
    if take "$folder/$name"; then
      taken=yes
    else
      status=$?
    fi
  done
done
# The service starts after this unit, also at boot.
[ -z "$taken" ] || systemctl --no-block restart amazonmusic2mqtt.service
exit "$status"
