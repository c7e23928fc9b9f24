#!/bin/bash
# Shows sitbone at work: installs what it needs, builds, and runs the daemon with a virtual mat (in fast time) or a real
# one, a private MQTT broker and a live view. The alert comes within a minute.
#
#   ./demo.sh                                           virtual mat, a minute passes in a second
#   ./demo.sh --device /dev/ttyUSB0 --format csv-line   your mat, real time, alert after one minute of sitting
#   ./demo.sh --package                                 builds the Debian package to install, in build/package
#
# For a mat whose format leaves it open: --rows N --cols N --pitch MM (without rows and cols a csv-line mat has no map).
# On a terminal it names the packages that are missing and asks before it installs them; -y installs without asking.
# q or Ctrl-C ends it; nothing stays running. Without a terminal it ends by itself after the alert.
#
# Environment: SITBONE_BUILD=FOLDER runs the programs of this build; nothing is installed or built then.
set -uo pipefail
# SPDX-License-Identifier: MIT
here=$PWD
cd "$(dirname "$0")" || exit
. tests/setup.sh

wrong() {
        printf './demo.sh: %s\n' "$*" >&2
        exit 2
}
# Builds a copy of the tree: dpkg-buildpackage writes into the folder above it. Debug symbols and tests are left out.
build_package() {
        local folder=$PWD/build/package
        # shellcheck disable=SC2046,SC2086
        install_packages $ask $build_packages $(print_package_packages) || exit 1
        rm -rf "$folder" && mkdir -p "$folder/sitbone" || exit 1
        tar --exclude=./build --exclude=./.git --exclude=__pycache__ -c . | tar -x -C "$folder/sitbone" || exit 1
        say "building the package (a minute or two)"
        (cd "$folder/sitbone" && DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc) ${DEB_BUILD_OPTIONS:-}" \
                dpkg-buildpackage -b -Pnocheck -us -uc) >"$folder/build.log" 2>&1 || { tail -n 40 "$folder/build.log"; exit 1; }
        rm -rf "$folder/sitbone"
        printf '%s\n' "Built. Install it: sudo apt install ./$(cd "$folder" && ls sitbone_*.deb | sed 's|^|build/package/|')"
}
need() { # option value: a number
        [[ $2 =~ ^[0-9]+(\.[0-9]+)?$ ]] || wrong "$1 $2: must be a number"
        echo "$2"
}

device='' format='' rows=0 cols=0 pitch=0 ask=--ask package=no
while [ $# -gt 0 ]; do
        case $1 in
        --help | -h) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
        --yes | -y) ask='' && shift && continue ;;
        --package) package=yes && shift && continue ;;
        --device | --format | --rows | --cols | --pitch) [ $# -ge 2 ] || wrong "$1 needs a value" ;;
        *) wrong "unknown option '$1'; see ./demo.sh --help" ;;
        esac
        case $1 in
        --device) device=$2 ;;
        --format) format=$2 ;;
        --rows) rows=$(need "$1" "$2") || exit 2 ;;
        --cols) cols=$(need "$1" "$2") || exit 2 ;;
        --pitch) pitch=$(need "$1" "$2") || exit 2 ;;
        esac
        shift 2
done

[ "$package" = no ] || { build_package; exit; }

# A wrong device is reported before anything is installed or built.
[ -n "$device" ] || [ -z "$format$((rows + cols))${pitch#0}" ] || [ "$format$rows$cols$pitch" = 000 ] ||
        wrong "--format, --rows, --cols and --pitch belong to a mat of yours: --device is missing"
