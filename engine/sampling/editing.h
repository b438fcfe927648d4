#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "engine/sampling/sampler.h"

namespace denoise {

/// Computes the noise x_T from which DDIM (eta 0) with the same plan reconstructs x0 [B,C,H,W], by following
/// the probability flow towards the noise (DDIM inversion). Each step uses eps at its noisier end, as DDIM
/// does, evaluated at the x that the previous slope predicts. This takes one network call per step and one at
/// the start. The reported steps count down to 0, and DDIM can start from {i, x_t} of each.
Sampling encode_ddim(DiffusionModel model, SamplerPlan plan, torch::Tensor x0);

/// Spherical interpolation between two samples of standard normal noise, image by image. `share` 0 gives
/// `first`, 1 gives `second`.
torch::Tensor slerp(const torch::Tensor& first, const torch::Tensor& second, double share);

/// The repetitions of RePaint: each section of `jump` steps is done `passes` times, with noise added in
/// between. The defaults are those of the paper.
struct Repetitions {
    int jump = 10;
    int passes = 10;
};

/// Keeps the pixels of `known` where `mask` is 1 and samples those where it is 0 (Lugmayr et al. 2022). Both
/// are broadcast over the images of x_T. Each step is an ancestral step, after which the known pixels get the
/// noise of the new level. Before a repetition, the forward process takes x from the last level of the
/// section to the first. Reports steps * passes steps.
Sampling inpaint(DiffusionModel model, SamplerPlan plan, torch::Tensor x_T, torch::Tensor known,
                 torch::Tensor mask, StepNoise noise, Repetitions repetitions = {});

/// Image k of `state`, repeated `count` times. With a StepNoise of another seed and this count, a stochastic
/// sampler gives `count` variations of it.
SamplerState branch(const SamplerState& state, std::int64_t k, std::int64_t count);

}  // namespace denoise
