#include "engine/schedule/edm_sigmas.h"

#include <cmath>

#include "engine/base/error.h"

namespace denoise {

std::vector<double> edm_sigmas(int count, double smallest, double largest, double rho) {
    if (count < 1 || !(smallest > 0 && smallest <= largest && rho > 0))
        throw Error{"Cannot compute the noise levels",
                    "the count must be at least 1, rho greater than 0, and 0 < smallest <= largest",
                    "Choose other values"};
    const double first = std::pow(largest, 1 / rho), last = std::pow(smallest, 1 / rho);
    std::vector<double> sigmas(static_cast<std::size_t>(count), largest);
    for (int i = 1; i < count; ++i)
        sigmas[static_cast<std::size_t>(i)] = std::pow(first + (last - first) * i / (count - 1), rho);
    return sigmas;
}

}  // namespace denoise
