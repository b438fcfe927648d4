#!/usr/bin/env bash
# Builds Denoise Lab and tests for about an hour that nothing is lost: kill -9 at random moments, every call with which a
# run is saved or loaded failing once, and damaged files for each reader. See tests/reliability and tests/fuzz.
# Usage: packaging/soak.sh [--kills N] [--every N] [--allocations N] [--mutations N]
#   --kills N        kills of trainings (default 200)
#   --every N        lets each N-th call fail (default 1)
#   --allocations N  lets N allocations of memory of each command fail (default 200)
#   --mutations N    damaged files for each reader (default 1000)
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

kills=200 every=1 allocations=200 mutations=1000
while (($# > 0)); do
    case $1 in
        --kills | --every | --allocations | --mutations)
            require_number "$1" "${2:-}"
            printf -v "${1#--}" %s "$2"
            shift 2
            ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) fail "Cannot test" "there is no option \"$1\"" "See packaging/soak.sh --help." ;;
    esac
done

"$root/packaging/setup.sh" --tests
configure release -DDENOISE_LAB_TESTS=ON
build release denoise-lab-cli fail_io fuzz_targets
program=$root/build/release/bin/denoise-lab-cli
library=$(find "$root/build/release" -name fail_io.so -print -quit)
export PYTHONDONTWRITEBYTECODE=1

say "$kills kills"
python3 "$root/tests/reliability/kill_test.py" "$program" --kills "$kills"
say "Faults"
python3 "$root/tests/reliability/fault_test.py" "$program" "$library" --every "$every" \
    --allocations "$allocations"
python3 "$root/tests/reliability/cache_fault_test.py" "$program" "$library" --every "$every"
for target in "$root"/build/release/bin/fuzz_*; do
    say "${target##*/}"
    (cd "$(mktemp -d)" && QT_QPA_PLATFORM=offscreen "$target" --count "$mutations")  # a finding is kept there
done
