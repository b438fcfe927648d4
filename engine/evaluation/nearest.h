#pragma once

#include <cstdint>
#include <vector>

#include "engine/evaluation/feature_extractor.h"

namespace denoise {

/// The nearest reference image of each sample; of several at the same distance, the one with the lowest
/// index.
struct Neighbours {
    std::vector<std::int64_t> indices;  ///< in the reference set
    std::vector<double> distances;      ///< Euclidean, between the features
};

/// Finds the nearest of `references` for each of `samples` by their features, one batch of references per
/// step. Those at the indices `left_out`, which increase, do not count. The arguments must outlive the work.
/// Throws Error if a set is empty or the extractor does not accept its images.
Work<Neighbours> nearest_in_features(const FeatureExtractor& extractor, const ImageBatch& samples,
                                     const ImageBatch& references,
                                     const std::vector<std::int64_t>& left_out = {});

}  // namespace denoise
