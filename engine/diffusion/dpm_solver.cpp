#include "engine/diffusion/data_prediction.h"
#include "engine/diffusion/sampler_loop.h"

namespace denoise {

torch::Tensor exponential_step(const torch::Tensor& x, const torch::Tensor& data, const NoiseLevel& from,
                               const NoiseLevel& to) {
    return torch::mul(x, to.sigma / from.sigma).sub_(data, to.alpha * std::expm1(from.lambda - to.lambda));
}

torch::Tensor data_at_midpoint(const torch::Tensor& x0, const torch::Tensor& x0_before, double width,
                               double width_before) {
    return x0_before.lerp(x0, 1 + width / (2 * width_before));
}

namespace {

/// What a step takes x0 to be, to second order once there is a step before it to know x0's slope from. The
/// history is the last x0.
torch::Tensor data_for(const SamplerLoop& loop, SamplerState& at, const torch::Tensor& x0) {
    torch::Tensor data =
        at.history.empty() ? x0
                           : data_at_midpoint(x0, at.history.front(), loop.width(at.i), loop.width(at.i - 1));
    at.history = {x0};
    return data;
}

}  // namespace

/// Lu et al. 2022 (DPM-Solver++), alg. 2.
torch::Tensor sample_dpmpp_2m(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start,
                              const StepNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const SamplerLoop loop(with_finite_snr(model), plan, noise, callback, std::move(stop));
    return loop.run(std::move(start), [&](SamplerState& at, const Reading& found) {
        return exponential_step(at.x, data_for(loop, at, found.x0), loop.level(at.i), loop.level(at.i + 1));
    });
}

/// The same for the reverse SDE, whose drift pulls twice as hard to x0 and whose noise makes up for it.
torch::Tensor sample_dpmpp_2m_sde(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start,
                                  const StepNoise& noise, const StepCallback& callback,
                                  std::stop_token stop) {
    const SamplerLoop loop(with_finite_snr(model), plan, noise, callback, std::move(stop));
    return loop.run(std::move(start), [&](SamplerState& at, const Reading& found) {
        const NoiseLevel &from = loop.level(at.i), &to = loop.level(at.i + 1);
        const double width = loop.width(at.i), pull = -std::expm1(-2 * width);
        return torch::mul(at.x, to.sigma / from.sigma * std::exp(-width))
            .add_(data_for(loop, at, found.x0), to.alpha * pull)
            .add_(loop.noise(at.i, at.x), to.sigma * std::sqrt(pull));
    });
}

}  // namespace denoise
