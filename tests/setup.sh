# SPDX-License-Identifier: MIT
# Shell functions that ./demo.sh and ./test.sh share; sourced, not run.
# shellcheck shell=bash disable=SC2034

# What building and the demonstration need, then what the tests need on top.
build_packages='gcc libc6-dev cmake ninja-build pkg-config libserialport-dev libsystemd-dev libmosquitto-dev
libjansson-dev liblz4-dev libsqlite3-dev libcairo2-dev libncurses-dev scdoc gettext'
demo_packages='mosquitto mosquitto-clients dbus'
test_packages='clang clang-format clang-tidy libclang-rt-14-dev llvm-14 afl++ valgrind git ca-certificates
python3 python3-paho-mqtt python3-numpy python3-serial python3-dbus python3-gi python3-dbusmock
dunst xfce4-notifyd xfconf dconf-service dconf-gsettings-backend gsettings-desktop-schemas libglib2.0-bin xvfb xauth x11-utils imagemagick libnotify-bin socat openssl tmux xterm procps iproute2 man-db mandoc faketime
mmdebstrap systemd systemd-container udev util-linux qemu-system-x86 busybox-static cpio kmod e2fsprogs gcc-avr avr-libc arduino-core-avr libsimavr-dev'

say() {
        printf '\n== %s\n' "$*"
}

# Installs the packages that are missing; with sudo when we are not root.
install_packages() {
        local missing=() package as_root=()
        for package in "$@"; do
                dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
        done
        [ ${#missing[@]} -gt 0 ] || return 0
        [ "$(id -u)" = 0 ] || as_root=(sudo)
        say "installing: ${missing[*]}"
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
                "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
                        "${missing[@]}" >/dev/null
}

# A port on the loopback that nobody uses now.
free_port() {
        local port
        while :; do
                port=$((20000 + RANDOM % 30000))
                (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
        done
}
