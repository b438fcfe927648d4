#!/usr/bin/env bash
# Installs what is needed to build and run Denoise Lab: system packages with apt, and LibTorch.
# Usage: packaging/setup.sh [--tests] [--mpi] [--cuda]
#   --tests   also install what the tests need, with Open MPI
#   --mpi     also install Open MPI, so that several processes can train together (default: if mpirun is installed)
#   --cuda    get the LibTorch for NVIDIA's graphics cards, with the libraries that it needs: about 2.5 GB to download,
#             and 4 GB on the disk. It is used from then on, until its folder in .deps is removed. The driver must be
#             installed, CUDA itself is not needed
# Environment:
#   Torch_DIR, CMAKE_PREFIX_PATH     an existing LibTorch (2.4 or newer) to use instead of downloading one
#   DENOISE_LAB_DEPS                 folder for LibTorch, instead of .deps
#   DENOISE_LAB_SKIP_PACKAGES=1      do not check and install system packages
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

with_tests=no
with_mpi=no
with_cuda=no
for option in "$@"; do
    case $option in
        --tests) with_tests=yes with_mpi=yes ;;
        --mpi) with_mpi=yes ;;
        --cuda) with_cuda=yes ;;
        *)
            usage
            [[ $option == --help || $option == -h ]] && exit 0
            exit 2
            ;;
    esac
done

work=
cleanup() { [[ -z $work ]] || rm -rf -- "$work"; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---------------------------------------------------------------- LibTorch: check

if [[ $with_cuda == yes ]]; then unpacked_libtorch=$unpacked_cuda_libtorch; fi

libtorch=$(libtorch_of_user)
chosen_by_user=${libtorch:+yes}
if [[ -z $libtorch && -e $unpacked_libtorch/share/cmake/Torch/TorchConfig.cmake ]]; then
    libtorch=$unpacked_libtorch/share/cmake/Torch
fi

# ---------------------------------------------------------------- packages

system=unknown
# shellcheck disable=SC1091
if [[ -r /etc/os-release ]]; then system=$(. /etc/os-release && printf '%s %s' "${ID:-}" "${VERSION_ID:-}"); fi

# One package per word. Alternative names are separated by |, the preferred one first.
packages=(
    cmake ninja-build g++ ccache git
    qt6-base-dev "qt6-charts-dev|libqt6charts6-dev" "qt6-svg-dev|libqt6svg6-dev" qt6-image-formats-plugins
    nlohmann-json3-dev libcli11-dev libgtest-dev libgmock-dev
    libomp-dev "libtcmalloc-minimal4|libtcmalloc-minimal4t64"
    ca-certificates
    zlib1g-dev libarchive-dev libspdlog-dev libcgif-dev libimagequant-dev libxxhash-dev breeze-icon-theme
    libheif-dev libopenjp2-7-dev
)
# In Debian 12, the decoders of HEIC and AVIF are part of libheif.
if [[ $system != 'debian 12' ]]; then packages+=(libheif-plugin-libde265 "libheif-plugin-dav1d|libheif-plugin-aomdec"); fi
# In Debian 13, OpenGL is part of qt6-base-dev, and the SVG plugins have a separate package.
if [[ $system == 'debian 13' ]]; then packages+=(qt6-svg-plugins); else packages+=(libqt6opengl6-dev); fi
# Without an X server, Qt needs its Wayland plugin.
if [[ -n ${WAYLAND_DISPLAY:-} && -z ${DISPLAY:-} ]]; then packages+=(qt6-wayland); fi
if [[ $with_tests == yes ]]; then packages+=(xvfb xauth xdotool imagemagick clang-format clang-tidy python3); fi
# Clusters have an MPI library of their own, which is used if its compiler is in PATH.
if command -v mpirun >/dev/null; then with_mpi=yes; fi
if [[ $with_mpi == yes ]] && ! command -v mpicxx >/dev/null; then packages+=(openmpi-bin libopenmpi-dev); fi
if [[ -z $libtorch ]]; then packages+=(python3 python3-pip curl); fi

supported_system() {
    case $system in
        'debian 12' | 'debian 13' | 'ubuntu 24.04') command -v apt-get >/dev/null ;;
        *) return 1 ;;
    esac
}

