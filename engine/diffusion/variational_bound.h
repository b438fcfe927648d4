#pragma once

#include <torch/torch.h>

#include <vector>

#include "engine/base/work.h"
#include "engine/diffusion/denoiser.h"
#include "engine/diffusion/forward_process.h"

namespace denoise {

/// KL(N(mean1, exp(log_variance1)) || N(mean2, exp(log_variance2))) in nats, elementwise.
torch::Tensor normal_kl(const torch::Tensor& mean1, const torch::Tensor& log_variance1,
                        const torch::Tensor& mean2, const torch::Tensor& log_variance2);

/// log p(x) in nats of a Gaussian integrated over the bins +-1/255 of 8-bit values scaled to [-1, 1],
/// elementwise. The bins beyond +-.999 are open, and probabilities are at least 1e-12 (Ho et al. 2020, sec.
/// 3.3).
torch::Tensor discretised_log_likelihood(const torch::Tensor& x, const torch::Tensor& mean,
                                         const torch::Tensor& log_sigma);

/// One term of the bound per image [B], in bits per dimension: KL(q(x_{t-1} | x_t, x_0) || p(x_{t-1} | x_t))
/// for t > 0, and -log p(x_0 | x_1) for t = 0 (Ho et al. 2020, eq. 5). t is int64 [B], predicted_x0 comes
/// from the network, and log_variance_p is broadcast over [B,C,H,W].
torch::Tensor bound_terms(const ScheduleTables& tables, const torch::Tensor& x0, const torch::Tensor& x_t,
                          const torch::Tensor& t, const torch::Tensor& predicted_x0,
                          const torch::Tensor& log_variance_p);

/// The terms of the ELBO in bits per dimension, averaged over the images.
struct VariationalBound {
    double prior = 0;           ///< L_T = KL(q(x_T | x_0) || N(0, I))
    std::vector<double> terms;  ///< [0]: L_0, the decoder; [t]: KL of the reverse step at index t
    std::vector<double> mse;    ///< mean squared error of eps by timestep
    double total() const;
};

/// Computes all T terms for images x0 [B,C,H,W] in [-1, 1] (Ho et al. 2020, eq. 5), one timestep per step.
/// Predictions of x_0 are clipped. `model` and `x0` must outlive the work.
Work<VariationalBound> variational_bound(const DiffusionModel& model, const torch::Tensor& x0,
                                         at::Generator generator);

}  // namespace denoise
