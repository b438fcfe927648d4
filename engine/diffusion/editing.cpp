#include "engine/diffusion/editing.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/diffusion/ddpm_sampler.h"
#include "engine/diffusion/sampler_loop.h"

namespace denoise {
namespace {

/// q(x_t | x_s) for a level t noisier than s, with the noise z.
torch::Tensor noised_further(const torch::Tensor& x, double alpha_bar_s, double alpha_bar_t,
                             const torch::Tensor& z) {
    const double kept = alpha_bar_t / alpha_bar_s;
    return torch::mul(x, std::sqrt(kept)).add_(z, std::sqrt(1 - kept));
}

}  // namespace

torch::Tensor encode_ddim(const DiffusionModel& model, const SamplerPlan& plan, const torch::Tensor& x0,
                          const StepCallback& callback, std::stop_token stop) {
    const torch::NoGradGuard no_grad;
    const StepNoise no_noise(0, x0.size(0));
    const StepCallback no_callback;
    const SamplerLoop loop(with_finite_snr(model), plan, no_noise, no_callback, std::move(stop));
    const int last = loop.steps() - 1;
    // Below the lowest timestep there is no slope yet: the clean image, read as if it were there, gives the
    // first.
    torch::Tensor x = x0, clean = x0, eps = loop.look(x0, last).eps;
    for (int i = last; i >= 0; --i) {
        const NoiseLevel &from = loop.level(i + 1), &to = loop.level(i);
        eps = loop.look(at_level(clean, eps, to), i).eps;
        clean = torch::sub(x, eps, from.sigma).div_(from.alpha);
        x = at_level(clean, eps, to);
        if (callback) callback({i, plan.timesteps[static_cast<std::size_t>(i)], x, clean, eps, {}});
    }
    return x;
}

torch::Tensor slerp(const torch::Tensor& first, const torch::Tensor& second, double share) {
    torch::Tensor result = torch::empty_like(first);
    for (std::int64_t k = 0; k < first.size(0); ++k) {
        const auto a = first[k].flatten().to(torch::kFloat64), b = second[k].flatten().to(torch::kFloat64);
        const double cosine = (a.dot(b) / (a.norm() * b.norm())).item<double>();
        const double angle = std::acos(std::clamp(cosine, -1.0, 1.0)), sine = std::sin(angle);
        // Where the two (nearly) coincide, or one is nothing, the sphere is flat.
        const bool flat = !(sine > 1e-6);
        const double of_first = flat ? 1 - share : std::sin((1 - share) * angle) / sine,
                     of_second = flat ? share : std::sin(share * angle) / sine;
        result[k].copy_(torch::mul(first[k], of_first).add_(second[k], of_second));
    }
    return result;
}

torch::Tensor inpaint(const DiffusionModel& model, const SamplerPlan& plan, const torch::Tensor& x_T,
                      const torch::Tensor& known, const torch::Tensor& mask, const StepNoise& noise,
                      const Repetitions& repetitions, const StepCallback& callback, std::stop_token stop) {
    if (repetitions.jump < 1 || repetitions.passes < 1)
        throw Error{"Cannot inpaint",
                    "a jump of " + std::to_string(repetitions.jump) + " steps and " +
                        std::to_string(repetitions.passes) + " passes make no way through the timesteps",
                    "Choose 1 or more of both"};
    const torch::NoGradGuard no_grad;
    const SamplerLoop loop(model, plan, noise, callback, std::move(stop));
    const torch::Tensor image = known.to(x_T.options()).expand_as(x_T), keep = mask.to(x_T.options());
    // Each step of each pass draws for the reverse step, for the known pixels and for the way back.
    enum Draw { reverse, forward, back, draws };
    torch::Tensor x = x_T;
    for (int first = 0; first < loop.steps(); first += repetitions.jump) {
        const int end = std::min(first + repetitions.jump, loop.steps());
        for (int pass = 0; pass < repetitions.passes; ++pass) {
            if (pass > 0)
                x = noised_further(x, loop.level(end).alpha_bar, loop.level(first).alpha_bar,
                                   loop.noise(first, x, pass * draws + back));
            for (int i = first; i < end; ++i) {
                const Reading found = loop.report({i, x, {}});
                if (i + 1 == loop.steps()) {
                    x = found.x0.lerp(image, keep);
                    continue;
                }
                const auto free = ancestral_step(loop, i, x, found, loop.noise(i, x, pass * draws + reverse));
                x = free.lerp(at_level(image, loop.noise(i, x, pass * draws + forward), loop.level(i + 1)),
                              keep);
            }
        }
    }
    return x;
}

SamplerState state_of(const Step& step) {
    return {step.i, step.x_t, step.history};
}

SamplerState branch(const Step& step, std::int64_t k, std::int64_t count) {
    const auto copies = [&](const torch::Tensor& images) {
        return images.narrow(0, k, 1).repeat_interleave(count, 0);
    };
    SamplerState state{step.i, copies(step.x_t), {}};
    for (const torch::Tensor& past : step.history) state.history.push_back(copies(past));
    return state;
}

SamplerState restart(const NoiseSchedule& schedule, const SamplerPlan& plan, const SamplerState& from,
                     int back, const StepNoise& noise) {
    if (back < 0 || back > from.i)
        throw Error{"Cannot go back " + std::to_string(back) + " steps",
                    "there are " + std::to_string(from.i) + " above this one", "Go back less far"};
    if (back == 0) return from;
    const int i = from.i - back;
    const auto alpha_bar = [&](int step) {
        return schedule.alpha_bar.at(
            static_cast<std::size_t>(plan.timesteps.at(static_cast<std::size_t>(step))));
    };
    const auto z = noise.at_step(i, from.x.sizes().slice(1), 1).to(from.x.options());
    return {i, noised_further(from.x, alpha_bar(from.i), alpha_bar(i), z), {}};
}

}  // namespace denoise
