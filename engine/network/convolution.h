#pragma once

#include <torch/torch.h>

#include "engine/network/winograd_plan.h"

namespace denoise {

/// Selects what the networks of the calling thread compute by Winograd's algorithm, where it is worth it.
/// Returns the previous plan; nothing at first.
WinogradPlan use_winograd(const WinogradPlan& plan);

/// convolution(x) + added, for a convolution with 3x3 weights, stride 1 and a padding of 1. `added`
/// undefined: 0.
torch::Tensor convolve_3x3(torch::nn::Conv2d& convolution, const torch::Tensor& x,
                           const torch::Tensor& added = {});

}  // namespace denoise
