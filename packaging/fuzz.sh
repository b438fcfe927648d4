#!/usr/bin/env bash
# Searches for files that end the program: passes mutated files to each reader of untrusted files, guided by coverage and
# checked by the sanitizers for addresses and undefined behaviour. Needs Clang 15 or newer, whose libFuzzer mutates them.
# Usage: packaging/fuzz.sh [--minutes N] [--corpora FOLDER] [--update] [READERS...]
#   --minutes N       for each reader (default 60); as many readers as there are processors are tested at a time
#   --corpora FOLDER  the files to begin with, to which those that reach new code are added (default build/corpora)
#   --update          then replaces tests/fuzz/corpora.tar.xz, which every build tests, by the smallest files that reach
#                     the same code
#   READERS           for example "npy safetensors"; all of tests/fuzz if they are missing
# Files that end a reader are kept beside its corpus. Exit status: 1 if there are any.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

minutes=60 corpora=$root/build/corpora update=no readers=()
archive=$root/tests/fuzz/corpora.tar.xz
while (($# > 0)); do
    case $1 in
        --minutes)
            require_number "$1" "${2:-}"
            minutes=$2
            shift 2
            ;;
        --corpora)
            [[ -n ${2:-} ]] || fail "Cannot use --corpora" "no folder is given" "Give one, for example --corpora build/corpora."
            corpora=$2
            shift 2
            ;;
        --update)
            update=yes
            shift
            ;;
        --help | -h)
            usage
            exit 0
            ;;
        -*) fail "Cannot test the readers" "there is no option \"$1\"" "See packaging/fuzz.sh --help." ;;
        *)
            [[ -e $root/tests/fuzz/$1_fuzz.cpp ]] ||
                fail "Cannot test \"$1\"" "there is no tests/fuzz/$1_fuzz.cpp" "Use the name of one that is there."
            readers+=("$1")
            shift
            ;;
    esac
done
if ((${#readers[@]} == 0)); then
    for source in "$root"/tests/fuzz/*_fuzz.cpp; do
        source=${source##*/}
        readers+=("${source%_fuzz.cpp}")
    done
fi
clang=$(compgen -c clang++ | grep -E '^clang\+\+(-[0-9]+)?$' | sort -V | tail -n 1) || true
if [[ -z $clang ]] || (($("$clang" -dumpversion | cut -d. -f1) < 15)); then
    fail "Cannot test the readers" "Clang 15 or newer is not installed" \
        "Install it with its runtime, for example: apt-get install clang-16 libclang-rt-16-dev"
fi

"$root/packaging/setup.sh" --tests
say "Building with $clang"
(cd "$root" && cmake --preset fuzz -B build/libfuzzer -DCMAKE_CXX_COMPILER="$clang" -DTorch_DIR="$(libtorch_to_use)")
cmake --build "$root/build/libfuzzer" --parallel "$(compile_jobs)" --target "${readers[@]/#/fuzz_}" "${readers[@]/#/libfuzzer_}"

# test_reader NAME: tests one reader, and prints what libFuzzer has found.
test_reader() {
    local name=$1 folder=$corpora/$1 bin=$root/build/libfuzzer/bin status=0
    mkdir -p "$folder"
    "$bin/fuzz_$name" --write-seeds "$folder"
    "$bin/fuzz_$name" --write-dictionary "$corpora/$name.dict"
    (cd "$corpora" && QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1 "$bin/libfuzzer_$name" \
        -max_total_time=$((minutes * 60)) -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=512 -print_final_stats=1 \
        -artifact_prefix="$corpora/$name-" -dict="$corpora/$name.dict" "$folder") &>"$corpora/$name.log" || status=$?
    printf '%-12s %s inputs tested, %s kept, %s\n' "$name" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$corpora/$name.log")" "$(find "$folder" -type f | wc -l)" \
        "$( ((status == 0)) && printf 'no finding' || printf 'FINDING, see %s' "$corpora/$name.log")"
    return "$status"
}

mkdir -p "$corpora"
corpora=$(cd "$corpora" && pwd)
tar -xf "$archive" -C "$corpora"
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_container_overflow=0:suppressions="'$root/tests/sanitizers/asan.supp'"}
export LSAN_OPTIONS=${LSAN_OPTIONS:-print_suppressions=0:suppressions="'$root/tests/sanitizers/lsan.supp'"}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
say "${#readers[@]} readers, $minutes minutes each"
failed=0
for reader in "${readers[@]}"; do
    while (($(jobs -rp | wc -l) >= $(nproc))); do wait -n || failed=1; done
    test_reader "$reader" &
done
while (($(jobs -rp | wc -l) > 0)); do wait -n || failed=1; done
if [[ $update == yes ]]; then
    say "Reducing the corpora"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    tar -xf "$archive" -C "$work"
    for reader in "${readers[@]}"; do
        rm -rf "${work:?}/$reader"
        mkdir "$work/$reader"
        (cd "$work" && QT_QPA_PLATFORM=offscreen "$root/build/libfuzzer/bin/libfuzzer_$reader" -merge=1 "$work/$reader" \
            "$corpora/$reader" &>"$corpora/$reader.merge.log")
    done
    (cd "$work" && tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cJf "$archive" -- */)
fi
exit "$failed"
