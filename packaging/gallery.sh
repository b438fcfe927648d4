#!/usr/bin/env bash
# Draws every page and state of the window into PNG files: light and dark, at 100 % and 200 %, in windows of 1024x700,
# 1366x768 and a screen of 2560x1440. Needs no display, and takes about ten minutes on two cores.
# Usage: packaging/gallery.sh [--quick] [--screenshots] [FOLDER]
#   --quick        one size, light, at 100 %
#   --screenshots  also makes the screenshots of README.md again, after two minutes of training
#   FOLDER         build/gallery if it is missing
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

folder=$root/build/gallery quick=no screenshots=no
for argument in "$@"; do
    case $argument in
        --quick) quick=yes ;;
        --screenshots) screenshots=yes ;;
        --help | -h)
            usage
            exit 0
            ;;
        -*) fail "Cannot draw the window" "there is no option \"$argument\"" "See packaging/gallery.sh --help." ;;
        *) folder=$argument ;;
    esac
done

"$root/packaging/setup.sh" --tests
configure release -DDENOISE_LAB_TESTS=ON
build release gallery
program=$root/build/release/bin/gallery
unset DISPLAY WAYLAND_DISPLAY
export QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 QT_LOGGING_RULES='qt.qpa.*=false'

# draw SCALE ARGUMENTS...
draw() {
    local scale=$1
    shift
    say "At $((scale * 100)) %"
    QT_SCALE_FACTOR=$scale "$program" "$folder" "$@"
}

if [[ $quick == yes ]]; then
    draw 1 --size 1366x768 --appearance light
else
    draw 1 --size 1024x700 1366x768 2560x1440
    # A screen of 2560x1440 pixels has room for 1280x720 at this scale.
    draw 2 --size 1024x700 1366x768 1280x720
fi
if [[ $screenshots == yes ]]; then
    say "Screenshots"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    QT_SCALE_FACTOR=2 "$program" "$work" --size 1280x720 --appearance light --training 120
    for names in training=train denoise=denoise compare-four=compare; do
        cp "$work"/*-"${names%=*}"-2560x1440-light-200.png "$root/resources/screenshots/${names#*=}.png"
    done
fi
