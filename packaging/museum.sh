#!/usr/bin/env bash
# Adds runs of this version to the museum in tests/data/museum, which later versions must keep opening and continuing
# bit for bit. Run it once for each release, and for each change of what is written to run folders.
# Usage: packaging/museum.sh [NAME]
#   NAME  of the version (default: the current commit)
# The runs are trained with instructions that every x86-64 processor has.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in
    --help | -h)
        usage
        exit 0
        ;;
esac
name=${1:-$(git -C "$root" rev-parse --short HEAD)}
cli=$root/build/release/bin/denoise-lab-cli
[[ -x $cli ]] || "$root/packaging/run.sh" --build-only
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export ATEN_CPU_CAPABILITY=default ONEDNN_MAX_CPU_ISA=SSE41 MKL_CBWR=COMPATIBLE OMP_NUM_THREADS=1
export XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state

# keep VARIANT SETTINGS...: trains 20 steps, keeps the run, and records the losses of the 20 steps after them.
keep() {
    local target=$root/tests/data/museum/$name-$1 run=$work/$1 arguments=()
    shift
    [[ ! -e $target ]] || fail "Cannot add the run" "$target exists" "Choose another name."
    for setting in "$@"; do arguments+=(--set "$setting"); done
    "$cli" train --dataset glyphs --preset tiny --out "$run" --steps 40 --batch 8 --threads 1 --seed 3 \
        --set base_width=8 --set groups=4 --set image_limit=200 --set timesteps=100 --set precision=float32 \
        --set layout=contiguous --set preview_seconds=0 --set save_every_steps=20 --set keep_checkpoints=1000 \
        "${arguments[@]}"
    mkdir -p "$target/checkpoints"
    cp "$run/checkpoints/00000020.safetensors" "$target/checkpoints/"
    head -n 20 "$run/metrics.jsonl" >"$target/metrics.jsonl"
    tail -n +21 "$run/metrics.jsonl" >"$target/expected_metrics.jsonl"
    cp "$run/run.json" "$target/"
    sed 's/"finished"/"stopped"/' "$run/state.json" >"$target/state.json"
    say "Added $target"
}

keep tiny
keep adamw optimizer=adamw timestep_sampling=loss_second_moment learned_variance=yes held_out=0.2 kernels=plain
