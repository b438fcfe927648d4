#pragma once

#include <torch/torch.h>

#include "engine/diffusion/noise_schedule.h"

namespace denoise {

/// The two coefficients of the forward process by timestep, cast once to float32: [T] each.
struct ForwardTables {
    torch::Tensor sqrt_alpha_bar;
    torch::Tensor sqrt_one_minus_alpha_bar;
};

ForwardTables make_forward_tables(const NoiseSchedule& schedule);

/// table[t] as [B,1,1,1], to be broadcast over images; t is int64 [B].
torch::Tensor at_timesteps(const torch::Tensor& table, const torch::Tensor& t);

/// x_t ~ q(x_t | x_0) = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps (Ho et al. 2020, eq. 4).
/// x0 and eps [B,C,H,W], t int64 [B].
torch::Tensor add_noise(const ForwardTables& tables, const torch::Tensor& x0, const torch::Tensor& t,
                        const torch::Tensor& eps);

/// Mean of q(x_{t-1} | x_t, x_0) at one timestep (Ho et al. 2020, eq. 7).
torch::Tensor posterior_mean(const NoiseSchedule& schedule, int t, const torch::Tensor& x0,
                             const torch::Tensor& x_t);

}  // namespace denoise
