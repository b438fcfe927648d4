#!/usr/bin/env bash
# Builds Denoise Lab and tests for about an hour that nothing is lost: kill -9 at random moments, and every call with
# which a run is saved or loaded failing once. See tests/reliability.
# Usage: packaging/soak.sh [--kills N] [--every N]
#   --kills N  kills of trainings (default 200)
#   --every N  lets each N-th call fail (default 1)
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

kills=200 every=1
while (($# > 0)); do
    case $1 in
        --kills | --every)
            [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail "Cannot test" "$1 needs a number" "For example, $1 20."
            if [[ $1 == --kills ]]; then kills=$2; else every=$2; fi
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
build release denoise-lab-cli fail_io
program=$root/build/release/bin/denoise-lab-cli
library=$(find "$root/build/release" -name fail_io.so -print -quit)
export PYTHONDONTWRITEBYTECODE=1

say "$kills kills"
python3 "$root/tests/reliability/kill_test.py" "$program" --kills "$kills"
say "Faults"
python3 "$root/tests/reliability/fault_test.py" "$program" "$library" --every "$every"
