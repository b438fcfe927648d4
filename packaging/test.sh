#!/usr/bin/env bash
# Installs what is missing, builds Denoise Lab with its tests and runs them.
# Usage: packaging/test.sh [--preset release|debug|asan|tsan] [ARGUMENTS FOR CTEST...]
# Exit status: CTest's.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=release
case ${1:-} in
    --preset)
        preset=${2:-}
        shift $(($# < 2 ? 1 : 2))
        ;;
    --preset=*)
        preset=${1#*=}
        shift
        ;;
    --help | -h)
        usage
        exit 0
        ;;
esac
case $preset in
    release | debug | asan | tsan) ;;
    *) fail "Cannot test" "there is no preset \"$preset\"" "Use release, debug, asan or tsan." ;;
esac

# The same conditions on every machine: no terminal, no display, a fixed locale.
exec </dev/null
export LC_ALL=C.UTF-8
unset DISPLAY WAYLAND_DISPLAY

# LibTorch and Qt are not instrumented. The false reports that this causes are suppressed and explained in
# tests/sanitizers/. The container overflow check is off because of containers that are shared with these libraries.
run=()
case $preset in
    asan)
        export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_container_overflow=0:suppressions="'$root/tests/sanitizers/asan.supp'"}
        export LSAN_OPTIONS=${LSAN_OPTIONS:-print_suppressions=0:suppressions="'$root/tests/sanitizers/lsan.supp'"}
        export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
        ;;
    tsan)
        export TSAN_OPTIONS=${TSAN_OPTIONS:-second_deadlock_stack=1:ignore_noninstrumented_modules=1:suppressions="'$root/tests/sanitizers/tsan.supp'"}
        # Tells the sanitizer how threads of OpenMP wait for each other.
        for library in /usr/lib/*/libomp.so.5; do
            archer=$(dirname "$(readlink -f "$library")")/libarcher.so
            if [[ -e $archer ]]; then export OMP_TOOL_LIBRARIES=${OMP_TOOL_LIBRARIES:-$archer}; fi
        done
        # GCC 12's runtime does not support the address randomization of newer kernels.
        if setarch "$(uname -m)" -R true 2>/dev/null; then run=(setarch "$(uname -m)" -R); fi
        ;;
esac

report=()
# phase NAME COMMAND...: runs COMMAND and records its duration.
phase() {
    local name=$1 start=$SECONDS
    shift
    say "${name^}"
    "$@"
    report+=("$name $((SECONDS - start)) s")
}

configure_and_build() {
    configure "$preset" -DDENOISE_LAB_TESTS=ON
    "${run[@]}" cmake --build "$root/build/$preset" --parallel "$(compile_jobs)"
}

phase setup "$root/packaging/setup.sh" --tests
phase build configure_and_build
if [[ $preset == release ]]; then  # shows here why the interop tests are skipped, if they are
    "$root/tests/interop/prepare.sh" "$root/build/interop-venv" || true
fi
say "Tests ($(IFS=,; printf '%s' "${report[*]}" | sed 's/,/, /g') so far)"
cd "$root"
exec "${run[@]}" ctest --preset "$preset" --output-on-failure --parallel "$(nproc)" "$@"
