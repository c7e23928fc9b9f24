#!/bin/bash
# Installs what the tests need, builds in every way (gcc, clang, sanitizers, fuzzers) and runs every test.
#
#   ./test.sh           everything, also on the other Debian (12 or 13) in a folder (under 20 minutes on two cores)
#   ./test.sh quick     one build and its tests, without those that need a virtual machine (under 6 minutes)
#
# Environment: SITBONE_FUZZ_SECONDS (10) for each fuzzer, twice that for the decoder with libFuzzer and with AFL++ each;
# JOBS (number of processors). Logs stay in build/logs.
#
# Most tests wait: for a mat's next frame, a broker, a machine that boots. What only computes is done meanwhile, in a
# session of its own ("behind") that gets a processor when no test wants it.
set -uo pipefail
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")"
. tests/setup.sh
mode=${1:-all}
case $mode in all | quick | behind) ;; *) sed -n '2,9p' "$0"; exit 2 ;; esac

jobs=${JOBS:-$(nproc)}
fuzz_seconds=${SITBONE_FUZZ_SECONDS:-10}
logs=build/logs
mkdir -p "$logs"
started=$SECONDS
export LANG=C.UTF-8 LC_ALL=C.UTF-8
passed=0 failed=0 skipped=0
failures=() skips=()

# step NAME COMMAND...: one line in the report; the output is shown when it failed. Exit status 77 = skipped.
step() {
        local name=$1 log="$logs/${1//[^a-z0-9]/-}.log" begin=$SECONDS status=0
        shift
        "$@" >"$log" 2>&1 || status=$?
        if [ $status = 77 ]; then
                skips+=("$name: $(sed -n 's/^SKIP: //p' "$log" | tail -n 1)")
                skipped=$((skipped + 1))
                printf '   skip  %-38s %4d s   %s\n' "$name" $((SECONDS - begin)) "${skips[-1]#*: }"
                return 77
        elif [ $status = 0 ]; then
                printf '   ok    %-38s %4d s\n' "$name" $((SECONDS - begin))
                passed=$((passed + 1))
        else
                printf '   FAIL  %-38s %4d s\n' "$name" $((SECONDS - begin))
                tail -n 60 "$log"
                failed=$((failed + 1))
                failures+=("$name (whole output: $log)")
                return 1
        fi
}

# What a run of ctest skipped, with the reasons, as lines "test: reason".
print_skips() { # log of ctest, build folder
        awk 'NR == FNR { if (match($0, /\*\*\*Skipped/)) skipped[$4] = 1; next }
             / Testing: / { name = $3 } /^SKIP: / && name in skipped { print name ": " substr($0, 7); delete skipped[name] }
             END { for (name in skipped) print name ": no reason given" }' "$1" "$2/Testing/Temporary/LastTest.log"
}

# --- behind the tests ---

start_behind() {
        local idle=(chrt --idle 0)
        "${idle[@]}" true 2>/dev/null || idle=(nice -n 19)
        rm -rf "$logs/behind" && mkdir "$logs/behind"
        setsid "${idle[@]}" "$0" behind >"$logs/behind.log" 2>&1 &
        behind=$!
        trap 'kill -- "-$behind" 2>/dev/null' EXIT
        trap 'exit 1' INT TERM
}

# What is behind's to do; others wait for a step of it by its name.
behind_step() { # name command...
        step "$@"
        echo $? >"$logs/behind/$1"
}

behind_done() { # name: waits; whether it went well
        while [ ! -e "$logs/behind/$1" ] && kill -0 "$behind" 2>/dev/null; do
                sleep 0.5
        done
        [ "$(cat "$logs/behind/$1" 2>/dev/null)" = 0 ]
}

# What it said, and its counts to ours.
join_behind() {
        local ok=0 bad=1 name
        wait "$behind"
        trap - EXIT INT TERM
        grep -v '^ENDED' "$logs/behind.log"
        if read -r _ ok bad < <(grep '^ENDED' "$logs/behind.log"); then
                while read -r name; do
                        failures+=("$name")
                done < <(sed -n 's/^   FAIL  \(.*[^ ]\)  *[0-9]* s$/\1/p' "$logs/behind.log")
        else
                ok=0 bad=1 failures+=("what goes on behind the tests ended early (whole output: $logs/behind.log)")
        fi
        while read -r name; do
                skips+=("$name") skipped=$((skipped + 1))
        done < <(sed -n 's/^   skip  \(.*[^ ]\)  *[0-9]* s   \(.*\)$/\1: \2/p' "$logs/behind.log")
        passed=$((passed + ok)) failed=$((failed + bad))
}

