#!/usr/bin/env bash
# Makes the example of the window again: trains a small model on the built-in glyphs, with a fixed seed and a fixed number
# of steps, exports its EMA weights in half precision, evaluates them, and writes resources/demo.
# Usage: packaging/demo_model.sh [--steps N]
#   --steps N     instead of those of the model that comes with the program
# The last digits of the weights depend on the processor and the number of threads.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

steps=3000
while (($# > 0)); do
    case $1 in
        --steps)
            require_number "$1" "${2:-}"
            steps=$2
            shift 2
            ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) fail "Cannot make the example" "there is no option \"$1\"" "Use --steps." ;;
    esac
done

cli=$root/build/release/bin/denoise-lab-cli
[[ -x $cli ]] || "$root/packaging/run.sh" --build-only
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Float32 on every processor, so that the example looks the same everywhere.
settings=(--set base_width=32 --set precision=float32 --set layout=channels-last --set save_every_steps=1000000
    --set save_every_minutes=1000 --set preview_seconds=0)
say "Training"
SECONDS=0
nice -n 10 "$cli" train --dataset glyphs --preset quick --seed 1 --steps "$steps" \
    "${settings[@]}" --out "$work/run"
minutes=$(((SECONDS + 30) / 60))
say "Exporting"
"$cli" convert "$work/run" --to safetensors-half --out "$work/glyphs.safetensors"
say "Evaluating"
"$cli" evaluate "$work/glyphs.safetensors" --dataset glyphs --metric frechet --count 2000 |
    tee "$work/evaluation.txt"

bytes=$(stat -c %s "$work/glyphs.safetensors")
((bytes <= 4000000)) || fail "Cannot use this model" "its file has $bytes bytes, more than 4 MB" "Make it smaller."
mkdir -p "$root/resources/demo"
cp "$work/glyphs.safetensors" "$root/resources/demo/glyphs.safetensors"
{
    printf 'Written by packaging/demo_model.sh\n\n'
    printf 'training: %s steps of 32 images, %s min on %s\n' "$steps" "$minutes" \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    printf 'settings: quick, seed 1'
    for setting in "${settings[@]}"; do [[ $setting == --set ]] || printf ', %s' "$setting"; done
    printf '\nfile: %s bytes, SHA-256 %s\n\n' "$bytes" "$(sha256sum <"$work/glyphs.safetensors" | cut -d ' ' -f 1)"
    sed -n '/^Frechet/,$p' "$work/evaluation.txt"  # without the lines of progress
} >"$root/resources/demo/glyphs.txt"
say "Written: resources/demo"
