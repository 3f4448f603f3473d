#!/bin/sh
# Installs amazonmusic2mqtt on Debian 12 or 13 or Raspberry Pi OS: the package that lies beside this file, the settings,
# the service, and at last the QR code to sign in with. Safe to run again, to upgrade or to change settings.
#   sudo sh install.sh            --help says more
set -eu
umask 022

service=amazonmusic2mqtt
lib=/usr/lib/amazonmusic2mqtt
etc=/etc/amazonmusic2mqtt
settings=$etc/amazonmusic2mqtt.env
least_node=20.19

# After sysexits.h, as the agent's own.
usage=64
unavailable=69
no_permission=77
wrong_settings=78

help() {
  cat <<END
sudo sh install.sh [FLAGS]

Installs amazonmusic2mqtt from the package that lies beside this file: amazonmusic2mqtt_*_all.deb where the system's
Node.js is $least_node or newer, else amazonmusic2mqtt-bundled_*.deb, which brings its own; or the npm package,
amazonmusic2mqtt-*.tgz. Asks for what must be known, starts the service and shows the QR code to sign in with.

  --package FILE               Install this one.
  --lwa-client-id VALUE        Client ID of a client for "TVs and other devices".
  --security-profile-id VALUE  ID of the security profile that Amazon Music has enabled.
  --mqtt-url VALUE             Address of the broker, such as mqtt://192.168.1.10.
  --mqtt-username VALUE        User at the broker.
  --mqtt-password-file FILE    File that holds the password at the broker; its content is copied.
  --device-name VALUE          Name of this device in topics; the host name unless told.
  --settings FILE              File with any settings, a line each: A2M_SOMETHING=VALUE.
  --without-mpv                Do not install mpv. Without it nothing sounds, unless you have a player of your own.
  --without-login              Do not wait for the sign-in.
  --yes                        Ask nothing: what is not given must be set already, or lie on the boot partition.
  --help                       Show this.

Variables of the environment whose names begin with A2M_ are settings too. Flags are stronger than the variables,
which are stronger than --settings.

Exit codes: 0 installed; 64 the command line was not understood; 69 it cannot be installed here, or not now;
77 not root, or the sign-in was denied or no code used; 78 settings are missing or wrong.
END
}

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
warn() { printf 'Note: %s\n' "$*" >&2; }
fail() {
  code=$1
  shift
  printf '\n' >&2
  printf '%s\n' "$@" >&2
  exit "$code"
}

# --- the command line ------------------------------------------------------------------------------------------------

read_arguments() {
  package='' ask=yes with_mpv=yes with_login=yes settings_file='' password_file=''
  flag_client_id='' flag_profile_id='' flag_url='' flag_username='' flag_device=''
  while [ $# -gt 0 ]; do
    flag=${1%%=*}
    case $flag in
    --package | --lwa-client-id | --security-profile-id | --mqtt-url | --mqtt-username | --mqtt-password-file | \
      --device-name | --settings)
      case $1 in
      *=*) value=${1#*=} ;;
      *)
        [ $# -gt 1 ] || fail $usage "$flag needs a value."
        value=$2
        shift
        ;;
      esac
      [ -n "$value" ] || fail $usage "$flag needs a value."
      ;;
    --mqtt-password)
      fail $usage 'There is no flag for a password, because everybody on this machine can read a command line.' \
        'Give --mqtt-password-file FILE, or answer when you are asked.'
      ;;
    --help | -h) ;;
    --yes | -y | --without-mpv | --without-login)
      [ "$flag" = "$1" ] || fail $usage "$flag takes no value."
      ;;
    # Not the rest of it: it may be a secret in the wrong place.
    -*) fail $usage "There is no flag $flag. \"sh install.sh --help\" lists them." ;;
    *) fail $usage 'Something stands there that is no flag. "sh install.sh --help" lists them.' ;;
    esac
    case $flag in
    --package) package=$value ;;
    --lwa-client-id) flag_client_id=$value ;;
    --security-profile-id) flag_profile_id=$value ;;
    --mqtt-url)
      case $value in
      *://*:*@*)
        fail $usage 'A password in --mqtt-url could be read by everybody on this machine: give --mqtt-password-file FILE.'
        ;;
      esac
      flag_url=$value
      ;;
    --mqtt-username) flag_username=$value ;;
    --mqtt-password-file) password_file=$value ;;
    --device-name) flag_device=$value ;;
    --settings) settings_file=$value ;;
    --without-mpv) with_mpv='' ;;
    --without-login) with_login='' ;;
    --yes | -y) ask='' ;;
    --help | -h)
      help
      exit 0
      ;;
    esac
    shift
  done
  for file in "$package" "$settings_file" "$password_file"; do
    [ -z "$file" ] || [ -r "$file" ] || fail $usage "$file cannot be read."
  done
}

