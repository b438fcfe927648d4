#!/usr/bin/env bash
# Installs what is missing, builds Denoise Lab and opens its window.
# Usage: packaging/run.sh [--build-only] [ARGUMENTS FOR THE PROGRAM...]
#   --build-only   build, and open nothing
# Exit status: the program's; 3 when there is no display to open a window on.
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
        sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
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

There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so the window cannot open.
The command line program does the same work without one, for example:

    "$programs/denoise-lab-cli" train --dataset glyphs --minutes 5 --out my-run
    "$programs/denoise-lab-cli" sample my-run --count 64 --out grid.png
    "$programs/denoise-lab-cli" --help
MESSAGE
    exit 3
fi
say "Starting Denoise Lab"
exec "$programs/denoise-lab" "$@"
