#include "engine/evaluation/nearest.h"

#include <algorithm>
#include <cmath>

#include "engine/base/cancelled.h"
#include "engine/base/error.h"
#include "engine/evaluation/squared_distances.h"

namespace denoise {
namespace {

void check_sets(const ImageBatch& samples, const ImageBatch& training, int k) {
    const char* what = "Cannot look for the nearest training images";
    if (samples.empty() || training.empty())
        throw Error{what, std::string("there are no ") + (samples.empty() ? "samples" : "training images"),
                    "Choose a set with at least one image"};
    if (k < 1) throw Error{what, std::to_string(k) + " of them were asked for", "Ask for at least one"};
}

/// Keeps the k nearest rows of all blocks that it is shown.
class NearestRows {
  public:
    NearestRows(torch::Tensor queries, int k)
        : queries_(std::move(queries)), k_(static_cast<std::size_t>(k)) {
        found_.resize(static_cast<std::size_t>(queries_.size(0)));
    }

    /// `rows` float64 [B,D], the rows from `first` on.
    void add(std::int64_t first, const torch::Tensor& rows) {
        const std::int64_t most = rows_per_block(rows.size(0));
        for (std::int64_t begin = 0; begin < queries_.size(0); begin += most)
            add_to(begin, queries_.narrow(0, begin, std::min(most, queries_.size(0) - begin)), first, rows);
    }

    /// The distances are scale * |difference|.
    Neighbours result(double scale) {
        for (std::vector<Neighbour>& list : found_)
            for (Neighbour& neighbour : list) neighbour.distance = scale * std::sqrt(neighbour.distance);
        return std::move(found_);
    }

  private:
    void add_to(std::int64_t begin, const torch::Tensor& queries, std::int64_t first,
                const torch::Tensor& rows) {
        const auto distances = squared_distances(queries, rows).contiguous();
        const double* row = distances.const_data_ptr<double>();
        const std::int64_t columns = rows.size(0);
        for (std::int64_t i = 0; i < queries.size(0); ++i, row += columns) {
            std::vector<Neighbour>& list = found_[static_cast<std::size_t>(begin + i)];
            for (std::int64_t j = 0; j < columns; ++j)
                if (list.size() < k_ || row[j] < list.back().distance) insert(list, {first + j, row[j]});
        }
    }

    void insert(std::vector<Neighbour>& list, const Neighbour& neighbour) {
        // After all that are as near: rows come in increasing order, so the lower index stays in front.
        list.insert(std::ranges::upper_bound(list, neighbour.distance, {}, &Neighbour::distance), neighbour);
        if (list.size() > k_) list.pop_back();
    }

    torch::Tensor queries_;  ///< float64 [Q,D]
    std::size_t k_;
    Neighbours found_;
};

}  // namespace

Neighbours nearest_in_pixels(const ImageBatch& samples, const ImageBatch& training, int k,
                             const WorkProgress& progress, const std::stop_token& stop) {
    check_sets(samples, training, k);
    if (samples.channels != training.channels || samples.height != training.height ||
        samples.width != training.width)
        throw Error{"Cannot look for the nearest training images",
                    "the samples and the training images differ in size or colour",
                    "Choose the set that the model was trained on"};
    const torch::NoGradGuard no_grad;
    // Sums of products of bytes are whole numbers far below 2^53: in float64 these distances are exact.
    const auto rows_of = [](const ImageBatch& images, std::int64_t first, std::int64_t count) {
        return tensor_over(images, first, count).flatten(1).to(torch::kFloat64);
    };
    NearestRows search(rows_of(samples, 0, samples.count), k);
    const auto values = static_cast<std::int64_t>(training.image_size());
    const std::int64_t block = rows_per_block(values);
    for (std::int64_t first = 0; first < training.count; first += block) {
        if (stop.stop_requested()) throw Cancelled{};
        const std::int64_t count = std::min(block, training.count - first);
        search.add(first, rows_of(training, first, count));
        if (progress) progress(first + count, training.count);
    }
    return search.result(1 / (255 * std::sqrt(static_cast<double>(values))));
}

Neighbours nearest_in_features(const FeatureExtractor& extractor, const ImageBatch& samples,
                               const ImageBatch& training, int k, const WorkProgress& progress,
                               const std::stop_token& stop) {
    check_sets(samples, training, k);
    const std::int64_t total = samples.count + training.count;
    const auto part = [&](std::int64_t before) {
        return [&progress, before, total](std::int64_t done, std::int64_t) {
            if (progress) progress(before + done, total);
        };
    };
    NearestRows search(features_of(extractor, samples, part(0), stop).to(torch::kFloat64), k);
    const auto add = [&](std::int64_t first, const torch::Tensor& features) {
        search.add(first, features.to(torch::kFloat64));
    };
    for_each_features(extractor, training, add, part(samples.count), stop);
    return search.result(1);
}

}  // namespace denoise