# --- what this machine is --------------------------------------------------------------------------------------------

check_machine() {
  [ "$(id -u)" -eq 0 ] || fail $no_permission 'This installs for the whole machine and needs root. Run: sudo sh install.sh'
  if ! command -v dpkg >/dev/null || ! command -v apt-get >/dev/null; then
    fail $unavailable 'This is not Debian or Raspberry Pi OS. The npm package runs wherever Node.js does: see "Any other' \
      'Linux" in docs/install.md.'
  fi
  architecture=$(dpkg --print-architecture)
  case $(uname -m) in
  armv6*)
    fail $unavailable 'This is a Raspberry Pi 1 or Zero (ARMv6), for which there is no Node.js that is new enough.' \
      'It takes a Pi 2, a Pi Zero 2 W or a newer one.'
    ;;
  esac
  case $architecture in
  arm64 | armhf | amd64) ;;
  *) warn "nobody has tried this on $architecture yet." ;;
  esac

  # shellcheck source=/dev/null
  release=$(. /etc/os-release && echo "${ID-} ${VERSION_ID-}")
  case $release in
  debian\ [1-9] | debian\ 10 | debian\ 11 | raspbian\ [1-9] | raspbian\ 10 | raspbian\ 11)
    fail $unavailable "This is Debian ${release#* }, which is too old. It takes Debian 12 or newer, or a Raspberry Pi OS of that age."
    ;;
  debian* | raspbian*) ;;
  *) warn "this has been tried on Debian and is meant for it and Raspberry Pi OS; here is ${release% }." ;;
  esac
  [ -d /run/systemd/system ] || fail $unavailable \
    'systemd does not run here, and it is what starts the service and keeps it running. In a container, take the' \
    'Dockerfile in docs/docker/; elsewhere run the npm package by whatever starts services here.'

  memory=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
  [ "$memory" -ge 350 ] || warn "this machine has $memory MB of memory. The agent takes about 60, with mpv about 180."
}

clock() { timedatectl show 2>/dev/null | grep -qx "$1"; }

# Without a battery the clock is right only some seconds after the network is there, which may be when a first boot runs
# this. Until then apt trusts no archive.
wait_for_clock() {
  seconds=0
  while [ $seconds -lt 60 ] && clock NTP=yes && clock NTPSynchronized=no; do
    [ $seconds -gt 0 ] || say 'Waiting for the clock to be set, a minute at most'
    sleep 1
    seconds=$((seconds + 1))
  done
}

check_clock() {
  [ -n "$ask" ] || wait_for_clock
  [ "$(date +%Y)" -ge 2026 ] || warn "the clock says $(date). Until it is set, nothing on the internet can be trusted; the agent
waits for that by itself, but installing may fail. Setting it: sudo date -s 'YYYY-MM-DD HH:MM'"
}

check_space() {
  case $package in
  *bundled*) needed=200 ;;
  *) needed=50 ;;
  esac
  free=$(df -Pk /usr | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free" -ge $needed ] || fail $unavailable "Only $free MB are free on the disk. Make room for at least $needed, then run this again."
}

