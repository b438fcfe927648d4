#pragma once

namespace denoise {

/// What the network is asked for; the other two follow from it, x_t and t.
enum class Prediction { eps, x0, v };

enum class LossKind { mse, huber, l1 };

/// The fixed variance of a reverse step: beta_t ("large") or beta_tilde_t ("small"), Ho et al. 2020,
/// sec. 3.2.
enum class VarianceKind { beta, beta_tilde };

enum class SamplerKind { ddpm, ddim };

}  // namespace denoise
