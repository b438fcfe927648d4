#!/usr/bin/env bash
# Measures the speed of Denoise Lab and compares it with other programs, in turn. Needs an otherwise idle machine.
# Usage: packaging/bench.sh [--short|--smoke] [--compile] | --quality [IMAGES [MINUTES]]
#   --short    five pairs of each comparison, about ten minutes (the default)
#   --smoke    one pair of two steps, to see that everything runs
#   --compile  also compares with torch.compile, whose compilation takes minutes
#   --quality  compares samples after ten minutes of training (or MINUTES), with one thread each: twice as long, and some
#              minutes for the samples; IMAGES is a folder of pictures, by default CIFAR-10 of ../shared/data
# The other programs are installed into build/interop-venv.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

arguments=(--pairs 5 --steps 20)
quality=
if [[ ${1:-} == --quality ]]; then
    quality=yes
    images=${2:-} minutes=${3:-10}
    set --
fi
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
cmake --build "$root/build/release" --parallel "$(compile_jobs)" --target denoise-lab-cli frechet_of_images
"$root/tests/interop/prepare.sh" "$root/build/interop-venv"

say "Machine"
sed -n 's/^model name[^:]*: /processor: /p' /proc/cpuinfo | sort | uniq -c | sed 's/^ *\([0-9]*\) /\1 x /'
sed -n 's/^flags[^:]*: //p' /proc/cpuinfo | head -n 1 | tr ' ' '\n' | grep -E '^(avx|amx|fma)' | tr '\n' ' '
printf '\n'

export DENOISE_LAB_CLI=$root/build/release/bin/denoise-lab-cli
python=$root/build/interop-venv/bin/python
if [[ -n $quality ]]; then
    "$python" -m pip install --quiet --no-deps denoising-diffusion-pytorch==2.3.4 ema-pytorch einops accelerate
    if [[ -z $images ]]; then
        mkdir -p "$root/build/cifar10"
        tar -xf "$root/../shared/data/cifar10-jpg.tar.xz" -C "$root/build/cifar10"
        images=$root/build/cifar10/train
    fi
    say "Samples after $minutes minutes"
    DENOISE_LAB_FRECHET=$root/build/release/bin/frechet_of_images \
        "$python" "$root/tests/bench/compare_quality.py" "$images" --minutes "$minutes"
    exit
fi

say "Against diffusers"
"$python" "$root/tests/bench/compare_with_diffusers.py" "${arguments[@]}"
