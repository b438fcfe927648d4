#pragma once

#include <torch/torch.h>

#include "engine/schedule/noise_schedule.h"

namespace denoise {

// In these formulas a coefficient is a number for all images, or a tensor [B,1,1,1] as returned by
// at_timesteps().

/// x_t ~ q(x_t | x_0) = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps (Ho et al. 2020, eq. 4), for images
/// [B,C,H,W]. `alpha` and `sigma` are the two roots. With x_0 and eps of a prediction, the result is x at
/// another level of the probability flow.
template <class Coefficient>
torch::Tensor add_noise(const torch::Tensor& x0, const torch::Tensor& eps, const Coefficient& alpha,
                        const Coefficient& sigma) {
    return alpha * x0 + sigma * eps;
}

/// Mean of q(x_{t-1} | x_t, x_0) (Ho et al. 2020, eq. 7), with the coefficients of NoiseSchedule.
template <class Coefficient>
torch::Tensor posterior_mean(const torch::Tensor& x0, const torch::Tensor& x_t, const Coefficient& of_x0,
                             const Coefficient& of_xt) {
    return of_x0 * x0 + of_xt * x_t;
}

/// The log variance of the reverse step that is given by the network's v [B,C,H,W]: f log beta + (1 - f) log
/// beta_tilde with f = (v + 1)/2 (Nichol & Dhariwal 2021, eq. 15).
template <class Coefficient>
torch::Tensor learned_log_variance(const torch::Tensor& v, const Coefficient& log_beta,
                                   const Coefficient& log_beta_tilde) {
    const torch::Tensor f = (v + 1) / 2;
    return f * log_beta + (1 - f) * log_beta_tilde;
}

/// A schedule as tensors by timestep, [T] each.
struct ScheduleTables {
    explicit ScheduleTables(const NoiseSchedule& schedule);

    torch::Tensor sqrt_alpha_bar, sqrt_one_minus_alpha_bar;  ///< float32
    torch::Tensor snr;                                       ///< float32
    torch::Tensor posterior_mean_x0, posterior_mean_xt;      ///< float64, because of cancellation
    torch::Tensor log_beta;        ///< index 0 replaced by log beta_tilde[1], as in Ho et al.'s code
    torch::Tensor log_beta_tilde;  ///< index 0 replaced by index 1
};

/// table[t] as [B,1,1,1], to be broadcast over images; t is int64 [B].
torch::Tensor at_timesteps(const torch::Tensor& table, const torch::Tensor& t);

}  // namespace denoise
