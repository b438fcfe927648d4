#include "engine/jobs/sampling.h"

#include <algorithm>
#include <cmath>

#include "engine/base/memory.h"
#include "engine/device/devices.h"
#include "engine/device/transfer.h"
#include "engine/jobs/sample_count.h"
#include "engine/jobs/tensors.h"
#include "engine/runs/memory_estimate.h"
#include "engine/schedule/spacing.h"

namespace denoise {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t side : shape) text += (text.empty() ? "" : ", ") + std::to_string(side);
    return "[" + text + "]";
}

std::string image_shape_text(const RunHeader& header) {
    return std::to_string(header.channels) + ", " + std::to_string(header.height) + ", " +
           std::to_string(header.width) + "]";
}

void check(const SampleRequest& request) {
    if (request.count < 1 || request.count > most_images)
        throw Error{"Cannot draw " + std::to_string(request.count) + " images",
                    "the count must be from 1 to " + std::to_string(most_images), "Choose another count"};
    if (!(request.eta >= 0 && request.eta <= 1))
        throw Error{"Cannot sample with eta " + format_setting(request.eta), "eta must be from 0 to 1",
                    "Choose 0 for a deterministic sampler"};
    const bool given = request.initial_noise || request.noise_per_step || request.to_seed;
    if (request.first_image < 0 || (request.first_image > 0 && given))
        throw Error{"Cannot draw images from number " + std::to_string(request.first_image) + " on",
                    "their noise is given, or interpolated between two images", "Draw all of them at once"};
    if (!std::isfinite(request.guidance_scale) || !std::isfinite(request.guidance_rescale))
        throw Error{"Cannot guide these samples",
                    "the guidance scale and its rescaling must be finite numbers",
                    "Use a scale from 1 to 10 and a rescaling from 0 to 1"};
}

StepNoise noise_for(const Model& model, const SampleRequest& request, std::int64_t count) {
    const auto seed = static_cast<std::uint64_t>(request.seed);
    if (!request.noise_per_step) return StepNoise(seed, count, request.first_image);
    const FloatArray& z = *request.noise_per_step;
    const RunHeader& header = model.header;
    const std::vector<std::int64_t> wanted = {count, header.channels, header.height, header.width};
    if (z.shape.size() != 5 || !std::equal(wanted.begin(), wanted.end(), z.shape.begin() + 1))
        throw Error{"Cannot use the noise per step",
                    "its shape is " + shape_text(z.shape) + ", the images need [steps, " +
                        std::to_string(count) + ", " + image_shape_text(header),
                    "Provide noise for each sampling step"};
    return StepNoise(seed, to_tensor(z));
}

/// The label of image k, repeated for `count` images; undefined without classes.
torch::Tensor label_of_image(const torch::Tensor& labels, std::int64_t k, std::int64_t count) {
    return labels.defined() ? labels.narrow(0, k, 1).expand({count}).contiguous() : labels;
}

/// Spherical interpolation between the first images of two seeds.
torch::Tensor noise_between(const SampleRequest& request, std::int64_t count, at::IntArrayRef shape) {
    const auto first = StepNoise(static_cast<std::uint64_t>(request.seed), 1).initial(shape);
    const auto last = StepNoise(static_cast<std::uint64_t>(*request.to_seed), 1).initial(shape);
    std::vector<torch::Tensor> between;
    for (std::int64_t k = 0; k < count; ++k)
        between.push_back(slerp(first, last, count == 1 ? 0.0 : static_cast<double>(k) / (count - 1.0)));
    return torch::cat(between);
}

DiffusionModel diffusion_of(const SamplingSetup& setup) {
    DiffusionModel diffusion = diffusion_model(setup.model, setup.denoiser, setup.labels,
                                               setup.request.guidance_scale, setup.request.guidance_rescale);
    diffusion.clipping = setup.request.clipping;
    return diffusion;
}

Sampling start_inpainting(const SamplingSetup& setup) {
    const RunHeader& header = setup.model.header;
    const Inpainting& wanted = *setup.request.inpainting;
    const auto fits = [&](const ImageBatch& images) {
        return images.count == 1 && images.height == header.height && images.width == header.width &&
               (images.channels == header.channels || images.channels == 1);
    };
    if (!fits(wanted.picture) || !fits(wanted.mask))
        throw Error{"Cannot inpaint this picture",
                    "the picture and the mask must have the size of the model's images",
                    "Resize both to " + std::to_string(header.width) + " x " + std::to_string(header.height)};
    const auto known = to_tensor(wanted.picture).expand({setup.start.x.size(0), header.channels, -1, -1});
    const auto mask = (to_tensor(wanted.mask) > 0).to(torch::kFloat32);
    return inpaint(diffusion_of(setup), setup.plan, setup.start.x, known, mask, setup.noise);
}

