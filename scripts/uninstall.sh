#!/bin/sh
# Removes amazonmusic2mqtt, whichever way it was installed. Settings and sign-in stay, unless --purge says otherwise.
#   sudo sh uninstall.sh [--purge] [--yes]
set -eu

service=amazonmusic2mqtt
lib=/usr/lib/amazonmusic2mqtt

say() { printf '%s\n' "$@"; }
fail() {
  code=$1
  shift
  say "$@" >&2
  exit "$code"
}

help() {
  cat <<END
sudo sh uninstall.sh [FLAGS]

Removes amazonmusic2mqtt. Settings and sign-in stay, for the day it is installed again.

  --purge  Also delete the settings, the sign-in and the user of the service.
  --yes    Ask nothing.
  --help   Show this.

Exit codes: 0 nothing of it is installed any more; 64 the command line was not understood; 69 it could not be removed;
77 not root.
END
}

read_arguments() {
  purge='' yes=''
  for flag in "$@"; do
    case $flag in
    --purge) purge=yes ;;
    --yes | -y) yes=yes ;;
    --help | -h)
      help
      exit 0
      ;;
    *) fail 64 "There is no flag ${flag%%=*}. \"sh uninstall.sh --help\" lists them." ;;
    esac
  done
}

# What dpkg knows: the name of the package, also of one that only its settings are left of.
debian_package() {
  for name in amazonmusic2mqtt amazonmusic2mqtt-bundled; do
    # shellcheck disable=SC2016
    case $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true) in
    '' | not-installed) ;;
    *) printf '%s\n' "$name" ;;
    esac
  done
}

confirm() {
  [ -z "$yes" ] || return 0
  if [ -n "$purge" ]; then
    what='Remove amazonmusic2mqtt with its settings and its sign-in? y or n [n]: '
  else
    what='Remove amazonmusic2mqtt? Settings and sign-in stay. y or n [n]: '
  fi
  (: </dev/tty) 2>/dev/null || fail 64 'There is no terminal to ask on. Say --yes, if that is what you want.'
  printf '%s' "$what" >/dev/tty
  IFS= read -r answer </dev/tty || answer=''
  case $answer in
  [yY]*) ;;
  *)
    say 'Nothing was removed.'
    exit 0
    ;;
  esac
}

remove_deb() {
  for name in $packages; do
    if [ -n "$purge" ]; then dpkg --purge "$name"; else dpkg --remove "$name"; fi
  done
}

# What install.sh laid out of the npm package, by the list it kept.
remove_npm() {
  # Debian's helper for units listens to nobody but dpkg.
  export DPKG_MAINTSCRIPT_PACKAGE=$service
  sh "$lib/npm/prerm.sh" remove
  cp "$lib/npm/list" "$lib/npm/postrm.sh" "$work"
  while read -r kind _ place _; do
    case $kind in
    file | link) rm -f "$place" "$place.new" ;;
    esac
  done <"$work/list"
  rm -rf "$lib"
  sh "$work/postrm.sh" remove
  [ -z "$purge" ] || sh "$work/postrm.sh" purge
  # Only what was made for it and is empty; the innermost first.
  sed -n 's/^folder - \(.*\) -$/\1/p' "$work/list" | sort -r | while read -r folder; do
    rmdir "$folder" 2>/dev/null || true
  done
}

# What neither dpkg nor the lists know of: what came into being while it ran, and what its owner added.
remove_rest() {
  rm -rf /etc/amazonmusic2mqtt /var/lib/amazonmusic2mqtt /run/amazonmusic2mqtt /run/amazonmusic2mqtt-prompt
  rm -f /run/motd.d/50-amazonmusic2mqtt-settings /boot/firmware/amazonmusic2mqtt-problems.txt /boot/amazonmusic2mqtt-problems.txt
  rm -rf /etc/systemd/system/amazonmusic2mqtt*.service.d /etc/systemd/system/amazonmusic2mqtt*.path.d
  if getent passwd $service >/dev/null; then
    userdel $service 2>/dev/null || true
    if getent group $service >/dev/null; then groupdel $service 2>/dev/null || true; fi
  fi
  [ ! -d /run/systemd/system ] || systemctl daemon-reload
}

main() {
  read_arguments "$@"
  [ "$(id -u)" -eq 0 ] || fail 77 'This removes it for the whole machine and needs root. Run: sudo sh uninstall.sh'
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT

  packages=$(debian_package)
  if [ -z "$packages" ] && [ ! -e "$lib/npm/list" ] && [ -z "$purge" ]; then
    say 'amazonmusic2mqtt is not installed here.'
    exit 0
  fi
  confirm
  if [ -n "$packages" ]; then
    remove_deb || fail 69 'dpkg could not remove it, and the lines above say why. Set that right, then run this again.'
  fi
  if [ -e "$lib/npm/list" ]; then remove_npm; fi
  [ -z "$purge" ] || remove_rest

  say '' 'amazonmusic2mqtt is removed.'
  if [ -z "$purge" ]; then
    say 'These stay, for the day it comes back; "sudo sh uninstall.sh --purge" deletes them:' \
      '  /etc/amazonmusic2mqtt      the settings' \
      '  /var/lib/amazonmusic2mqtt  the sign-in and what else must survive a restart' \
      '  the user amazonmusic2mqtt, whose they are'
  fi
  say 'Not touched: Node.js and mpv, which others may use ("sudo apt autoremove" removes what came along with it); what the' \
    'broker keeps of it (docs/install.md says how to clear that); the entry in the Amazon account of whoever signed in.'
}

main "$@"
