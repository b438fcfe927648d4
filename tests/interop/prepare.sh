#!/usr/bin/env bash
# Makes a Python environment with the packages that interop_test.py compares with, and runs a script in it.
# Usage: tests/interop/prepare.sh FOLDER [SCRIPT ARGUMENTS...]
#   FOLDER   where the environment is kept; it is made once, in a minute or two, and takes 2 GB
# Packages come from where pip of this machine is configured to look (PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS,
# pip.conf) and from .deps, where packaging/setup.sh may have left PyTorch's wheel.
# Exit status: the script's, or 77 when something cannot be had; then the last line says what.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
deps=${DENOISE_LAB_DEPS:-$root/.deps}
folder=${1:?"name the folder of the environment"}
shift

# The CPU build by its full name: the plain one of some indexes is the CUDA build, gigabytes larger.
torch='torch==2.13.0+cpu'
packages=("$torch" 'diffusers==0.42.1' 'safetensors>=0.5' 'numpy>=2' scipy)
# Their dependencies would bring another PyTorch.
alone=('torchvision==0.28.0' 'pytorch-fid==0.3.0')

python=$folder/bin/python
stamp=$folder/complete
wanted="${packages[*]} ${alone[*]}"

skip() {
    printf 'interop is skipped: %s\n' "$1" >&2
    exit 77
}

# install PIP ARGUMENTS...: what pip complained about goes into the message.
install() {
    local log=$folder/pip.log
    "$python" -m pip install --disable-pip-version-check --no-input --quiet --retries 1 --timeout 30 --find-links "$deps" "$@" >"$log" 2>&1 </dev/null ||
        skip "pip cannot install ${*: -1}: $(grep -i '^error' "$log" | tail -n 1)"
}

make_environment() {
    rm -rf -- "$folder"
    mkdir -p -- "$(dirname "$folder")"
    command -v python3 >/dev/null || skip 'there is no python3'
    local said
    said=$(python3 -m venv "$folder" 2>&1) || skip "python3 -m venv fails (in Debian it is the package python3-venv): ${said##*$'\n'}"
    [[ -d $deps ]] || deps=$folder
    printf 'Installing %s into %s\n' "$wanted" "$folder"
    local package
    install "$torch" numpy
    for package in "${packages[@]:1}"; do install "$package"; done
    for package in "${alone[@]}"; do install --no-deps "$package"; done
    said=$("$python" -c 'import diffusers, numpy, safetensors, torch' 2>&1) ||
        skip "the packages are there but cannot be imported: ${said##*$'\n'}"
    printf '%s\n' "$wanted" >"$stamp"
}

[[ -x $python && -r $stamp && $(<"$stamp") == "$wanted" ]] || make_environment
(($# == 0)) || exec "$python" "$@"
