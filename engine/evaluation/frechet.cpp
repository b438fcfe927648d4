#include "engine/evaluation/frechet.h"

#include <algorithm>
#include <limits>

#include "engine/base/error.h"

namespace denoise {
namespace {

/// A [D,r] with A A^T = `covariance` and r its rank.
torch::Tensor factor_of(const torch::Tensor& covariance) {
    const auto [values, vectors] = torch::linalg_eigh((covariance + covariance.t()) / 2, "L");
    // Rounding makes small numbers of zero eigenvalues. Their square roots would add 1e-8 for each missing
    // dimension.
    const double noise = 16 * std::numeric_limits<double>::epsilon() * values.abs().max().item<double>();
    const std::int64_t rank = (values > noise).sum().item<std::int64_t>();
    const std::int64_t first = values.size(0) - rank;  // eigenvalues are in increasing order
    return vectors.narrow(1, first, rank) * values.narrow(0, first, rank).sqrt();
}

}  // namespace

FeatureStatistics::FeatureStatistics(std::int64_t dimension)
    : shift_(torch::zeros({dimension}, torch::kFloat64)),
      sum_(torch::zeros({dimension}, torch::kFloat64)),
      products_(torch::zeros({dimension, dimension}, torch::kFloat64)) {}

void FeatureStatistics::add(const torch::Tensor& features) {
    if (features.size(0) == 0) return;
    const torch::NoGradGuard no_grad;
    auto values = features.to(torch::kFloat64);
    if (count_ == 0) shift_ = values.mean(0);
    values = values - shift_;
    sum_ += values.sum(0);
    products_.addmm_(values.t(), values);
    count_ += values.size(0);
}

torch::Tensor FeatureStatistics::mean() const {
    return shift_ + sum_ / static_cast<double>(std::max<std::int64_t>(1, count_));
}

torch::Tensor FeatureStatistics::covariance() const {
    const auto count = static_cast<double>(count_);
    return (products_ - torch::outer(sum_, sum_ / count)) / (count - 1);
}

Work<FeatureStatistics> statistics_of(const FeatureExtractor& extractor, const ImageBatch& images,
                                      std::string doing) {
    FeatureStatistics statistics(extractor.dimension);
    co_yield Progress(0, images.count, doing);
    for (std::int64_t first = 0; first < images.count; first += extractor.batch_size) {
        statistics.add(batch_features(extractor, images, first));
        co_yield Progress(statistics.count(), images.count, doing);
    }
    co_return statistics;
}

double gaussian_frechet_distance(const torch::Tensor& mean1, const torch::Tensor& covariance1,
                                 const torch::Tensor& mean2, const torch::Tensor& covariance2) {
    const torch::NoGradGuard no_grad;
    // With S = A A^T the trace of (S1 S2)^(1/2) is the sum of the singular values of A1^T A2. They are
    // computed without squaring, so that no digits are lost where S is nearly singular.
    const auto factor1 = factor_of(covariance1);
    const auto factor2 = factor_of(covariance2);
    const double common = factor1.size(1) == 0 || factor2.size(1) == 0
                              ? 0.0
                              : torch::linalg_svdvals(factor1.t().mm(factor2)).sum().item<double>();
    const double means = (mean1 - mean2).square().sum().item<double>();
    const double traces = covariance1.trace().item<double>() + covariance2.trace().item<double>();
    return std::max(0.0, means + traces - 2 * common);
}

FrechetDistance frechet_distance(const FeatureStatistics& samples, const FeatureStatistics& references,
                                 const std::string& features) {
    const char* what = "Cannot compute the Frechet distance";
    const std::int64_t fewest = std::min(samples.count(), references.count());
    if (fewest < 2)
        throw Error{what,
                    std::string(samples.count() < 2 ? "the number of samples is "
                                                    : "the number of images to compare with is ") +
                        std::to_string(fewest) + ", but a covariance needs at least 2",
                    "Use more images"};
    if (samples.dimension() != references.dimension())
        throw Error{what,
                    "one side has " + std::to_string(samples.dimension()) +
                        " features per image and the other " + std::to_string(references.dimension()),
                    "Compare features of the same kind"};
    const auto mean1 = samples.mean(), mean2 = references.mean();
    const auto covariance1 = samples.covariance(), covariance2 = references.covariance();
    for (const auto* tensor : {&mean1, &mean2, &covariance1, &covariance2})
        if (!tensor->isfinite().all().item<bool>())
            throw Error{what, "a feature is not a finite number (" + features + ")",
                        "Check the feature network's weights file"};
    FrechetDistance result;
    result.distance = gaussian_frechet_distance(mean1, covariance1, mean2, covariance2);
    result.features = features;
    result.dimension = samples.dimension();
    result.samples = samples.count();
    result.references = references.count();
    if (fewest < result.dimension)
        result.warning = "Only " + std::to_string(fewest) + " images for " +
                         std::to_string(result.dimension) +
                         " features: the distance is biased upwards. Compare it only with distances for the "
                         "same number of images.";
    return result;
}

}  // namespace denoise
