#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <stop_token>
#include <string>

#include "engine/evaluation/feature_extractor.h"

namespace denoise {

/// Mean and covariance of vectors that come batch by batch, in float64. The vectors themselves are not kept.
class FeatureStatistics {
  public:
    explicit FeatureStatistics(std::int64_t dimension);

    /// `features` [B,D] of any real type.
    void add(const torch::Tensor& features);

    std::int64_t count() const { return count_; }
    std::int64_t dimension() const { return shift_.size(0); }
    torch::Tensor mean() const;        ///< float64 [D]
    torch::Tensor covariance() const;  ///< float64 [D,D], unbiased; needs two vectors

  private:
    std::int64_t count_ = 0;
    torch::Tensor shift_;     ///< near the mean, so that the sums below do not cancel
    torch::Tensor sum_;       ///< of x - shift
    torch::Tensor products_;  ///< of (x - shift)(x - shift)^T
};

/// Statistics of all of `images`. Throws Error and Cancelled.
FeatureStatistics statistics_of(const FeatureExtractor& extractor, const ImageBatch& images,
                                const WorkProgress& progress = {}, const std::stop_token& stop = {});

/// |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)): the squared Frechet distance of two Gaussians (Dowson &
/// Landau 1982), which the field calls the Frechet distance. Covariances may be singular.
double gaussian_frechet_distance(const torch::Tensor& mean1, const torch::Tensor& covariance1,
                                 const torch::Tensor& mean2, const torch::Tensor& covariance2,
                                 const std::stop_token& stop = {});

/// A distance together with what one must know to read it.
struct FrechetDistance {
    double distance = 0;
    std::string features;  ///< the feature space in words
    std::int64_t dimension = 0;
    std::int64_t samples = 0, references = 0;  ///< how many images were compared
    std::string warning;                       ///< why the number is not to be trusted; mostly empty
};

/// Throws Error when either side has fewer than two images or they have other dimensions, and Cancelled.
FrechetDistance frechet_distance(const FeatureStatistics& samples, const FeatureStatistics& references,
                                 const std::string& features, const std::stop_token& stop = {});

}  // namespace denoise
