#include "engine/diffusion/ddpm_sampler.h"

namespace denoise {

torch::Tensor ancestral_step(const SamplerLoop& loop, int i, const torch::Tensor& x, const Reading& found,
                             const torch::Tensor& z) {
    const NoiseSchedule& visited = loop.visited();
    const auto k = static_cast<std::size_t>(loop.steps() - 1 - i);
    torch::Tensor mean =
        torch::mul(found.x0, visited.posterior_mean_x0[k]).add_(x, visited.posterior_mean_xt[k]);
    if (found.log_variance.defined()) return mean.addcmul_(torch::mul(found.log_variance, 0.5).exp_(), z);
    const double variance = loop.variance() == VarianceKind::beta ? visited.beta[k] : visited.beta_tilde[k];
    return mean.add_(z, std::sqrt(variance));
}

torch::Tensor sample_ddpm(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start,
                          const StepNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const SamplerLoop loop(model, plan, noise, callback, std::move(stop));
    return loop.run(std::move(start), [&](const SamplerState& at, const Reading& found) {
        return ancestral_step(loop, at.i, at.x, found, loop.noise(at.i, at.x));
    });
}

}  // namespace denoise
