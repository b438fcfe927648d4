#include "engine/evaluation/squared_distances.h"

#include <algorithm>

namespace denoise {

torch::Tensor squared_distances(const torch::Tensor& a, const torch::Tensor& b) {
    // One matrix product instead of M x N loops. It loses digits where a and b are close, but float64 has
    // enough of them for features that were float32.
    const auto lengths = a.square().sum(1, true) + b.square().sum(1).unsqueeze(0);
    auto distances = torch::addmm(lengths, a, b.t(), 1, -2);
    return distances.masked_fill_(distances < lengths * 1e-12, 0);
}

std::int64_t rows_per_block(std::int64_t columns) {
    constexpr std::int64_t elements = 4 << 20;
    return std::clamp<std::int64_t>(elements / std::max<std::int64_t>(1, columns), 1, 4096);
}

}  // namespace denoise