bool draws_noise(const SamplingSetup& setup) {
    return setup.solver->stochastic || setup.plan.eta > 0;
}

}  // namespace

SamplerPlan plan_for(const Model& model, const SampleRequest& request) {
    const NoiseSchedule schedule = make_schedule(model.config().schedule);
    const int steps = request.steps == 0 ? schedule.timesteps() : request.steps;
    return {spaced_timesteps(schedule, steps, request.spacing), request.sampler == "ddim" ? request.eta : 0};
}

int step_count(const Model& model, const SampleRequest& request) {
    return request.steps == 0 ? model.config().schedule.timesteps : request.steps;
}

torch::Tensor checked_input(const Model& model, const FloatArray& numbers, const std::string& name) {
    const RunHeader& header = model.header;
    const std::vector<std::int64_t>& shape = numbers.shape;
    if (shape.size() != 4 || shape[0] < 1 || shape[1] != header.channels || shape[2] != header.height ||
        shape[3] != header.width)
        throw Error{"Cannot use the " + name,
                    "its shape is " + shape_text(shape) + ", the model needs [B, " + image_shape_text(header),
                    "Provide an array of this shape"};
    return to_tensor(numbers);
}

void check_memory(const Model& model, std::int64_t count, ComputeDevice device) {
    const RunHeader& header = model.header;
    RunConfig config = header.config;
    const Execution execution = execution_of(header, device);
    config.training.precision = precision_of(execution);
    const std::optional<std::int64_t> available =
        is_graphics_card(execution.device) ? free_device_bytes(execution.device) : available_bytes();
    if (available)
        check_sampling_memory(config, header.channels, header.height, header.width, count, *available);
}

SamplingSetup set_up(const Model& model, ConditionalDenoiser denoiser, const SampleRequest& request,
                     ComputeDevice device) {
    check(request);
    SamplingSetup setup;
    setup.model = model;
    setup.denoiser = std::move(denoiser);
    setup.request = request;
    setup.request.steps = step_count(model, request);
    setup.solver = &solver_named(request.sampler);
    setup.plan = plan_for(model, request);
    const auto given = request.initial_noise ? checked_input(model, *request.initial_noise, "initial noise")
                                             : torch::Tensor();
    const std::int64_t count = given.defined() ? given.size(0) : request.count;
    setup.labels = labels_of(model, request.label, count, request.first_image);
    // All images between two seeds have the class of the first.
    if (request.to_seed) setup.labels = label_of_image(setup.labels, 0, count);
    setup.noise = noise_for(model, request, count);
    const std::array<std::int64_t, 3> shape = {model.header.channels, model.header.height,
                                               model.header.width};
    setup.start.x = given.defined()   ? given
                    : request.to_seed ? noise_between(request, count, shape)
                                      : setup.noise.initial(shape);
    setup.start.x = sent_to(torch_device(device), setup.start.x);
    setup.labels = sent_to(torch_device(device), setup.labels);
    return setup;
}

SamplingSetup branch_off(const SamplingSetup& origin, const SampleRequest& request,
                         const SamplerState& state) {
    const Branch& from = request.branch.value();
    SamplingSetup setup = origin;
    setup.request.branch = from;
    setup.request.count = request.count;
    setup.request.frames = request.frames;
    setup.request.exact = request.exact;
    check(setup.request);
    setup.labels = label_of_image(origin.labels, from.image, request.count);
    setup.noise = StepNoise(static_cast<std::uint64_t>(from.seed), request.count);
    setup.start = branch(state, from.image, request.count);
    setup.branches.push_back({from.image, from.step, from.seed});
    if (!draws_noise(setup)) {  // all variations would be equal
        setup.solver = &solver_named("ddim");
        setup.request.sampler = setup.solver->name;
        setup.request.eta = setup.plan.eta = 1;
        setup.start.history.clear();
    }
    return setup;
}

Sampling continue_sampling(const SamplingSetup& setup, SamplerState state) {
    return sample(*setup.solver, diffusion_of(setup), setup.plan, std::move(state), setup.noise);
}

Sampling start_sampling(const SamplingSetup& setup) {
    return setup.request.inpainting ? start_inpainting(setup) : continue_sampling(setup, setup.start);
}

Sampling sample_images(const Model& model, ConditionalDenoiser denoiser, const SampleRequest& request,
                       ComputeDevice device) {
    return start_sampling(set_up(model, std::move(denoiser), request, device));
}

}  // namespace denoise
