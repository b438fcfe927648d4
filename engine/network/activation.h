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

/// Selects whether networks of the calling thread use fused kernels, where they can. Returns the previous
/// choice; it is false at first.
bool use_fused_kernels(bool fused);

/// activation(norm(x + shift)) for x [B,C,H,W]. `shift` [B,C] is added to every position; undefined: none.
torch::Tensor normalize_and_activate(torch::nn::GroupNorm& norm, const torch::Tensor& x,
                                     const torch::Tensor& shift, Activation activation);

/// norm(x) for x [B,C,H,W].
torch::Tensor normalize(torch::nn::GroupNorm& norm, const torch::Tensor& x);

}  // namespace denoise
