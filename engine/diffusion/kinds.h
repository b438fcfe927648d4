#pragma once

namespace denoise {

/// What the network is asked for; the other two follow from it, x_t and t.
enum class Prediction { eps, x0, v };

enum class LossKind { mse, huber, l1 };

/// How the timesteps of a batch are drawn: all alike, or in proportion to the root of the second moment of
/// their recent losses (Nichol & Dhariwal 2021, sec. 3.3).
enum class TimestepSampling { uniform, loss_second_moment };

/// How much each timestep counts in the loss: alike, or by min-SNR (Hang et al. 2023).
enum class LossWeighting { uniform, min_snr };

/// The fixed variance of a reverse step: beta_t ("large") or beta_tilde_t ("small"), Ho et al. 2020,
/// sec. 3.2.
enum class VarianceKind { beta, beta_tilde };

/// What a sampler does to x0 found outside [-1, 1]: nothing; clip it; or dynamic thresholding (Saharia et al.
/// 2022, sec. 2.3).
enum class Clipping { none, range, dynamic };
const char* name_of(Clipping clipping);

enum class SamplerKind { ddpm, ddim, dpmpp_2m, dpmpp_2m_sde, unipc, heun, euler, pndm };

}  // namespace denoise
