#pragma once

#include <torch/torch.h>

#include "engine/network/description/unet_config.h"

namespace denoise {

inline torch::Tensor activate(const torch::Tensor& x, Activation activation) {
    switch (activation) {
        case Activation::silu:
            return torch::silu(x);
        case Activation::mish:
            return at::mish(x);
        case Activation::gelu:
            return at::gelu(x);
        case Activation::relu:
            return torch::relu(x);
    }
    return x;
}

}  // namespace denoise
