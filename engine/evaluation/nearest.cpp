#include "engine/evaluation/nearest.h"

#include <algorithm>
#include <limits>

#include "engine/base/error.h"
#include "engine/evaluation/squared_distances.h"

namespace denoise {
namespace {

void check_sets(const ImageBatch& samples, std::int64_t references) {
    if (samples.empty() || references <= 0)
        throw Error{"Cannot compute the nearest images",
                    std::string("there are no ") + (samples.empty() ? "samples" : "images to compare with"),
                    "Choose a set with at least one image"};
}

/// The nearest row so far for each query.
struct Nearest {
    torch::Tensor squared_distances;  ///< float64 [Q]
    torch::Tensor indices;            ///< int64 [Q]
};

/// Updates `nearest` with `rows` [B,D], whose indices start at `first`. `queries` [Q,D] and `rows` are
/// float64.
void update(Nearest& nearest, const torch::Tensor& queries, const torch::Tensor& rows, std::int64_t first,
            const std::vector<std::int64_t>& left_out) {
    torch::Tensor all = squared_distances(queries, rows);
    for (auto next = std::ranges::lower_bound(left_out, first);
         next != left_out.end() && *next < first + rows.size(0); ++next)
        all.select(1, *next - first).fill_(std::numeric_limits<double>::infinity());
    // min() returns the first of equal values, and rows come in increasing order.
    const auto [distances, columns] = all.min(1);
    const torch::Tensor nearer = distances < nearest.squared_distances;
    nearest.squared_distances = torch::where(nearer, distances, nearest.squared_distances);
    nearest.indices = torch::where(nearer, columns + first, nearest.indices);
}

template <class T>
std::vector<T> values_of(const torch::Tensor& tensor) {
    const torch::Tensor values = tensor.contiguous();
    return {values.const_data_ptr<T>(), values.const_data_ptr<T>() + values.numel()};
}

}  // namespace

Work<Neighbours> nearest_in_features(const FeatureExtractor& extractor, const ImageBatch& samples,
                                     const ImageBatch& references,
                                     const std::vector<std::int64_t>& left_out) {
    check_sets(samples, references.count - std::ssize(left_out));
    const torch::Tensor features =
        co_await features_of(extractor, samples, "computing features of the samples");
    const torch::Tensor queries = features.to(torch::kFloat64);
    Nearest nearest;
    nearest.squared_distances =
        torch::full({samples.count}, std::numeric_limits<double>::infinity(), torch::kFloat64);
    nearest.indices = torch::zeros({samples.count}, torch::kInt64);
    for (std::int64_t first = 0; first < references.count; first += extractor.batch_size) {
        const torch::Tensor rows = batch_features(extractor, references, first).to(torch::kFloat64);
        update(nearest, queries, rows, first, left_out);
        co_yield Progress(first + rows.size(0), references.count, "comparing with the dataset");
    }
    Neighbours neighbours;
    neighbours.indices = values_of<std::int64_t>(nearest.indices);
    neighbours.distances = values_of<double>(nearest.squared_distances.sqrt());
    co_return neighbours;
}

}  // namespace denoise
