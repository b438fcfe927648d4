#include "engine/diffusion/sampler_loop.h"

namespace denoise {
namespace {

/// The slope of the Adams-Bashforth method of as high an order as there are slopes; `before`: up to three,
/// the oldest first.
torch::Tensor combined(const std::vector<torch::Tensor>& before, const torch::Tensor& eps) {
    const auto back = [&](std::size_t steps) -> const torch::Tensor& {
        return before[before.size() - steps];
    };
    switch (before.size()) {
        case 0:
            return eps;
        case 1:
            return torch::mul(eps, 3.0 / 2).sub_(back(1), 1.0 / 2);
        case 2:
            return torch::mul(eps, 23.0 / 12).sub_(back(1), 16.0 / 12).add_(back(2), 5.0 / 12);
        default:
            return torch::mul(eps, 55.0 / 24)
                .sub_(back(1), 59.0 / 24)
                .add_(back(2), 37.0 / 24)
                .sub_(back(3), 9.0 / 24);
    }
}

}  // namespace

/// Liu et al. 2022: linear multistep in eps. The first step, which has no slopes to look back on, takes the
/// mean of the slopes at its two ends. The history is the slopes of up to three steps.
torch::Tensor sample_pndm(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start,
                          const StepNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const SamplerLoop loop(with_finite_snr(model), plan, noise, callback, std::move(stop));
    const auto advance = [&](SamplerState& at, const Reading& found) {
        const NoiseLevel& to = loop.level(at.i + 1);
        const torch::Tensor slope =
            at.history.empty()
                ? found.eps.lerp(loop.look(at_level(found.x0, found.eps, to), at.i + 1).eps, 0.5)
                : combined(at.history, found.eps);
        // A combination of slopes can stand for an x0 outside the range, so that it is clipped like the
        // others.
        const Denoised fit = loop.refit(at.x, slope, at.i);
        at.history.push_back(found.eps);
        if (at.history.size() > 3) at.history.erase(at.history.begin());
        return at_level(fit.x0, fit.eps, to);
    };
    const auto finish = [&](const SamplerState& at, const Reading& found) {
        return at.history.empty() ? found.x0 : loop.refit(at.x, combined(at.history, found.eps), at.i).x0;
    };
    return loop.run(std::move(start), advance, finish);
}

}  // namespace denoise
