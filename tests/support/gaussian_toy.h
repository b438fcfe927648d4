#pragma once

#include <string>
#include <vector>

#include "engine/sampling/sampler.h"

namespace denoise::test {

/// Data that is N(mean, deviation^2) in every pixel: the best denoiser, the probability flow and the
/// distribution at every timestep are known exactly.
struct GaussianToy {
    double mean = 0.3;
    double deviation = 0.7;
    NoiseSchedule schedule;

    DiffusionModel model(Clipping clipping = Clipping::none) const;
    /// The distribution of x_t.
    double mean_at(int t) const;
    double variance_at(int t) const;
    /// Where the probability flow takes x from one timestep to another.
    torch::Tensor flow(const torch::Tensor& x, int from, int to) const;
};

/// On T = 10,000 timesteps, so that the steps of the orders below fall on timesteps.
GaussianToy fine_toy();

/// How far a sampler is from the exact flow after `steps` even steps (a divisor of 6400) from t = .94 T to .3
/// T; for the stochastic samplers (DDIM: eta > 0) how far the variance of what they draw is from the exact
/// one. Neither goes on to the clean image, where no noise is left to speak of an order.
double flow_error(const GaussianToy& toy, const std::string& solver, int steps);
double variance_error(const GaussianToy& toy, const std::string& solver, int steps, double eta = 0);

/// The p of error ~ steps^-p, by least squares over the logarithms.
double fitted_order(const std::vector<int>& steps, const std::vector<double>& errors);

}  // namespace denoise::test
