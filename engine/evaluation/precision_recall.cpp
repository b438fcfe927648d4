#include "engine/evaluation/precision_recall.h"

#include <algorithm>

#include "engine/base/cancelled.h"
#include "engine/base/error.h"
#include "engine/evaluation/squared_distances.h"

namespace denoise {
namespace {

/// Rows done out of all, and the question whether to go on.
class Work {
  public:
    Work(std::int64_t total, const WorkProgress& progress, const std::stop_token& stop)
        : total_(total), progress_(progress), stop_(stop) {}

    /// Calls `take(first, count)` for blocks of `rows` rows of a matrix of distances with `columns` columns.
    template <class Take>
    void for_each_block(std::int64_t rows, std::int64_t columns, const Take& take) {
        const std::int64_t most = rows_per_block(columns);
        for (std::int64_t first = 0; first < rows; first += most) {
            if (stop_.stop_requested()) throw Cancelled{};
            const std::int64_t count = std::min(most, rows - first);
            take(first, count);
            done_ += count;
            if (progress_) progress_(done_, total_);
        }
    }

  private:
    std::int64_t done_ = 0, total_;
    const WorkProgress& progress_;
    const std::stop_token& stop_;
};

/// Squared distance of each row to its k-th nearest other row, float64 [N].
torch::Tensor squared_radii(const torch::Tensor& rows, int k, Work& work) {
    auto radii = torch::empty({rows.size(0)}, torch::kFloat64);
    work.for_each_block(rows.size(0), rows.size(0), [&](std::int64_t first, std::int64_t count) {
        const auto distances = squared_distances(rows.narrow(0, first, count), rows);
        // The nearest of all is the row itself, so the k-th other one is the (k+1)-th smallest.
        const auto nearest = std::get<0>(distances.topk(k + 1, 1, false, true));
        radii.narrow(0, first, count).copy_(nearest.select(1, k));
    });
    return radii;
}

/// Share of `points` that lie in a ball around one of `centres`.
double share_inside(const torch::Tensor& points, const torch::Tensor& centres, const torch::Tensor& radii,
                    Work& work) {
    std::int64_t inside = 0;
    work.for_each_block(points.size(0), centres.size(0), [&](std::int64_t first, std::int64_t count) {
        const auto distances = squared_distances(points.narrow(0, first, count), centres);
        inside += (distances <= radii).any(1).sum().item<std::int64_t>();
    });
    return static_cast<double>(inside) / static_cast<double>(points.size(0));
}

}  // namespace

PrecisionRecall precision_recall(const torch::Tensor& samples, const torch::Tensor& references, int k,
                                 const WorkProgress& progress, const std::stop_token& stop) {
    const std::int64_t fewest = std::min(samples.size(0), references.size(0));
    if (k < 1 || fewest <= k)
        throw Error{"Cannot compute precision and recall",
                    "the smaller set has " + std::to_string(fewest) + " images, and " + std::to_string(k) +
                        " neighbours of each are needed",
                    "Take at least " + std::to_string(std::max(k, 1) + 1) + " images of each kind"};
    const torch::NoGradGuard no_grad;
    auto real = references.to(torch::kFloat64);
    const auto centre = real.mean(0);  // shorter vectors lose fewer digits, and distances stay
    real = real - centre;
    const auto drawn = samples.to(torch::kFloat64) - centre;
    Work work(2 * (drawn.size(0) + real.size(0)), progress, stop);
    PrecisionRecall result{0, 0, k, drawn.size(0), real.size(0)};
    result.precision = share_inside(drawn, real, squared_radii(real, k, work), work);
    result.recall = share_inside(real, drawn, squared_radii(drawn, k, work), work);
    return result;
}

}  // namespace denoise
