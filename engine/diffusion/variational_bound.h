#pragma once

#include <torch/torch.h>

#include <functional>
#include <stop_token>
#include <vector>

#include "engine/diffusion/samplers.h"

namespace denoise {

/// KL(N(mean1, exp(log_variance1)) || N(mean2, exp(log_variance2))) in nats, element by element.
torch::Tensor normal_kl(const torch::Tensor& mean1, double log_variance1, const torch::Tensor& mean2,
                        double log_variance2);

/// log p(x) in nats of a Gaussian that is integrated over the bins +-1/255 of 8-bit values scaled to [-1, 1],
/// with open tails beyond +-.999, clamped at 1e-12 (Ho et al. 2020, sec. 3.3); exact normal CDF, element by
/// element.
torch::Tensor discretised_log_likelihood(const torch::Tensor& x, const torch::Tensor& mean, double log_sigma);

/// The ELBO's terms, each in bits per dimension, a mean over the images.
struct VariationalBound {
    double prior = 0;           ///< L_T = KL(q(x_T | x_0) || N(0, I))
    std::vector<double> terms;  ///< [0]: L_0, the decoder; [t]: KL of the reverse step at index t
    double total() const;
};

/// All T terms for images x0 [B,C,H,W] in [-1, 1] (Ho et al. 2020, eq. 5), x0 predictions clipped.
/// `progress(t done)` runs after each timestep. A stop request throws Cancelled.
VariationalBound variational_bound(const DiffusionModel& model, const torch::Tensor& x0,
                                   at::Generator generator,
                                   const std::function<void(int done)>& progress = {},
                                   std::stop_token stop = {});

}  // namespace denoise
