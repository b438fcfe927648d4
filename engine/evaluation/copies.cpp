#include "engine/evaluation/copies.h"

#include <torch/torch.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "engine/data/intact_images.h"
#include "engine/evaluation/feature_extractor.h"
#include "engine/evaluation/squared_distances.h"

namespace denoise {
namespace {

/// Images of the references whose distances are computed at once.
constexpr std::int64_t block = 512;

torch::Tensor rows_of(const torch::Tensor& images) {
    return images.flatten(1).to(torch::kFloat64);
}

/// The indices without those of images that have come before: such an image would be its own second nearest.
std::vector<std::int64_t> distinct(const ImageBatch& images, const std::vector<std::int64_t>& indices) {
    std::unordered_set<std::string_view> seen;
    std::vector<std::int64_t> first;
    for (const std::int64_t index : indices)
        if (seen.emplace(reinterpret_cast<const char*>(images.image(index)), images.image_size()).second)
            first.push_back(index);
    return first;
}

}  // namespace

std::int64_t count_copies(const ImageBatch& samples, const ImageBatch& references,
                          const std::vector<std::int64_t>& indices) {
    const std::vector<std::int64_t> kept = distinct(references, indices);
    if (samples.empty() || kept.size() < 2) return 0;
    const torch::Tensor queries = rows_of(tensor_over(samples, 0, samples.count));
    const torch::Tensor all = tensor_over(references, 0, references.count), chosen = torch::tensor(kept);
    torch::Tensor nearest;  // squared distances from the two nearest so far, [Q,2]
    for (std::int64_t first = 0; first < chosen.size(0); first += block) {
        const std::int64_t count = std::min(block, chosen.size(0) - first);
        const auto some = rows_of(all.index_select(0, chosen.narrow(0, first, count)));
        auto distances = squared_distances(queries, some);
        if (nearest.defined()) distances = torch::cat({nearest, distances}, 1);
        nearest = std::get<0>(distances.topk(std::min<std::int64_t>(2, distances.size(1)), 1, false));
    }
    require_intact(references);
    const auto roots = nearest.sqrt();
    return (roots.select(1, 0) <= copy_ratio * roots.select(1, 1)).sum().item<std::int64_t>();
}

}  // namespace denoise
