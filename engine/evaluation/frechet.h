#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>

#include "engine/evaluation/feature_extractor.h"

namespace denoise {

/// Mean and covariance in float64 of vectors that are added batch by batch. The vectors themselves are not
/// kept.
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

/// Statistics of the features of all images, one batch per step. `extractor` and `images` must outlive the
/// work. Throws Error if the extractor does not accept the images.
Work<FeatureStatistics> statistics_of(const FeatureExtractor& extractor, const ImageBatch& images,
                                      std::string doing = "computing features");

/// |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)): the squared Frechet distance of two Gaussians (Dowson &
/// Landau 1982), known as the Frechet distance. Covariances may be singular. Takes seconds for 2,048
/// dimensions.
double gaussian_frechet_distance(const torch::Tensor& mean1, const torch::Tensor& covariance1,
                                 const torch::Tensor& mean2, const torch::Tensor& covariance2);

/// A distance and what is needed to interpret it.
struct FrechetDistance {
    double distance = 0;
    std::string features;  ///< name of the feature space
    std::int64_t dimension = 0;
    std::int64_t samples = 0, references = 0;  ///< how many images were compared
    std::string warning;                       ///< why the number is unreliable; usually empty
};

/// Throws Error when either side has fewer than two images, their dimensions differ, or a feature is not
/// finite.
FrechetDistance frechet_distance(const FeatureStatistics& samples, const FeatureStatistics& references,
                                 const std::string& features);

}  // namespace denoise
