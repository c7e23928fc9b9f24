#!/bin/bash
# Shows sitbone at work: installs what it needs, builds, and runs the daemon with a virtual mat (in fast time) or a real
# one, a private MQTT broker and a live view. The alert comes within a minute.
#
#   ./demo.sh                                           virtual mat, a minute stands for an hour
#   ./demo.sh --device /dev/ttyUSB0 --format csv-line   your mat, real time, alert after one minute of sitting
#
# q or Ctrl-C ends it; nothing stays running. Without a terminal it ends by itself after the alert.
set -uo pipefail
cd "$(dirname "$0")"
. tests/setup.sh

device='' format=''
while [ $# -gt 0 ]; do
        case $1 in
        --device) device=${2:?--device needs a value}; shift 2 ;;
        --format) format=${2:?--format needs a value}; shift 2 ;;
        *) sed -n '2,9p' "$0"; [ "$1" = --help ] && exit 0; exit 2 ;;
        esac
done

# shellcheck disable=SC2086
install_packages $build_packages $demo_packages || { echo "the packages could not be installed"; exit 1; }
mkdir -p build
say "building"
(cmake --preset default && cmake --build build/default --target sitboned sitbonectl sitbone-agent \
        sitbone-sim) >build/demo-build.log 2>&1 || { tail -n 40 build/demo-build.log; exit 1; }
bin=$PWD/build/default

run=$(mktemp -d "${TMPDIR:-/tmp}/sitbone-demo.XXXXXX")
pids=()
cleanup() {
        trap - EXIT INT TERM
        [ ${#pids[@]} -gt 0 ] && kill "${pids[@]}" 2>/dev/null && wait "${pids[@]}" 2>/dev/null
        rm -rf "$run"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
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
        echo "$1"
        tail -n 20 "$run"/*.log
        exit 1
}

# A desktop is there when its bus and a display are; otherwise a private bus carries the daemon's messages.
desktop=no
if [ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        desktop=yes
else
        dbus-daemon --session --nofork --print-address=3 3>"$run/bus" >"$run/dbus.log" 2>&1 </dev/null &
        pids+=($!)
        wait_for 5 test -s "$run/bus" || broken "no private message bus"
        DBUS_SESSION_BUS_ADDRESS=$(head -n 1 "$run/bus")
        export DBUS_SESSION_BUS_ADDRESS
fi

port=$(free_port)
printf 'listener %s 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n' "$port" >"$run/mosquitto.conf"
start mosquitto "$(command -v mosquitto || echo /usr/sbin/mosquitto)" -c "$run/mosquitto.conf"
wait_for 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" || broken "no broker"

prompt=30 speed=1
if [ -z "$device" ]; then
        format=jq-seat-32 device=$run/mat speed=60
        start sim "$bin/sitbone-sim" --format "$format" --scenario config/scenarios/demo.scenario --link "$run/mat" \
                --speed "$speed" --loop
        wait_for 5 test -e "$run/mat" || broken "no virtual mat"
        flip=no
else
        prompt=1 format=${format:-csv-line} flip=no
fi
mkdir "$run/state"
cat >"$run/sitbone.conf" <<CONF
[seat]
id = demo
[device]
device = $device
format = $format
flip_y = $flip
[alert]
prompt_min = $prompt
exercises_file = $PWD/config/exercises.conf
[mqtt]
enabled = yes
port = $port
[bus]
bus = session
CONF
start events mosquitto_sub -p "$port" -t 'sitbone/demo/event' -F '%j'
start sitboned "$bin/sitboned" --config "$run/sitbone.conf" --state "$run/state" --speed "$speed"
wait_for 5 "$bin/sitbonectl" --bus session status || broken "the daemon did not start"
if [ "$desktop" = yes ]; then
        start agent "$bin/sitbone-agent" --bus session
else
        start agent "$bin/sitbone-agent" --bus session --print
fi

alert_seen() {
        grep -q glute_activation_due "$run/events.log"
}
tell() { # what came, in the end
        say "MQTT: sitbone/demo/event"
        grep -o '"payload":.*' "$run/events.log" | sed 's/^"payload":/   /; s/}$//' | tail -n 12
        if [ "$desktop" = no ]; then
                say "there is no desktop here; the notification would say"
                sed 's/^/   /' "$run/agent.log" | head -n 20
        fi
        say "MQTT: the state that Home Assistant shows"
        mosquitto_sub -p "$port" -t 'sitbone/demo/state' -C 1 -W 3 | sed 's/^/   /'
}

if [ -t 0 ] && [ -t 1 ]; then
        "$bin/sitbonectl" --bus session watch
        tell
        exit 0
fi
say "live view (run this in a terminal to watch it move)"
wait_for 8 bash -c "'$bin/sitbonectl' --bus session status | grep -q upright"
"$bin/sitbonectl" --bus session watch --once --plain || broken "no live view"
say "waiting for the alert"
wait_for 60 alert_seen || broken "no alert within a minute"
sleep 1
tell