# --- which package ---------------------------------------------------------------------------------------------------

is_new_enough() { [ -n "$1" ] && dpkg --compare-versions "$1" ge "$least_node"; }

# The Node.js that is installed from a package, or that apt would install.
node_of_apt() {
  # What is printed is translated.
  LC_ALL=C apt-cache policy nodejs 2>/dev/null | sed -n 's/^  \(Installed\|Candidate\): *//p' | grep -vF '(none)' |
    sort -V | tail -n 1
}

# One that came in another way, of the person's own. sudo has another PATH than they have.
node_on_path() {
  home=$(getent passwd "${SUDO_USER:-root}" | cut -d : -f 6)
  # The newest of nvm's first.
  # shellcheck disable=SC2012
  of_nvm=$(ls -d "$home"/.nvm/versions/node/*/bin 2>/dev/null | sort -V | tail -n 1)
  for folder in /usr/local/bin /usr/bin /opt/node/bin /opt/nodejs/bin "$of_nvm"; do
    if [ -x "$folder/node" ] && is_new_enough "$("$folder/node" -p process.versions.node 2>/dev/null)"; then
      echo "$folder/node"
      return 0
    fi
  done
  return 1
}

newest() {
  for file in "$@"; do
    [ ! -e "$file" ] || printf '%s\n' "$file"
  done | sort -V | tail -n 1
}

choose_package() {
  node=$(node_of_apt)
  if [ -z "$node" ] && [ -z "$package" ]; then
    say 'Asking apt which Node.js there is'
    # A fresh image has no lists yet.
    apt_get update || true
    node=$(node_of_apt)
  fi
  all=$(newest "$here"/amazonmusic2mqtt_*_all.deb)
  bundled=$(newest "$here"/amazonmusic2mqtt-bundled_*_"$architecture".deb)
  tarball=$(newest "$here"/amazonmusic2mqtt-[0-9]*.tgz)
  if [ -z "$package" ]; then
    # What is there already is stayed with.
    if [ -n "$bundled" ] && is_installed amazonmusic2mqtt-bundled; then
      package=$bundled
    elif [ -n "$all" ] && is_new_enough "$node"; then
      package=$all
    elif [ -n "$bundled" ]; then
      package=$bundled
    elif [ -n "$tarball" ]; then
      package=$tarball
    elif [ -n "$all" ]; then
      old_node
    else
      fail $unavailable "There is no package in $here." \
        'Put amazonmusic2mqtt_VERSION_all.deb or amazonmusic2mqtt-bundled_VERSION_arm64.deb of a release beside install.sh,' \
        'or name it: sudo sh install.sh --package FILE'
    fi
  fi
  case $package in
  *.deb)
    its=$(dpkg-deb --field "$package" Architecture 2>/dev/null) ||
      fail $unavailable "$package is damaged, or no Debian package. Download it again."
    name=$(dpkg-deb --field "$package" Package)
    case $name in
    amazonmusic2mqtt | amazonmusic2mqtt-bundled) ;;
    *) fail $usage "$package is a package of something else: $name." ;;
    esac
    [ "$its" = all ] || [ "$its" = "$architecture" ] ||
      fail $unavailable "$package is for $its, and this machine is $architecture. Take amazonmusic2mqtt_*_all.deb."
    [ "$name" != amazonmusic2mqtt ] || is_new_enough "$node" || old_node
    ;;
  *.tgz)
    node=$(node_on_path) || old_node
    if is_installed amazonmusic2mqtt || is_installed amazonmusic2mqtt-bundled; then
      fail $unavailable \
        'amazonmusic2mqtt is installed from a Debian package here. Upgrade it by one, or remove it first: sudo sh uninstall.sh'
    fi
    ;;
  *) fail $usage "$package is neither a .deb nor a .tgz." ;;
  esac
}

old_node() {
  case $package in
  *.tgz) why="No Node.js $least_node or newer was found, which the npm package needs." ;;
  *) why="The newest Node.js that apt has here is ${node:-none}, and $least_node or newer is needed." ;;
  esac
  case $architecture in
  arm64)
    fail $unavailable "$why" 'Put amazonmusic2mqtt-bundled_VERSION_arm64.deb beside install.sh: it brings its own. Then run this again.'
    ;;
  armhf)
    fail $unavailable "$why" \
      'There is no package with a Node.js of its own for 32-bit ARM. One of these helps, then run this again:' \
      '- Raspberry Pi OS (64-bit), on a Pi 3, a Zero 2 W or a newer one, with the package amazonmusic2mqtt-bundled' \
      '- Raspberry Pi OS of 2025 or newer (Debian 13), whose Node.js is new enough' \
      '- Node.js 22 for ARMv7 from nodejs.org, unpacked into /usr/local, with the npm package amazonmusic2mqtt-VERSION.tgz'
    ;;
  *)
    fail $unavailable "$why" "Install a newer Node.js, such as NodeSource's, then run this again."
    ;;
  esac
}

is_installed() {
  # shellcheck disable=SC2016
  case $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) in
  installed | half-* | unpacked | triggers-*) return 0 ;;
  esac
  return 1
}

# --- installing ------------------------------------------------------------------------------------------------------

# What apt says is for when it fails. A fresh machine may be upgrading itself meanwhile.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" >"$work/said" 2>&1 </dev/null
}

install_deb() {
  step "Installing $(basename "$package")"
  if [ -e "$lib/npm/list" ]; then
    # dpkg owns the same files from now on.
    remove_npm
  fi
  # Somebody may have pulled the plug while dpkg was at work.
  if [ -n "$(dpkg --audit)" ]; then
    dpkg --force-confdef --force-confold --configure -a >"$work/said" 2>&1 </dev/null || true
  fi
  # To change settings, the same package need not be unpacked again, but for one that is damaged.
  # shellcheck disable=SC2016
  if [ "$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$name" 2>/dev/null)" = "installed $(dpkg-deb --field "$package" Version)" ] &&
    ! dpkg --verify "$name" | grep -qv ' c /'; then
    say 'It is installed already.'
    return 0
  fi
  file=$(readlink -f "$package")
  deb() { apt_get --no-install-recommends --reinstall --allow-downgrades install "$file"; }
  if ! deb; then
    # Lists that are old name packages that are there no longer.
    apt_get update || true
    if ! deb; then
      tail -n 15 "$work/said" >&2
      fail $unavailable 'apt could not install it, and the lines above say why. Nothing is half done that running this again would not' \
        'repair: see that this machine reaches the internet, then run it again.'
    fi
  fi
}

install_mpv() {
  [ -n "$with_mpv" ] && ! command -v mpv >/dev/null || return 0
  step 'Installing mpv, which plays'
  if apt_get --no-install-recommends install mpv || { apt_get update && apt_get --no-install-recommends install mpv; }; then
    # It came with us, and goes with "apt autoremove" after us. apt knows nothing of the npm form, and would take it at once.
    case $package in *.deb) apt-mark auto mpv >/dev/null 2>&1 || true ;; esac
  else
    warn 'mpv could not be installed, and without it nothing sounds. Later: sudo apt install mpv'
  fi
}

# As dpkg would, by the list that was made with the package.
install_npm() {
  step "Installing $(basename "$package")"
  tar -xzf "$package" -C "$work" || fail $unavailable "$package is damaged. Download it again."
  [ -r "$work/package/dist-system/list" ] || fail $unavailable "$package is no package of amazonmusic2mqtt that can be installed in this way."
  old=$work/old
  cat "$lib/npm/list" >"$old" 2>/dev/null || : >"$old"
  # First the list, so that what is interrupted can still be removed.
  folders "$work/package/dist-system/list" "$old" >"$work/list"
  cat "$work/package/dist-system/list" >>"$work/list"
  echo "link - $lib/node $node" >>"$work/list"
  mkdir -p "$lib/npm"
  cat "$old" "$work/list" | sort -u >"$lib/npm/list"
  for script in postinst prerm postrm; do
    cp "$work/package/dist-system/$script.sh" "$lib/npm/$script.sh"
  done
  cp "$work/package/scripts/uninstall.sh" "$lib/npm/uninstall.sh"
  while read -r kind mode place source; do
    case $kind in
    folder) mkdir -p "$place" ;;
    link) ln -sfn "$source" "$place" ;;
    setting) [ -e "$place" ] || install -m "$mode" "$work/package/$source" "$place" ;;
    file)
      # By a rename: a running service keeps what it has.
      install -m "$mode" "$work/package/$source" "$place.new"
      mv "$place.new" "$place"
      ;;
    esac
  done <"$work/list"
  case $node in
  /home/* | /root/*)
    # The service may not look into home folders.
    rm -f "$lib/node"
    install -m 0755 "$node" "$lib/node"
    ;;
  esac
  # What the version before had and this one has not.
  places "$work/list" >"$work/kept"
  places "$old" | { grep -vxFf "$work/kept" || true; } | while read -r place; do rm -f "$place"; done
  sync
  mv "$work/list" "$lib/npm/list"
  # Debian's helper for units listens to nobody but dpkg.
  DPKG_MAINTSCRIPT_PACKAGE=$service sh "$lib/npm/postinst.sh" configure "$([ ! -s "$old" ] || echo before)" >"$work/said" 2>&1 || {
    cat "$work/said" >&2
    fail $unavailable 'The last step of the installation failed, and the lines above say why. Set that right, then run this again.'
  }
}

# The folders that are ours alone, with those that an earlier installation made.
folders() {
  grep '^folder ' "$2" || true
  while read -r _ _ place _; do
    parent=${place%/*}
    while [ -n "$parent" ] && [ ! -d "$parent" ]; do
      echo "folder - $parent -"
      parent=${parent%/*}
    done
  done <"$1" | sort -u
}

places() { awk '$1 == "file" || $1 == "link" { print $3 }' "$1"; }

remove_npm() {
  cp "$lib/npm/list" "$work/gone"
  places "$work/gone" | while read -r place; do rm -f "$place"; done
  rm -rf "$lib/npm"
  # The innermost first; what is not empty stays.
  sed -n 's/^folder - \(.*\) -$/\1/p' "$work/gone" | sort -r | while read -r folder; do rmdir "$folder" 2>/dev/null || true; done
}

# --- settings --------------------------------------------------------------------------------------------------------

# Puts a line of settings together in a form that systemd and Node read alike. Single quotes hold everything but
# themselves, double quotes all but themselves and backslashes; without quotes more is special.
line() {
  case $2 in
  *"
"*) fail $wrong_settings "$1 holds a line break, which no setting has." ;;
  *\'*)
    case $2 in
    *[\"\\]*)
      case $2 in
      [\"\'\`\ ]* | *[\\#]* | *"	"* | *\ )
        fail $wrong_settings "$1 holds a single quote beside a double quote or a backslash, which a settings file cannot hold." \
          'Choose another value. For a password there is --mqtt-password-file.'
        ;;
      esac
      printf '%s=%s\n' "$1" "$2"
      ;;
    *) printf '%s="%s"\n' "$1" "$2" ;;
    esac
    ;;
  *) printf "%s='%s'\n" "$1" "$2" ;;
  esac
}

# What is in the settings file, without quotes.
current() {
  sed -n "s/^$1=//p" "$settings" 2>/dev/null | tail -n 1 | sed -e "s/^'\(.*\)'\$/\1/" -e 's/^"\(.*\)"$/\1/'
}

change_settings() { sh "$lib/change-settings.sh" "$@" <"$work/lines"; }

give() { [ -z "$2" ] || line "$1" "$2" >>"$work/lines"; }

collect_given() {
  : >"$work/lines"
  if [ -n "$settings_file" ]; then
    cat "$settings_file" >>"$work/lines"
    echo >>"$work/lines"
  fi
  for name in $(env | sed -n 's/^\(A2M_[A-Z0-9_]*\)=.*/\1/p'); do
    give "$name" "$(printenv "$name")"
  done
  give A2M_LWA_CLIENT_ID "$flag_client_id"
  give A2M_SECURITY_PROFILE_ID "$flag_profile_id"
  give A2M_MQTT_URL "$flag_url"
  give A2M_MQTT_USERNAME "$flag_username"
  give A2M_DEVICE_NAME "$flag_device"
  if [ -n "$password_file" ]; then
    keep_password <"$password_file"
  fi
}

# The password has a file of its own: no form of quotes is in its way, and no variable of the process holds it.
keep_password() {
  (umask 077 && cat >"$etc/mqtt-password.new")
  chgrp "$service" "$etc/mqtt-password.new"
  chmod 0640 "$etc/mqtt-password.new"
  mv "$etc/mqtt-password.new" "$etc/mqtt-password"
  line A2M_MQTT_PASSWORD_FILE "$etc/mqtt-password" >>"$work/lines"
  # Only one of them can be.
  [ -z "$(current A2M_MQTT_PASSWORD)" ] || line A2M_MQTT_PASSWORD '' >>"$work/lines"
}

# prompt QUESTION DEFAULT: the answer is in $answer.
prompt() {
  printf '%s%s: ' "$1" "${2:+ [$(shown "$2")]}" >/dev/tty
  IFS= read -r answer </dev/tty || fail $wrong_settings 'No answer came. What was installed stays; run this again to go on.'
  answer=$(printf '%s' "$answer" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
  answer=${answer:-$2}
}

prompt_secret() {
  # Before it asks: somebody who types or pastes at once would be shown.
  quiet=yes
  stty -echo </dev/tty
  printf '%s: ' "$1" >/dev/tty
  IFS= read -r answer </dev/tty || answer=''
  stty echo </dev/tty
  quiet=''
  printf '\n' >/dev/tty
}

# What the agent has to say about a setting, given what has been collected so far.
problem_with() {
  change_settings --try | sed -n "s/^ *$1[: ] */  /p" | sed 's/ ([a-z]*\/[a-z]*)$//'
}

# ask_for NAME QUESTION: until the agent finds it usable.
ask_for() {
  while :; do
    prompt "$2" "$(sed -n "s/^$1='\(.*\)'\$/\1/p" "$work/lines" | tail -n 1 | grep . || current "$1")"
    cp "$work/lines" "$work/before"
    [ -z "$answer" ] || line "$1" "$answer" >>"$work/lines"
    problem=$(problem_with "$1")
    [ -n "$problem" ] || return 0
    printf '%s\n' "$problem" >/dev/tty
    cp "$work/before" "$work/lines"
  done
}

ask_settings() {
  step 'Settings'
  if change_settings --try >/dev/null && [ -n "$(current A2M_LWA_CLIENT_ID)" ] && [ ! -s "$work/lines" ]; then
    prompt "Settings are there already, with the broker $(shown_broker). Change them? y or n" n
    case $answer in [yY]*) ;; *) return 0 ;; esac
  fi
  cat >/dev/tty <<END
From developer.amazon.com, your security profile for Amazon Music. Enter keeps what stands in [ ].
END
  ask_for A2M_LWA_CLIENT_ID 'Client ID (amzn1.application-oa2-client.…)'
  ask_for A2M_SECURITY_PROFILE_ID 'Security Profile ID (amzn1.application.…)'
  [ -n "$(current A2M_MQTT_URL)" ] || grep -q '^A2M_MQTT_URL=' "$work/lines" || line A2M_MQTT_URL mqtt://localhost:1883 >>"$work/lines"
  ask_for A2M_MQTT_URL 'Address of the MQTT broker'
  ask_for A2M_MQTT_USERNAME 'User at the broker (Enter: none)'
  if [ -n "$answer" ]; then
    prompt_secret 'Password at the broker (not shown; Enter: as it is)'
    [ -z "$answer" ] || printf '%s\n' "$answer" | keep_password
    answer=''
  fi
}

