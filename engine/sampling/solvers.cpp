// All solvers: a function for a step of each, followed by the table. A new solver needs a function and a row.

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/error.h"
#include "engine/sampling/sampler.h"

namespace denoise {
namespace {

/// Ho et al. 2020, alg. 2.
torch::Tensor ddpm(const Sampler& s, SamplerState& at, const Prediction& prediction) {
    return s.ancestral_step(at.i, at.x, prediction, s.noise(at.i, at.x));
}

/// Song et al. 2021, eq. 12 and 16.
torch::Tensor ddim(const Sampler& s, SamplerState& at, const Prediction& prediction) {
    const NoiseLevel &from = s.level(at.i), &to = s.level(at.i + 1);
    if (s.eta() == 0) return at_level(prediction, to);
    const double variance =
        s.eta() * s.eta() * (1 - to.alpha_bar) / (1 - from.alpha_bar) * (1 - from.alpha_bar / to.alpha_bar);
    return to.alpha * prediction.x0 + std::sqrt(std::max(0.0, 1 - to.alpha_bar - variance)) * prediction.eps +
           std::sqrt(variance) * s.noise(at.i, at.x);
}

// Karras et al. 2022 write the probability flow in y = x / alpha as dy / d sigma = eps, with the noise level
// sigma_y = sigma / alpha. A step with the slope eps, y + (sigma_y' - sigma_y) eps, is alpha' x_0 + sigma'
// eps in x: at_level(), which does not lose digits where sigma_y is large.

torch::Tensor euler(const Sampler& s, SamplerState& at, const Prediction& prediction) {
    return at_level(prediction, s.level(at.i + 1));
}

/// Karras et al. 2022, alg. 1. The mean slope can give an x_0 outside the range even if neither of the two
/// slopes does, so it is clipped too.
torch::Tensor heun(const Sampler& s, SamplerState& at, const Prediction& prediction) {
    const NoiseLevel& to = s.level(at.i + 1);
    const Prediction next = s.evaluate(at_level(prediction, to), at.i + 1);
    return at_level(s.refit(at.x, prediction.eps.lerp(next.eps, 0.5), at.i), to);
}

// DPM-Solver++ (Lu et al. 2022) and UniPC solve in lambda, half the log SNR, where the probability flow is
// x_t = sigma_t (x_s / sigma_s + integral of e^lambda x_0 d lambda).

/// The flow from one level to another, exact if x_0 is constant.
torch::Tensor exponential_step(const torch::Tensor& x, const torch::Tensor& x0, const NoiseLevel& from,
                               const NoiseLevel& to) {
    return to.sigma / from.sigma * x - to.alpha * std::expm1(from.lambda - to.lambda) * x0;
}

/// x_0 in the middle of a step of length `h` in lambda, extrapolated from the last two predictions, which are
/// `h_before` apart.
torch::Tensor x0_at_midpoint(const torch::Tensor& x0, const torch::Tensor& x0_before, double h,
                             double h_before) {
    return x0_before.lerp(x0, 1 + h / (2 * h_before));
}

/// The x_0 for a step of second order; of first order for the first step. The history contains the last x_0.
torch::Tensor second_order_x0(const Sampler& s, SamplerState& at, const torch::Tensor& x0) {
    const torch::Tensor midpoint =
        at.history.empty() ? x0 : x0_at_midpoint(x0, at.history.front(), s.h(at.i), s.h(at.i - 1));
    at.history = {x0};
    return midpoint;
}

/// Lu et al. 2022, alg. 2.
torch::Tensor dpmpp_2m(const Sampler& s, SamplerState& at, const Prediction& prediction) {
    return exponential_step(at.x, second_order_x0(s, at, prediction.x0), s.level(at.i), s.level(at.i + 1));
}

/// The same for the reverse SDE, whose drift towards x_0 is twice as strong, compensated by noise.
torch::Tensor dpmpp_2m_sde(const Sampler& s, SamplerState& at, const Prediction& prediction) {
    const NoiseLevel &from = s.level(at.i), &to = s.level(at.i + 1);
    const double h = s.h(at.i), drift = -std::expm1(-2 * h);
    return to.sigma / from.sigma * std::exp(-h) * at.x +
           to.alpha * drift * second_order_x0(s, at, prediction.x0) +
           to.sigma * std::sqrt(drift) * s.noise(at.i, at.x);
}

// UniPC's history before step i: {x at step i - 1 after its correction, x_0 at step i - 1, x_0 at step i -
// 2}. The last is missing at the second step.

/// x at step i, computed again from step i - 1 with the prediction at step i (UniC with B(h) = e^h - 1, Zhao
/// et al. 2023, sec. 3.1 and app. F).
torch::Tensor corrected(const Sampler& s, const SamplerState& at, const torch::Tensor& x0) {
    const torch::Tensor &x_before = at.history[0], &x0_before = at.history[1];
    torch::Tensor mean_x0 = x0_before.lerp(x0, 0.5);
    if (at.history.size() == 3) {
        // The weights of the slopes to the previous step (r steps away) and to this step match the first two
        // moments of the integral, psi_1 and psi_2.
        const double h = -s.h(at.i - 1), r = s.h(at.i - 2) / h;
        const double b = std::expm1(h), psi_1 = b / h - 1, psi_2 = psi_1 / h - 0.5;
        const double first = psi_1 / b, second = 2 * psi_2 / b;
        const double back = (first - second) / (1 - r), forward = first - back;
        mean_x0 = (1 - forward - back / r) * x0_before + forward * x0 + back / r * at.history[2];
    }
    return exponential_step(x_before, mean_x0, s.level(at.i - 1), s.level(at.i));
}

/// Order 2 in x_0: the predictor is DPM-Solver++ 2M, and the corrector uses the network call that the next
/// prediction needs anyway.
torch::Tensor unipc(const Sampler& s, SamplerState& at, const Prediction& prediction) {
    torch::Tensor x = at.x, x0 = prediction.x0;
    if (at.history.empty()) {
        at.history = {x, prediction.x0};
    } else {
        x = corrected(s, at, prediction.x0);
        x0 = x0_at_midpoint(prediction.x0, at.history[1], s.h(at.i), s.h(at.i - 1));
        at.history = {x, prediction.x0, at.history[1]};
    }
    return exponential_step(x, x0, s.level(at.i), s.level(at.i + 1));
}

/// The slope of the Adams-Bashforth method, whose order is the number of slopes. `before` contains up to
/// three earlier slopes, oldest first.
torch::Tensor adams_bashforth(const std::vector<torch::Tensor>& before, const torch::Tensor& eps) {
    const auto back = [&](std::size_t steps) -> const torch::Tensor& {
        return before[before.size() - steps];
    };
    switch (before.size()) {
        case 0:
            return eps;
        case 1:
            return (3 * eps - back(1)) / 2;
        case 2:
            return (23 * eps - 16 * back(1) + 5 * back(2)) / 12;
        default:
            return (55 * eps - 59 * back(1) + 37 * back(2) - 9 * back(3)) / 24;
    }
}

/// Liu et al. 2022: linear multistep in eps. The first step, which has no earlier slopes, uses the mean of
/// the slopes at its two ends. The history contains up to three slopes. A combination of slopes can give an
/// x_0 outside the range, so it is clipped too.
torch::Tensor pndm(const Sampler& s, SamplerState& at, const Prediction& prediction) {
    const NoiseLevel& to = s.level(at.i + 1);
    const torch::Tensor eps =
        at.history.empty() ? prediction.eps.lerp(s.evaluate(at_level(prediction, to), at.i + 1).eps, 0.5)
                           : adams_bashforth(at.history, prediction.eps);
    at.history.push_back(prediction.eps);
    if (at.history.size() > 3) at.history.erase(at.history.begin());
    return at_level(s.refit(at.x, eps, at.i), to);
}

torch::Tensor finish_pndm(const Sampler& s, const SamplerState& at, const Prediction& prediction) {
    if (at.history.empty()) return prediction.x0;
    return s.refit(at.x, adams_bashforth(at.history, prediction.eps), at.i).x0;
}

constexpr bool stochastic = true, deterministic = false, any_snr = false, finite_snr = true;

constexpr std::array table = {
    Solver{"ddpm", "DDPM",
           "Ho et al. 2020: ancestral sampling with noise at every step; usually with all timesteps", 0,
           stochastic, any_snr, ddpm},
    Solver{"ddim", "DDIM",
           "Song et al. 2021: good images in few steps; the same seed always gives the same images", 50,
           deterministic, any_snr, ddim},
    Solver{"dpmpp-2m", "DPM-Solver++ 2M",
           "Lu et al. 2022: second order from the last two steps; good images in 15 to 25 steps", 20,
           deterministic, finite_snr, dpmpp_2m},
    Solver{"dpmpp-2m-sde", "DPM-Solver++ 2M SDE",
           "Lu et al. 2022: with noise at every step, which corrects earlier errors; good images in 20 steps",
           20, stochastic, finite_snr, dpmpp_2m_sde},
    Solver{"unipc", "UniPC",
           "Zhao et al. 2023: predicts and corrects with one network call per step; needs the fewest steps",
           15, deterministic, finite_snr, unipc},
    Solver{"heun", "Heun", "Karras et al. 2022, alg. 1: second order, two network calls per step", 20,
           deterministic, finite_snr, heun},
    Solver{"euler", "Euler",
           "The plain first-order solver in the noise level sigma; the same path as DDIM with eta 0", 50,
           deterministic, finite_snr, euler},
    Solver{"pndm", "PNDM", "Liu et al. 2022: a linear multistep method on the last four predictions", 25,
           deterministic, finite_snr, pndm, finish_pndm},
};

}  // namespace

std::span<const Solver> solvers() {
    return table;
}

const Solver& solver_named(std::string_view name) {
    const auto solver = std::ranges::find_if(table, [&](const Solver& each) { return name == each.name; });
    if (solver != table.end()) return *solver;
    std::string names;
    for (const Solver& each : table) names += (names.empty() ? "" : ", ") + std::string(each.name);
    throw Error{"There is no sampler named \"" + std::string(name) + "\"", "the samplers are " + names,
                "Choose one of them"};
}

}  // namespace denoise
