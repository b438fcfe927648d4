#pragma once

#include <vector>

#include "engine/runs/ema_snapshots.h"

namespace denoise {

/// How an EMA with a power function profile weights the weights of the past: those at time tau count in
/// proportion to tau^gamma, up to time t (Karras et al. 2024, eq. 4). With a larger gamma, the EMA is
/// shorter.
struct PowerProfile {
    double gamma = 0;
    double t = 1;  ///< > 0
};

/// The reverse of length_of_gamma(), for a length in (0, 0.288).
double gamma_of_length(double length);

/// The decay of an EMA with this gamma from time `before` to `after`, during which the weights hardly change:
/// (before / after)^(gamma + 1), eq. 5 for a step of 1.
double power_decay(double gamma, double before, double after);

/// The integral of the product of two profiles (Karras et al. 2024, alg. 3).
double product(const PowerProfile& a, const PowerProfile& b);

/// The factors with which the profiles add up to `wanted` as well as possible: least squares of the
/// difference, with a sum of 1, and little preference for small factors, because the EMAs are rounded when
/// they are stored.
struct Combination {
    std::vector<double> factors;
    double error = 0;  ///< the norm of the difference, as a fraction of that of `wanted`
};
Combination combine(const std::vector<PowerProfile>& profiles, const PowerProfile& wanted);

}  // namespace denoise