# Without the password that an address may hold.
shown() { printf '%s' "$1" | sed 's#//[^/@]*@#//#'; }

shown_broker() {
  url=$(current A2M_MQTT_URL)
  shown "${url:-mqtt://localhost:1883}"
}

write_settings() {
  if ! said=$(change_settings); then
    fail $wrong_settings "$said" \
      'The program is installed, its settings are as they were. Run this again with the right ones, or without --yes to be asked.'
  fi
}

# --- the service -----------------------------------------------------------------------------------------------------

start_service() {
  step 'Starting the service'
  if ! systemctl restart $service.service; then
    journalctl -u $service -n 15 --no-pager -o cat >&2 || true
    [ "$(systemctl show --property=ExecMainStatus --value $service.service)" != 78 ] ||
      fail $wrong_settings 'The service does not start with these settings, and the lines above say why. Run this again to change them.'
    fail $unavailable 'The service does not start, and the lines above say why. What it needs is told by: sudo amazonmusic2mqtt doctor'
  fi
  systemctl show --property=StatusText --value $service.service
}

# What is wrong now will mostly be right later: told, and no reason to stop.
try_all() {
  timeout 60 amazonmusic2mqtt check >"$work/check" 2>&1 || {
    grep '^FAIL' "$work/check" || true
    say 'The agent goes on trying by itself.' 'What each needs: docs/errors.md, or sudo amazonmusic2mqtt doctor'
  }
}

