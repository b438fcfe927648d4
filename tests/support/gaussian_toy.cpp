#include "tests/support/gaussian_toy.h"

#include <cmath>

namespace denoise::test {
namespace {

constexpr int kFrom = 9400, kTo = 3000;

/// `steps` steps and the jump to the clean image, which is not measured.
SamplerPlan even_plan(int steps, double eta) {
    SamplerPlan plan{{}, eta};
    for (int i = 0; i <= steps; ++i) plan.timesteps.push_back(kFrom - (kFrom - kTo) / steps * i);
    return plan;
}

torch::Tensor arrive(const GaussianToy& toy, const std::string& solver, int steps, double eta,
                     const torch::Tensor& x, const StepNoise& noise) {
    torch::Tensor last;
    finish<torch::Tensor, Step>(
        sample(solver_named(solver), toy.model(), even_plan(steps, eta), {0, x}, noise),
        [&](const Step& step) { last = step.x_t; });
    return last;
}

}  // namespace

DiffusionModel GaussianToy::model(Clipping clipping) const {
    DiffusionModel result;
    result.schedule = schedule;
    result.clipping = clipping;
    result.denoiser = [toy = *this](const torch::Tensor& x, const torch::Tensor& times) {
        const int t = static_cast<int>(times[0].item<std::int64_t>());
        const double sigma = std::sqrt(1 - toy.schedule.alpha_bar.at(static_cast<std::size_t>(t)));
        return (x - toy.mean_at(t)) * (sigma / toy.variance_at(t));  // E[eps | x_t]
    };
    return result;
}

double GaussianToy::mean_at(int t) const {
    return std::sqrt(schedule.alpha_bar.at(static_cast<std::size_t>(t))) * mean;
}

double GaussianToy::variance_at(int t) const {
    const double alpha_bar = schedule.alpha_bar.at(static_cast<std::size_t>(t));
    return alpha_bar * deviation * deviation + 1 - alpha_bar;
}

torch::Tensor GaussianToy::flow(const torch::Tensor& x, int from, int to) const {
    // The flow keeps each point's distance from the mean in standard deviations.
    return mean_at(to) + (x - mean_at(from)) * std::sqrt(variance_at(to) / variance_at(from));
}

GaussianToy fine_toy() {
    return {.schedule = make_schedule({.timesteps = 10000})};
}

double flow_error(const GaussianToy& toy, const std::string& solver, int steps) {
    const auto x = torch::tensor({0.1, 0.8, -1.3}, torch::kFloat64).view({3, 1, 1, 1});
    const auto arrived = arrive(toy, solver, steps, 0, x, StepNoise(0, 3));
    return (arrived - toy.flow(x, kFrom, kTo)).abs().max().item<double>();
}

double variance_error(const GaussianToy& toy, const std::string& solver, int steps, double eta) {
    // With this denoiser all that a sampler does is linear in x and in its noise, so that its answers to one
    // unit of each add up to the variance: image 0 has none, image 1 a unit of x, image i + 2 a unit of noise
    // at step i.
    auto x = torch::zeros({steps + 2, 1, 1, 1}, torch::kFloat64);
    x[1].fill_(1);
    auto z = torch::zeros({steps + 1, steps + 2, 1, 1, 1}, torch::kFloat64);
    for (int i = 0; i < steps; ++i) z[i][i + 2].fill_(1);
    const auto arrived = arrive(toy, solver, steps, eta, x, StepNoise(0, z)).flatten();
    const auto squares = (arrived.slice(0, 1) - arrived[0]).square();
    const double variance =
        squares[0].item<double>() * toy.variance_at(kFrom) + squares.slice(0, 1).sum().item<double>();
    return std::abs(variance - toy.variance_at(kTo));
}

double fitted_order(const std::vector<int>& steps, const std::vector<double>& errors) {
    const auto n = static_cast<double>(steps.size());
    double x = 0, y = 0, xx = 0, xy = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const double a = std::log(steps[i]), b = std::log(errors[i]);
        x += a, y += b, xx += a * a, xy += a * b;
    }
    return -(n * xy - x * y) / (n * xx - x * x);
}

}  // namespace denoise::test
