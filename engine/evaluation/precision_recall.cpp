#include "engine/evaluation/precision_recall.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/evaluation/squared_distances.h"

namespace denoise {
namespace {

constexpr const char* doing = "computing precision and recall";

void check_counts(std::int64_t samples, std::int64_t references, int k) {
    const std::int64_t fewest = std::min(samples, references);
    if (k < 1 || fewest <= k)
        throw Error{"Cannot compute precision and recall",
                    "the smaller set has " + std::to_string(fewest) + " images, but " + std::to_string(k) +
                        " neighbours of each image are needed",
                    "Use at least " + std::to_string(std::max(k, 1) + 1) + " images of each kind"};
}

/// Squared distance of each of `rows` to the k-th nearest other row of `set`, which they are part of: float64
/// [B].
torch::Tensor squared_radii(const torch::Tensor& rows, const torch::Tensor& set, int k) {
    // The nearest of all is the row itself, so the k-th other one is the (k+1)-th smallest.
    return std::get<0>(squared_distances(rows, set).topk(k + 1, 1, false, true)).select(1, k);
}

/// How many of `points` are in a ball around one of `centres`.
std::int64_t count_inside(const torch::Tensor& points, const torch::Tensor& centres,
                          const torch::Tensor& radii) {
    return (squared_distances(points, centres) <= radii).any(1).sum().item<std::int64_t>();
}

/// Share of `points` within the manifold of `set`. Reports continue from `done` of `total` rows.
Work<double> share_inside(torch::Tensor points, torch::Tensor set, int k, std::int64_t done,
                          std::int64_t total) {
    const std::int64_t rows = rows_per_block(set.size(0));
    std::vector<torch::Tensor> radii;
    const auto set_blocks = set.split(rows);
    for (const torch::Tensor& block : set_blocks) {
        radii.push_back(squared_radii(block, set, k));
        done += block.size(0);
        co_yield Progress(done, total, doing);
    }
    const torch::Tensor all_radii = torch::cat(radii);
    std::int64_t inside = 0;
    const auto point_blocks = points.split(rows);
    for (const torch::Tensor& block : point_blocks) {
        inside += count_inside(block, set, all_radii);
        done += block.size(0);
        co_yield Progress(done, total, doing);
    }
    co_return static_cast<double>(inside) / static_cast<double>(points.size(0));
}

}  // namespace

Work<PrecisionRecall> precision_recall(torch::Tensor samples, torch::Tensor references, int k) {
    check_counts(samples.size(0), references.size(0), k);
    references = references.to(torch::kFloat64);
    // Distances stay the same, and shorter vectors lose fewer digits.
    const torch::Tensor centre = references.mean(0);
    references = references - centre;
    samples = samples.to(torch::kFloat64) - centre;
    const std::int64_t half = samples.size(0) + references.size(0);
    PrecisionRecall result;
    result.k = k;
    result.samples = samples.size(0);
    result.references = references.size(0);
    result.precision = co_await share_inside(samples, references, k, 0, 2 * half);
    result.recall = co_await share_inside(references, samples, k, half, 2 * half);
    co_return result;
}

}  // namespace denoise