# Prints the words of `packages` of which no name is installed. Names provided by an installed package count.
missing_packages() {
    declare -A installed=()
    local abbreviation name provides word
    while IFS=$'\t' read -r abbreviation name provides; do
        [[ $abbreviation == ?i* ]] || continue
        installed[$name]=1
        for word in ${provides//,/ }; do installed[$word]=1; done
    done < <(dpkg-query --show --showformat '${db:Status-Abbrev}\t${Package}\t${Provides}\n' 2>/dev/null)
    local -a names
    for word in "${packages[@]}"; do
        IFS='|' read -r -a names <<<"$word"
        for name in "${names[@]}"; do
            [[ -z ${installed[$name]:-} ]] || continue 2
        done
        printf '%s\n' "$word"
    done
}

# Prints one name for each word: the first that apt can install, or else the first.
names_for_apt() {
    local word name
    local -a names
    for word in "$@"; do
        IFS='|' read -r -a names <<<"$word"
        # apt-cache takes a second if the index is compressed.
        ((${#names[@]} > 1)) && for name in "${names[@]}"; do
            if LC_ALL=C apt-cache policy "$name" 2>/dev/null | grep -q '^  Candidate: [^(]'; then
                printf '%s\n' "$name"
                continue 2
            fi
        done
        printf '%s\n' "${names[0]}"
    done
}

list_needs() {
    printf 'Denoise Lab needs (names as in Debian; a bar separates alternatives):\n'
    printf '    %s\n' "${packages[@]}"
    printf 'That is, CMake 3.25, Ninja, GCC 12 or Clang 15, Qt 6.4 with Charts, OpenGL and Svg, nlohmann-json 3.11,\n'
    printf 'CLI11 2.1, GoogleTest 1.12, zlib, tcmalloc, libarchive, spdlog, cgif, libimagequant, xxHash and the Breeze icons, or newer.\n'
    printf 'Optional: an MPI library such as Open MPI, to train with several processes (--mpi).\n'
    printf 'Optional: libheif and OpenJPEG, for pictures in the formats HEIC, AVIF and JPEG 2000.\n'
}

apt_get() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

install_packages() {
    local -a missing names as_root=()
    if ! command -v dpkg-query >/dev/null; then
        list_needs >&2
        fail "Cannot install the packages" \
            "this system has no apt; only Debian 12, Debian 13 and Ubuntu 24.04 are supported" \
            "Install them manually, then run this again with DENOISE_LAB_SKIP_PACKAGES=1."
    fi
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} > 0)) || return 0
    if ! supported_system; then
        list_needs >&2
        printf 'Missing: %s\n' "${missing[*]}" >&2
        fail "Cannot install the packages" "only Debian 12, Debian 13 and Ubuntu 24.04 are supported" \
            "Install them manually, then run this again with DENOISE_LAB_SKIP_PACKAGES=1."
    fi
    if ((EUID != 0)); then
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; }; then
            as_root=(sudo)
        else
            mapfile -t names < <(names_for_apt "${missing[@]}")
            fail "Cannot install the packages" "this requires root privileges, and sudo cannot be used here" \
                "Ask an administrator to run this command, then run this script again:
    apt-get update && apt-get install -y --no-install-recommends ${names[*]}"
        fi
    fi
    say "Installing ${#missing[@]} packages"
    apt_get update || fail "Cannot install the packages" "apt-get update failed, see above" \
        "Check the network and /etc/apt/sources.list, then run this again."
    mapfile -t names < <(names_for_apt "${missing[@]}")
    printf '%s\n' "${as_root[*]:+${as_root[*]} }apt-get install -y --no-install-recommends ${names[*]}"
    apt_get install -y --no-install-recommends "${names[@]}" ||
        fail "Cannot install the packages" "apt-get install failed, see above" \
            "Fix the reported problem (Ubuntu needs the component universe), then run this again."
}

if [[ ${DENOISE_LAB_SKIP_PACKAGES:-} != 1 ]]; then install_packages; fi

# ---------------------------------------------------------------- LibTorch: download

pytorch_index=https://download.pytorch.org/whl/cpu
pytorch_zip=https://download.pytorch.org/libtorch/cpu/libtorch-shared-with-deps-$libtorch_version%2Bcpu.zip
machine=$(uname -m)

