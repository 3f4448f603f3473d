#!/bin/sh
# amazonmusic2mqtt, as the Debian packages install it: the one Node, the service's settings, state folder and user.
set -eu

service=amazonmusic2mqtt
lib=/usr/lib/amazonmusic2mqtt
settings=/etc/amazonmusic2mqtt/amazonmusic2mqtt.env

# The package that brings a Node of its own keeps it there, off the PATH.
node=$lib/node
[ -x "$node" ] || node=/usr/bin/node

# Node.js writes each byte it sends to the log when these ask for it, passwords included. Set and empty they also
# outweigh the settings file.
export NODE_DEBUG='' NODE_DEBUG_NATIVE=''

# What belongs to no service: no settings, no state folder, no other user.
case ${1-run} in
demo | sandbox | check-player | --help | -h | --version | -V) exec "$node" "$lib/main.cjs" "$@" ;;
esac

if [ "$(id -u)" -eq 0 ]; then
  # A file of root's in the state folder would be one that the service cannot read.
  export HOME=/var/lib/amazonmusic2mqtt USER="$service" LOGNAME="$service"
  groups=--init-groups
  # What a service that has ended had to say stands in the journal only.
  if [ "${1-}" = doctor ] && journal=$(getent group systemd-journal); then
    groups=--groups=$(id -G "$service" | tr ' ' ','),$(echo "$journal" | cut -d : -f 3)
  fi
  exec setpriv --reuid="$service" --regid="$service" "$groups" --inh-caps=-all "$0" "$@"
fi

# Weaker than A2M_STATE_DIR, wherever that is set.
: "${STATE_DIRECTORY:=/var/lib/amazonmusic2mqtt}"
export STATE_DIRECTORY

if [ -r "$settings" ]; then
  # Variables that are set already are stronger than the file.
  exec "$node" --env-file="$settings" "$lib/main.cjs" "$@"
fi
# Somebody with settings and a state folder of their own needs nothing of the service's, and the doctor says what it may
# not see.
case "${A2M_STATE_DIR:+--state-dir} $*" in
*--state-dir* | *' doctor' | *' doctor '*) ;;
*)
  if [ "$(id -un)" != "$service" ]; then
    echo "The sign-in and the settings are the service's. Run: sudo amazonmusic2mqtt $*" >&2
    exit 78
  fi
  ;;
esac
exec "$node" "$lib/main.cjs" "$@"
