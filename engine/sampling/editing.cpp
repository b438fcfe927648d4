#include "engine/sampling/editing.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/diffusion/forward_process.h"

namespace denoise {
namespace {

/// q(x_t | x_s) for a level t noisier than s, with the noise z.
torch::Tensor noised_further(const torch::Tensor& x, const NoiseLevel& s, const NoiseLevel& t,
                             const torch::Tensor& z) {
    const double ratio = t.alpha_bar / s.alpha_bar;
    return add_noise(x, z, std::sqrt(ratio), std::sqrt(1 - ratio));
}

void check(const Repetitions& repetitions) {
    if (repetitions.jump < 1 || repetitions.passes < 1)
        throw Error{"Cannot inpaint",
                    "the jump is " + std::to_string(repetitions.jump) + " and the number of passes " +
                        std::to_string(repetitions.passes) + ", but both must be at least 1",
                    "Choose 1 or more for both"};
}

}  // namespace

Sampling encode_ddim(DiffusionModel model, SamplerPlan plan, torch::Tensor x0) {
    const Sampler sampler(with_finite_snr(std::move(model)), std::move(plan), StepNoise(0, x0.size(0)));
    const int last = sampler.steps() - 1;
    // There is no slope before the lowest timestep: the first one is that of the clean image evaluated at
    // this timestep.
    torch::Tensor x = x0;
    Prediction flow = sampler.evaluate(x0, last);
    flow.x0 = x0;
    for (int i = last; i >= 0; --i) {
        const NoiseLevel &from = sampler.level(i + 1), &to = sampler.level(i);
        flow.eps = sampler.evaluate(at_level(flow, to), i).eps;
        flow.x0 = (x - from.sigma * flow.eps) / from.alpha;
        x = at_level(flow, to);
        co_yield Step(i, sampler.timestep(i), x, flow.x0, flow.eps, std::vector<torch::Tensor>());
    }
    co_return x;
}

torch::Tensor slerp(const torch::Tensor& first, const torch::Tensor& second, double share) {
    torch::Tensor result = torch::empty_like(first);
    for (std::int64_t k = 0; k < first.size(0); ++k) {
        const auto a = first[k].flatten().to(torch::kFloat64), b = second[k].flatten().to(torch::kFloat64);
        const double cosine = (a.dot(b) / (a.norm() * b.norm())).item<double>();
        const double angle = std::acos(std::clamp(cosine, -1.0, 1.0)), sine = std::sin(angle);
        // If the two are nearly parallel, or one is zero, the interpolation is linear.
        const bool flat = !(sine > 1e-6);
        const double of_first = flat ? 1 - share : std::sin((1 - share) * angle) / sine,
                     of_second = flat ? share : std::sin(share * angle) / sine;
        result[k].copy_(torch::mul(first[k], of_first).add_(second[k], of_second));
    }
    return result;
}

Sampling inpaint(DiffusionModel model, SamplerPlan plan, torch::Tensor x_T, torch::Tensor known,
                 torch::Tensor mask, StepNoise noise, Repetitions repetitions) {
    check(repetitions);
    const Sampler sampler(std::move(model), std::move(plan), std::move(noise));
    const torch::Tensor image = known.to(x_T.options()).expand_as(x_T), keep = mask.to(x_T.options());
    // Each step of each pass draws noise for the reverse step, for the known pixels and for the repetition.
    enum Draw { reverse, forward, back, draws };
    torch::Tensor x = x_T;
    for (int first = 0; first < sampler.steps(); first += repetitions.jump) {
        const int end = std::min(first + repetitions.jump, sampler.steps());
        for (int pass = 0; pass < repetitions.passes; ++pass) {
            if (pass > 0)
                x = noised_further(x, sampler.level(end), sampler.level(first),
                                   sampler.noise(first, x, pass * draws + back));
            for (int i = first; i < end; ++i) {
                const Prediction prediction = sampler.evaluate(x, i);
                co_yield Step(i, sampler.timestep(i), x, prediction.x0, prediction.eps,
                              std::vector<torch::Tensor>());
                if (i + 1 == sampler.steps()) {
                    x = prediction.x0.lerp(image, keep);
                    continue;
                }
                const NoiseLevel& to = sampler.level(i + 1);
                const auto painted =
                    sampler.ancestral_step(i, x, prediction, sampler.noise(i, x, pass * draws + reverse));
                const auto noised_image =
                    add_noise(image, sampler.noise(i, x, pass * draws + forward), to.alpha, to.sigma);
                x = painted.lerp(noised_image, keep);
            }
        }
    }
    co_return x;
}

SamplerState branch(const SamplerState& state, std::int64_t k, std::int64_t count) {
    const auto copies = [&](const torch::Tensor& images) {
        return images.narrow(0, k, 1).repeat_interleave(count, 0);
    };
    SamplerState result{state.i, copies(state.x)};
    for (const torch::Tensor& past : state.history) result.history.push_back(copies(past));
    return result;
}

}  // namespace denoise
