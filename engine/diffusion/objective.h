#pragma once

#include <torch/torch.h>

#include "engine/diffusion/kinds.h"

namespace denoise {

/// The simple objective (Ho et al. 2020, eq. 14): how far `prediction` is from `target` [B,C,H,W], one mean
/// per image [B].
torch::Tensor simple_loss(LossKind kind, const torch::Tensor& prediction, const torch::Tensor& target);

/// What min-SNR makes of the squared error at timesteps with signal-to-noise ratio S = `snr` [B]: eps min(S,
/// gamma)/S, x0 min(S, gamma), v min(S, gamma)/(S + 1) (Hang et al. 2023).
torch::Tensor min_snr_weights(Prediction kind, const torch::Tensor& snr, double gamma);

}  // namespace denoise
