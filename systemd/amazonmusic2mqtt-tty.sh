#!/bin/sh
# Run whenever a code comes or goes.
# tty.sh NUMBER shows the code that waits on virtual console NUMBER and switches to it; when none waits, switches back
# (amazonmusic2mqtt-tty.service).
# tty.sh prompts has the login prompts that wait shown anew (amazonmusic2mqtt-prompt.service).
set -eu

codes=/run/amazonmusic2mqtt
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

if ! text=$(cat "$codes/issue" 2>/dev/null); then
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
  # Large modules, which every font has. agetty's format doubles backslashes.
  printf '%s\n' "$text" | sed 's/\\\\/\\/g' >"$console"
elif setfont -C "$console" "$font"; then
  cat "$codes/motd" >"$console" || true
else
  # No line of words has a colour.
  grep -v "$(printf '\033')" "$codes/motd" >"$console" || true
fi

now=$(shown)
if [ "$now" != "$number" ]; then
  printf '%s\n' "${now:-1}" >"$before"
  switch_to "$number"
elif [ ! -e "$before" ]; then
  echo 1 >"$before"
fi
once_more_if_changed "$number"
