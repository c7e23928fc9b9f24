# SPDX-License-Identifier: MIT
# Shell functions that ./demo.sh and ./test.sh share; sourced, not run.
# shellcheck shell=bash disable=SC2034

# Packages: to build, for the demonstration, for the tests of ./test.sh quick, and for the rest of ./test.sh.
build_packages='gcc libc6-dev cmake ninja-build pkg-config libserialport-dev libsystemd-dev libmosquitto-dev
libjansson-dev liblz4-dev libsqlite3-dev libncurses-dev scdoc gettext'
demo_packages='mosquitto mosquitto-clients dbus'
quick_packages='git ca-certificates python3 python3-paho-mqtt python3-numpy python3-serial python3-dbus python3-gi
python3-dbusmock dunst xfce4-notifyd xfconf dconf-service dconf-gsettings-backend gsettings-desktop-schemas libglib2.0-bin
xvfb xauth x11-utils imagemagick librsvg2-bin fonts-dejavu-core libnotify-bin socat openssl tmux xterm procps iproute2 man-db mandoc systemd udev util-linux
tzdata'
full_packages='lintian clang clang-format clang-tidy llvm afl++ valgrind mmdebstrap systemd-container qemu-system-x86 busybox-static
sway mako-notifier zsh fish cpio kmod e2fsprogs gcc-avr avr-libc arduino-core-avr libsimavr-dev'

say() {
        printf '\n== %s\n' "$*"
}

# Asks before it changes the machine, if somebody sits at a terminal who can answer.
ask_to_install() { # packages
        local answer
        [ -t 0 ] && [ -t 1 ] || return 0
        printf '\nThese packages are missing: %s\nInstall them now with apt-get? [Y/n] ' "$*"
        read -r answer
        case $answer in '' | [yY]*) ;; *) return 1 ;; esac
}

# Installs the packages that are missing; with sudo if this is not root. With --ask it asks before.
install_packages() {
        local missing=() package as_root=() ask=no
        [ "$1" = --ask ] && ask=yes && shift
        for package in "$@"; do
                dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
        done
        [ ${#missing[@]} -gt 0 ] || return 0
        [ "$ask" = no ] || ask_to_install "${missing[@]}" || return
        [ "$(id -u)" = 0 ] || as_root=(sudo)
        say "installing: ${missing[*]}"
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
                "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
                        "${missing[@]}" >/dev/null
}

# The sanitizers of the clang that is, or would be, installed: their package has its version in its name.
clang_runtime_package() {
        local version
        version=$(apt-cache depends clang 2>/dev/null | sed -n 's/^  Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
        echo "libclang-rt${version:+-$version}-dev"
}

# To build the Debian package. systemd's pkg-config file is in a package of its own since Debian 13.
print_package_packages() {
        echo "build-essential debhelper udev $(grep -q '=bookworm$' /etc/os-release && echo systemd || echo systemd-dev)"
}

# A port on the loopback that nobody uses now.
free_port() {
        local port
        while :; do
                port=$((20000 + RANDOM % 30000))
                (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
        done
}
