#pragma once

#include <cmath>

namespace denoise {

/// alpha_bar in the forms that the formulas of the samplers use: x_t = alpha x_0 + sigma eps.
struct NoiseLevel {
    explicit NoiseLevel(double alpha_bar_t)
        : alpha_bar(alpha_bar_t),
          alpha(std::sqrt(alpha_bar_t)),
          sigma(std::sqrt(1.0 - alpha_bar_t)),
          lambda(0.5 * std::log(alpha_bar_t / (1.0 - alpha_bar_t))) {}

    double alpha_bar;
    double alpha;
    double sigma;
    double lambda;  ///< half the log SNR; infinite for alpha_bar = 0 and 1
};

/// Replaces alpha_bar = 0 (zero terminal SNR) in formulas that divide by alpha or use the log SNR. diffusers
/// uses the same value.
inline constexpr double kLeastAlphaBar = 0x1p-24;

inline double above_zero(double alpha_bar) {
    return alpha_bar > 0 ? alpha_bar : kLeastAlphaBar;
}

}  // namespace denoise
