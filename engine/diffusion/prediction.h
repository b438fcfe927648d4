#pragma once

#include <torch/torch.h>

#include "engine/schedule/kinds.h"
#include "engine/schedule/noise_level.h"

namespace denoise {

// The network's output is eps, x_0 or v = alpha eps - sigma x_0 (Salimans & Ho 2022), where x_t = alpha x_0 +
// sigma eps. Coefficients as in forward_process.h.

/// The target of the network's output.
template <class Coefficient>
torch::Tensor prediction_target(PredictionType type, const torch::Tensor& x0, const torch::Tensor& eps,
                                const Coefficient& alpha, const Coefficient& sigma) {
    switch (type) {
        case PredictionType::eps:
            return eps;
        case PredictionType::x0:
            return x0;
        case PredictionType::v:
            return alpha * eps - sigma * x0;
    }
    return eps;
}

inline const torch::Tensor& divisor(const torch::Tensor& alpha) {
    return alpha;
}
inline double divisor(double alpha) {
    return alpha > 0 ? alpha : std::sqrt(kLeastAlphaBar);
}

/// The x_0 for an output, not clipped. With PredictionType::eps, a tensor `alpha` must not contain 0; the
/// number 0 is replaced by the smallest alpha.
template <class Coefficient>
torch::Tensor x0_of(PredictionType type, const torch::Tensor& output, const torch::Tensor& x_t,
                    const Coefficient& alpha, const Coefficient& sigma) {
    switch (type) {
        case PredictionType::eps:
            return (x_t - sigma * output) / divisor(alpha);
        case PredictionType::x0:
            return output;
        case PredictionType::v:
            return alpha * x_t - sigma * output;
    }
    return output;
}

/// The predicted clean image and noise, [B,C,H,W], with x_t = alpha x_0 + sigma eps.
struct Prediction {
    torch::Tensor x0;
    torch::Tensor eps;
    torch::Tensor log_variance = {};  ///< of the reverse step; undefined unless it is learned
};

/// Computes the prediction from the network's `output` at one level. If x_0 is clipped, eps is computed from
/// the clipped x_0.
Prediction read_output(PredictionType type, const torch::Tensor& output, const torch::Tensor& x_t,
                       const NoiseLevel& level, Clipping clipping);

/// Clips each image to [-s, s] and divides it by s, where s is the 0.995 quantile of its |x_0|, but at least
/// 1 (Saharia et al. 2022, sec. 2.3).
torch::Tensor dynamic_threshold(const torch::Tensor& x0);

}  // namespace denoise
