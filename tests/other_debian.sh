#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds and tests sitbone on the other Debian: on Debian 13 (trixie), or on Debian 12 (bookworm) where this machine runs
# Debian 13. The base system is made once, with its packages, and stays in build/debian.
#
#   tests/other_debian.sh                 builds, then runs the unit, scenario, golden, port and system tests
#   tests/other_debian.sh --build         only builds
#   tests/other_debian.sh --test          only runs the tests
#   tests/other_debian.sh --print name    prints "Debian 13"; --print build: the build folder as this machine sees it
#   tests/other_debian.sh COMMAND...      runs a command in the copy of the tree there, for example bash
#
# Nothing of this machine is visible to the tests: they have a root, processes, a network and /dev of their own, which
# end with the command. systemd does not run there. Exit status 77 = cannot be tested here, with a line "SKIP: why".
set -uo pipefail
cd "$(dirname "$0")/.." || exit
. tests/setup.sh

skip() {
        echo "SKIP: $*"
        exit 77
}

# --- inside the namespaces of the tests: /dev and /proc, then the command ---

mount_devices() { # root
        local name dev=$1/dev
        mount -t tmpfs -o mode=755 tmpfs "$dev" && mkdir "$dev/pts" "$dev/shm" || return
        for name in null zero full random urandom tty; do
                : >"$dev/$name" && mount --bind "/dev/$name" "$dev/$name" || return
        done
        mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$dev/pts" && mount -t tmpfs tmpfs "$dev/shm" || return
        ln -s pts/ptmx "$dev/ptmx" && ln -s /proc/self/fd "$dev/fd" && ln -s fd/0 "$dev/stdin" && ln -s fd/1 "$dev/stdout" &&
                ln -s fd/2 "$dev/stderr"
}

if [ "${1:-}" = --inside ]; then
        root=$2
        shift 2
        # a mount of its own, so that the tests can make mount namespaces in it
        mount --bind "$root" "$root" && mount_devices "$root" && mount -t proc proc "$root/proc" && mount --rbind /sys "$root/sys" &&
                mount -t tmpfs tmpfs "$root/run" && mount -t tmpfs tmpfs "$root/tmp" && ip link set lo up || exit
        exec chroot "$root" /usr/bin/env -i HOME=/root USER=root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 LC_ALL=C.UTF-8 \
                TERM="${TERM:-dumb}" JOBS="${JOBS:-$(nproc)}" /bin/bash -c 'cd /sitbone && exec "$@"' sitbone "$@"
fi

# --- outside: the base system, the copy of the tree ---

# shellcheck disable=SC1091
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
suite=trixie
[ "$codename" = trixie ] && suite=bookworm
root=$PWD/build/debian/$suite
case "${1:-} ${2:-}" in
'--print name') [ $suite = trixie ] && echo "Debian 13" || echo "Debian 12"; exit ;;
'--print build') echo "$root/sitbone/build/default"; exit ;;
esac
# shellcheck disable=SC2086
packages=$(printf '%s\n' $build_packages $demo_packages $quick_packages | paste -sd ,)

[ "$(id -u)" = 0 ] || skip "needs root"
command -v mmdebstrap >/dev/null || skip "mmdebstrap is not installed"
propagation=private # in a chroot, / is no mount whose propagation can be changed
unshare --mount true 2>/dev/null || propagation=unchanged
unshare --mount --propagation $propagation --pid --net --ipc --fork true 2>/dev/null || skip "this machine forbids namespaces"

# The mirror of this machine, else Debian's own.
print_sources() {
        local file=/etc/apt/sources.list.d/debian.sources
        if [ -e "$file" ] && [ -n "$codename" ]; then
                sed "s/$codename/$suite/g" "$file"
        else
                echo "deb http://deb.debian.org/debian $suite main"
        fi
}

# Without a network there is no other Debian to test on. A package that is not there is a mistake in tests/setup.sh.
make_root() {
        [ "$(cat "$root.packages" 2>/dev/null)" = "$packages" ] && [ -d "$root" ] && return
        rm -rf --one-file-system "$root" "$root.packages"
        mkdir -p "$root"
        if ! print_sources | mmdebstrap --quiet --variant=minbase --include="$packages" "$suite" "$root" - 2>"$root.log"; then
                cat "$root.log"
                grep -qE 'Unable to locate package|no installation candidate|unmet dependencies' "$root.log" && exit 1
                skip "mmdebstrap could not make a $suite: $(tail -n 1 "$root.log")"
        fi
        rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
        echo "$packages" >"$root.packages"
}

# A file that has not changed keeps its time, so that the next build there is short; one that is gone here goes there.
copy_tree() {
        local list=$root.files copy=$root/sitbone
        git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null | LC_ALL=C sort -u >"$list"
        mkdir -p "$copy" && tar --files-from="$list" -c | tar -x -C "$copy" || return
        (cd "$copy" && find . -path ./build -prune -o ! -type d -printf '%P\n') | LC_ALL=C sort | LC_ALL=C comm -13 "$list" - |
                (cd "$copy" && xargs -r -d '\n' rm -f)
}

make_root
copy_tree || exit
# shellcheck disable=SC2016
build='cmake --preset default -DSITBONE_WERROR=ON && cmake --build build/default -j "$JOBS"'
# shellcheck disable=SC2016
run='cd build/default && exec ctest -j "$((JOBS + 1))" --output-on-failure --no-tests=error -L "unit|scenario|golden|system"'
case ${1:-} in
'') set -- bash -c "$build && $run" ;;
--build) set -- bash -c "$build" ;;
--test) set -- bash -c "$run" ;;
esac
exec unshare --mount --propagation $propagation --pid --net --ipc --fork --kill-child -- "$PWD/tests/other_debian.sh" --inside "$root" "$@"
