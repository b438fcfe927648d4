#include "engine/diffusion/data_prediction.h"
#include "engine/diffusion/sampler_loop.h"

namespace denoise {
namespace {

// The history before step i: {x at step i - 1 after its correction, x0 found there, x0 found at step i - 2}.
// The last is missing before the second step.

/// x at step i, taken again from step i - 1 with what the network has meanwhile found at step i (UniC with
/// B(h) = e^h - 1, Zhao et al. 2023, sec. 3.1 and app. F).
torch::Tensor corrected(const SamplerLoop& loop, const SamplerState& at, const torch::Tensor& x0) {
    const torch::Tensor& x0_before = at.history[1];
    torch::Tensor data;
    if (at.history.size() == 2) {
        data = x0_before.lerp(x0, 0.5);
    } else {
        // The weights of the slopes to the step before (r away, in steps) and to this one fit the first two
        // moments of the integral, psi_1 and psi_2.
        const double h = -loop.width(at.i - 1), r = loop.width(at.i - 2) / h;
        const double whole = std::expm1(h), psi_1 = whole / h - 1, psi_2 = psi_1 / h - 0.5;
        const double first = psi_1 / whole, second = 2 * psi_2 / whole;
        const double weight_back = (first - second) / (1 - r), weight = first - weight_back;
        data = torch::mul(x0_before, 1 - weight - weight_back / r)
                   .add_(x0, weight)
                   .add_(at.history[2], weight_back / r);
    }
    return exponential_step(at.history[0], data, loop.level(at.i - 1), loop.level(at.i));
}

}  // namespace

/// UniPC of order 2 in data prediction: the predictor is DPM-Solver++ 2M, and the corrector uses the network
/// call that the next prediction needs anyway.
torch::Tensor sample_unipc(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start,
                           const StepNoise& noise, const StepCallback& callback, std::stop_token stop) {
    const SamplerLoop loop(with_finite_snr(model), plan, noise, callback, std::move(stop));
    return loop.run(std::move(start), [&](SamplerState& at, const Reading& found) {
        torch::Tensor x = at.x, data = found.x0;
        if (at.history.empty()) {
            at.history = {x, found.x0};
        } else {
            x = corrected(loop, at, found.x0);
            data = data_at_midpoint(found.x0, at.history[1], loop.width(at.i), loop.width(at.i - 1));
            at.history = {x, found.x0, at.history[1]};
        }
        return exponential_step(x, data, loop.level(at.i), loop.level(at.i + 1));
    });
}

}  // namespace denoise
