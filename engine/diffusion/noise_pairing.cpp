#include "engine/diffusion/noise_pairing.h"

#include <algorithm>
#include <limits>

namespace denoise {
namespace {

constexpr std::int64_t most_at_once = 256;

torch::Tensor paired_part(const torch::Tensor& x0, const torch::Tensor& eps) {
    // |x - e|^2 = |x|^2 + |e|^2 - 2 x e, of which an order changes only the sum of the last term.
    const torch::Tensor costs =
        -x0.flatten(1).to(torch::kFloat64).cpu().matmul(eps.flatten(1).to(torch::kFloat64).cpu().t());
    return eps.index_select(0, torch::tensor(cheapest_assignment(costs)).to(eps.device()));
}

}  // namespace

std::vector<std::int64_t> cheapest_assignment(const torch::Tensor& costs) {
    const std::int64_t n = costs.size(0);
    const torch::Tensor table = costs.contiguous();
    const double* cost = table.const_data_ptr<double>();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr std::int64_t none = -1;
    // Prices of rows and columns, with which no cost is below the sum of its prices, and it is the sum for
    // pairs.
    std::vector<double> row_price(n, 0.0), column_price(n, 0.0);
    std::vector<std::int64_t> row_of(n, none);
    for (std::int64_t start = 0; start < n; ++start) {
        // The shortest path from row `start` to a column without a row, over columns and their rows.
        std::vector<double> distance(n, infinity);
        std::vector<std::int64_t> column_before(n, none);
        std::vector<bool> reached(n, false);
        std::int64_t row = start, last = none;
        double length = 0;
        while (true) {
            std::int64_t nearest = none;
            for (std::int64_t j = 0; j < n; ++j) {
                if (reached[j]) continue;
                const double through = length + cost[row * n + j] - row_price[row] - column_price[j];
                if (through < distance[j]) {
                    distance[j] = through;
                    column_before[j] = last;
                }
                if (nearest == none || distance[j] < distance[nearest]) nearest = j;
            }
            last = nearest;
            length = distance[last];
            reached[last] = true;
            if (row_of[last] == none) break;
            row = row_of[last];
        }
        row_price[start] += length;
        for (std::int64_t j = 0; j < n; ++j) {
            if (!reached[j] || j == last) continue;
            column_price[j] -= length - distance[j];
            row_price[row_of[j]] += length - distance[j];
        }
        for (std::int64_t j = last; j != none; j = column_before[j])
            row_of[j] = column_before[j] == none ? start : row_of[column_before[j]];
    }
    std::vector<std::int64_t> column_of(n);
    for (std::int64_t j = 0; j < n; ++j) column_of[row_of[j]] = j;
    return column_of;
}

torch::Tensor paired_noise(const torch::Tensor& x0, const torch::Tensor& eps) {
    const torch::NoGradGuard no_grad;
    std::vector<torch::Tensor> parts;
    for (std::int64_t first = 0; first < eps.size(0); first += most_at_once) {
        const std::int64_t count = std::min(most_at_once, eps.size(0) - first);
        parts.push_back(paired_part(x0.narrow(0, first, count), eps.narrow(0, first, count)));
    }
    return torch::cat(parts);
}

}  // namespace denoise
