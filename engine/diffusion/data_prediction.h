#pragma once

#include <torch/torch.h>

#include "engine/diffusion/noise_level.h"

namespace denoise {

// What the solvers in data prediction share (Lu et al. 2022, DPM-Solver++): in lambda, half the log SNR, the
// probability flow is x_t = sigma_t (x_s / sigma_s + integral of e^lambda x0 d lambda).

/// The flow from one level to another, exact if x0 stayed `data` on the way.
torch::Tensor exponential_step(const torch::Tensor& x, const torch::Tensor& data, const NoiseLevel& from,
                               const NoiseLevel& to);

/// x0 in the middle of a step of the given `width` in lambda, on the line through what was found at the last
/// two levels, `width_before` apart.
torch::Tensor data_at_midpoint(const torch::Tensor& x0, const torch::Tensor& x0_before, double width,
                               double width_before);

}  // namespace denoise
