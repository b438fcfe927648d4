#pragma once

#include <torch/torch.h>

#include <functional>
#include <stop_token>

#include "engine/diffusion/samplers.h"
#include "engine/session/commands.h"
#include "engine/session/events.h"
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

    DiffusionModel diffusion();  ///< valid as long as this object lives
};

SamplingModel sampling_model(const RunHeader& header, const TrainerState& state);

/// The sampler's plan for `request` on a schedule of T timesteps. Throws Error for more steps than timesteps.
SamplerPlan plan_for(const SampleRequest& request, int timesteps);

/// [B,C,H,W] in [-1, 1] -> 8-bit, rounded.
ImageBatch to_images(const torch::Tensor& x);

/// 8-bit images -> float32 [N,C,H,W] in [-1, 1].
torch::Tensor to_tensor(const ImageBatch& images);

/// Draws request.count images. Throws Error and Cancelled.
torch::Tensor draw_samples(SamplingModel& model, const SampleRequest& request,
                           const StepCallback& callback = {}, std::stop_token stop = {});

}  // namespace denoise