build() { # preset [targets]
        local preset=$1
        shift
        cmake --preset "$preset" -DSITBONE_WERROR=ON && cmake --build "build/$preset" -j "$jobs" ${1:+--target "$@"}
}

build_afl() {
        cmake --preset afl && AFL_QUIET=1 cmake --build build/afl -j "$jobs" --target fuzz_decoder
}

# Adds the counts of a run of ctest to the result, and remembers every skip with its reason.
count_ctest() { # name log seconds build-folder
        local name=$1 log=$2 seconds=$3 folder=$4 total bad count
        count=$(grep -c '\*\*\*Skipped' "$log")
        total=$(sed -n 's/.*tests passed, [0-9]* tests failed out of \([0-9]*\)$/\1/p' "$log")
        bad=$(sed -n 's/.*tests passed, \([0-9]*\) tests failed out of [0-9]*$/\1/p' "$log")
        if [ -z "$total" ]; then
                echo "   FAIL  $name: ctest itself failed"
                tail -n 30 "$log"
                failed=$((failed + 1))
                failures+=("$name (whole output: $log)")
                return
        fi
        passed=$((passed + total - bad - count)) failed=$((failed + bad)) skipped=$((skipped + count))
        printf '   %s  %-38s %4d s   %d tests, %d failed, %d skipped\n' "$([ "$bad" = 0 ] && echo 'ok  ' || echo FAIL)" \
                "$name" "$seconds" "$total" "$bad" "$count"
        while read -r line; do
                skips+=("$name: $line")
        done < <(print_skips "$log" "$folder")
        if [ "$bad" != 0 ]; then
                failures+=("$name (whole output: $log)")
                sed -n '/The following tests FAILED/,$p' "$log"
                grep -B 30 -A 5 '\*\*\*\(Failed\|Timeout\|Exception\)' "$log" | tail -n 150
        fi
}

run_ctest() { # name preset ctest-arguments...
        local name=$1 preset=$2 log="$logs/ctest-${1//[^a-z0-9]/-}.log" begin=$SECONDS
        shift 2
        (cd "build/$preset" && ctest -j $((jobs + 1)) --output-on-failure --no-tests=error "$@") >"$log" 2>&1
        count_ctest "$name" "$log" $((SECONDS - begin)) "build/$preset"
}

test_other_debian() {
        local name log="$logs/ctest-other-debian.log" begin=$SECONDS
        name="tests on $(tests/other_debian.sh --print name)"
        tests/other_debian.sh --test >"$log" 2>&1
        count_ctest "$name" "$log" $((SECONDS - begin)) "$(tests/other_debian.sh --print build)"
}

sources() {
        git ls-files --cached --others --exclude-standard '*.c' '*.h'
}

check_format() { # each version of clang-format has its own idea of some lines
        local version
        version=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
        [ "$version" = 14 ] || { echo "SKIP: the tree is formatted with clang-format 14, this is $version"; return 77; }
        sources | xargs clang-format --dry-run -Werror
}

check_tidy() {
        sources | grep '^daemon/.*\.c$' | xargs -P "$jobs" -n 1 clang-tidy -p build/clang --quiet
}

check_duplicate_includes_and_leaks() { # nothing of the machine that built it
        ! git grep -nIE '(^|[^A-Za-z0-9_.])/(work|tmp/wt)/' -- .
}

valgrind_one() { # test
        timeout 600 valgrind -q --sim-hints=lax-ioctls --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
                --num-callers=12 "$1"
        case $? in 0 | 77) ;; *) echo "FAILED under valgrind: $1"; return 1 ;; esac
}
export -f valgrind_one

under_valgrind() {
        # the pure ones went through the memory sanitizer, at a tenth of the time
        (cd build/default && ctest -N -L unit -LE pure) | sed -n 's|.*: unit/|build/default/tests/|p' | xargs -P "$jobs" -I{} bash -c 'valgrind_one {}'
}

