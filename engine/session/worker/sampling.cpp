#include "engine/session/worker/sampling.h"

#include <array>
#include <optional>

#include "engine/base/cancelled.h"
#include "engine/diffusion/editing.h"
#include "engine/diffusion/guidance.h"

namespace denoise {

ConditionalDenoiser SamplingModel::denoiser() {
    const bool bfloat16 = uses_bfloat16(config.training.precision);
    return [this, bfloat16](const torch::Tensor& x_t, const torch::Tensor& t, const torch::Tensor& labels) {
        return predict(network, x_t, t, labels, bfloat16);
    };
}

DiffusionModel SamplingModel::diffusion(const torch::Tensor& labels, double guidance_scale,
                                        double guidance_rescale) {
    const UNetConfig& unet = config.unet;
    if (unet.classes == 0 && guidance_scale != 1)
        throw Error{"Cannot guide these samples", "the model has not learned any classes",
                    "Use a guidance scale of 1, or train on a set with classes"};
    DiffusionModel model;
    model.denoiser = guided(denoiser(), labels,
                            {guidance_scale, guidance_rescale, unet.unlabelled_class ? unet.classes : -1});
    model.schedule = make_schedule(config.schedule);
    model.prediction = config.training.prediction;
    model.variance = config.training.variance;
    model.learned_variance = unet.learned_variance;
    return model;
}

torch::Tensor SamplingModel::labels(int label, std::int64_t count) const {
    const std::int64_t classes = config.unet.classes;
    if (label >= 0 && label >= classes)
        throw Error{"There is no class " + std::to_string(label),
                    classes == 0 ? std::string("the model has not learned any classes")
                                 : "the model's classes are 0 to " + std::to_string(classes - 1),
                    classes == 0 ? "Leave the class out" : "Choose one of them"};
    if (classes == 0) return {};
    return label >= 0 ? torch::full({count}, label, torch::kInt64) : torch::arange(count) % classes;
}

SamplingModel sampling_model(const RunHeader& header, const TrainerState& state) {
    SamplingModel model;
    model.config = header.config;
    model.channels = header.channels;
    model.height = header.height;
    model.width = header.width;
    model.step = state.step;
    model.network = make_network(header.config.unet, header.channels, header.height, header.width, state.ema);
    return model;
}

SamplerPlan plan_for(const SampleRequest& request, const NoiseSchedule& schedule) {
    // By default trailing: it starts at the last timestep, the only one that the network has learned to take
    // for pure noise.
    const int steps = request.steps == 0 ? schedule.timesteps() : request.steps;
    return {spaced_timesteps(schedule, steps, request.spacing), request.eta};
}

torch::Tensor checked_input(const SamplingModel& model, const FloatArray& numbers, const std::string& name) {
    const std::vector<std::int64_t>& shape = numbers.shape;
    if (shape.size() != 4 || shape[0] < 1 || shape[1] != model.channels || shape[2] != model.height ||
        shape[3] != model.width) {
        std::string text;
        for (const std::int64_t side : shape) text += (text.empty() ? "" : ", ") + std::to_string(side);
        throw Error{"Cannot use the " + name,
                    "its shape is [" + text + "], the model needs [B, " + std::to_string(model.channels) +
                        ", " + std::to_string(model.height) + ", " + std::to_string(model.width) + "]",
                    "Give numbers of this shape"};
    }
    return to_tensor(numbers);
}

namespace {

StepNoise noise_for(const SamplingModel& model, const SampleRequest& request, std::int64_t count) {
    const auto seed = static_cast<std::uint64_t>(request.seed);
    if (!request.noise_per_step) return StepNoise(seed, count);
    const FloatArray& z = *request.noise_per_step;
    const std::vector<std::int64_t> wanted = {count, model.channels, model.height, model.width};
    if (z.shape.size() != 5 || !std::equal(wanted.begin(), wanted.end(), z.shape.begin() + 1))
        throw Error{"Cannot use the noise per step",
                    "its shape does not fit the images; it should be [steps, " + std::to_string(count) +
                        ", " + std::to_string(model.channels) + ", " + std::to_string(model.height) + ", " +
                        std::to_string(model.width) + "]",
                    "Give one row of noise for every sampling step"};
    return StepNoise(seed, to_tensor(z));
}

torch::Tensor inpaint_with(const SamplingModel& model, const DiffusionModel& diffusion,
                           const SamplerPlan& plan, const Inpainting& what, torch::Tensor x_T,
                           const StepNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const auto fits = [&](const ImageBatch& images) {
        return images.count == 1 && images.height == model.height && images.width == model.width &&
               (images.channels == model.channels || images.channels == 1);
    };
    if (!fits(what.picture) || !fits(what.mask))
        throw Error{"Cannot inpaint this picture", "picture and mask have to be of the model's size",
                    "Give both in " + std::to_string(model.width) + " x " + std::to_string(model.height)};
    const auto known = to_tensor(what.picture).expand({x_T.size(0), model.channels, -1, -1});
    const auto mask = (to_tensor(what.mask) > 0).to(torch::kFloat32);
    return inpaint(diffusion, plan, std::move(x_T), known, mask, noise, {}, callback, std::move(stop));
}

/// Image k of what was reported, as often as a branch has ways.
Step repeated(const Step& step, std::int64_t k, std::int64_t count) {
    const auto times = [&](const torch::Tensor& images) {
        return images.narrow(0, k, 1).expand({count, -1, -1, -1});
    };
    return {step.i, step.t, times(step.x_t), times(step.x0), times(step.eps), {}};
}

/// The class of image k of a request, as often as a branch has ways; undefined without classes.
torch::Tensor labels_of_image(const SamplingModel& model, int label, std::int64_t k, std::int64_t count) {
    const auto labels = model.labels(label, k + 1);
    return labels.defined() ? labels.narrow(0, k, 1).expand({count}) : labels;
}

bool is_stochastic(const SampleRequest& request) {
    return request.sampler == SamplerKind::ddim ? request.eta > 0 : info_of(request.sampler).stochastic;
}

torch::Tensor draw_branch(SamplingModel& model, const SampleRequest& request, const StepCallback& callback,
                          const std::stop_token& stop) {
    const Branch& from = request.branches.back();
    SampleRequest before = request;
    before.branches.pop_back();
    before.count = from.image + 1;
    SamplerPlan plan = plan_for(request, make_schedule(model.config.schedule));
    const int steps = static_cast<int>(plan.timesteps.size());
    if (from.image < 0 || from.step < 0 || from.step >= steps)
        throw Error{
            "Cannot branch at step " + std::to_string(from.step) + " of image " + std::to_string(from.image),
            "the sampler's steps are 0 to " + std::to_string(steps - 1) + ", images count from 0",
            "Choose another place"};

    // The way there is gone again: nobody has kept x_t in full precision.
    std::stop_source there;
    const std::stop_callback also(stop, [&there] { there.request_stop(); });
    std::optional<SamplerState> junction;
    const auto watch = [&](const Step& step) {
        if (step.i < from.step) {
            if (callback) callback(repeated(step, from.image, request.count));
            return;
        }
        if (junction) return;
        junction = branch(step, from.image, request.count);
        there.request_stop();
    };
    try {
        draw_samples(model, before, watch, there.get_token());
    } catch (const Cancelled&) {
        if (!junction || stop.stop_requested()) throw;
    }

    SamplerKind sampler = request.sampler;
    if (!is_stochastic(request)) {
        sampler = SamplerKind::ddim;
        plan.eta = 1;
        junction->history.clear();
    }
    DiffusionModel diffusion =
        model.diffusion(labels_of_image(model, request.label, request.branches.front().image, request.count),
                        request.guidance_scale, request.guidance_rescale);
    diffusion.clipping = request.clipping;
    return sampler_of(sampler).function(diffusion, plan, std::move(*junction),
                                        StepNoise(static_cast<std::uint64_t>(from.seed), request.count),
                                        callback, stop);
}

/// From one seed's first image to another's, along the sphere on which noise lies.
torch::Tensor noise_between(std::int64_t seed, std::int64_t to_seed, std::int64_t count,
                            at::IntArrayRef shape) {
    const auto first = StepNoise(static_cast<std::uint64_t>(seed), 1).initial(shape);
    const auto last = StepNoise(static_cast<std::uint64_t>(to_seed), 1).initial(shape);
    std::vector<torch::Tensor> between;
    for (std::int64_t k = 0; k < count; ++k)
        between.push_back(slerp(first, last, count == 1 ? 0.0 : static_cast<double>(k) / (count - 1.0)));
    return torch::cat(between);
}

}  // namespace

torch::Tensor draw_samples(SamplingModel& model, const SampleRequest& request, const StepCallback& callback,
                           std::stop_token stop) {
    if (request.count < 1 || request.count > 4096)
        throw Error{"Cannot draw " + std::to_string(request.count) + " images",
                    "the count must be from 1 to 4096", "Choose another count"};
    if (!(request.eta >= 0 && request.eta <= 1))
        throw Error{"Cannot sample with eta " + format_setting(request.eta), "eta must be from 0 to 1",
                    "Choose 0 for a deterministic sampler"};
    if (!request.branches.empty()) return draw_branch(model, request, callback, stop);
    const auto given = request.initial_noise ? checked_input(model, *request.initial_noise, "initial noise")
                                             : torch::Tensor();
    const std::int64_t count = given.defined() ? given.size(0) : request.count;
    // Images between two seeds are of one class: that of the first, as it would be drawn alone.
    const auto labels = request.to_seed ? labels_of_image(model, request.label, 0, count)
                                        : model.labels(request.label, count);
    DiffusionModel diffusion = model.diffusion(labels, request.guidance_scale, request.guidance_rescale);
    diffusion.clipping = request.clipping;
    const SamplerPlan plan = plan_for(request, diffusion.schedule);
    const StepNoise noise = noise_for(model, request, count);
    const std::array<std::int64_t, 3> shape = {model.channels, model.height, model.width};
    auto x_T = given.defined()   ? given
               : request.to_seed ? noise_between(request.seed, *request.to_seed, count, shape)
                                 : noise.initial(shape);
    if (request.inpainting)
        return inpaint_with(model, diffusion, plan, *request.inpainting, std::move(x_T), noise, callback,
                            std::move(stop));
    return sampler_of(request.sampler)
        .function(diffusion, plan, {0, std::move(x_T), {}}, noise, callback, std::move(stop));
}

}  // namespace denoise
