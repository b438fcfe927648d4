#include "engine/diffusion/samplers.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

#include "engine/base/cancelled.h"
#include "engine/diffusion/forward_process.h"
#include "engine/diffusion/prediction.h"

namespace denoise {
namespace {

/// SplitMix64: neighbouring seeds give unrelated generators.
std::uint64_t mixed(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

/// One network call at plan step `i`, read with x0 clipped, and reported.
Step denoise_at(const DiffusionModel& model, const SamplerPlan& plan, std::size_t i,
                const torch::Tensor& x_t) {
    const int t = plan.timesteps[i];
    const auto output = model.denoiser(x_t, torch::full({x_t.size(0)}, t, torch::kInt64));
    Denoised found = read_prediction(model.prediction, output, x_t, model.schedule.alpha_bar[t], true);
    return {static_cast<int>(i), t, x_t, std::move(found.x0), std::move(found.eps)};
}

}  // namespace

BatchNoise::BatchNoise(std::uint64_t seed, std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k)
        generators_.push_back(
            at::detail::createCPUGenerator(mixed(mixed(seed) + static_cast<std::uint64_t>(k))));
}

torch::Tensor BatchNoise::draw(at::IntArrayRef image_shape) {
    std::vector<torch::Tensor> images;
    images.reserve(generators_.size());
    for (at::Generator& generator : generators_) images.push_back(torch::randn(image_shape, generator));
    return torch::stack(images);
}

torch::Tensor sample_ddpm(const DiffusionModel& model, const SamplerPlan& plan, torch::Tensor x_T,
                          BatchNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const torch::NoGradGuard no_grad;
    // Betas of the visited timesteps, from the ratios of alpha_bar; index 0 is the last to be visited.
    const NoiseSchedule visited = respace(model.schedule, {plan.timesteps.rbegin(), plan.timesteps.rend()});
    torch::Tensor x = std::move(x_T);
    for (std::size_t i = 0; i < plan.timesteps.size(); ++i) {
        if (stop.stop_requested()) throw Cancelled{};
        const Step step = denoise_at(model, plan, i, x);
        if (callback) callback(step);
        const int k = static_cast<int>(plan.timesteps.size() - 1 - i);
        if (k == 0) return step.x0;  // no noise at index 0, where the posterior mean is x_0 itself
        const double variance =
            model.variance == VarianceKind::beta ? visited.beta[k] : visited.beta_tilde[k];
        x = posterior_mean(visited, k, step.x0, x) + std::sqrt(variance) * noise.draw(x.sizes().slice(1));
    }
    return x;
}

torch::Tensor sample_ddim(const DiffusionModel& model, const SamplerPlan& plan, torch::Tensor x_T,
                          BatchNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const torch::NoGradGuard no_grad;
    torch::Tensor x = std::move(x_T);
    for (std::size_t i = 0; i < plan.timesteps.size(); ++i) {
        if (stop.stop_requested()) throw Cancelled{};
        const Step step = denoise_at(model, plan, i, x);
        if (callback) callback(step);
        if (i + 1 == plan.timesteps.size()) return step.x0;  // alpha_bar before the last is 1
        const double alpha_bar = model.schedule.alpha_bar[step.t];
        const double alpha_bar_prev = model.schedule.alpha_bar[plan.timesteps[i + 1]];
        const double sigma =
            plan.eta * std::sqrt((1 - alpha_bar_prev) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_prev));
        x = std::sqrt(alpha_bar_prev) * step.x0 +
            std::sqrt(std::max(0.0, 1 - alpha_bar_prev - sigma * sigma)) * step.eps;
        if (sigma > 0) x = x + sigma * noise.draw(x.sizes().slice(1));
    }
    return x;
}

const SamplerEntry& sampler_of(SamplerKind kind) {
    static const std::vector<SamplerEntry> entries = {{SamplerKind::ddpm, "ddpm", &sample_ddpm},
                                                      {SamplerKind::ddim, "ddim", &sample_ddim}};
    return entries.at(static_cast<std::size_t>(kind));
}

}  // namespace denoise
