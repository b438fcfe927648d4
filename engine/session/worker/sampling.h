#pragma once

#include <torch/torch.h>

#include <functional>
#include <stop_token>

#include "engine/diffusion/guidance.h"
#include "engine/diffusion/samplers.h"
#include "engine/session/commands.h"
#include "engine/session/events.h"
#include "engine/session/worker/tensors.h"
#include "engine/training/checkpoint.h"
#include "engine/training/trainer.h"

namespace denoise {

/// A model at rest: a network with EMA weights and what its answers mean. Independent of a training in
/// progress.
struct SamplingModel {
    RunConfig config;
    int channels = 0, height = 0, width = 0;
    std::int64_t step = 0;
    UNet network{nullptr};

    /// Both are valid as long as this object lives. `labels` as from labels().
    ConditionalDenoiser denoiser();
    DiffusionModel diffusion(const torch::Tensor& labels, double guidance_scale = 1,
                             double guidance_rescale = 0);

    /// int64 [count]: all `label`, or each class in turn where it is -1; undefined for a model without
    /// classes. Throws Error when there is no such class.
    torch::Tensor labels(int label, std::int64_t count) const;
};

SamplingModel sampling_model(const RunHeader& header, const TrainerState& state);

/// The sampler's plan for `request` on `schedule`. Throws Error for more steps than timesteps.
SamplerPlan plan_for(const SampleRequest& request, const NoiseSchedule& schedule);

/// `numbers` as images [B,C,H,W] of the model's size. Throws Error naming them when they are not.
torch::Tensor checked_input(const SamplingModel& model, const FloatArray& numbers, const std::string& name);

/// Draws request.count images. Throws Error and Cancelled.
torch::Tensor draw_samples(SamplingModel& model, const SampleRequest& request,
                           const StepCallback& callback = {}, std::stop_token stop = {});

}  // namespace denoise
