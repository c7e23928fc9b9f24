#!/bin/bash
# Installs what the tests need, builds in every way (gcc, clang, sanitizers, fuzzers) and runs every test.
#
#   ./test.sh           everything (about 30 minutes on two cores)
#   ./test.sh quick     one build, all its tests (a few minutes)
#
# Environment: SITBONE_FUZZ_SECONDS (20) for each fuzzer, eight times that for the decoder with libFuzzer and with AFL++
# each; JOBS (number of processors). Logs stay in build/logs.
set -uo pipefail
cd "$(dirname "$0")"
. tests/setup.sh
mode=${1:-all}
case $mode in all | quick) ;; *) sed -n '2,8p' "$0"; exit 2 ;; esac

jobs=${JOBS:-$(nproc)}
fuzz_seconds=${SITBONE_FUZZ_SECONDS:-20}
logs=build/logs
mkdir -p "$logs"
started=$SECONDS
export LANG=C.UTF-8 LC_ALL=C.UTF-8
passed=0 failed=0 skipped=0
failures=() skips=()

# step NAME COMMAND...: one line in the report; the output is shown when it failed.
step() {
        local name=$1 log="$logs/${1//[^a-z0-9]/-}.log" begin=$SECONDS
        shift
        if "$@" >"$log" 2>&1; then
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

build() { # preset [cmake options]
        local preset=$1
        shift
        cmake --preset "$preset" -DSITBONE_WERROR=ON "$@" && cmake --build "build/$preset" -j "$jobs"
}

build_afl() {
        cmake --preset afl && AFL_QUIET=1 cmake --build build/afl -j "$jobs" --target fuzz_decoder
}

# Runs ctest, adds its counts to ours and remembers every skip with its reason.
run_ctest() { # name preset ctest-arguments...
        local name=$1 preset=$2 log="$logs/ctest-${1//[^a-z0-9]/-}.log" begin=$SECONDS total bad count
        shift 2
        (cd "build/$preset" && ctest -j "$jobs" --output-on-failure --no-tests=error "$@") >"$log" 2>&1
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
                "$name" $((SECONDS - begin)) "$total" "$bad" "$count"
        while read -r line; do
                skips+=("$name: $line")
        done < <(sed -n 's/.*Test *#[0-9]*: \([^ ]*\) \.*\*\*\*Skipped.*/\1/p' "$log" | while read -r test; do
                echo "$test: $(cd "build/$preset" && ctest -V -R "^$test\$" 2>/dev/null | sed -n 's/.*SKIP: //p' | head -1)"
        done)
        if [ "$bad" != 0 ]; then
                failures+=("$name (whole output: $log)")
                sed -n '/The following tests FAILED/,$p' "$log"
                grep -B 30 -A 5 '\*\*\*\(Failed\|Timeout\|Exception\)' "$log" | tail -n 150
        fi
}

sources() {
        git ls-files --cached --others --exclude-standard '*.c' '*.h'
}

check_format() {
        sources | xargs clang-format --dry-run -Werror
}

check_tidy() {
        sources | grep '^daemon/.*\.c$' | xargs -P "$jobs" -n 1 clang-tidy -p build/clang --quiet
}

check_duplicate_includes_and_leaks() { # nothing of the machine that built it
        ! git grep -nIE '(^|[^A-Za-z0-9_.])/(work|tmp/wt)/' -- .
}

valgrind_one() { # test
        [ -x "$1" ] && [ -f "$1" ] || return 0
        timeout 600 valgrind -q --sim-hints=lax-ioctls --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
                --num-callers=12 "$1"
        case $? in 0 | 77) ;; *) echo "FAILED under valgrind: $1"; return 1 ;; esac
}
export -f valgrind_one

under_valgrind() {
        printf '%s\n' build/debug/tests/test_* | xargs -P "$jobs" -I{} bash -c 'valgrind_one {}'
}

fuzz_one() { # program
        local name corpus seconds=$fuzz_seconds
        name=$(basename "$1")
        corpus=tests/fuzz/corpus/${name#fuzz_}
        mkdir -p "build/corpus/$name"
        [ "$name" = fuzz_decoder ] && seconds=$((8 * fuzz_seconds))
        "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
                -artifact_prefix="build/corpus/$name-" "build/corpus/$name" $([ -d "$corpus" ] && echo "$corpus")
}
export -f fuzz_one
export fuzz_seconds

# The decoder once more, by other means: AFL++ finds other ways in than libFuzzer.
fuzz_afl() {
        local out=build/corpus/afl
        rm -rf "$out" && mkdir -p build/corpus
        AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
                afl-fuzz -t 1000 -V $((8 * fuzz_seconds)) -i tests/fuzz/corpus/decoder -o "$out" -- build/afl/tests/fuzz/fuzz_decoder &&
                grep -E 'execs_done|saved_crashes|saved_hangs' "$out/default/fuzzer_stats" &&
                [ -z "$(find "$out/default/crashes" "$out/default/hangs" -name 'id:*')" ]
}
export -f fuzz_afl

fuzz() {
        { echo fuzz_afl; find build/fuzz -type f -name 'fuzz_*' -perm -u+x | sort | sed 's/^/fuzz_one /'; } |
                xargs -P "$jobs" -I{} bash -c '{}'
}

say "packages"
# shellcheck disable=SC2086
install_packages $build_packages $demo_packages $test_packages || { echo "the packages could not be installed"; exit 1; }

say "gcc, optimised"
step 'build gcc' build default || exit 1
run_ctest 'tests' default -LE bench
say "what it costs (ratios in this run)"
(cd build/default && ctest -L bench -V --no-tests=ignore) 2>&1 | sed -n 's/^[0-9]*: //p' | grep -v -e '^Test command' -e '^Test timeout' -e '^Working Directory' || true

if [ "$mode" = all ]; then
        say "style"
        step 'clang-format' check_format
        step 'no paths of a machine' check_duplicate_includes_and_leaks
        say "clang"
        step 'build clang' build clang && step 'clang-tidy' check_tidy
        # kills at random moments of a day that takes seconds: a build that is five times slower is another test
        say "address and undefined behaviour"
        step 'build asan' build asan && run_ctest 'tests under asan and ubsan' asan -LE 'bench|layers|machine|accuracy' -E 'nspawn|squeeze|history_(kill|daemon)'
        say "data races"
        step 'build tsan' build tsan && run_ctest 'tests under tsan' tsan -L 'unit|system' -LE machine -E 'nspawn|history_(kill|daemon)'
        say "valgrind"
        step 'build debug' build debug && step 'unit tests under valgrind' under_valgrind
        say "fuzzing, $fuzz_seconds s each, the decoder $((16 * fuzz_seconds)) s"
        step 'build fuzzers' build fuzz && step 'build for AFL++' build_afl && step 'fuzzers' fuzz
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
