#pragma once

#include <torch/torch.h>

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/diffusion/kinds.h"
#include "engine/diffusion/noise_schedule.h"
#include "engine/diffusion/sampler_info.h"
#include "engine/diffusion/step_noise.h"

namespace denoise {

/// All that a sampler knows of a network: (x_t [B,C,H,W], t int64 [B]) -> its answer [B,C,H,W], or
/// [B,2C,H,W] where it has learned the reverse variance too.
using Denoiser = std::function<torch::Tensor(const torch::Tensor& x_t, const torch::Tensor& t)>;

/// A denoiser with what its answers mean.
struct DiffusionModel {
    Denoiser denoiser;
    NoiseSchedule schedule;
    Prediction prediction = Prediction::eps;
    VarianceKind variance = VarianceKind::beta_tilde;
    bool learned_variance = false;  ///< the second half of the channels is v (see learned_log_variance())
    Clipping clipping = Clipping::range;
};

struct SamplerPlan {
    std::vector<int> timesteps;  ///< decreasing, as from spaced_timesteps()
    double eta = 0;              ///< DDIM: 0 deterministic, 1 as noisy as DDPM
};

/// Where a sampler stands before its step `i`: enough to go on from there exactly.
struct SamplerState {
    int i = 0;
    torch::Tensor x;                     ///< x_t [B,C,H,W]; x_T at the start
    std::vector<torch::Tensor> history;  ///< what a multistep sampler remembers; its own business
};

/// What a sampler found at its step `i`: x_t is what the network was given at timestep `t`, x0 (clipped as
/// the model says) and eps what it found in it, fitting each other. {i, x_t, history} is the SamplerState to
/// go on from.
struct Step {
    int i = 0;
    int t = 0;
    torch::Tensor x_t, x0, eps;
    std::vector<torch::Tensor> history;
};
using StepCallback = std::function<void(const Step&)>;

/// A sampler goes through the plan's timesteps from `start` on and returns x_0 [B,C,H,W]. The callback runs
/// after the first network call of each step. A stop request is seen before every network call and throws
/// Cancelled.
using Sampler = torch::Tensor (*)(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start,
                                  const StepNoise& noise, const StepCallback& callback, std::stop_token stop);

/// A sampler by its names, with the function that does the work.
struct SamplerEntry : SamplerInfo {
    Sampler function;
};
const std::vector<SamplerEntry>& samplers();
const SamplerEntry& sampler_of(SamplerKind kind);

/// x0 and eps as the model finds them in x_t at timestep t, with one network call.
struct Reading {
    torch::Tensor x0, eps;
    torch::Tensor log_variance;  ///< of the learned reverse step within the *full* schedule's beta and
                                 ///< beta_tilde given to it; undefined unless learned
};

/// One network call, read. Learned variance is interpolated between log beta_tilde and log beta as given.
Reading read_model(const DiffusionModel& model, const torch::Tensor& x_t, int t, double log_beta = 0,
                   double log_beta_tilde = 0);

}  // namespace denoise
