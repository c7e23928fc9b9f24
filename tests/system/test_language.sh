#!/bin/bash
# SPDX-License-Identifier: MIT
# Translations: every sentence of the code is in sitbone.pot and, not fuzzy and with the same formats, in every po/*.po; every
# catalogue has the ids of the English one; the programs speak the language of their user, and what machines read does not.
set -u
build=$(readlink -f "${1:-build/default}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
bad() {
        echo "FAILED: $*"
        failed=1
}
for tool in xgettext msgcmp msgfmt; do
        command -v $tool >/dev/null || { echo "SKIP: no $tool (gettext)"; exit 77; }
done

config/po/update "$work" || bad 'xgettext'
# some versions of xgettext take a date ("%a %e %b") for a format of printf()
without_flags_of_dates() {
        sed '/^#, c-format$/{N;/\nmsgid "[^"]*%-\{0,1\}[aAbBe]/s/^[^\n]*\n//}' "$1"
}
diff -u <(without_flags_of_dates config/po/sitbone.pot) <(without_flags_of_dates "$work/sitbone.pot") || bad 'sitbone.pot is not what the code says: run config/po/update'
# "1 alerts"; of bytes on a wire and cells there are many, and tomorrow is not "in 1 days"
msgattrib --no-wrap config/po/sitbone.pot | grep -vE '%llu bytes in %llu|cells of|to %lu minutes|in %d days' |
        grep -A1 -E '^msgid "(.*[^a-z])?%(z|l|ll)?[ud] ([a-su-z]|t[^h])[a-z]+s\>' | grep -B1 '^msgstr ' &&
        bad 'a number without a singular: ngettext()'
for po in config/po/*.po; do
        language=$(basename "$po" .po)
        msgfmt -c -o /dev/null "$po" || bad "$po"
        msgcmp "$po" "$work/sitbone.pot" || bad "$po: something is not translated"
        [ "$(grep -o '^\[.*\]' config/exercises.conf | sort)" = "$(grep -o '^\[.*\]' "config/exercises.$language.conf" | sort)" ] ||
                bad "exercises.$language.conf: not the exercises of exercises.conf"
        # promises and claims that are not ours to make
        grep -niE 'heilt|diagnos|richtige haltung|korrekte haltung|amnesi|correct posture|fixes back' "$po" "config/exercises.$language.conf" &&
                bad "$po: words to keep out"
done

export TEXTDOMAINDIR=$build/locale LANGUAGE=
german() { # also where that locale was never generated
        env LC_ALL=de_AT.UTF-8 "$build/sitbonectl" exercises --exercises config/exercises.conf "$@"
}
english() {
        env LC_ALL=C.UTF-8 "$build/sitbonectl" exercises --exercises config/exercises.conf "$@"
}
german >"$work/de" || bad 'exercises in German'
grep -q '^Hör auf, wenn es weh tut' "$work/de" || bad 'no German words on safety'
grep -q '^Brücke (glute-bridge)$' "$work/de" || bad 'no German name, or another id'
grep -q '  kräftigt, am Boden, 3 x 12-15, oben 2 s' "$work/de" || bad 'kind and place are not in German'
english | grep -q '^Glute bridge (glute-bridge)$' || bad 'English is not English'
env LC_ALL=fr_FR.UTF-8 "$build/sitbonectl" exercises --exercises config/exercises.conf | grep -q '^Glute bridge' || bad 'no fallback to English'
names() {
        python3 -c 'import json, sys; print([(e["id"], e["kind"], e["place"], e["prompt"], e["sides"]) for e in json.load(sys.stdin)["exercises"]])'
}
[ "$(german --json | names)" = "$(english --json | names)" ] || bad 'names in JSON were translated'

# the daemon: its setting, whatever its environment; a setting that is no language is said
printf '[seat]\nlanguage = ../de\n' >"$work/wrong.conf"
"$build/sitboned" --config "$work/wrong.conf" --check-config 2>&1 | grep -q '\[seat\] language = ../de: must be auto, or a language' ||
        bad 'a wrong language is not said'
[ $failed -eq 0 ] && echo 'translations are complete'
exit $failed
