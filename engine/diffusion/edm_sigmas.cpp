#include "engine/diffusion/edm_sigmas.h"

#include <cmath>

#include "engine/base/error.h"

namespace denoise {

std::vector<double> edm_sigmas(int count, double smallest, double largest, double rho) {
    if (count < 1 || !(smallest > 0 && smallest <= largest && rho > 0))
        throw Error{"Cannot make the noise levels",
                    "they need a count of 1 or more, 0 < smallest <= largest and rho above 0",
                    "Choose other values"};
    const double first = std::pow(largest, 1 / rho), last = std::pow(smallest, 1 / rho);
    std::vector<double> sigmas(static_cast<std::size_t>(count), largest);
    for (int i = 1; i < count; ++i)
        sigmas[static_cast<std::size_t>(i)] = std::pow(first + (last - first) * i / (count - 1), rho);
    return sigmas;
}

}  // namespace denoise
