#!/bin/sh
# Changes settings of the service. Reads lines NAME=VALUE from standard input; each replaces the line of that name in
# the settings file, and every other line stays as it is. Changes nothing unless the agent accepts all settings, and
# systemd and Node read each line alike.
#   change-settings.sh [--try]     --try: only checks
# Exit codes: 0 the settings apply from the next start; 78 a setting is wrong: the problems are on standard output.
set -eu
umask 027

service=amazonmusic2mqtt
lib=/usr/lib/amazonmusic2mqtt
settings=/etc/amazonmusic2mqtt/amazonmusic2mqtt.env
node=$lib/node
[ -x "$node" ] || node=/usr/bin/node

# In the folder of the settings, so that a rename replaces them at once.
merged=$(mktemp "$settings.XXXXXX")
given=$(mktemp "$settings.XXXXXX")
trap 'rm -f "$merged" "$given"' EXIT
trap 'exit 1' HUP INT TERM

# Removes what editors on other systems add (byte order mark, carriage returns) and what shell files have (export).
# Lines keep their numbers.
sed -e '1s/^\xef\xbb\xbf//' -e 's/\r$//' -e 's/^[[:space:]]*//' -e 's/^export[[:space:]][[:space:]]*//' \
  -e 's/^[#;].*//' >"$given"

# As the service will read them: its user, its variables and none of ours.
agent() {
  setpriv --reuid="$service" --regid="$service" --init-groups --inh-caps=-all \
    env -i PATH="$PATH" HOME="/var/lib/$service" STATE_DIRECTORY="/var/lib/$service" \
    "$node" "$@" 2>&1
}

# The problems without the remedy: the caller has its own.
problems() {
  sed -e 's/^FAIL  settings *//' -e 's/\.*\. Each problem names its setting.*/./'
}

readable() {
  chgrp "$service" "$1"
  chmod 0640 "$1"
}

# The service gets what systemd makes of a line; whoever judges it below, and each command, what Node makes of it.
readable "$given"
if ! said=$(agent "$lib/main.cjs" check --settings-file="$given"); then
  printf '%s\n' "$said" | problems | sed "s#^file *$given:#These lines cannot be used:#"
  exit 78
fi

# Settings of other programs have no place here, though both readers would take them.
other=$(grep -nvE '^(A2M_[A-Z0-9_]+=.*)?$' "$given" | sed -n '1s/:.*//p') || true
if [ -n "$other" ]; then
  # Not the line itself: it may be half of a password.
  printf '%s\n' 'These lines cannot be used:' "  line $other: is no setting: expected A2M_SOMETHING=VALUE."
  exit 78
fi

touch "$settings"
# Of several lines of a name the last is in force, and that one is replaced; else the one that shows the default.
awk '
  function name(line) { return substr(line, 1, index(line, "=") - 1) }
  FILENAME == ARGV[1] && $0 == "" { next }
  FILENAME == ARGV[1] { value[name($0)] = $0; if (!seen[name($0)]++) order[++count] = name($0); next }
  { lines[FNR] = $0; last = FNR }
  /^A2M_[A-Z0-9_]+=/ { active[name($0)] = FNR }
  /^#A2M_[A-Z0-9_]+=/ { shown[substr(name($0), 2)] = FNR }
  END {
    for (i = 1; i <= count; i++) {
      at = order[i] in active ? active[order[i]] : order[i] in shown ? shown[order[i]] : ++last
      lines[at] = value[order[i]]
    }
    for (i = 1; i <= last; i++) print lines[i]
  }
' "$given" "$settings" >"$merged"
readable "$merged"

if ! said=$(agent "$lib/main.cjs" check --settings-file="$merged"); then
  printf '%s\n' "$said" | problems | sed "s#^file *$merged:#These lines of $settings cannot be used:#"
  exit 78
fi
if ! said=$(agent --env-file="$merged" "$lib/main.cjs" check --settings-only); then
  printf '%s\n' "$said" | problems
  exit 78
fi

[ "${1-}" != --try ] || exit 0
if cmp -s "$merged" "$settings"; then
  readable "$settings"
else
  sync "$merged"
  mv "$merged" "$settings"
  sync /etc/amazonmusic2mqtt
fi
