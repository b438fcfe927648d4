#include "engine/sampling/sampler.h"

#include <cmath>

#include "engine/base/error.h"
#include "engine/device/transfer.h"
#include "engine/diffusion/forward_process.h"

namespace denoise {
namespace {

SamplerPlan checked(SamplerPlan plan, int timesteps) {
    int before = timesteps;
    for (const int t : plan.timesteps) {
        if (t < 0 || t >= before)
            throw Error{"Cannot sample",
                        "the timesteps do not decrease from at most " + std::to_string(timesteps - 1) +
                            " to at least 0",
                        "Give each timestep once, the noisiest first"};
        before = t;
    }
    if (plan.timesteps.empty())
        throw Error{"Cannot sample", "there are no timesteps", "Give at least one timestep"};
    return plan;
}

void check_start(const SamplerState& start, int steps) {
    if (start.i < 0 || start.i >= steps)
        throw Error{"Cannot continue sampling",
                    "there is no step " + std::to_string(start.i) + " in a plan of " + std::to_string(steps) +
                        " steps",
                    "Start from a step of the same plan"};
}

std::vector<NoiseLevel> levels_of(const NoiseSchedule& schedule, const std::vector<int>& timesteps) {
    std::vector<NoiseLevel> levels;
    levels.reserve(timesteps.size() + 1);
    for (const int t : timesteps) levels.emplace_back(schedule.alpha_bar[static_cast<std::size_t>(t)]);
    levels.emplace_back(1.0);
    return levels;
}

}  // namespace

DiffusionModel with_finite_snr(DiffusionModel model) {
    for (double& alpha_bar : model.schedule.alpha_bar) alpha_bar = above_zero(alpha_bar);
    return model;
}

torch::Tensor at_level(const Prediction& prediction, const NoiseLevel& level) {
    return add_noise(prediction.x0, prediction.eps, level.alpha, level.sigma);
}

Sampler::Sampler(DiffusionModel model, SamplerPlan plan, StepNoise noise)
    : model_(std::move(model)),
      plan_(checked(std::move(plan), model_.schedule.timesteps())),
      noise_(std::move(noise)),
      levels_(levels_of(model_.schedule, plan_.timesteps)),
      visited_(respace(model_.schedule, {plan_.timesteps.rbegin(), plan_.timesteps.rend()})) {}

Prediction Sampler::evaluate(const torch::Tensor& x, int i) const {
    const auto t = torch::full({x.size(0)}, timestep(i), x.options().dtype(torch::kInt64));
    const NetworkOutput output = split_output(model_.denoiser(x, t), model_.learned_variance);
    Prediction prediction = read_output(model_.prediction, output.prediction, x, level(i), model_.clipping);
    if (output.v.defined()) {
        const auto k = static_cast<std::size_t>(steps() - 1 - i);
        prediction.log_variance =
            learned_log_variance(output.v, std::log(visited_.beta[k]), visited_.log_beta_tilde_clipped[k]);
    }
    return prediction;
}

Prediction Sampler::refit(const torch::Tensor& x, const torch::Tensor& eps, int i) const {
    return read_output(PredictionType::eps, eps, x, level(i), model_.clipping);
}

torch::Tensor Sampler::noise(int i, const torch::Tensor& x, int repeat) const {
    return sent_to(x.device(), noise_.at_step(i, x.sizes().slice(1), repeat)).to(x.options());
}

torch::Tensor Sampler::ancestral_step(int i, const torch::Tensor& x, const Prediction& prediction,
                                      const torch::Tensor& z) const {
    const auto k = static_cast<std::size_t>(steps() - 1 - i);
    const torch::Tensor mean =
        posterior_mean(prediction.x0, x, visited_.posterior_mean_x0[k], visited_.posterior_mean_xt[k]);
    if (prediction.log_variance.defined()) return mean + torch::exp(0.5 * prediction.log_variance) * z;
    return mean +
           std::sqrt(model_.variance == VarianceKind::beta ? visited_.beta[k] : visited_.beta_tilde[k]) * z;
}

Sampling sample(const Solver& solver, DiffusionModel model, SamplerPlan plan, SamplerState start,
                StepNoise noise) {
    if (solver.needs_finite_snr) model = with_finite_snr(std::move(model));
    const Sampler sampler(std::move(model), std::move(plan), std::move(noise));
    check_start(start, sampler.steps());
    SamplerState at = std::move(start);
    for (;; ++at.i) {
        const Prediction prediction = sampler.evaluate(at.x, at.i);
        co_yield Step(at.i, sampler.timestep(at.i), at.x, prediction.x0, prediction.eps, at.history);
        if (at.i + 1 == sampler.steps())
            co_return solver.finish != nullptr ? solver.finish(sampler, at, prediction) : prediction.x0;
        at.x = solver.advance(sampler, at, prediction);
    }
}

}  // namespace denoise
