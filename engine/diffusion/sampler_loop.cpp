#include "engine/diffusion/sampler_loop.h"

#include "engine/base/cancelled.h"
#include "engine/base/error.h"

namespace denoise {
namespace {

const SamplerPlan& checked(const SamplerPlan& plan, int timesteps) {
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

}  // namespace

DiffusionModel with_finite_snr(DiffusionModel model) {
    for (double& alpha_bar : model.schedule.alpha_bar) alpha_bar = above_zero(alpha_bar);
    return model;
}

torch::Tensor at_level(const torch::Tensor& x0, const torch::Tensor& eps, const NoiseLevel& level) {
    return torch::mul(x0, level.alpha).add_(eps, level.sigma);
}

SamplerLoop::SamplerLoop(DiffusionModel model, const SamplerPlan& plan, const StepNoise& noise,
                         const StepCallback& callback, std::stop_token stop)
    : model_(std::move(model)),
      plan_(checked(plan, model_.schedule.timesteps())),
      noise_(noise),
      callback_(callback),
      stop_(std::move(stop)),
      visited_(respace(model_.schedule, {plan.timesteps.rbegin(), plan.timesteps.rend()})) {
    levels_.reserve(plan.timesteps.size() + 1);
    for (const int t : plan.timesteps)
        levels_.emplace_back(model_.schedule.alpha_bar[static_cast<std::size_t>(t)]);
    levels_.emplace_back(1.0);
}

Reading SamplerLoop::look(const torch::Tensor& x, int i) const {
    if (stop_.stop_requested()) throw Cancelled{};
    const auto k = static_cast<std::size_t>(steps() - 1 - i);
    return read_model(model_, x, plan_.timesteps[static_cast<std::size_t>(i)], std::log(visited_.beta[k]),
                      visited_.log_beta_tilde_clipped[k]);
}

Reading SamplerLoop::report(const SamplerState& at) const {
    Reading found = look(at.x, at.i);
    if (callback_)
        callback_(
            {at.i, plan_.timesteps[static_cast<std::size_t>(at.i)], at.x, found.x0, found.eps, at.history});
    return found;
}

Denoised SamplerLoop::refit(const torch::Tensor& x, const torch::Tensor& eps, int i) const {
    return read_prediction(Prediction::eps, eps, x, level(i).alpha_bar, model_.clipping);
}

torch::Tensor SamplerLoop::noise(int i, const torch::Tensor& x, int repeat) const {
    return noise_.at_step(i, x.sizes().slice(1), repeat).to(x.options());
}

void SamplerLoop::check(const SamplerState& start) const {
    if (start.i < 0 || start.i >= steps())
        throw Error{"Cannot go on sampling",
                    "there is no step " + std::to_string(start.i) + " among " + std::to_string(steps()),
                    "Start from a step of the same plan"};
}

}  // namespace denoise
