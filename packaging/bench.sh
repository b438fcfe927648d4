#!/usr/bin/env bash
# Measures the speed of Denoise Lab and compares it with other programs, in turn. Needs an otherwise idle machine.
# Usage: packaging/bench.sh [--short|--smoke] [--compile]
#   --short    five pairs of each comparison, about ten minutes (the default)
#   --smoke    one pair of two steps, to see that everything runs
#   --compile  also compares with torch.compile, whose compilation takes minutes
# The other programs are installed into build/interop-venv.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

arguments=(--pairs 5 --steps 20)
for argument in "$@"; do
    case $argument in
        --short) ;;
        --smoke) arguments=(--pairs 1 --steps 3 --batch 2 --sampling-steps 2 --count 2 --preset tiny) ;;
        --compile) arguments+=(--compile) ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) fail "Cannot measure" "there is no option \"$argument\"" "Use --short, --smoke or --compile." ;;
    esac
done

"$root/packaging/setup.sh" --tests
configure release
cmake --build "$root/build/release" --parallel "$(compile_jobs)" --target denoise-lab-cli
"$root/tests/interop/prepare.sh" "$root/build/interop-venv"

say "Machine"
sed -n 's/^model name[^:]*: /processor: /p' /proc/cpuinfo | sort | uniq -c | sed 's/^ *\([0-9]*\) /\1 x /'
sed -n 's/^flags[^:]*: //p' /proc/cpuinfo | head -n 1 | tr ' ' '\n' | grep -E '^(avx|amx|fma)' | tr '\n' ' '
printf '\n'

say "Against diffusers"
DENOISE_LAB_CLI=$root/build/release/bin/denoise-lab-cli \
    "$root/build/interop-venv/bin/python" "$root/tests/bench/compare_with_diffusers.py" "${arguments[@]}"
