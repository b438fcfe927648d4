#!/usr/bin/env bash
# Installs what is missing, builds Denoise Lab and opens its window.
# Usage: packaging/run.sh [--build-only] [ARGUMENTS FOR THE PROGRAM...]
#   --build-only   do not open the window
# Exit status: that of the program; 3 if there is no display for the window.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_only=no
case ${1:-} in
    --build-only)
        build_only=yes
        shift
        ;;
    --help | -h)
        usage
        exit 0
        ;;
esac

"$root/packaging/setup.sh"
say "Building"
configure release
build release denoise-lab denoise-lab-cli
programs=$root/build/release/bin

if [[ $build_only == yes ]]; then
    say "Built $programs/denoise-lab and denoise-lab-cli"
    exit 0
fi
if [[ -z ${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-} ]]; then
    cat >&2 <<MESSAGE

Cannot open the window: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).
The command line program needs no display, for example:

    "$programs/denoise-lab-cli" train --dataset glyphs --minutes 5 --out my-run
    "$programs/denoise-lab-cli" sample my-run --count 64 --out grid.png
    "$programs/denoise-lab-cli" --help
MESSAGE
    exit 3
fi
say "Starting Denoise Lab"
exec "$programs/denoise-lab" "$@"
