#!/bin/sh
# Run whenever a code comes or goes.
# tty.sh NUMBER shows the code that waits on virtual console NUMBER and switches to it; when none waits, switches back
# (amazonmusic2mqtt-tty.service).
# tty.sh prompts copies the code to where the login prompts read it, and has those that wait shown anew
# (amazonmusic2mqtt-prompt.service).
set -eu

# The service's user owns this folder and may put anything there, and root reads it: links are not followed, what would
# keep a reader waiting is not waited for, and only so much is taken.
codes=/run/amazonmusic2mqtt
most=65536

# Prints the text $1, or nothing: ASCII, half blocks, and the colours of a QR code (src/login-display/terminal-qr.ts).
# What else a terminal or agetty would act upon is left out.
text_of() {
  [ -f "$codes/$1" ] && [ ! -L "$codes/$1" ] || return 0
  # Between the look and the opening it may have become something else.
  dd if="$codes/$1" iflag=nofollow,nonblock,fullblock bs="$most" count=1 status=none 2>/dev/null |
    LC_ALL=C tr -d '\000-\011\013-\032\034-\037\134\177' |
    LC_ALL=C sed -e 's/\x1b\[0m/\x01/g' -e 's/\x1b\[38;5;231m/\x02/g' -e 's/\x1b\[48;5;231m/\x03/g' \
      -e 's/\x1b\[48;5;16m/\x04/g' -e 's/\xe2\x96\x88/\x05/g' -e 's/\xe2\x96\x80/\x06/g' -e 's/\xe2\x96\x84/\x07/g' \
      -e 's/[^\x01-\x07 -~]//g' -e '/[\x02-\x04]/{/\x01$/!s/$/\x01/}' \
      -e 's/\x01/\x1b[0m/g' -e 's/\x02/\x1b[38;5;231m/g' -e 's/\x03/\x1b[48;5;231m/g' -e 's/\x04/\x1b[48;5;16m/g' \
      -e 's/\x05/\xe2\x96\x88/g' -e 's/\x06/\xe2\x96\x80/g' -e 's/\x07/\xe2\x96\x84/g'
}

# Readers see the old text or the new, whole. The folder is root's.
copy() {
  text_of "$1" >"$RUNTIME_DIRECTORY/$1.new"
  if [ -s "$RUNTIME_DIRECTORY/$1.new" ]; then
    chmod 0644 "$RUNTIME_DIRECTORY/$1.new"
    mv -f "$RUNTIME_DIRECTORY/$1.new" "$RUNTIME_DIRECTORY/$1"
  else
    rm -f "$RUNTIME_DIRECTORY/$1.new" "$RUNTIME_DIRECTORY/$1"
  fi
}

stamp() {
  stat -c '%i %y' "$codes/issue" 2>/dev/null || echo none
}
# Two changes at once, such as an old code that goes for a new one, are one for the prompt. Not by ExecStartPre=:
# between two programmes of a unit systemd 257 was seen to lose its cgroup ("Failed to spawn executor").
[ "$1" != prompts ] || sleep 1
seen=$(stamp)
# systemd does not tell of what changes while this runs or just ends. A code that runs out is followed by another within
# seconds.
once_more_if_changed() {
  [ "$seen" != none ] || sleep 3
  [ "$(stamp)" = "$seen" ] || exec /bin/sh "$0" "$1"
}

if [ "$1" = prompts ]; then
  copy motd
  copy issue
  # agetty takes no console of today's kernels for one, and would leave the old code above its new prompt. Who has
  # logged in has no agetty any more. The fields are: number (name) state parent group session terminal.
  for process in /proc/[0-9]*/stat; do
    { read -r line <"$process"; } 2>/dev/null || continue
    case $line in *' (agetty) '*) ;; *) continue ;; esac
    # shellcheck disable=SC2086
    set -- ${line#*) }
    # Major number 4, minor 1 to 63: consoles.
    if [ $(($5 >> 8)) -eq 4 ] && [ $(($5 & 255)) -le 63 ]; then
      printf '\033[0m\033[H\033[2J\033[3J' >"/dev/tty$(($5 & 255))" || true
    fi
  done
  agetty --reload
  once_more_if_changed prompts
  exit 0
fi

number=$1
console=/dev/tty$number
before=$RUNTIME_DIRECTORY/before
# Of the package console-setup-linux. Unlike the fonts for western languages it has half blocks.
font=/usr/share/consolefonts/CyrKoi-VGA16.psf.gz

clear_screen() {
  # Colours, cursor home, screen, scroll-back; the cursor itself is hidden.
  printf '\033[0m\033[H\033[2J\033[3J\033[?25l' >"$console"
}

# Only kbd's programmes switch consoles; without them the code is still there for Ctrl-Alt-F8.
switch_to() {
  timeout 10 chvt "$1" || echo "cannot switch to console $1 (Debian package kbd)"
}

shown() {
  fgconsole 2>/dev/null || true
}

text=$(text_of issue)
if [ -z "$text" ]; then
  [ -e "$before" ] || exit 0
  clear_screen
  [ "$(shown)" != "$number" ] || switch_to "$(cat "$before")"
  rm -f "$before"
  once_more_if_changed "$number"
  exit 0
fi

clear_screen
rows=$(stty -F "$console" size | cut -d ' ' -f 1)
if [ "$(printf '%s\n' "$text" | wc -l)" -lt "$rows" ]; then
  # Large modules, which every font has.
  printf '%s\n' "$text" >"$console"
elif setfont -C "$console" "$font"; then
  text_of motd >"$console" || true
else
  # No line of words has a colour.
  text_of motd | grep -v "$(printf '\033')" >"$console" || true
fi

now=$(shown)
if [ "$now" != "$number" ]; then
  printf '%s\n' "${now:-1}" >"$before"
  switch_to "$number"
elif [ ! -e "$before" ]; then
  echo 1 >"$before"
fi
once_more_if_changed "$number"
