#pragma once

#include <torch/torch.h>

#include "engine/diffusion/kinds.h"

namespace denoise {

/// What the network should answer for x_t = a x0 + s eps, with a = sqrt(alpha_bar_t) and s = sqrt(1 -
/// alpha_bar_t): eps, x0, or v = a eps - s x0 (Salimans & Ho 2022). a and s broadcast over [B,C,H,W].
torch::Tensor prediction_target(Prediction kind, const torch::Tensor& x0, const torch::Tensor& eps,
                                const torch::Tensor& a, const torch::Tensor& s);

/// The way back: the x0 that an answer of the network stands for. Not clipped; a and s broadcast as above.
torch::Tensor predicted_x0(Prediction kind, const torch::Tensor& output, const torch::Tensor& x_t,
                           const torch::Tensor& a, const torch::Tensor& s);

/// The clean image and the noise that an answer of the network stands for.
struct Denoised {
    torch::Tensor x0;
    torch::Tensor eps;
};

/// Reads the network's `output` at one timestep with the given alpha_bar. Where x0 is clipped, eps is derived
/// again from the clipped x0, so that both always fit x_t.
Denoised read_prediction(Prediction kind, const torch::Tensor& output, const torch::Tensor& x_t,
                         double alpha_bar, Clipping clipping);

/// Clips each image to [-s, s], s the quantile .995 of its |x0| and at least 1, and divides by s (Saharia et
/// al. 2022, sec. 2.3).
torch::Tensor dynamic_threshold(const torch::Tensor& x0);

}  // namespace denoise
