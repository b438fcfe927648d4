#include "engine/diffusion/sampler_loop.h"

namespace denoise {

// Karras et al. 2022 write the probability flow in y = x / alpha as dy / d sigma = eps, with the noise level
// sigma_y = sigma / alpha. A step with the slope eps, y + (sigma_y' - sigma_y) eps, is alpha' x0 + sigma' eps
// in x: at_level(), which does not lose digits where sigma_y is large.

torch::Tensor sample_euler(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start,
                           const StepNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const SamplerLoop loop(with_finite_snr(model), plan, noise, callback, std::move(stop));
    return loop.run(std::move(start), [&](const SamplerState& at, const Reading& found) {
        return at_level(found.x0, found.eps, loop.level(at.i + 1));
    });
}

/// Alg. 1. The mean slope can stand for an x0 outside the range although neither of the two does, so that it
/// is clipped like them.
torch::Tensor sample_heun(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start,
                          const StepNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const SamplerLoop loop(with_finite_snr(model), plan, noise, callback, std::move(stop));
    return loop.run(std::move(start), [&](const SamplerState& at, const Reading& found) {
        const NoiseLevel& to = loop.level(at.i + 1);
        const Reading there = loop.look(at_level(found.x0, found.eps, to), at.i + 1);
        const Denoised mean = loop.refit(at.x, found.eps.lerp(there.eps, 0.5), at.i);
        return at_level(mean.x0, mean.eps, to);
    });
}

}  // namespace denoise
