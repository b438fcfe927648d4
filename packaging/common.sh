# Functions of setup.sh, run.sh and test.sh. Sourced by them, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
libtorch_version=2.13.0
deps=${DENOISE_LAB_DEPS:-$root/.deps}
unpacked_libtorch=$deps/libtorch-$libtorch_version/torch
unpacked_cuda_libtorch=$deps/libtorch-$libtorch_version-cuda/torch
# The one for graphics cards is used once it is there.
if [[ -e $unpacked_cuda_libtorch/share/cmake/Torch/TorchConfig.cmake ]]; then unpacked_libtorch=$unpacked_cuda_libtorch; fi

# Prints the comment at the top of the script that calls it.
usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[1]}"; }

say() { printf '\n== %s\n' "$*"; }

# fail WHAT WHY REMEDY: prints an error and exits. The remedy is printed unchanged, because it may end with a command.
fail() {
    printf '\n%s: %s.\n%s\n' "$1" "$2" "$3" >&2
    exit 1
}

# require_number OPTION VALUE: fails unless the value of an option is a positive whole number.
require_number() {
    [[ ${2:-} =~ ^[1-9][0-9]*$ ]] ||
        fail "Cannot use $1" "its value \"${2:-}\" is not a positive number" "Give one, for example $1 20."
}

# The CMake package folder of the LibTorch that the user selected with Torch_DIR or CMAKE_PREFIX_PATH, as CMake finds
# it; empty if none was selected.
libtorch_of_user() {
    if [[ -n ${Torch_DIR:-} ]]; then
        [[ -e $Torch_DIR/TorchConfig.cmake ]] ||
            fail "Cannot use the LibTorch in Torch_DIR" "$Torch_DIR does not contain TorchConfig.cmake" \
                "Set Torch_DIR to the folder share/cmake/Torch of a LibTorch, or unset it to use $libtorch_version."
        printf '%s\n' "$Torch_DIR"
        return
    fi
    local -a prefixes
    IFS=':;' read -r -a prefixes <<<"${CMAKE_PREFIX_PATH:-}"
    local prefix
    for prefix in "${prefixes[@]}"; do
        if [[ -e $prefix/share/cmake/Torch/TorchConfig.cmake ]]; then
            printf '%s\n' "$prefix/share/cmake/Torch"
            return
        fi
    done
}

# The CMake package folder of the LibTorch to build with.
libtorch_to_use() {
    local chosen
    chosen=$(libtorch_of_user) || return
    printf '%s\n' "${chosen:-$unpacked_libtorch/share/cmake/Torch}"
}

# The number of compile jobs: one per core and per 2 GiB of memory, which a file with LibTorch's headers can need.
compile_jobs() {
    local cores kibibytes by_memory
    cores=$(nproc)
    kibibytes=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo 2>/dev/null || true)
    by_memory=$((${kibibytes:-2097152} / 2097152))
    ((by_memory > 0)) || by_memory=1
    printf '%s\n' "${DENOISE_LAB_JOBS:-$((cores < by_memory ? cores : by_memory))}"
}

# configure PRESET [CMAKE ARGUMENTS...]: configures build/PRESET, from scratch after a change of LibTorch.
configure() {
    local preset=$1 torch_dir cached fresh=()
    shift
    torch_dir=$(libtorch_to_use)
    cached=$(sed -n 's/^Torch_DIR:[A-Z]*=//p' "$root/build/$preset/CMakeCache.txt" 2>/dev/null || true)
    if [[ -n $cached && $cached != "$torch_dir" ]]; then fresh=(--fresh); fi
    (cd "$root" && cmake "${fresh[@]}" --preset "$preset" -DTorch_DIR="$torch_dir" "$@")
}

# build PRESET [TARGETS...]
build() {
    local preset=$1
    shift
    cmake --build "$root/build/$preset" --parallel "$(compile_jobs)" ${1:+--target "$@"}
}
