#!/bin/bash
# SPDX-License-Identifier: MIT
# The manual pages are well formed, mention every option and command of --help and every setting,
# and refer to each other; the table of damaged frames has every built-in format.
set -eu
build=$(realpath "$1")
source=$(realpath "$(dirname "$0")/../..")
for tool in mandoc man scdoc; do
        command -v $tool > /dev/null || { echo "SKIP: $tool is not installed"; exit 77; }
done
for program in sitboned sitbonectl sitbone-agent sitbone-sim; do
        [ -x "$build/$program" ] || { echo "SKIP: $program is not built"; exit 77; }
done
failed=0
fail() { echo "FAILED: $*"; failed=1; }
text() { man -E ascii -P cat -l "$build/man/$1" 2> /dev/null | sed 's/.\x08//g'; }

for page in "$build"/man/*; do
        # a paragraph next to a heading is scdoc's habit and harmless
        said=$({ mandoc -T lint -W warning "$page"; man --warnings -E ascii -l "$page" 2>&1 > /dev/null; } |
               grep -v 'skipping paragraph macro: PP' || true)
        [ -z "$said" ] || fail "$said"
done

says_all() { # PAGE WORD...
        local page=$1 shown
        shown=$(MANWIDTH=1000 text "$page")
        shift
        [ $# -gt 0 ] || fail "$page: nothing to look for"
        for word in "$@"; do
                grep -qE -- "(^|[^a-z-])$word([^a-z-]|\$)" <<< "$shown" || fail "$page does not mention $word"
        done
}
options_of() { "$@" --help | grep -oE -- '--[a-z][a-z-]+' | sort -u; }

says_all sitboned.8 $(options_of "$build/sitboned")
says_all sitbone-agent.1 $(options_of "$build/sitbone-agent")
says_all sitbone-sim.1 $(options_of "$build/sitbone-sim")
commands=$("$build/sitbonectl" --help | sed -nE 's/^  ([a-z][a-z-]*) .*/\1/p')
says_all sitbonectl.1 $commands $(options_of "$build/sitbonectl")
for command in $commands; do
        says_all sitbonectl.1 $(options_of "$build/sitbonectl" "$command")
done
says_all sitbone.conf.5 $("$build/sitboned" --print-defaults | sed -nE 's/^#([a-z0-9_]+) =.*/\1/p')
says_all sitbone-mqtt.7 $(grep -oE '\{"[a-z_]+", [^}]*WORD_' "$source/daemon/publish/mqtt/command.c" | sed -E 's/^\{"([a-z_]+)".*/\1/')

# SEE ALSO has every page of sitbone that the text mentions, and that of the daemon has all of them
pages_in() { grep -oE '\*(sitbone[a-z.-]*)\*\([0-9]\)' | tr -d '*' | sort -u; }
all=$(cd "$source/config/man" && for page in *.scd; do sed -E 's/(.*)\.([0-9])\.scd/\1(\2)/' <<< "$page"; done | sort)
for page in "$source"/config/man/*.scd; do
        own=$(head -n 1 "$page")
        missing=$(comm -23 <(pages_in < "$page" | grep -vxF "$own") <(sed '1,/^# SEE ALSO/d' "$page" | pages_in))
        [ -z "$missing" ] || fail "$own: SEE ALSO lacks" $missing
        unknown=$(comm -13 <(echo "$all") <(pages_in < "$page"))
        [ -z "$unknown" ] || fail "$own mentions pages that do not exist:" $unknown
done
[ "$(pages_in < "$source/config/man/sitboned.8.scd")" = "$all" ] || fail "sitboned(8) does not list every page"

# the example of sitbone-format(5) is a valid description
example=$(mktemp --suffix=.conf)
trap 'rm -f "$example"' EXIT
sed -n '/^\[format\]$/,/^```$/p' "$source/config/man/sitbone-format.5.scd" | grep -v '^```$' > "$example"
"$build/sitbonectl" check "$example" > /dev/null || fail "the example of sitbone-format(5)"

# the table of damaged frames
built_in=$("$build/sitbonectl" formats --json |
           python3 -c 'import json, sys; print(*(f["name"] for f in json.load(sys.stdin) if not f["file"]), sep="\n")' | sort)
[ "$(sed -nE 's/^\| `([a-z0-9-]+)` \|.*/\1/p' "$source/docs/damage.md" | sort)" = "$built_in" ] ||
        fail "docs/damage.md: not the built-in formats"

# every shell completes what the programs know
export PATH=$build:$PATH
completed() { # PROGRAM WORD... the last is being typed
        (. "$source/config/completion/sitbone.bash" 2> /dev/null
         COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
         [ "$1" = sitbonectl ] && _sitbonectl || _sitbone_others "$1"
         printf '%s\n' "${COMPREPLY[@]}")
}
completed_zsh() {
        zsh -fc '_describe() { print -l -- ${offers%%:*} }; _files() { ls -d $typed* }; _gnu_generic() { print -- --truth }
                 file=$1; shift; words=("$@") CURRENT=$# service=$1; source $file' - "$source/config/completion/sitbone.zsh" "$@"
}
completed_fish() {
        fish --no-config -c "source $source/config/completion/sitbone.fish; complete -C '$*'" | cut -f 1
}
for shell in completed completed_zsh completed_fish; do
        [ $shell = completed ] || command -v ${shell#completed_} > /dev/null || continue
        [ "$($shell sitbonectl '' | sort)" = "$(sort <<< "$commands")" ] || fail "$shell commands: $($shell sitbonectl '')"
        [ "$($shell sitbonectl report --per)" = --period ] || fail "$shell an option: $($shell sitbonectl report --per)"
        [ "$($shell sitbonectl calibrate sq)" = squeeze ] || fail "$shell a pose: $($shell sitbonectl calibrate sq)"
        [ "$($shell sitbonectl history --sitter nob)" = nobody ] || fail "$shell a sitter"
        [ "$($shell sitbonectl --bus sess)" = session ] || fail "$shell a bus"
        $shell sitbone-sim --truth /etc/passw | grep -qx /etc/passwd || fail "$shell a file"
        [ "$($shell sitbone-sim --trut)" = --truth ] || fail "$shell an option of sitbone-sim"
        for words in 'sitbonectl formats' 'sitbonectl replay --format' 'sitbone-sim --format'; do
                $shell $words jq | grep -qx jq-seat-32 || fail "$shell a format: $words $($shell $words jq)"
        done
done
[ "$(sitbonectl --complete replay --format=jq-6 | cut -f 1)" = --format=jq-64 ] || fail "completion of --name=value"
[ "$(completed sitbonectl history --export = c)" = csv ] || fail "completion after ="
exit $failed
