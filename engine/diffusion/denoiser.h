#pragma once

#include <torch/torch.h>

#include <functional>

#include "engine/diffusion/prediction.h"
#include "engine/schedule/noise_schedule.h"

namespace denoise {

/// The network of a sampler: (x_t [B,C,H,W], t int64 [B]) -> output [B,C,H,W], or [B,2C,H,W] with a learned
/// variance.
using Denoiser = std::function<torch::Tensor(const torch::Tensor& x_t, const torch::Tensor& t)>;

/// A network conditioned on the class of each image: labels int64 [B], undefined for a network without
/// classes.
using ConditionalDenoiser = std::function<torch::Tensor(const torch::Tensor& x_t, const torch::Tensor& t,
                                                        const torch::Tensor& labels)>;

/// A denoiser and what is needed to interpret its output.
struct DiffusionModel {
    Denoiser denoiser;
    NoiseSchedule schedule;
    PredictionType prediction = PredictionType::eps;
    VarianceKind variance = VarianceKind::beta_tilde;
    bool learned_variance = false;  ///< the second half of the channels is v (see learned_log_variance())
    Clipping clipping = Clipping::range;
};

/// The two halves of an output: the prediction, and v if the variance is learned.
struct NetworkOutput {
    torch::Tensor prediction, v;
};
inline NetworkOutput split_output(const torch::Tensor& output, bool learned_variance) {
    if (!learned_variance) return {output, {}};
    const auto halves = output.chunk(2, 1);
    return {halves[0], halves[1]};
}

}  // namespace denoise