# A Python with a working pip. The first one in PATH may have been built without it.
python_with_pip() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -m pip --version >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# Only the libraries in the wheel are used, so its Python version does not have to match that of the machine.
download_wheel() {
    local python
    python=$(python_with_pip) || return 1
    TMPDIR=$work "$python" -m pip download --quiet --no-cache-dir --disable-pip-version-check --dest "$work" \
        --no-deps --only-binary :all: --python-version 3.11 --implementation cp --abi cp311 \
        --platform "manylinux_2_28_$machine" "$@" "torch==$libtorch_version" </dev/null
}

wheel_from_machine() { download_wheel --no-index 2>/dev/null; }

# Replaces PIP_EXTRA_INDEX_URL, because other indexes may provide the CUDA build as the same version.
wheel_from_pytorch() {
    PIP_EXTRA_INDEX_URL=$pytorch_index download_wheel --index-url "$pytorch_index"
}

zip_from_pytorch() {
    [[ $machine == x86_64 ]] || return 1
    curl --fail --location --retry 3 --connect-timeout 30 --no-progress-meter --output "$work/libtorch.zip" "$pytorch_zip"
}

# The CUDA build is the one without a local version; == would also accept a local wheel for the processor.
cuda_wheel() { download_wheel "torch===$libtorch_version"; }