sign_in() {
  step 'Sign-in'
  if [ -z "$with_login" ] || [ ! -t 1 ]; then
    say 'This shows the QR code: sudo amazonmusic2mqtt login'
    return 0
  fi
  say 'Ctrl-C ends the showing only; the service goes on.'
  # Ctrl-C is for the command, not for us.
  interrupted=''
  trap 'interrupted=yes' INT
  status=0
  amazonmusic2mqtt login || status=$?
  trap on_signal INT
  if [ -n "$interrupted" ]; then
    say '' 'Installed, and not signed in yet. This shows the code again: sudo amazonmusic2mqtt login'
  elif [ "$status" -eq 0 ]; then
    say '' 'Done. What it does: journalctl -u amazonmusic2mqtt -f'
  else
    fail "$status" 'Installed, and not signed in yet. Once that is set right: sudo amazonmusic2mqtt login'
  fi
}

clean_up() {
  [ -z "${work-}" ] || rm -rf "$work"
  [ -z "${quiet-}" ] || stty echo </dev/tty
}

on_signal() {
  printf '\nStopped. Nothing is lost: run this again to go on.\n' >&2
  exit 130
}

main() {
  read_arguments "$@"
  check_machine
  trap clean_up EXIT
  trap on_signal HUP INT TERM
  work=$(mktemp -d)
  here=.
  # From a pipe there is no file of ours.
  [ ! -f "$0" ] || here=$(dirname "$(readlink -f "$0")")
  # Asked on the terminal, which is not where this script may come from.
  # shellcheck disable=SC2217
  if [ -n "$ask" ] && ! (: </dev/tty) 2>/dev/null; then ask=''; fi

  check_clock
  choose_package
  check_space
  case $package in
  *.deb) install_deb ;;
  *) install_npm ;;
  esac
  install_mpv
  # Settings on the boot partition come before what is asked for here.
  systemctl start $service-first-boot.service 2>/dev/null || warn "$(cat /run/motd.d/50-amazonmusic2mqtt-settings 2>/dev/null)"
  collect_given
  [ -z "$ask" ] || ask_settings
  write_settings
  start_service
  try_all
  sign_in
}

# The last line: a download that was cut off does nothing.
main "$@"