fuzz_one() { # program
        local name corpus seconds=$fuzz_seconds
        name=$(basename "$1")
        corpus=build/fuzz/tests/fuzz/corpus/${name#fuzz_} # unpacked by the build
        mkdir -p "build/corpus/$name"
        [ "$name" = fuzz_decoder ] && seconds=$((2 * fuzz_seconds))
        "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
                -artifact_prefix="build/corpus/$name-" "build/corpus/$name" "$corpus"
}
export -f fuzz_one
export fuzz_seconds

# The decoder once more, by other means: AFL++ finds other ways in than libFuzzer.
fuzz_afl() {
        local out=build/corpus/afl
        rm -rf "$out" && mkdir -p build/corpus
        AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
                afl-fuzz -t 1000 -V $((2 * fuzz_seconds)) -i build/afl/tests/fuzz/corpus/decoder -o "$out" -- build/afl/tests/fuzz/fuzz_decoder &&
                grep -E 'execs_done|saved_crashes|saved_hangs' "$out/default/fuzzer_stats" &&
                [ -z "$(find "$out/default/crashes" "$out/default/hangs" -name 'id:*')" ]
}
export -f fuzz_afl

fuzz() {
        { echo fuzz_afl; find build/fuzz -type f -name 'fuzz_*' -perm -u+x | sort | sed 's/^/fuzz_one /'; } |
                xargs -P "$jobs" -I{} bash -c '{}'
}

if [ "$mode" = behind ]; then
        { echo 19 >/proc/self/autogroup; } 2>/dev/null
        behind_step 'build asan' build asan
        behind_step 'build on the other Debian' tests/other_debian.sh --build
        behind_step 'build tsan' build tsan tests_with_threads
        behind_step 'build msan' build msan tests_pure
        behind_step 'build clang' build clang
        behind_step 'clang-tidy' check_tidy
        behind_step 'build fuzzers' build fuzz
        behind_step 'build for AFL++' build_afl
        echo "ENDED $passed $failed"
        exit
fi

say "packages"
packages="$build_packages $demo_packages $quick_packages"
[ "$mode" = quick ] || packages="$packages $full_packages $(print_package_packages) $(clang_runtime_package)"
# shellcheck disable=SC2086
install_packages $packages || { echo "the packages could not be installed"; exit 1; }

say "gcc, optimised"
step 'build gcc' build default || exit 1
if [ "$mode" = quick ]; then
        say "tests"
        run_ctest 'tests' default -LE 'bench|calendar|machine|package' -E nspawn
else
        say "what it costs (ratios in this run)"
        (cd build/default && ctest -L bench -V --no-tests=ignore) 2>&1 | sed -n 's/^[0-9]*: //p' | grep -v -e '^Test command' -e '^Test timeout' -e '^Working Directory' || true
        say "tests"
        step 'clang-format' check_format
        step 'no paths of a machine' check_duplicate_includes_and_leaks
        start_behind
        run_ctest 'tests' default -LE bench
        # kills at random moments of a day that takes seconds: a build that is five times slower is another test
        behind_done 'build asan' &&
                run_ctest 'tests under asan and ubsan' asan -LE 'bench|layers|machine|accuracy|calendar' -E 'nspawn|squeeze|history_(kill|daemon)|demo|mat_flaps|desktop_mako|few_cells|coach'
        behind_done 'build on the other Debian' && test_other_debian
        behind_done 'build tsan' && run_ctest 'tests under tsan' tsan -L threads -E 'nspawn|history_(kill|daemon)|calibrate|mat_flaps|desktop_mako|few_cells'
        behind_done 'build msan' && run_ctest 'tests under msan' msan -L pure -E coach
        step 'unit tests under valgrind' under_valgrind
        say "meanwhile"
        join_behind
        say "fuzzing, $fuzz_seconds s each, the decoder $((4 * fuzz_seconds)) s"
        behind_done 'build fuzzers' && behind_done 'build for AFL++' && step 'fuzzers' fuzz
fi

say "result after $((SECONDS - started)) s"
if [ ${#skips[@]} -gt 0 ]; then
        echo "Skipped:"
        printf '   %s\n' "${skips[@]}"
else
        echo "Skipped: nothing"
fi
[ ${#failures[@]} -gt 0 ] && printf 'Failed: %s\n' "${failures[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
