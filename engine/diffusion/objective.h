#pragma once

#include <torch/torch.h>

#include "engine/diffusion/kinds.h"

namespace denoise {

/// The simple objective (Ho et al. 2020, eq. 14): how far `prediction` is from `target` [B,C,H,W], one mean
/// per image [B].
torch::Tensor simple_loss(LossKind kind, const torch::Tensor& prediction, const torch::Tensor& target);

}  // namespace denoise
