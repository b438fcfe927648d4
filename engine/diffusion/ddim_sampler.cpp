#include <algorithm>

#include "engine/diffusion/sampler_loop.h"

namespace denoise {

/// Song et al. 2021, eq. 12.
torch::Tensor sample_ddim(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start,
                          const StepNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const SamplerLoop loop(model, plan, noise, callback, std::move(stop));
    return loop.run(std::move(start), [&](const SamplerState& at, const Reading& found) {
        const NoiseLevel &from = loop.level(at.i), &to = loop.level(at.i + 1);
        if (plan.eta == 0) return at_level(found.x0, found.eps, to);
        const double variance = plan.eta * plan.eta * (1 - to.alpha_bar) / (1 - from.alpha_bar) *
                                (1 - from.alpha_bar / to.alpha_bar);
        return torch::mul(found.x0, to.alpha)
            .add_(found.eps, std::sqrt(std::max(0.0, 1 - to.alpha_bar - variance)))
            .add_(loop.noise(at.i, at.x), std::sqrt(variance));
    });
}

}  // namespace denoise