# The libraries of CUDA that the wheel in $work names, with those that these need.
cuda_libraries() {
    local python minor
    local -a needed platforms=(--platform "manylinux2014_$machine")
    for minor in {17..28}; do platforms+=(--platform "manylinux_2_${minor}_$machine"); done
    python=$(python_with_pip) || return 1
    mapfile -t needed < <(python3 - "$work" <<'PYTHON'
import re, sys, zipfile
from pathlib import Path

wheel = next(Path(sys.argv[1]).glob("torch-*.whl"))
with zipfile.ZipFile(wheel) as contents:
    name = next(name for name in contents.namelist() if name.endswith(".dist-info/METADATA"))
    for line in contents.read(name).decode().splitlines():
        found = re.match(r"Requires-Dist: ((?:nvidia-|cuda-toolkit)[^;]*)", line)
        if found and "extra ==" not in line:
            print(found.group(1).strip())
PYTHON
    )
    ((${#needed[@]} > 0)) || return 1
    mkdir -p -- "$work/cuda"
    TMPDIR=$work "$python" -m pip download --quiet --no-cache-dir --disable-pip-version-check --dest "$work/cuda" \
        --only-binary :all: --python-version 3.11 --implementation cp --abi cp311 "${platforms[@]}" "${needed[@]}" \
        </dev/null
}

# unpack ARCHIVE FOLDER: unpacks lib, include and share of the LibTorch in a wheel or zip to FOLDER/torch, and the
# libraries of CUDA beside it, where LibTorch looks for them.
unpack() {
    python3 - "$1" "$2" "$with_cuda" <<'PYTHON'
import shutil, sys, zipfile
from pathlib import Path

archive, folder, with_cuda = sys.argv[1:]
tests = ("libjitbackend_test.so", "libtorchbind_test.so", "libbackend_with_compiler.so", "libaoti_custom_ops.so")
try:
    with zipfile.ZipFile(archive) as contents:
        names = contents.namelist()
        has_cuda = any(name.endswith("/libtorch_cuda.so") for name in names)
        if has_cuda and with_cuda == "no":
            sys.exit(f"{archive}: this is the CUDA build, which is several gigabytes larger; it needs --cuda")
        if with_cuda == "yes" and not has_cuda:
            sys.exit(f"{archive}: this is the build for the processor alone")
        for name in names:
            root, _, rest = name.partition("/")
            part = rest.partition("/")[0]
            if root not in ("torch", "libtorch") or part not in ("lib", "include", "share"):
                continue
            if name.endswith("/") or ".." in Path(rest).parts or rest.endswith(tests):
                continue
            target = Path(folder, "torch", rest)
            target.parent.mkdir(parents=True, exist_ok=True)
            with contents.open(name) as source, open(target, "wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
except (OSError, EOFError, zipfile.BadZipFile) as error:
    sys.exit(f"{archive}: {error}")
try:
    for wheel in sorted(Path(archive).parent.glob("cuda/*.whl")):
        with zipfile.ZipFile(wheel) as contents:
            for name in contents.namelist():
                # Not what only compilers need.
                if not name.startswith("nvidia/") or "/lib/" not in name or ".so" not in name or ".." in name:
                    continue
                target = Path(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with contents.open(name) as source, open(target, "wb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)
except (OSError, EOFError, zipfile.BadZipFile) as error:
    sys.exit(f"{wheel}: {error}")
for needed in ("lib/libtorch_cpu.so", "lib/libc10.so", "include/torch/csrc/api/include/torch/torch.h",
               "share/cmake/Torch/TorchConfig.cmake"):
    if not Path(folder, "torch", needed).is_file():
        sys.exit(f"{archive}: {needed} is missing")
PYTHON
}

# try_archive FILES...: unpacks the first file that exists. The final folder appears only when it is complete.
try_archive() {
    local archive folder=$work/libtorch-$libtorch_version
    for archive in "$@"; do
        [[ -f $archive ]] || continue
        printf 'Unpacking %s\n' "${archive##*/}"
        rm -rf -- "$folder"
        if unpack "$archive" "$folder"; then
            [[ -e $unpacked_libtorch/share/cmake/Torch/TorchConfig.cmake ]] || rm -rf -- "${unpacked_libtorch%/torch}"
            mv -T -- "$folder" "${unpacked_libtorch%/torch}" && return 0
        fi
        rm -rf -- "$folder"
    done
    return 1
}

get_cuda_libtorch() {
    printf 'Downloading LibTorch with CUDA and its libraries with pip (about 2.5 GB)\n'
    cuda_wheel && cuda_libraries && try_archive "$work"/torch-*.whl && return
    fail "Cannot get LibTorch $libtorch_version with CUDA" "the download or unpacking failed, see above" \
        "Check the network and the space on the disk, or unpack a LibTorch with CUDA and set Torch_DIR to its folder
share/cmake/Torch. Then run this again. Without --cuda, the program uses the processor alone."
}

get_libtorch() {
    local kind=CPU
    [[ $with_cuda == no ]] || kind=CUDA
    say "LibTorch $libtorch_version ($kind) into $deps"
    mkdir -p -- "$deps" || fail "Cannot unpack LibTorch" "the folder $deps cannot be created" \
        "Set DENOISE_LAB_DEPS to a writable folder."
    # Removes what an interrupted setup left behind.
    find "$deps" -maxdepth 1 -name '.unpacking.*' -mmin +60 -exec rm -rf -- {} +
    work=$(mktemp -d -- "$deps/.unpacking.XXXXXX") || fail "Cannot unpack LibTorch" "$deps is not writable" \
        "Set DENOISE_LAB_DEPS to a writable folder."
    if [[ $with_cuda == yes ]]; then
        get_cuda_libtorch
        return
    fi
    try_archive "$deps/torch-$libtorch_version"[+-]*"$machine.whl" && return
    printf 'Looking for a local wheel with pip\n'
    wheel_from_machine && try_archive "$work"/torch-*.whl && return
    rm -f -- "$work"/torch-*.whl
    printf 'Downloading the wheel from %s (about 190 MB)\n' "$pytorch_index"
    wheel_from_pytorch && try_archive "$work"/torch-*.whl && return
    rm -f -- "$work"/torch-*.whl
    printf 'Downloading %s\n' "$pytorch_zip"
    zip_from_pytorch && try_archive "$work/libtorch.zip" && return
    fail "Cannot get LibTorch $libtorch_version" \
        "the downloads from PyTorch's package index and of its zip failed, see above" \
        "Check the network, or copy the wheel torch-$libtorch_version+cpu-cp311-cp311-manylinux_2_28_$machine.whl
to $deps,
or unpack a LibTorch and set Torch_DIR to its folder share/cmake/Torch. Then run this again."
}

if [[ -z $libtorch ]]; then
    get_libtorch
    libtorch=$unpacked_libtorch/share/cmake/Torch
fi
printf 'Setup complete: LibTorch%s in %s\n' "${chosen_by_user:+ (selected by you)}" "${libtorch%/share/cmake/Torch}"
