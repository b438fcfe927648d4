#pragma once

#include <vector>

namespace denoise {

/// `count` noise levels sigma = sqrt((1 - alpha_bar) / alpha_bar) from `largest` down to `smallest`, evenly
/// spaced in sigma^(1/rho) (Karras et al. 2022, eq. 5). Throws Error unless count >= 1, rho > 0 and
/// 0 < smallest <= largest.
std::vector<double> edm_sigmas(int count, double smallest = 0.002, double largest = 80, double rho = 7);

}  // namespace denoise