case $format in
/*) ;;
*/*) format=$here/$format ;; # a description of a format
esac
case $device in
'' | auto | tcp://*) ;;
-) wrong "--device -: the terminal is needed for the live view; name a device, FIFO or tcp://host:port" ;;
/*) ;;
*) device=$here/$device ;;
esac
if [[ $device == /* ]]; then
        [ -e "$device" ] || wrong "--device $device is not there. Serial devices here: $(
                find /dev/serial/by-id /dev/ttyUSB* /dev/ttyACM* -maxdepth 1 \( -type l -o -type c \) 2>/dev/null |
                        paste -sd ' ' | grep . || echo 'none; is the mat plugged in?')"
        [ -r "$device" ] || wrong "--device $device: no permission; run this with sudo, or join its group: \
sudo usermod -aG $(stat -Lc %G "$device") $(id -un), then log in again"
fi

build() { # from nothing, when what an earlier configuration left is in the way
        { cmake --preset default || cmake --fresh --preset default; } &&
                cmake --build build/default --target sitboned sitbonectl sitbone-agent sitbone-sim
}
bin=${SITBONE_BUILD:-}
case $bin in '' | /*) ;; *) bin=$here/$bin ;; esac
if [ -z "$bin" ]; then
        # shellcheck disable=SC2086
        install_packages $ask $build_packages $demo_packages || {
                echo "The packages were not installed. The demonstration needs them: install them, then run ./demo.sh again."
                exit 1
        }
        mkdir -p build
        say "building (a minute or two the first time)"
        build >build/demo-build.log 2>&1 || { tail -n 40 build/demo-build.log; exit 1; }
        bin=build/default
fi
bin=$(cd "$bin" && pwd) || exit

formats=$("$bin/sitbonectl" formats --json | grep -oE '"name": ?"[^"]+"' | cut -d '"' -f 4 | paste -sd ' ' | sed 's/ /, /g')
if [ -n "$format" ] && ! complaint=$("$bin/sitbonectl" formats "$format" 2>&1 >/dev/null); then
        case $format in /*) wrong "$complaint" ;; esac
        suggestion=$(grep -oE 'did you mean [a-z0-9-]+' <<<"$complaint")
        wrong "unknown format '$format'${suggestion:+; $suggestion?} (available: $formats)"
fi

run=$(mktemp -d "${TMPDIR:-/tmp}/sitbone-demo.XXXXXX")
pids=()
cleanup() {
        trap - EXIT HUP INT TERM
        [ ${#pids[@]} -gt 0 ] && kill "${pids[@]}" 2>/dev/null && wait "${pids[@]}" 2>/dev/null
        rm -rf "$run"
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM
start() { # name command...: in the background, output into a file
        local name=$1
        shift
        "$@" >"$run/$name.log" 2>&1 </dev/null &
        pids+=($!)
}
wait_for() { # seconds command...
        local end=$((SECONDS + $1))
        shift
        until "$@" >/dev/null 2>&1; do
                [ $SECONDS -lt $end ] || return 1
                sleep 0.1
        done
}
broken() {
        printf '\n%s\n' "$1"
        tail -n 20 "$run"/*.log
        exit 1
}
ctl() {
        "$bin/sitbonectl" --bus session "$@"
}

# A desktop is there when its bus, a display and somebody who shows notifications are; otherwise a private bus carries the
# daemon's messages.
shows_notifications() {
        local list
        for list in ListNames ListActivatableNames; do
                dbus-send --session --print-reply --dest=org.freedesktop.DBus / "org.freedesktop.DBus.$list" 2>/dev/null |
                        grep '"org.freedesktop.Notifications"' >/dev/null && return
        done
        return 1
}
desktop=no
if [ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && shows_notifications; then
        desktop=yes
else
        dbus-daemon --session --nofork --address="unix:path=$run/dbus" --print-address=3 3>"$run/bus" \
                >"$run/dbus.log" 2>&1 </dev/null &
        pids+=($!)
        wait_for 5 test -s "$run/bus" || broken "no private message bus"
        DBUS_SESSION_BUS_ADDRESS=$(head -n 1 "$run/bus")
        export DBUS_SESSION_BUS_ADDRESS
fi

port=$(free_port)
printf 'listener %s 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n' "$port" >"$run/mosquitto.conf"
start mosquitto "$(command -v mosquitto || echo /usr/sbin/mosquitto)" -c "$run/mosquitto.conf"
wait_for 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" || broken "no broker"

prompt=1 speed=1 patience=300 stale_ms=2000 real=yes name='Your mat'
if [ -z "$device" ]; then
        # in fast time the scheduler's pauses are sixty times as long: they are not silence of the mat
        real=no name='Virtual mat, time 60 times as fast' prompt=30 speed=60 patience=60 stale_ms=60000
        format=jq-seat-32 device=$run/mat
        start sim "$bin/sitbone-sim" --format "$format" --flip-y --scenario config/scenarios/demo.scenario \
                --link "$device" --speed "$speed" --loop
        wait_for 5 test -e "$device" || broken "no virtual mat"
fi
format=${format:-csv-line} flip_y=no
[ "$format" = jq-seat-32 ] && flip_y=yes # the vendor's order of rows puts the knees first
mkdir "$run/state"
cat >"$run/sitbone.conf" <<CONF
[seat]
id = demo
name = $name
[device]
device = $device
format = $format
rows = $rows
cols = $cols
pitch_x_mm = $pitch
pitch_y_mm = $pitch
flip_y = $flip_y
stale_ms = $stale_ms
[alert]
prompt_min = $prompt
exercises_file = $PWD/config/exercises.conf
[mqtt]
enabled = yes
port = $port
[bus]
bus = session
CONF
"$bin/sitboned" --check-config --config "$run/sitbone.conf" >"$run/check.log" 2>&1 || broken "these settings cannot be"
start events mosquitto_sub -p "$port" -t 'sitbone/demo/event' -F '%p'
start sitboned "$bin/sitboned" --config "$run/sitbone.conf" --state "$run/state" --speed "$speed"
wait_for 5 ctl status || broken "the daemon did not start"
if [ "$desktop" = yes ]; then
        start agent "$bin/sitbone-agent" --bus session
else
        start agent "$bin/sitbone-agent" --bus session --print
fi

status_has() { # "key": *value
        ctl status --json | grep -q "$1"
}
if [ "$real" = yes ] && ! wait_for 10 status_has '"mat_online": *true'; then
        printf '\n%s\n' "No frame of the format $format came from $device within ten seconds. Other formats: $formats."
        echo "Is it another format or speed, or does another program read the port? The daemon's log:"
        sed 's/^/   /' "$run/sitboned.log"
        exit 1
fi

alert_seen() {
        grep -q glute_activation_due "$run/events.log"
}
wrapped() { # long lines for people
        fold -s -w "$width" | sed 's/^/   /'
}
json() {
        sed 's/,"/, "/g' | wrapped
}
print_results() {
        width=$(tput cols 2>/dev/null || echo 100)
        width=$((width < 60 ? 56 : width > 110 ? 106 : width - 4))
        say "what came over MQTT: sitbone/demo/event"
        sed -n 's/.*"event_type":"\([^"]*\)".*"seated_min":\([0-9]*\).*/   \1, seated \2 min/p' "$run/events.log" | tail -n 8
        if alert_seen; then
                say "the alert in full"
                grep glute_activation_due "$run/events.log" | tail -n 1 | json
        fi
        if [ "$desktop" = no ]; then
                say "there is no desktop here; the notifications would say"
                sed '/^this session is /d; /^listening to /d' "$run/agent.log" | tail -n 12 | wrapped
        fi
        say "sitbone/demo/state, which Home Assistant shows"
        mosquitto_sub -p "$port" -t 'sitbone/demo/state' -C 1 -W 3 -F '%p' | json
}

if [ "$real" = no ]; then
        say "The mat is virtual, and time runs 60 times as fast: a minute passes in a second, so the mat's 12 frames a second are 720."
        [ -t 1 ] && sleep 3
fi
if [ -t 0 ] && [ -t 1 ] && ctl watch; then # a terminal that cannot show it gets what a pipe gets
        print_results
        exit 0
fi
[ "$real" = yes ] && say "sit down: the alert comes after a minute of sitting"
say "live view (run this in a terminal to watch it move)"
if [ "$real" = no ]; then # the virtual sitter sat down two minutes ago
        wait_for 20 status_has '"bout_seated_s": *\(1[2-9][0-9]\|[2-9][0-9][0-9]\)\b' || true
else
        wait_for 5 status_has '"occupied": *true' || true
fi
ctl watch --once --plain | sed '/^ *$/d' || broken "no live view"
say "waiting for the alert"
wait_for "$patience" alert_seen || broken "no alert within $patience seconds"
sleep 1
print_results
