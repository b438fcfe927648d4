#pragma once

#include <torch/torch.h>

#include "engine/jobs/events.h"
#include "engine/model/model.h"
#include "engine/sampling/editing.h"
#include "engine/sampling/sampler.h"

namespace denoise {

/// A checked request for samples, with everything that is needed to start sampling or to continue from any of
/// its states.
struct SamplingSetup {
    Model model;
    ConditionalDenoiser denoiser;
    SampleRequest request;
    const Solver* solver = nullptr;
    SamplerPlan plan;
    torch::Tensor labels;  ///< int64 [B]; undefined for a model without classes
    StepNoise noise{0, 1};
    SamplerState start;
    std::vector<BranchPoint> branches = {};
    Execution execution = {};  ///< of the denoiser
    std::string speeds = {};   ///< as in SampleStarted
};

/// Throws Error if there is not enough memory for computing `count` images at once on execution_of(header,
/// device).
void check_memory(const Model& model, std::int64_t count, ComputeDevice device = ComputeDevice::automatic);

/// Throws Error if `request` is not valid for the model. For branches, use branch_off().
/// The states of the sampler are on `device`, best that of the denoiser.
SamplingSetup set_up(const Model& model, ConditionalDenoiser denoiser, const SampleRequest& request,
                     ComputeDevice device = ComputeDevice::cpu);

/// Variations of an image of `origin` that start from `state`, one of its states.
SamplingSetup branch_off(const SamplingSetup& origin, const SampleRequest& request,
                         const SamplerState& state);

/// Samples with `setup`, from its start or from another of its states.
Sampling start_sampling(const SamplingSetup& setup);
Sampling continue_sampling(const SamplingSetup& setup, SamplerState state);

/// Calls set_up() and start_sampling().
Sampling sample_images(const Model& model, ConditionalDenoiser denoiser, const SampleRequest& request,
                       ComputeDevice device = ComputeDevice::cpu);

/// The sampler's plan for `request`. Throws Error if there are more steps than timesteps.
SamplerPlan plan_for(const Model& model, const SampleRequest& request);
int step_count(const Model& model, const SampleRequest& request);

/// Converts `numbers` to a tensor [B,C,H,W]. Throws Error with `name` if they do not have the size of the
/// model's images.
torch::Tensor checked_input(const Model& model, const FloatArray& numbers, const std::string& name);

}  // namespace denoise
