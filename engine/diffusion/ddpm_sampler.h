#pragma once

#include "engine/diffusion/sampler_loop.h"

namespace denoise {

/// x at the level of step i + 1, drawn from the reverse step p(x_{t-1} | x_t) with the noise z (Ho et al.
/// 2020, alg. 2). Not for the last step, which adds no noise and returns x0.
torch::Tensor ancestral_step(const SamplerLoop& loop, int i, const torch::Tensor& x, const Reading& found,
                             const torch::Tensor& z);

}  // namespace denoise
