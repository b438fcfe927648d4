#include "engine/session/versions.h"

#include <torch/version.h>

#include "engine/base/processors.h"

namespace denoise {

std::string versions_and_machine() {
    return "Denoise Lab " DENOISE_LAB_VERSION ", LibTorch " TORCH_VERSION "; " + machine_name();
}

}  // namespace denoise
