#pragma once

#include <torch/torch.h>

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/diffusion/kinds.h"
#include "engine/diffusion/noise_schedule.h"

namespace denoise {

/// All that a sampler knows of a network: (x_t [B,C,H,W], t int64 [B]) -> its answer [B,C,H,W].
using Denoiser = std::function<torch::Tensor(const torch::Tensor& x_t, const torch::Tensor& t)>;

/// A denoiser with what its answers mean.
struct DiffusionModel {
    Denoiser denoiser;
    NoiseSchedule schedule;
    Prediction prediction = Prediction::eps;
    VarianceKind variance = VarianceKind::beta_tilde;
};

struct SamplerPlan {
    std::vector<int> timesteps;  ///< decreasing, as from spaced_timesteps()
    double eta = 0;              ///< DDIM: 0 deterministic, 1 as noisy as DDPM
};

/// What a sampler did at its step `i`: x_t is what the network was given at timestep `t`, x0 and eps what it
/// found in it.
struct Step {
    int i = 0;
    int t = 0;
    torch::Tensor x_t, x0, eps;
};
using StepCallback = std::function<void(const Step&)>;

/// Standard normal noise where image k of a batch depends on (seed, k) alone, not on the batch's size: the
/// third image of a seed is the same whether 3 or 64 are drawn.
class BatchNoise {
  public:
    BatchNoise(std::uint64_t seed, std::int64_t count);
    torch::Tensor draw(at::IntArrayRef image_shape);  ///< [count, *image_shape], float32

  private:
    std::vector<at::Generator> generators_;
};

/// Both start at x_T and return x_0 [B,C,H,W], clipped to [-1, 1]. The callback runs after each network call.
/// A stop request is seen at every step and throws Cancelled. Ancestral sampling (Ho et al. 2020, alg. 2)
/// over the plan's timesteps, with beta recomputed for a subset.
torch::Tensor sample_ddpm(const DiffusionModel& model, const SamplerPlan& plan, torch::Tensor x_T,
                          BatchNoise& noise, const StepCallback& callback = {}, std::stop_token stop = {});
/// Song et al. 2021, eq. 12.
torch::Tensor sample_ddim(const DiffusionModel& model, const SamplerPlan& plan, torch::Tensor x_T,
                          BatchNoise& noise, const StepCallback& callback = {}, std::stop_token stop = {});

/// The samplers by kind, with the function that does the work.
struct SamplerEntry {
    SamplerKind kind;
    std::string name;
    decltype(&sample_ddpm) function;
};
const SamplerEntry& sampler_of(SamplerKind kind);

}  // namespace denoise
