#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <stop_token>

#include "engine/diffusion/samplers.h"

namespace denoise {

/// The noise x_T from which DDIM (eta 0) over the same plan comes back to x0 [B,C,H,W]: the probability flow
/// taken upwards (DDIM inversion). Each step uses eps as found at its upper end, as the way down will, in x
/// as the slope so far foretells it; that takes one network call a step and one more at the start. The
/// callback's steps count down to 0, and {i, x_t} of each is where the way down can start. A stop request
/// throws Cancelled.
torch::Tensor encode_ddim(const DiffusionModel& model, const SamplerPlan& plan, const torch::Tensor& x0,
                          const StepCallback& callback = {}, std::stop_token stop = {});

/// Spherical interpolation image by image, which keeps noise noise: share 0 is `first`, 1 is `second`.
torch::Tensor slerp(const torch::Tensor& first, const torch::Tensor& second, double share);

/// RePaint's repetitions: every stretch of `jump` plan steps is gone through `passes` times, noised again in
/// between. By default as in the paper.
struct Repetitions {
    int jump = 10;
    int passes = 10;
};

/// Fills in what `mask` leaves free of the images `known` (Lugmayr et al. 2022): mask 1 keeps, 0 is painted;
/// both broadcast over the images of x_T. Steps are ancestral, known pixels are noised to the level that each
/// step arrives at, and a repetition goes back by the forward process between the very two levels. The
/// callback runs after each network call, steps * passes times in all. A stop request throws Cancelled.
torch::Tensor inpaint(const DiffusionModel& model, const SamplerPlan& plan, const torch::Tensor& x_T,
                      const torch::Tensor& known, const torch::Tensor& mask, const StepNoise& noise,
                      const Repetitions& repetitions = {}, const StepCallback& callback = {},
                      std::stop_token stop = {});

/// Where a sampler that goes on exactly as reported in `step` stands.
SamplerState state_of(const Step& step);

/// The same for image k alone, `count` times over: with a StepNoise of another seed and this count, a
/// stochastic sampler takes as many other ways from here.
SamplerState branch(const Step& step, std::int64_t k, std::int64_t count);

/// Takes a state `back` plan steps up again by the forward process with fresh noise (Restart, Xu et al.
/// 2023), so that deterministic samplers branch too. Throws Error when the plan does not have that many steps
/// above it.
SamplerState restart(const NoiseSchedule& schedule, const SamplerPlan& plan, const SamplerState& from,
                     int back, const StepNoise& noise);

}  // namespace denoise
