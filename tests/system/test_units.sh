#!/bin/bash
# SPDX-License-Identifier: MIT
# The units as they are installed: systemd understands every line, and the sandbox stays as tight as it was.
set -eu
build=$(realpath "$1")
command -v systemd-analyze > /dev/null || { echo "SKIP: systemd-analyze is not installed"; exit 77; }
[ -x "$build/sitboned" ] && [ -x "$build/sitbone-agent" ] || { echo "SKIP: the programs are not built"; exit 77; }
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
export XDG_RUNTIME_DIR=$top
failed=0
fail() { echo "FAILED: $*"; failed=1; }

for unit in sitboned.service sitboned@.service sitbone-agent.service; do
        sed "s#^ExecStart=[^ ]*/#ExecStart=$build/#" "$build/systemd/$unit" > "$top/$unit"
done
# systemd 252 says nothing but "0" for an unknown key: its words are what counts
verify() { systemd-analyze verify --man=no "$@" 2>&1; }
said=$(verify "$top/sitboned.service" "$top/sitboned@.service") || fail "verify"
[ -z "$said" ] || fail "$said"
said=$(verify --user "$top/sitbone-agent.service") || fail "verify --user"
[ -z "$said" ] || fail "$said"
mkdir "$top/sitboned.service.d"
cp "$(dirname "$0")/../../systemd/realtime.conf" "$top/sitboned.service.d/"
said=$(verify "$top/sitboned.service") || fail "verify realtime.conf"
[ -z "$said" ] || fail "$said"
rm -r "$top/sitboned.service.d"
sed '/^\[Service\]/aWatchdogsSec=3' "$top/sitboned.service" > "$top/wrong.service"
[ -n "$(verify "$top/wrong.service" || true)" ] || fail "verify overlooks an unknown key"

exposure() { systemd-analyze security --offline=true --threshold=15 "$1" > "$top/exposure"; }
for unit in sitboned.service sitboned@.service; do
        exposure "$top/$unit" || fail "exposed: $(tail -1 "$top/exposure")"
        echo "$(tail -1 "$top/exposure")"
done
sed '/^ProtectSystem=\|^SystemCallFilter=\|^CapabilityBoundingSet=/d' "$top/sitboned.service" > "$top/loose.service"
! exposure "$top/loose.service" || fail "a looser sandbox passes too"
exit $failed
