#include "engine/evaluation/copies.h"

#include <torch/torch.h>

#include <algorithm>
#include <limits>

#include "engine/evaluation/feature_extractor.h"
#include "engine/evaluation/squared_distances.h"

namespace denoise {
namespace {

/// Images of the references whose distances are computed at once.
constexpr std::int64_t block = 512;

torch::Tensor rows_of(const torch::Tensor& images) {
    return images.flatten(1).to(torch::kFloat64);
}

}  // namespace

std::int64_t count_copies(const ImageBatch& samples, const ImageBatch& references,
                          const std::vector<std::int64_t>& indices) {
    if (samples.empty() || indices.size() < 2) return 0;
    const torch::Tensor queries = rows_of(tensor_over(samples, 0, samples.count));
    const torch::Tensor all = tensor_over(references, 0, references.count);
    const torch::Tensor chosen = torch::tensor(indices);
    // The two smallest of each row, of those so far.
    auto nearest = torch::full({samples.count, 2}, std::numeric_limits<double>::infinity(), torch::kFloat64);
    for (std::int64_t first = 0; first < chosen.size(0); first += block) {
        const std::int64_t count = std::min(block, chosen.size(0) - first);
        const auto distances =
            squared_distances(queries, rows_of(all.index_select(0, chosen.narrow(0, first, count))));
        // An image that is there twice would be its own second nearest.
        const auto [lowest, place] = torch::cat({nearest, distances}, 1).sort(1);
        const auto others =
            lowest.masked_fill(lowest == lowest.narrow(1, 0, 1), std::numeric_limits<double>::infinity());
        nearest = torch::stack({lowest.select(1, 0), std::get<0>(others.min(1))}, 1);
    }
    const auto roots = nearest.sqrt();
    // Where all images are alike, there is no second nearest.
    const auto is_copy =
        (roots.select(1, 0) <= copy_ratio * roots.select(1, 1)) & roots.select(1, 1).isfinite();
    return is_copy.sum().item<std::int64_t>();
}

}  // namespace denoise
