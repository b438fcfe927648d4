#pragma once

#include <torch/torch.h>

#include <functional>
#include <stop_token>
#include <vector>

#include "engine/diffusion/samplers.h"

namespace denoise {

/// KL(N(mean1, exp(log_variance1)) || N(mean2, exp(log_variance2))) in nats, element by element.
torch::Tensor normal_kl(const torch::Tensor& mean1, const torch::Tensor& log_variance1,
                        const torch::Tensor& mean2, const torch::Tensor& log_variance2);

/// log p(x) in nats of a Gaussian that is integrated over the bins +-1/255 of 8-bit values scaled to [-1, 1],
/// with open tails beyond +-.999, clamped at 1e-12 (Ho et al. 2020, sec. 3.3); exact normal CDF, element by
/// element.
torch::Tensor discretised_log_likelihood(const torch::Tensor& x, const torch::Tensor& mean,
                                         const torch::Tensor& log_sigma);

/// What the bound needs of a schedule, by timestep: float64 [T] each (differences of logarithms that nearly
/// cancel).
struct BoundTables {
    torch::Tensor posterior_mean_x0, posterior_mean_xt;
    torch::Tensor log_beta;        ///< index 0 replaced by log beta_tilde[1], as in Ho et al.'s code
    torch::Tensor log_beta_tilde;  ///< index 0 replaced by index 1
};
BoundTables make_bound_tables(const NoiseSchedule& schedule);

/// The log variance of the reverse step that the network's v [B,C,H,W] stands for: f log beta + (1 - f) log
/// beta_tilde with f = (v + 1)/2 (Nichol & Dhariwal 2021, eq. 15).
torch::Tensor learned_log_variance(const BoundTables& tables, const torch::Tensor& t, const torch::Tensor& v);

/// One term of the bound per image [B], in bits per dimension: KL(q(x_{t-1} | x_t, x_0) || p(x_{t-1} | x_t))
/// where t > 0, -log p(x_0 | x_1) where t is 0 (Ho et al. 2020, eq. 5). t int64 [B]; x0_found is what the
/// network finds; log_variance_p broadcasts over [B,C,H,W].
torch::Tensor bound_terms(const BoundTables& tables, const torch::Tensor& x0, const torch::Tensor& x_t,
                          const torch::Tensor& t, const torch::Tensor& x0_found,
                          const torch::Tensor& log_variance_p);

/// The ELBO's terms, each in bits per dimension, a mean over the images.
struct VariationalBound {
    double prior = 0;           ///< L_T = KL(q(x_T | x_0) || N(0, I))
    std::vector<double> terms;  ///< [0]: L_0, the decoder; [t]: KL of the reverse step at index t
    std::vector<double> mse;    ///< mean squared error of eps by timestep
    double total() const;
};

/// All T terms for images x0 [B,C,H,W] in [-1, 1] (Ho et al. 2020, eq. 5), x0 predictions clipped.
/// `progress(t done)` runs after each timestep. A stop request throws Cancelled.
VariationalBound variational_bound(const DiffusionModel& model, const torch::Tensor& x0,
                                   at::Generator generator,
                                   const std::function<void(int done)>& progress = {},
                                   std::stop_token stop = {});

}  // namespace denoise
