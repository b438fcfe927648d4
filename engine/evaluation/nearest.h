#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <stop_token>
#include <vector>

#include "engine/evaluation/feature_extractor.h"

namespace denoise {

/// A training image that a sample is close to.
struct Neighbour {
    std::int64_t index = 0;  ///< in the training set
    double distance = 0;
};

/// For each sample its nearest training images, nearest first, the lower index first among equals.
using Neighbours = std::vector<std::vector<Neighbour>>;

/// The `k` (or all, if there are fewer) training images nearest to each sample in pixels. The distance is the
/// root mean square difference of the pixels, 0 for a copy and 1 for black against white. Exact; `progress`
/// counts training images. Throws Error when the sizes differ or a set is empty, and Cancelled.
Neighbours nearest_in_pixels(const ImageBatch& samples, const ImageBatch& training, int k,
                             const WorkProgress& progress = {}, const std::stop_token& stop = {});

/// The same in a feature space, where the distance is the Euclidean one.
Neighbours nearest_in_features(const FeatureExtractor& extractor, const ImageBatch& samples,
                               const ImageBatch& training, int k, const WorkProgress& progress = {},
                               const std::stop_token& stop = {});

}  // namespace denoise
